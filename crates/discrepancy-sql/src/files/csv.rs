//! Text: a row on each line.

use super::seen::{Seen, is_truth, number};
use super::{Fault, File, Kind, Strict};
use csv::{Position, ReaderBuilder, StringRecord};
use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, NullArray, RecordBatch, StringBuilder,
    TimestampNanosecondBuilder,
};
use datafusion::arrow::compute::kernels::cast_utils::Parser;
use datafusion::arrow::datatypes::{DataType, Date32Type, SchemaRef, TimestampNanosecondType};
use std::borrow::Cow;
use std::io::{BufRead, Read, Seek, SeekFrom};
use std::sync::Arc;

/// About so many bytes are read at a time by one thread.
const CHUNK: u64 = 8 << 20;
/// So many rows are handed on at a time, fewer where there are many columns.
const ROWS: usize = 8192;
/// About so many values.
const VALUES: usize = 1 << 20;

/// What one pass over a file tells.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) names: Vec<String>,
    pub(super) seen: Vec<Seen>,
    delimiter: u8,
    /// Whether numbers have a comma where others have a point.
    comma: bool,
    pub(super) chunks: Vec<Chunk>,
}

/// A part of a file that starts with a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    byte: u64,
    line: u64,
    /// Rows before it.
    row: u64,
    rows: u64,
}

type Reader<R> = csv::Reader<Strict<R>>;

impl Scan {
    /// Reads all of a file once.
    pub(super) fn new(file: &File) -> Result<Scan, Fault> {
        let delimiter = file.delimiter()?;
        let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(Strict::new(file.text()?, delimiter, 1));
        let names = names(file, &mut reader)?;
        let decimal_commas = delimiter != b',';
        let mut seen = vec![Seen::default(); names.len()];
        let mut with_commas = vec![Seen::default(); if decimal_commas { names.len() } else { 0 }];
        let mut chunks: Vec<Chunk> = Vec::new();
        let mut record = StringRecord::new();
        let mut row = 0;
        loop {
            let start = reader.position().clone();
            if !reader.read_record(&mut record).map_err(|error| fault(file, &error))? {
                break;
            }
            // What is compressed is read from its beginning.
            let new = match chunks.last() {
                Some(last) => !file.compression.is_compressed() && start.byte() >= last.byte + CHUNK,
                None => true,
            };
            if new {
                chunks.push(Chunk { byte: start.byte(), line: start.line(), row, rows: 0 });
            }
            if let Some(chunk) = chunks.last_mut() {
                chunk.rows += 1;
            }
            row += 1;
            seen.iter_mut().zip(&record).for_each(|(seen, value)| seen.text(value));
            for (seen, value) in with_commas.iter_mut().zip(&record) {
                seen.text(&pointed(value));
            }
        }
        // One column is enough: then a point in another is no decimal point.
        let comma = seen.iter().zip(&with_commas).any(|(point, comma)| comma.is_number() && !point.is_number());
        Ok(Scan { names, seen: if comma { with_commas } else { seen }, delimiter, comma, chunks })
    }

    fn reader(&self, file: &File, chunk: &Chunk) -> Result<Reader<Box<dyn Read + Send>>, Fault> {
        let text: Box<dyn Read + Send> = if file.compression.is_compressed() {
            Box::new(file.text()?)
        } else {
            let mut text = std::fs::File::open(file.path()).map_err(|error| file.fault(error))?;
            text.seek(SeekFrom::Start(chunk.byte)).map_err(|error| file.fault(error))?;
            Box::new(text)
        };
        let header = file.compression.is_compressed();
        let line = if header { 1 } else { chunk.line };
        let strict = Strict::new(text, self.delimiter, line);
        let builder =
            |builder: &mut ReaderBuilder| builder.has_headers(header).buffer_capacity(1 << 17).from_reader(strict);
        Ok(builder(ReaderBuilder::new().delimiter(self.delimiter)))
    }

