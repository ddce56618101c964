//! What came out, and how it is written.

use super::npy::write_header;
use super::points::{Kind, fault};
use crate::failure::{Failure, Outcome};
use crate::output::{print, write_file};
use crate::terminal::Terminal;
use clap::ValueEnum;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use datafusion::arrow::array::{ArrayRef, Float32Array, Float64Array, Int64Array, RecordBatch};
use datafusion::parquet::arrow::ArrowWriter;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

/// How results are written to stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For reading: the first rows and columns.
    Table,
    /// For programs: everything, with all digits.
    Csv,
}

/// Distances, in the type that the rows were stored in.
#[derive(Debug)]
pub(crate) enum Numbers {
    Single(Vec<f32>),
    Double(Vec<f64>),
}

impl Numbers {
    fn len(&self) -> usize {
        match self {
            Numbers::Single(all) => all.len(),
            Numbers::Double(all) => all.len(),
        }
    }
    /// With all digits, and an exponent where it is shorter.
    fn text(&self, place: usize) -> String {
        match self {
            Numbers::Single(all) => format!("{:?}", all[place]),
            Numbers::Double(all) => format!("{:?}", all[place]),
        }
    }
    fn array(&self, places: impl Iterator<Item = usize>) -> ArrayRef {
        match self {
            Numbers::Single(all) => Arc::new(places.map(|i| all[i]).collect::<Float32Array>()),
            Numbers::Double(all) => Arc::new(places.map(|i| all[i]).collect::<Float64Array>()),
        }
    }
    fn descr(&self) -> &'static str {
        match self {
            Numbers::Single(_) => "<f4",
            Numbers::Double(_) => "<f8",
        }
    }
    fn write(&self, place: usize, out: &mut dyn Write) -> std::io::Result<()> {
        match self {
            Numbers::Single(all) => out.write_all(&all[place].to_le_bytes()),
            Numbers::Double(all) => out.write_all(&all[place].to_le_bytes()),
        }
    }
}

