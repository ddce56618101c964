//! `discrepancy distance`.

mod csv;
mod memory;
mod npy;
mod parquet;
mod points;
mod result;

use crate::failure::{Failure, Outcome};
use discrepancy::catalog::spec::parse;
use discrepancy::catalog::{self, Entry, Measure};
use discrepancy::distances::{PairFunction, condensed, nearest, pairwise, rowwise};
use discrepancy::samples::SampleStatistic;
use indicatif::{ProgressBar, ProgressStyle};
use points::{Kind, Points, Reading, fault};
use result::{Format, Found, Numbers};
use std::path::{Path, PathBuf};

/// What `discrepancy distance` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  discrepancy distance a.npy b.npy --metric euclidean --out d.npy
  discrepancy distance points.csv --metric minkowski:p=3 --condensed
  discrepancy distance queries.parquet points.parquet --metric cosine --nearest 10 --out n.npy
  discrepancy distance p.csv q.csv --metric kl_divergence --columns p_0,p_1,p_2 --rowwise
  discrepancy distance before.csv after.csv --metric mmd --permutations 999

Files are .npy (floats, integers, booleans; an array of one dimension is a column), .csv, .tsv and .parquet (columns \
of numbers, or one column of lists). Integers are widened exactly; if all numbers are f32, so are the results.

Without --out, a terminal gets a table, a pipe CSV. Messages count rows from 1; indices in results count from 0, as \
in NumPy. The nearest come in NPY as records of `index` and `distance`.")]
pub(crate) struct Arguments {
    /// Rows of numbers.
    a: PathBuf,
    /// Rows of as many numbers; without it, the rows of A are measured among themselves.
    b: Option<PathBuf>,
    /// A distance, divergence or statistic of two samples: `name` or `name:parameter=value,…`.
    #[arg(long, value_name = "SPEC")]
    metric: String,
    /// Write to this file, as its extension says: .npy, .csv or .parquet.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The columns to compare, in this order: names, or numbers from 1 where there are no names.
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    columns: Vec<String>,
    /// The first line of text files is a row, not the names of the columns.
    #[arg(long)]
    no_header: bool,
    /// Of one file, each pair of rows once.
    #[arg(long, conflicts_with_all = ["b", "nearest", "rowwise"])]
    condensed: bool,
    /// Each row of A with the same row of B.
    #[arg(long, requires = "b", conflicts_with = "nearest")]
    rowwise: bool,
    /// For each row of A the K nearest rows of B.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    nearest: Option<u64>,
    /// Of two samples, also the p-value of a permutation test with so many permutations.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    permutations: Option<u64>,
    /// What the permutations start from.
    #[arg(long, value_name = "SEED", default_value_t = 0, requires = "permutations")]
    seed: u64,
    /// How to write to stdout.
    #[arg(long, value_enum, conflicts_with = "out")]
    format: Option<Format>,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let (entry, values) = parse(&arguments.metric).map_err(Failure::usage)?;
    let measure = entry.make(&values).map_err(Failure::usage)?;
    if let Some(out) = &arguments.out {
        check_place(out)?;
    }
    let (found, numbers) = match &measure {
        Measure::Pair(metric) => {
            if arguments.permutations.is_some() {
                return Err(unfit(entry, "a function of two rows, which has no permutation test", is_sample));
            }
            let (a, b) = read(arguments)?;
            pairs(arguments, metric.as_ref(), &a, b.as_ref())?
        }
        Measure::Sample(statistic) => {
            if arguments.nearest.is_some() || arguments.condensed || arguments.rowwise {
                return Err(unfit(entry, "a statistic of two whole samples", is_pair));
            }
            let (a, b) = read(arguments)?;
            let Some(b) = b else {
                let what = format!("{} compares two samples: name two files", entry.name);
                return Err(Failure::usage(what));
            };
            samples(arguments, statistic.as_ref(), &a, &b)?
        }
        other => {
            let kind = match other {
                Measure::Pointwise(_) => "a loss of a prediction and a target",
                Measure::Row(_) => "a loss of a row of scores",
                Measure::Map(_) => "a map of a row of scores",
                Measure::Head(_) => "a linear layer with a loss",
                Measure::Penalty(_) => "a penalty on weights",
                _ => "no distance",
            };
            return Err(unfit(entry, kind, |measure| is_pair(measure) || is_sample(measure)));
        }
    };
    match &arguments.out {
        Some(out) => result::save(out, &found, &numbers),
        None => result::show(&found, &numbers, arguments.format),
    }
}