    /// A part of the file, batch by batch: of each field of the schema the place of its column.
    pub(super) fn read(
        &self,
        file: &File,
        chunk: &Chunk,
        schema: &SchemaRef,
        columns: &[Option<usize>],
        mut push: impl FnMut(Vec<ArrayRef>, usize) -> bool,
    ) -> Result<(), Fault> {
        let mut reader = self.reader(file, chunk)?;
        let mut record = StringRecord::new();
        let mut row = 0;
        let most = (VALUES / columns.len().max(1)).clamp(16, ROWS);
        while row < chunk.rows {
            let types = schema.fields().iter().map(|field| field.data_type());
            let mut builders: Vec<Option<Builder>> =
                types.zip(columns).map(|(type_, column)| column.map(|_| Builder::new(type_, most))).collect();
            let mut rows = 0;
            while rows < most && row < chunk.rows {
                if !reader.read_record(&mut record).map_err(|error| fault(file, &error))? {
                    return Err(file.fault("the file was changed while it was read"));
                }
                for (builder, column) in builders.iter_mut().zip(columns) {
                    let (Some(builder), Some(column)) = (builder, column) else { continue };
                    let value = record.get(*column).unwrap_or_default();
                    if let Err(allowed) = builder.push(value, self.comma) {
                        let offset = if file.compression.is_compressed() { 0 } else { chunk.line - 1 };
                        let line = offset + line_of(&record, reader.position());
                        let place = format!("row {} (line {line})", chunk.row + row + 1);
                        let hint = if self.comma && value.contains('.') {
                            ", with decimal commas as elsewhere in this file"
                        } else {
                            ""
                        };
                        let name = &self.names[*column];
                        let what = format!("{place}: column `{name}` is {value:?}; allowed: {allowed}{hint}");
                        return Err(Fault::new(format!("{}, {what}", file.name())));
                    }
                }
                rows += 1;
                row += 1;
            }
            let arrays = builders.into_iter().map(|builder| match builder {
                Some(builder) => builder.finish(rows),
                None => Arc::new(NullArray::new(rows)),
            });
            if !push(arrays.collect(), rows) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The line on which a row starts, counted from 1 as rows are.
    pub(super) fn line(&self, file: &File, row: u64) -> Option<u64> {
        let chunk = self.chunks.iter().rev().find(|chunk| chunk.row < row)?;
        let mut reader = self.reader(file, chunk).ok()?;
        let mut record = StringRecord::new();
        for _ in chunk.row..row {
            reader.read_record(&mut record).ok()?;
        }
        let offset = if file.compression.is_compressed() { 0 } else { chunk.line - 1 };
        Some(offset + line_of(&record, reader.position()))
    }
}

/// A number with a decimal comma, with a point; what has a point already is no number.
fn pointed(value: &str) -> Cow<'_, str> {
    if value.contains('.') && value.bytes().all(|byte| !byte.is_ascii_alphabetic()) {
        return Cow::Owned(value.replace('.', "?"));
    }
    if value.contains(',') { Cow::Owned(value.replace(',', ".")) } else { Cow::Borrowed(value) }
}

impl File {
    /// What stands between the values of CSV: what the extension says, unless the first line has none of it but another.
    pub fn delimiter(&self) -> Result<u8, Fault> {
        let Kind::Csv(usual) = self.kind else { return Ok(b',') };
        let mut line = Vec::new();
        let mut text = self.text()?.take(1 << 20);
        while line.trim_ascii().is_empty() {
            line.clear();
            if text.read_until(b'\n', &mut line).map_err(|error| self.fault(error))? == 0 {
                return Ok(usual);
            }
        }
        let outside = |wanted: u8| {
            let mut quoted = false;
            line.iter().any(|byte| {
                quoted ^= *byte == b'"';
                *byte == wanted && !quoted
            })
        };
        Ok([usual, b';', b'\t', b','].into_iter().find(|delimiter| outside(*delimiter)).unwrap_or(usual))
    }
}

fn names<R: Read>(file: &File, reader: &mut Reader<R>) -> Result<Vec<String>, Fault> {
    let names = reader.headers().map_err(|error| fault(file, &error))?;
    // Some programs write a byte order mark before the first name.
    let names: Vec<String> = names.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
    if names.is_empty() {
        return Err(file.fault("there is no line with the names of columns"));
    }
    Ok(names)
}

/// The line on which a row starts that ends before this position. Lines before it may be empty, and values may have
/// line ends inside.
fn line_of(record: &StringRecord, end: &Position) -> u64 {
    let inside: usize = record.iter().map(|value| value.matches('\n').count()).sum();
    // The last row of a file may have no line end.
    let start = record.position().map_or(1, Position::line);
    start.max(end.line().saturating_sub(1 + inside as u64))
}

/// Why a file cannot be taken apart, with its line.
fn fault(file: &File, error: &csv::Error) -> Fault {
    let line = error.position().map_or(String::new(), |position| format!(", line {}", position.line()));
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("a row of length {len}; allowed: {expected_len}, the number of columns")
        }
        csv::ErrorKind::Utf8 { .. } => "bytes that are not text; allowed: UTF-8".to_owned(),
        // With its line, from `Strict`.
        csv::ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            return Fault::new(format!("{}, {error}", file.name()));
        }
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    };
    Fault::new(format!("{}{line}: {what}", file.name()))
}

