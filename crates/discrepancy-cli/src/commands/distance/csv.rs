//! Text: a row on each line.

use super::points::{Column, Points, Reading, fault, numbered, select};
use crate::failure::{Failure, Outcome};
use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};
use discrepancy_sql::files::{File, Strict, number};
use std::path::Path;

/// Reads rows of numbers, of the chosen columns alone.
pub(super) fn read(path: &Path, reading: Reading<'_>) -> Outcome<Points> {
    let file = File::named(path)?;
    let delimiter = file.delimiter()?;
    let text = Strict::new(file.text()?, delimiter, 1);
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(reading.header).trim(Trim::All).from_reader(text);
    let mut record = StringRecord::new();
    let (mut all, mut chosen): (Vec<Column>, Vec<usize>) = (Vec::new(), Vec::new());
    if reading.header {
        let names = reader.headers().map_err(|error| broken(path, &error))?;
        if !names.is_empty() && names.iter().all(|name| name.parse::<f64>().is_ok()) {
            return Err(fault(path, "the first line has no names, only numbers; `--no-header` reads it as a row"));
        }
        all = names.iter().map(|name| Column { name: name.to_owned(), named: true }).collect();
        if reading.columns.is_empty() && all.len() > 1 && all[0].name.is_empty() {
            // What pandas writes before its columns unless it is told not to.
            eprintln!("note: {}: the first column has no name and is left out, as an index", path.display());
            chosen = (1..all.len()).collect();
        } else {
            chosen = select(path, &all, reading.columns)?;
        }
    }
    let (mut data, mut rows) = (Vec::new(), 0);
    while reader.read_record(&mut record).map_err(|error| broken(path, &error))? {
        if all.is_empty() {
            all = numbered(record.len());
            chosen = select(path, &all, reading.columns)?;
        }
        for column in &chosen {
            let cell = record.get(*column).unwrap_or_default();
            let value = number(cell);
            match value {
                Ok(value) if value.is_finite() => data.push(value),
                _ => {
                    let shown = if cell.is_empty() { "empty".to_owned() } else { format!("{cell:?}") };
                    let line = line_of(&record, reader.position());
                    let place = format!("{}, row {} (line {line})", path.display(), rows + 1);
                    // Perhaps nobody meant this column.
                    let text = cell.parse::<f64>().is_err() && reading.columns.is_empty() && all.len() > 1;
                    let allowed = value.err().filter(|allowed| *allowed != "numbers").unwrap_or("finite numbers");
                    let hint = if text { " (choose columns with --columns)" } else { "" };
                    let name = &all[*column].name;
                    let what = format!("{place}: column `{name}` is {shown}; allowed: {allowed}{hint}");
                    return Err(Failure::new(what));
                }
            }
        }
        rows += 1;
    }
    let columns = chosen.iter().map(|i| all[*i].clone()).collect();
    Points { path: path.to_owned(), data, rows, columns, single: false }.finished()
}

/// The line on which a row starts that ends before this position. Lines before it may be empty, and values may have
/// line ends inside.
fn line_of(record: &StringRecord, end: &csv::Position) -> u64 {
    let inside: usize = record.iter().map(|value| value.matches('\n').count()).sum();
    // The last row of a file may have no line end.
    record.position().map_or(1, csv::Position::line).max(end.line().saturating_sub(1 + inside as u64))
}

fn broken(path: &Path, error: &csv::Error) -> Failure {
    let line = error.position().map_or(String::new(), |position| format!(", line {}", position.line()));
    let what = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells where the first line has {expected_len}")
        }
        ErrorKind::Utf8 { .. } => "bytes that are no text (UTF-8)".to_owned(),
        // With its line, from `Strict`.
        ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            return Failure::new(format!("{}, {error}", path.display()));
        }
        ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    };
    Failure::new(format!("{}{line}: {what}", path.display()))
}
