//! A page as text.

use crate::output::escape;
use std::fmt::Write;

/// A page under construction.
#[derive(Debug)]
pub(super) struct Html {
    text: String,
}

impl Html {
    /// With the head and the style.
    pub(super) fn new(title: &str) -> Self {
        let (title, style) = (escape(title), include_str!("page.css"));
        Html {
            text: format!(
                "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
                 <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
                 <style>\n{style}</style>\n</head>\n<body>\n<main>\n"
            ),
        }
    }
    /// An element with markup inside; `tag` may have attributes.
    pub(super) fn element(&mut self, tag: &str, inside: &str) {
        let name = tag.split(' ').next().unwrap_or(tag);
        let _ = writeln!(self.text, "<{tag}>{inside}</{name}>");
    }
    /// Opens an element.
    pub(super) fn open(&mut self, tag: &str) {
        let _ = writeln!(self.text, "<{tag}>");
    }
    /// Closes it.
    pub(super) fn close(&mut self, name: &str) {
        let _ = writeln!(self.text, "</{name}>");
    }
    /// A drawing with its name for those who do not see it.
    pub(super) fn figure(&mut self, name: &str, svg: &str) {
        let _ = writeln!(self.text, "<figure role=\"img\" aria-label=\"{}\">{svg}</figure>", escape(name));
    }
    /// The whole page.
    pub(super) fn end(mut self) -> String {
        self.text += "</main>\n</body>\n</html>\n";
        self.text
    }
}