fn is_pair(measure: &Measure) -> bool {
    matches!(measure, Measure::Pair(_))
}
fn is_sample(measure: &Measure) -> bool {
    matches!(measure, Measure::Sample(_))
}

/// The entry is of the wrong kind; these are of the right one.
fn unfit(entry: &Entry, kind: &str, fits: impl Fn(&Measure) -> bool) -> Failure {
    let fitting = catalog::entries().filter(|entry| entry.make(&entry.defaults()).is_ok_and(|measure| fits(&measure)));
    let names: Vec<&str> = fitting.map(|entry| entry.name).collect();
    Failure::usage(format!("{} is {kind}; allowed: {}", entry.name, names.join(", ")))
}

/// What can be known before anything is computed.
fn check_place(out: &Path) -> Outcome {
    if !matches!(Kind::of(out), Ok(Kind::Npy | Kind::Csv | Kind::Parquet)) {
        return Err(Failure::usage(format!("{}: unknown extension; allowed: .npy, .csv, .parquet", out.display())));
    }
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(Failure::new(format!("cannot write {}: there is no folder {}", out.display(), folder.display())));
    }
    if out.is_dir() {
        return Err(Failure::new(format!("cannot write {}: it is a folder", out.display())));
    }
    Ok(())
}

/// The files, which must have the same columns.
fn read(arguments: &Arguments) -> Outcome<(Points, Option<Points>)> {
    let reading = Reading { columns: &arguments.columns, header: !arguments.no_header };
    let a = Points::read(&arguments.a, reading)?;
    let Some(b) = &arguments.b else { return Ok((a, None)) };
    let b = Points::read(b, reading)?;
    let (a_path, b_path) = (a.path.display(), b.path.display());
    if a.dimension() != b.dimension() {
        let (n, m) = (a.dimension(), b.dimension());
        return Err(Failure::new(format!("{a_path} has {n} columns, {b_path} has {m}; choose with --columns")));
    }
    // What has one name must be in one place: else rows would be compared crosswise.
    for (i, column) in a.columns.iter().enumerate().filter(|(_, column)| column.named) {
        let there = b.columns.iter().position(|other| other.named && other.name == column.name);
        if let Some(j) = there.filter(|j| *j != i) {
            let (i, j, name) = (i + 1, j + 1, &column.name);
            let what = format!("`{name}` is column {i} of {a_path}, but column {j} of {b_path}");
            return Err(Failure::new(format!("{what}; put them in one order with --columns")));
        }
    }
    Ok((a, Some(b)))
}

/// About so many distances are computed between two looks at the progress.
const BLOCK: usize = 1 << 20;

