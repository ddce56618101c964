//! `discrepancy distance`.

mod csv;
mod memory;
mod npy;
mod parquet;
mod points;
mod result;

use crate::failure::{Failure, Outcome};
use crate::output::check_place;
use discrepancy::batch::Element;
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

Files are .npy (floats, integers, booleans; an array of one dimension is a column), .csv, .tsv (also compressed: \
.gz, .bz2, .xz, .zst) and .parquet (columns of numbers, or one column of lists). Integers are widened exactly; if all \
numbers are f32, so are the results. A first column without a name is an index, and left out.

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
        check_out(out, arguments)?;
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
                Measure::Tuple(_) => "a loss of several inputs",
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
fn check_out(out: &Path, arguments: &Arguments) -> Outcome {
    let end = out.extension().map(|end| end.to_string_lossy().to_lowercase());
    if !matches!(end.as_deref(), Some("npy" | "csv" | "parquet")) {
        return Err(Failure::usage(format!("{}: unknown extension; allowed: .npy, .csv, .parquet", out.display())));
    }
    let read = std::iter::once(&arguments.a).chain(&arguments.b);
    check_place("--out", out, read.map(std::path::PathBuf::as_path))
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

/// Functions of two rows, in the type that the rows were stored in.
fn pairs(
    arguments: &Arguments,
    metric: &dyn PairFunction,
    a: &Points,
    b: Option<&Points>,
) -> Outcome<(Found, Numbers)> {
    let other = b.unwrap_or(a);
    if !(a.single && other.single) {
        let (found, numbers) = compute(arguments, metric, (a, &a.data), (other, &other.data))?;
        return Ok((found, Numbers::Double(numbers)));
    }
    // They were f32 before they were widened.
    let narrow = |points: &Points| points.data.iter().map(|x| *x as f32).collect::<Vec<f32>>();
    let own = narrow(a);
    let (found, numbers) = match b {
        Some(b) => compute(arguments, metric, (a, &own), (b, &narrow(b)))?,
        None => compute(arguments, metric, (a, &own), (a, &own))?,
    };
    Ok((found, Numbers::Single(numbers)))
}

fn compute<E: Element>(
    arguments: &Arguments,
    metric: &dyn PairFunction,
    (a, a_data): (&Points, &[E]),
    (b, b_data): (&Points, &[E]),
) -> Outcome<(Found, Vec<E>)> {
    let dimension = a.dimension();
    // A Parquet file is gathered in memory.
    let gathered = arguments.out.as_ref().is_some_and(|out| matches!(Kind::of(out), Ok(Kind::Parquet)));
    let size = size_of::<E>() as u128 * if gathered { 2 } else { 1 };
    let failed = |error| located(&error, metric, (a, 0), b);
    if arguments.condensed {
        let count = a.rows as u128 * (a.rows as u128 - 1) / 2;
        // Beside the result there is the list that it is joined from.
        memory::check(&format!("{count} distances"), count * (size + size_of::<E>() as u128))?;
        return Ok((Found::Condensed { rows: a.rows }, condensed(metric, a_data, dimension).map_err(failed)?));
    }
    if arguments.rowwise {
        if a.rows != b.rows {
            let (a_path, b_path) = (a.path.display(), b.path.display());
            return Err(Failure::new(format!("{a_path} has {} rows, {b_path} has {}", a.rows, b.rows)));
        }
        return Ok((Found::Rowwise, rowwise(metric, a_data, b_data, dimension).map_err(failed)?));
    }
    let neighbours = arguments.nearest.map(|k| usize::try_from(k).unwrap_or(usize::MAX));
    if let Some(k) = neighbours.filter(|k| *k > b.rows) {
        return Err(fault(&b.path, format!("has {} rows; --nearest asks for {k}", b.rows)));
    }
    let columns = neighbours.unwrap_or(b.rows);
    let count = a.rows as u128 * columns as u128;
    let index = if neighbours.is_some() { size_of::<usize>() } else { 0 } as u128;
    let block = (BLOCK / b.rows).clamp(1, a.rows);
    let at_work = 2 * block as u128 * b.rows as u128 * size_of::<(usize, f64)>() as u128;
    memory::check(&format!("{} × {columns} distances", a.rows), count * (size + index) + at_work)?;
    let (mut numbers, mut indices): (Vec<E>, Vec<usize>) = (Vec::new(), Vec::new());
    numbers.try_reserve_exact(count as usize).map_err(|error| Failure::new(format!("{count} distances: {error}")))?;
    let progress = progress(a.rows);
    for start in (0..a.rows).step_by(block) {
        let end = (start + block).min(a.rows);
        let rows = &a_data[start * dimension..end * dimension];
        let failed = |error| located(&error, metric, (a, start), b);
        if let Some(k) = neighbours {
            let found = nearest(metric, rows, b_data, dimension, k).map_err(failed)?;
            indices.extend(found.iter().map(|(index, _)| index));
            numbers.extend(found.iter().map(|(_, distance)| distance));
        } else {
            numbers.extend(pairwise(metric, rows, b_data, dimension).map_err(failed)?);
        }
        progress.set_position(end as u64);
    }
    progress.finish_and_clear();
    let found = match neighbours {
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
    let (mut numbers, mut names) = (Vec::new(), vec!["statistic"]);
    if let Some(permutations) = arguments.permutations {
        // A statistic and what it is drawn from for each.
        memory::check(&format!("{permutations} permutations"), u128::from(permutations) * 16)?;
        let permutations = usize::try_from(permutations).map_err(Failure::new)?;
        let test = statistic.permutation_test(&a.data, &b.data, dimension, permutations, arguments.seed)?;
        numbers.extend([test.statistic, test.p_value]);
        names.push("p_value");
    } else {
        numbers.extend([statistic.value(&a.data, &b.data, dimension)?]);
    }
    let single = a.single && b.single;
    let numbers =
        if single { Numbers::Single(numbers.iter().map(|x| *x as f32).collect()) } else { Numbers::Double(numbers) };
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