/// Distances with what they belong to.
#[derive(Debug)]
pub(crate) enum Found {
    /// Row by row of A, of all rows of B.
    Matrix { rows: usize, columns: usize },
    /// Of all pairs of rows of A, (0, 1), (0, 2), …
    Condensed { rows: usize },
    /// Of each row of A from the same row of B.
    Rowwise,
    /// Of the nearest rows of B, so many for each row of A.
    Nearest { neighbours: usize, indices: Vec<usize> },
    /// Statistics, by name.
    Statistics(Vec<&'static str>),
}

/// A column of a table.
enum Cells<'a> {
    Index(Box<dyn Fn(usize) -> usize + 'a>),
    /// The place of the number.
    Number(Box<dyn Fn(usize) -> usize + 'a>),
}

/// Rows under names: what CSV, Parquet and the terminal show.
struct Grid<'a> {
    rows: usize,
    columns: Vec<(String, Cells<'a>)>,
    numbers: &'a Numbers,
}

fn grid<'a>(found: &'a Found, numbers: &'a Numbers) -> Grid<'a> {
    let index = |name: &str, of: Box<dyn Fn(usize) -> usize + 'a>| (name.to_owned(), Cells::Index(of));
    let distance = || ("distance".to_owned(), Cells::Number(Box::new(|row| row)));
    let (rows, columns) = match found {
        Found::Matrix { rows, columns } => {
            let of = |column: usize| Cells::Number(Box::new(move |row| row * columns + column));
            (*rows, (0..*columns).map(|column| (format!("b{column}"), of(column))).collect())
        }
        Found::Condensed { rows } => {
            let of = *rows;
            let pair = move |place| pair(of, place);
            let (first, second) = (Box::new(move |place| pair(place).0), Box::new(move |place| pair(place).1));
            (numbers.len(), vec![index("i", first), index("j", second), distance()])
        }
        Found::Rowwise => (numbers.len(), vec![index("row", Box::new(|row| row)), distance()]),
        Found::Nearest { neighbours, indices } => {
            let columns = vec![
                index("query", Box::new(move |place| place / neighbours)),
                index("rank", Box::new(move |place| place % neighbours + 1)),
                index("index", Box::new(move |place| indices[place])),
                distance(),
            ];
            (numbers.len(), columns)
        }
        Found::Statistics(names) => {
            let of = |place: usize| Cells::Number(Box::new(move |_| place));
            (1, names.iter().enumerate().map(|(place, name)| ((*name).to_owned(), of(place))).collect())
        }
    };
    Grid { rows, columns, numbers }
}

/// The rows of a place in a condensed matrix of so many rows.
fn pair(rows: usize, place: usize) -> (usize, usize) {
    // Row i starts behind the rows - 1, rows - 2, … pairs of those before.
    let start = |i: usize| i * (2 * rows - i - 1) / 2;
    let (mut low, mut high) = (0, rows);
    while low + 1 < high {
        let middle = (low + high) / 2;
        if start(middle) <= place { low = middle } else { high = middle }
    }
    (low, low + 1 + place - start(low))
}

impl Grid<'_> {
    fn cell(&self, row: usize, column: usize) -> String {
        match &self.columns[column].1 {
            Cells::Index(of) => of(row).to_string(),
            Cells::Number(place) => self.numbers.text(place(row)),
        }
    }

    fn csv(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        writeln!(out, "{}", names.join(","))?;
        for row in 0..self.rows {
            for column in 0..self.columns.len() {
                let comma = if column == 0 { "" } else { "," };
                write!(out, "{comma}{}", self.cell(row, column))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn parquet(&self, out: impl Write + Send) -> Result<(), datafusion::parquet::errors::ParquetError> {
        // So many numbers at a time.
        let step = ((1 << 20) / self.columns.len().max(1)).max(1);
        let batch = |from: usize, to: usize| {
            let array = |cells: &Cells<'_>| -> ArrayRef {
                match cells {
                    Cells::Index(of) => Arc::new((from..to).map(|row| of(row) as i64).collect::<Int64Array>()),
                    Cells::Number(place) => self.numbers.array((from..to).map(place)),
                }
            };
            RecordBatch::try_from_iter(self.columns.iter().map(|(name, cells)| (name, array(cells))))
        };
        let mut writer = ArrowWriter::try_new(out, batch(0, 0)?.schema(), None)?;
        for from in (0..self.rows).step_by(step) {
            writer.write(&batch(from, (from + step).min(self.rows))?)?;
        }
        writer.close().map(|_| ())
    }

    /// The first rows and columns, and how many there are.
    fn table(&self, terminal: Terminal) -> String {
        const ROWS: usize = 20;
        const WIDTH: usize = 24;
        let columns = self.columns.len().min((terminal.width / WIDTH).max(1));
        let rows = self.rows.min(ROWS);
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).force_no_tty();
        let numbered = matches!(self.columns.first(), Some((_, Cells::Number(_)))) && self.rows > 1;
        let corner = numbered.then(String::new);
        let names = self.columns[..columns].iter().map(|(name, _)| name.clone());
        table.set_header(corner.into_iter().chain(names));
        for row in 0..rows {
            let label = numbered.then(|| row.to_string());
            table.add_row(label.into_iter().chain((0..columns).map(|column| self.cell(row, column))));
        }
        table.column_iter_mut().for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        let mut text: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        if rows < self.rows || columns < self.columns.len() {
            let there = format!("{} rows of {} columns", self.rows, self.columns.len());
            text.push_str(&format!(
                "{there}, of which {rows} of {columns} are shown; all with --out or --format csv\n"
            ));
        }
        text
    }
}

/// Writes to stdout.
pub(crate) fn show(found: &Found, numbers: &Numbers, format: Option<Format>) -> Outcome {
    let seen = std::io::stdout().is_terminal();
    let grid = grid(found, numbers);
    match format.unwrap_or(if seen { Format::Table } else { Format::Csv }) {
        Format::Table => print(&grid.table(Terminal::stdout())),
        Format::Csv => {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            match grid.csv(&mut out).and_then(|()| out.flush()) {
                // A reader that hangs up is no failure.
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                    Err(Failure::new(format!("stdout: {error}")))
                }
                _ => Ok(()),
            }
        }
    }
}

/// Writes to a file of the kind that its extension says.
pub(crate) fn save(path: &Path, found: &Found, numbers: &Numbers) -> Outcome {
    let grid = grid(found, numbers);
    match Kind::of(path)? {
        Kind::Npy => write_file(path, |out| npy(out, found, numbers)),
        Kind::Csv => write_file(path, |out| grid.csv(out)),
        Kind::Parquet => {
            // The writer wants to own what it writes to; compressed, the file is smaller than the numbers.
            let mut bytes = Vec::new();
            grid.parquet(&mut bytes).map_err(|error| fault(path, error))?;
            write_file(path, |out| out.write_all(&bytes))
        }
    }
}

fn npy(out: &mut dyn Write, found: &Found, numbers: &Numbers) -> std::io::Result<()> {
    let descr = format!("'{}'", numbers.descr());
    match found {
        Found::Matrix { rows, columns } => write_header(out, &descr, &[*rows, *columns])?,
        Found::Nearest { neighbours, indices } => {
            let descr = format!("[('index', '<i8'), ('distance', {descr})]");
            write_header(out, &descr, &[indices.len() / neighbours, *neighbours])?;
            for (place, index) in indices.iter().enumerate() {
                out.write_all(&(*index as i64).to_le_bytes())?;
                numbers.write(place, out)?;
            }
            return Ok(());
        }
        _ => write_header(out, &descr, &[numbers.len()])?,
    }
    (0..numbers.len()).try_for_each(|place| numbers.write(place, out))
}