fn pairs(
    arguments: &Arguments,
    metric: &dyn PairFunction,
    a: &Points,
    b: Option<&Points>,
) -> Outcome<(Found, Numbers)> {
    let dimension = a.dimension();
    let single = a.single && b.is_none_or(|b| b.single);
    // A Parquet file is gathered in memory.
    let copies =
        if arguments.out.as_ref().is_some_and(|out| matches!(Kind::of(out), Ok(Kind::Parquet))) { 2 } else { 1 };
    let size = copies * if single { size_of::<f32>() } else { size_of::<f64>() } as u128;
    let other = b.unwrap_or(a);
    let failed = |error| located(&error, metric, (a, 0), other);
    if arguments.condensed {
        let count = a.rows as u128 * (a.rows as u128 - 1) / 2;
        // Beside the result there is the list that it is gathered from.
        memory::check(&format!("{count} distances"), count * (size + 2 * size_of::<f64>() as u128))?;
        let mut numbers = Numbers::with_capacity(single, count as usize)?;
        numbers.extend(condensed(metric, &a.data, dimension).map_err(failed)?);
        return Ok((Found::Condensed { rows: a.rows }, numbers));
    }
    if arguments.rowwise {
        if a.rows != other.rows {
            let (a_path, b_path) = (a.path.display(), other.path.display());
            return Err(Failure::new(format!("{a_path} has {} rows, {b_path} has {}", a.rows, other.rows)));
        }
        let mut numbers = Numbers::with_capacity(single, a.rows)?;
        numbers.extend(rowwise(metric, &a.data, &other.data, dimension).map_err(failed)?);
        return Ok((Found::Rowwise, numbers));
    }
    let nearest_of = arguments.nearest.map(|k| usize::try_from(k).unwrap_or(usize::MAX));
    if let Some(k) = nearest_of.filter(|k| *k > other.rows) {
        return Err(fault(&other.path, format!("has {} rows; --nearest asks for {k}", other.rows)));
    }
    let columns = nearest_of.unwrap_or(other.rows);
    let count = a.rows as u128 * columns as u128;
    let index = if nearest_of.is_some() { size_of::<usize>() } else { 0 } as u128;
    let block = (BLOCK / other.rows).clamp(1, a.rows);
    let gathered = 2 * block as u128 * other.rows as u128 * size_of::<(usize, f64)>() as u128;
    memory::check(&format!("{} × {columns} distances", a.rows), count * (size + index) + gathered)?;
    let mut numbers = Numbers::with_capacity(single, count as usize)?;
    let mut indices: Vec<usize> = Vec::new();
    let progress = progress(a.rows);
    for start in (0..a.rows).step_by(block) {
        let end = (start + block).min(a.rows);
        let rows = &a.data[start * dimension..end * dimension];
        let failed = |error| located(&error, metric, (a, start), other);
        if let Some(k) = nearest_of {
            let found = nearest(metric, rows, &other.data, dimension, k).map_err(failed)?;
            indices.extend(found.iter().map(|(index, _)| index));
            numbers.extend(found.into_iter().map(|(_, distance)| distance));
        } else {
            numbers.extend(pairwise(metric, rows, &other.data, dimension).map_err(failed)?);
        }
        progress.set_position(end as u64);
    }
    progress.finish_and_clear();
    let found = match nearest_of {
        Some(neighbours) => Found::Nearest { neighbours, indices },
        None => Found::Matrix { rows: a.rows, columns },
    };
    Ok((found, numbers))
}

/// A bar on stderr, where somebody looks.
fn progress(rows: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} rows, {eta} left");
    let bar = ProgressBar::new(rows as u64);
    if let Ok(style) = style { bar.with_style(style) } else { bar }
}

fn samples(
    arguments: &Arguments,
    statistic: &dyn SampleStatistic,
    a: &Points,
    b: &Points,
) -> Outcome<(Found, Numbers)> {
    let dimension = a.dimension();
    let mut numbers = Numbers::with_capacity(a.single && b.single, 2)?;
    let mut names = vec!["statistic"];
    if let Some(permutations) = arguments.permutations {
        let permutations = usize::try_from(permutations).unwrap_or(usize::MAX);
        let test = statistic.permutation_test(&a.data, &b.data, dimension, permutations, arguments.seed)?;
        numbers.extend([test.statistic, test.p_value]);
        names.push("p_value");
    } else {
        numbers.extend([statistic.value(&a.data, &b.data, dimension)?]);
    }
    Ok((Found::Statistics(names), numbers))
}

/// An error of the library, by file, row and column; `start` is the row of A that the block began with.
fn located(error: &discrepancy::Error, metric: &dyn PairFunction, (a, start): (&Points, usize), b: &Points) -> Failure {
    let (file, start) = match error.argument() {
        "a" | "p" | "queries" => (a, start),
        "b" | "q" | "points" => (b, 0),
        _ => return about_parameter(error),
    };
    let Some(index) = error.index() else { return error.clone().into() };
    let (row, column) = (start + index / file.dimension() + 1, index % file.dimension());
    let place = format!("{}, row {row}", file.path.display());
    let (name, allowed) = (metric.entry().name, error.allowed());
    let what = match error.offending_value() {
        // A number is that of a cell; a text says something of the row.
        Some(value) if value.parse::<f64>().is_ok() => format!("column `{}` is {value}", file.columns[column].name),
        Some(value) => format!("is {value}"),
        None => "does not fit".to_owned(),
    };
    Failure::new(format!("{place}: {what}; {name} allows {allowed}"))
}

/// The parameters do not fit the data: variances that are not as many as columns, say.
fn about_parameter(error: &discrepancy::Error) -> Failure {
    let value = error.offending_value().map_or(String::new(), |value| format!(" is {value}"));
    Failure::new(format!("{}: `{}`{value}; allowed: {}", error.function(), error.argument(), error.allowed()))
}
