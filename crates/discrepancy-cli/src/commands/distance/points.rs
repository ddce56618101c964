//! Rows of numbers from a file.

use super::memory;
use super::{csv, npy, parquet};
use crate::failure::{Failure, Outcome};
use discrepancy::catalog::near_names;
use std::path::{Path, PathBuf};

/// Rows of numbers, as many in each, all finite.
#[derive(Debug)]
pub(crate) struct Points {
    pub(crate) path: PathBuf,
    /// Row after row.
    pub(crate) data: Vec<f64>,
    pub(crate) rows: usize,
    pub(crate) columns: Vec<Column>,
    /// Whether all numbers were stored in `f32`: then so are the results.
    pub(crate) single: bool,
}

/// A column by its name in the file, or by its number from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) named: bool,
}

/// Which columns to read, and whether a text file names them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) columns: &'a [String],
    pub(crate) header: bool,
}

/// A kind of file, by its extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Npy,
    /// Text, also compressed where it is read.
    Csv,
    Parquet,
}

impl Kind {
    pub(crate) fn of(path: &Path) -> Outcome<Kind> {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let plain = ["gz", "bz2", "xz", "zst"].iter().find_map(|end| name.strip_suffix(&format!(".{end}")));
        match plain.unwrap_or(&name).rsplit_once('.').map(|(_, end)| end) {
            Some("csv" | "tsv") => Ok(Kind::Csv),
            Some("npy") if plain.is_none() => Ok(Kind::Npy),
            Some("parquet") if plain.is_none() => Ok(Kind::Parquet),
            _ => Err(Failure::usage(format!(
                "{}: unknown extension; allowed: .npy, .csv, .tsv, .parquet; text also with .gz, .bz2, .xz, .zst behind",
                path.display()
            ))),
        }
    }
}

impl Points {
    /// Reads a file.
    pub(crate) fn read(path: &Path, reading: Reading<'_>) -> Outcome<Points> {
        let kind = Kind::of(path)?;
        // Looked at first: to open a pipe waits for whoever writes it.
        let size = std::fs::metadata(path).map_err(|error| fault(path, error))?;
        if !size.is_file() {
            return Err(fault(path, "is no file"));
        }
        if size.len() == 0 {
            return Err(fault(path, "is empty"));
        }
        let open = || std::fs::File::open(path).map_err(|error| fault(path, error));
        match kind {
            Kind::Npy => npy::read(path, open()?, size.len(), reading),
            Kind::Csv => csv::read(path, reading),
            Kind::Parquet => parquet::read(path, open()?, reading),
        }
    }

    /// Numbers for each row.
    pub(crate) fn dimension(&self) -> usize {
        self.columns.len()
    }

    /// Once all is read: there must be something.
    pub(crate) fn finished(self) -> Outcome<Points> {
        if self.rows == 0 { Err(fault(&self.path, "has no rows")) } else { Ok(self) }
    }
}

/// Something is wrong with the file.
pub(crate) fn fault(path: &Path, what: impl std::fmt::Display) -> Failure {
    Failure::new(format!("{}: {what}", path.display()))
}

/// A cell is not a number to compute with. Rows are counted from 0 here, from 1 in the message.
pub(crate) fn wrong_cell(path: &Path, row: usize, column: &str, value: &str) -> Failure {
    let place = format!("{}, row {}", path.display(), row + 1);
    Failure::new(format!("{place}: column `{column}` is {value}; allowed: finite numbers"))
}

/// The places of the columns that are asked for, all if none are.
pub(crate) fn select(path: &Path, all: &[Column], wanted: &[String]) -> Outcome<Vec<usize>> {
    if wanted.is_empty() {
        return Ok((0..all.len()).collect());
    }
    let place = |name: &String| {
        let mut found = (0..all.len()).filter(|i| all[*i].name == *name);
        match (found.next(), found.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => Err(fault(path, format!("two columns are called `{name}`"))),
            _ => {
                let names: Vec<&str> = all.iter().map(|column| column.name.as_str()).collect();
                let near = near_names(name, &names);
                let hint = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
                Err(fault(path, format!("no column `{name}`; there are {}{hint}", listed(&names))))
            }
        }
    };
    wanted.iter().map(place).collect()
}

/// The names, or the first of many.
pub(crate) fn listed(names: &[&str]) -> String {
    const MOST: usize = 12;
    let shown = names.iter().take(MOST).map(|name| format!("`{name}`")).collect::<Vec<String>>().join(", ");
    if names.len() > MOST { format!("{shown}, … ({} in all)", names.len()) } else { shown }
}

/// Columns without names.
pub(crate) fn numbered(count: usize) -> Vec<Column> {
    (1..=count).map(|number| Column { name: number.to_string(), named: false }).collect()
}

/// Room for so many numbers, or the reason why there is none.
pub(crate) fn room(path: &Path, rows: usize, columns: usize) -> Outcome<Vec<f64>> {
    let what = format!("{}: {rows} rows of {columns} numbers", path.display());
    memory::check(&what, rows as u128 * columns as u128 * size_of::<f64>() as u128)?;
    let mut data = Vec::new();
    data.try_reserve_exact(rows * columns).map_err(|error| Failure::new(format!("{what}: {error}")))?;
    Ok(data)
}
