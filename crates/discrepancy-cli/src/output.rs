//! Tables on stdout in several formats, and files that are either whole or absent.

use crate::failure::{Failure, Outcome};
use crate::interrupts;
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, TableStyle};
use serde_json::Value;
use std::io::Write;
use std::path::Path;

/// How a result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For reading.
    Table,
    /// For programs; numbers have all their digits, infinities are the texts "inf" and "-inf".
    Json,
    /// For spreadsheets (RFC 4180); numbers have all their digits, a missing value is an empty cell.
    Csv,
    /// For documents.
    Markdown,
}

/// Rows of text under named columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

/// On which side the cells of a column meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

impl Table {
    /// Without rows.
    pub(crate) fn new(columns: impl IntoIterator<Item = (String, Align)>) -> Self {
        Table { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row with a cell for each column.
    pub(crate) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// For the eye.
    pub(crate) fn text(&self) -> String {
        let rule = LineStyle::none().fill('─').junction('─');
        let style = TableStyle::new().header_separator(rule).bottom_border(rule);
        self.drawn(style, |cell| cell.replace(['\n', '\r', '\t'], " "))
    }

    /// For Markdown documents.
    pub(crate) fn markdown(&self) -> String {
        let mut drawn = String::new();
        let mut line = |cells: &mut dyn Iterator<Item = String>| {
            drawn.push_str("| ");
            drawn.push_str(&cells.collect::<Vec<_>>().join(" | "));
            drawn.push_str(" |\n");
        };
        let cell = |text: &String| text.replace('\\', r"\\").replace('|', r"\|").replace(['\n', '\r'], " ");
        line(&mut self.columns.iter().map(|(name, _)| cell(name)));
        line(&mut self.columns.iter().map(|(_, align)| if *align == Align::Right { "---:" } else { "---" }.to_owned()));
        self.rows.iter().for_each(|row| line(&mut row.iter().map(cell)));
        drawn
    }

    /// For a page. A row with a name in its first cell starts a group.
    pub(crate) fn html(&self) -> String {
        let line = |tag: &str, cells: &mut dyn Iterator<Item = &str>| -> String {
            let cell = |(text, (_, align)): (&str, &(String, Align))| {
                let class = if *align == Align::Right { " class=\"number\"" } else { "" };
                format!("<{tag}{class}>{}</{tag}>", escape(text))
            };
            cells.zip(&self.columns).map(cell).collect()
        };
        let head = line("th", &mut self.columns.iter().map(|(name, _)| name.as_str()));
        let row = |row: &Vec<String>| {
            let first = if row.first().is_some_and(|cell| !cell.is_empty()) { " class=\"first\"" } else { "" };
            format!("<tr{first}>{}</tr>\n", line("td", &mut row.iter().map(String::as_str)))
        };
        format!("<table>\n<tr>{head}</tr>\n{}</table>", self.rows.iter().map(row).collect::<String>())
    }

    /// The names of the columns as the first line of a CSV file, then the rows.
    pub(crate) fn csv(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|(name, _)| quoted(name)).collect();
        std::iter::once(&names).chain(&self.rows).map(|row| row.join(",") + "\n").collect()
    }

    fn drawn(&self, style: TableStyle, cell: impl Fn(&str) -> String) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(style).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(self.columns.iter().map(|(name, _)| cell(name)));
        table.add_rows(self.rows.iter().map(|row| row.iter().map(|text| cell(text))));
        for (column, (_, align)) in table.column_iter_mut().zip(&self.columns) {
            column.set_cell_alignment(if *align == Align::Right { CellAlignment::Right } else { CellAlignment::Left });
        }
        table.trim_fmt() + "\n"
    }
}

/// A cell of a CSV file (RFC 4180). An empty text is quoted, so that it differs from a missing one.
pub(crate) fn quoted(text: &str) -> String {
    if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

/// Text for a page, in which no character is markup.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A number to six significant digits, for the eye.
pub(crate) fn short(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return x.to_string();
    }
    let rounded = format!("{x:.5e}");
    let exponent: i32 = rounded.rsplit_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    if (-4..7).contains(&exponent) { format!("{x:.*}", usize::try_from(5 - exponent).unwrap_or(0)) } else { rounded }
}

