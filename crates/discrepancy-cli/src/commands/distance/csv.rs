//! Text: a row on each line.

use super::points::{Column, Points, Reading, fault, numbered, select};
use crate::failure::{Failure, Outcome};
use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Reads rows of numbers, of the chosen columns alone.
pub(super) fn read(path: &Path, file: File, delimiter: u8, reading: Reading<'_>) -> Outcome<Points> {
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(reading.header).trim(Trim::All).from_reader(file);
    let mut record = StringRecord::new();
    let (mut all, mut chosen): (Vec<Column>, Vec<usize>) = (Vec::new(), Vec::new());
    if reading.header {
        let names = reader.headers().map_err(|error| broken(path, &error))?;
        if !names.is_empty() && names.iter().all(|name| name.parse::<f64>().is_ok()) {
            return Err(fault(path, "the first line has no names, only numbers; `--no-header` reads it as a row"));
        }
        all = names.iter().map(|name| Column { name: name.to_owned(), named: true }).collect();
        chosen = select(path, &all, reading.columns)?;
    }
    let (mut data, mut rows) = (Vec::new(), 0);
    while reader.read_record(&mut record).map_err(|error| broken(path, &error))? {
        if all.is_empty() {
            all = numbered(record.len());
            chosen = select(path, &all, reading.columns)?;
        }
        for column in &chosen {
            let cell = record.get(*column).unwrap_or_default();
            let value = cell.parse::<f64>();
            match &value {
                Ok(value) if value.is_finite() => data.push(*value),
                _ => {
                    let shown = if cell.is_empty() { "empty".to_owned() } else { format!("{cell:?}") };
                    let line = record.position().map_or(0, |position| line(path, position));
                    let place = format!("{}, row {} (line {line})", path.display(), rows + 1);
                    // Perhaps nobody meant this column.
                    let text = value.is_err() && reading.columns.is_empty() && all.len() > 1;
                    let hint = if text { " (choose columns with --columns)" } else { "" };
                    let name = &all[*column].name;
                    let what = format!("{place}: column `{name}` is {shown}; allowed: finite numbers{hint}");
                    return Err(Failure::new(what));
                }
            }
        }
        rows += 1;
    }
    let columns = chosen.iter().map(|i| all[*i].clone()).collect();
    Points { path: path.to_owned(), data, rows, columns, single: false }.finished()
}

/// The line of a record, whose position is that of the empty lines before it.
fn line(path: &Path, position: &csv::Position) -> u64 {
    let mut rest = Vec::new();
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::Start(position.byte()))?;
        file.take(4096).read_to_end(&mut rest)
    });
    let empty = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|byte| **byte == b'\n').count();
    position.line() + read.map_or(0, |_| empty as u64)
}

fn broken(path: &Path, error: &csv::Error) -> Failure {
    let line = error.position().map_or(String::new(), |position| format!(", line {}", line(path, position)));
    let what = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells where the first line has {expected_len}")
        }
        ErrorKind::Utf8 { .. } => "bytes that are no text (UTF-8)".to_owned(),
        _ => error.to_string(),
    };
    Failure::new(format!("{}{line}: {what}", path.display()))
}
