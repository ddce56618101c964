//! What the terminal can show: how wide it is, and whether in colour.

use std::io::IsTerminal;

/// How to write to stdout.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    /// Columns of text.
    pub(crate) width: usize,
    /// Whether escape sequences for colours are understood and wanted.
    pub(crate) colour: bool,
}

/// A style of text, as the number of its escape sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Bold = 1,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Blue = 34,
    Magenta = 35,
    Cyan = 36,
}

impl Terminal {
    /// Of stdout: as wide as it is, or as `COLUMNS` says, or 100; in colour only where somebody looks and `NO_COLOR`
    /// (<https://no-color.org>) is not set.
    pub(crate) fn stdout() -> Terminal {
        let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let seen = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let silent = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Terminal {
            width: told.or_else(seen).unwrap_or(100).max(40),
            colour: std::io::stdout().is_terminal() && !silent,
        }
    }
    /// The text in a style, where there are styles.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        if self.colour { format!("\x1b[{}m{text}\x1b[0m", style as u8) } else { text.to_owned() }
    }
}

/// The text in lines of at most this many characters, broken at blanks.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else if let Some(last) = lines.last_mut() {
            if line > 0 {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}