/// A number with all its digits: the shortest text that reads back as the same float.
pub(crate) fn exact(x: f64) -> String {
    if x.is_finite() { Value::from(x).to_string() } else { x.to_string() }
}

/// A number for JSON, which has no infinities.
pub(crate) fn json_number(x: f64) -> Value {
    if x.is_finite() { Value::from(x) } else { Value::from(x.to_string()) }
}

/// Writes text to stdout. A reader that hangs up (`| head`) is no failure, but there is nothing left to do.
pub(crate) fn print(text: &str) -> Outcome {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => written.map_err(|error| Failure::new(format!("stdout: {error}"))),
    }
}

/// Writes a file beside its place and moves it there when it is whole. What a link points to is written, not the link; a
/// device or a pipe is written through.
pub(crate) fn write_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Outcome {
    let failed = |error: std::io::Error| Failure::new(format!("cannot write {}: {error}", path.display()));
    // A link to nothing yet is followed by hand.
    let mut place = path.to_owned();
    for _ in 0..40 {
        let Ok(target) = place.read_link() else { break };
        place = place.parent().unwrap_or(Path::new("")).join(target);
    }
    if place.metadata().is_ok_and(|meta| !meta.is_file()) {
        let mut file = std::io::BufWriter::new(std::fs::OpenOptions::new().write(true).open(&place).map_err(failed)?);
        return write(&mut file).and_then(|()| file.flush()).map_err(failed);
    }
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = new_file(folder).map_err(failed)?;
    let _unfinished = interrupts::Unfinished::new(file.path());
    let mut buffered = std::io::BufWriter::new(file.as_file_mut());
    write(&mut buffered).and_then(|()| buffered.flush()).map_err(failed)?;
    drop(buffered);
    file.persist(&place).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Before long work: whether a file can be written, and over nothing that is read. `option` is what named it.
pub(crate) fn check_place<'a>(option: &str, path: &Path, read: impl IntoIterator<Item = &'a Path>) -> Outcome {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(Failure::new(format!("cannot write {}: there is no folder {}", path.display(), folder.display())));
    }
    if path.is_dir() {
        return Err(Failure::new(format!("cannot write {}: it is a folder", path.display())));
    }
    // The same file by another name too.
    if path.is_file() && read.into_iter().any(|file| same_file(path, file)) {
        return Err(Failure::usage(format!("{option} {} would overwrite a file that is read", path.display())));
    }
    Ok(())
}

#[cfg(unix)]
fn same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| path.metadata().ok().map(|meta| (meta.dev(), meta.ino()));
    identity(a).is_some() && identity(a) == identity(b)
}
#[cfg(not(unix))]
fn same_file(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}

/// A file that goes away unless it is moved to its place.
fn new_file(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    // Temporary files are for their owner alone; this one will be a file like others.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_the_eye_and_for_programs() {
        let shown = [0.0, 0.1, -123.456789, 999_999.96, 1e7, 1.5e-5, 12_345_678.0, f64::INFINITY].map(short);
        assert_eq!(shown, ["0", "0.100000", "-123.457", "1000000", "1.00000e7", "1.50000e-5", "1.23457e7", "inf"]);
        assert_eq!([0.1, 1e300, -2.0, f64::NEG_INFINITY].map(exact), ["0.1", "1e+300", "-2.0", "-inf"]);
        assert_eq!(json_number(f64::INFINITY), Value::from("inf"));
    }

    #[test]
    fn cells_are_quoted_where_they_must() {
        let mut table = Table::new([("a|b".to_owned(), Align::Left), ("n".to_owned(), Align::Right)]);
        table.push(vec![quoted("x,\"y\""), "1".to_owned()]);
        table.push(vec![quoted(""), String::new()]);
        assert_eq!(table.csv(), "a|b,n\n\"x,\"\"y\"\"\",1\n\"\",\n");
        assert_eq!(table.markdown().lines().next(), Some(r"| a\|b | n |"));
        assert!(table.text().lines().all(|line| line.chars().count() < 40));
    }
}