/// A column under construction.
enum Builder {
    Integer(Int64Builder),
    Number(Float64Builder),
    Truth(BooleanBuilder),
    Date(Date32Builder),
    Time(TimestampNanosecondBuilder),
    Text(StringBuilder),
    Nothing,
}

impl Builder {
    fn new(data_type: &DataType, rows: usize) -> Builder {
        match data_type {
            DataType::Int64 => Builder::Integer(Int64Builder::with_capacity(rows)),
            DataType::Float64 => Builder::Number(Float64Builder::with_capacity(rows)),
            DataType::Boolean => Builder::Truth(BooleanBuilder::with_capacity(rows)),
            DataType::Date32 => Builder::Date(Date32Builder::with_capacity(rows)),
            DataType::Timestamp(..) => Builder::Time(TimestampNanosecondBuilder::with_capacity(rows)),
            DataType::Null => Builder::Nothing,
            _ => Builder::Text(StringBuilder::new()),
        }
    }

    /// Takes a value; nothing is NULL. What is allowed, if it is not.
    fn push(&mut self, value: &str, comma: bool) -> Result<(), &'static str> {
        let some = Some(value).filter(|value| !value.is_empty());
        match self {
            Builder::Integer(builder) => {
                builder.append_option(some.map(|value| value.trim().parse().map_err(|_| "integers")).transpose()?);
            }
            Builder::Number(builder) => {
                let read = |value: &str| if comma { number(&pointed(value)) } else { number(value) };
                builder.append_option(some.map(read).transpose()?);
            }
            Builder::Truth(builder) => {
                let read = |value: &str| is_truth(value).then(|| value.eq_ignore_ascii_case("true"));
                builder.append_option(some.map(|value| read(value).ok_or("true and false")).transpose()?);
            }
            Builder::Date(builder) => {
                builder.append_option(some.map(|value| Date32Type::parse(value).ok_or("dates")).transpose()?);
            }
            Builder::Time(builder) => {
                let read = |value: &str| TimestampNanosecondType::parse(value).ok_or("times");
                builder.append_option(some.map(read).transpose()?);
            }
            Builder::Text(builder) => builder.append_option(some),
            Builder::Nothing => {}
        }
        Ok(())
    }

    fn finish(self, rows: usize) -> ArrayRef {
        match self {
            Builder::Integer(mut builder) => Arc::new(builder.finish()),
            Builder::Number(mut builder) => Arc::new(builder.finish()),
            Builder::Truth(mut builder) => Arc::new(builder.finish()),
            Builder::Date(mut builder) => Arc::new(builder.finish()),
            Builder::Time(mut builder) => Arc::new(builder.finish()),
            Builder::Text(mut builder) => Arc::new(builder.finish()),
            Builder::Nothing => Arc::new(NullArray::new(rows)),
        }
    }
}

/// So that a batch without columns keeps its number of rows.
pub(super) fn batch(schema: &SchemaRef, arrays: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, Fault> {
    let options = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema.clone(), arrays, &options).map_err(Fault::new)
}
