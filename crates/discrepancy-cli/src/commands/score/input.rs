//! The files as one table: which columns it has, and of which types they are read.

use super::columns::Columns;
use crate::engine::message;
use crate::failure::{Failure, Outcome};
use crate::files::{Files, Kind, Reading, address};
use datafusion::arrow::compute::kernels::cast_utils::Parser;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type, Schema, SchemaRef};
use datafusion::datasource::listing::{ListingTable, ListingTableConfig};
use datafusion::prelude::{DataFrame, SessionContext};
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::Arc;

/// What a column is read for. Of several ends the first decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// Numbers.
    Number,
    /// Numbers, or lists of numbers.
    Scores,
    /// One of two values, of any type.
    Class,
    /// Values that tell segments apart, of any type.
    Segment,
}

/// The files and the columns of each.
#[derive(Debug)]
pub(super) struct Heads {
    pub(super) files: Files,
    schemas: Vec<SchemaRef>,
}

/// The files as a table of the columns that are needed.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) files: Files,
    pub(super) schema: SchemaRef,
    pub(super) needs: Vec<(String, Need)>,
}

/// A CSV file with its text decompressed.
pub(super) fn csv_reader(files: &Files, path: &Path, delimiter: u8) -> Outcome<csv::Reader<impl std::io::Read>> {
    Ok(csv::ReaderBuilder::new().delimiter(delimiter).from_reader(files.read(path)?))
}

/// The rows of a file with an object a line; an error names the row.
pub(super) fn json_rows(files: &Files, path: &Path) -> Outcome<impl Iterator<Item = Outcome<Map<String, Value>>>> {
    let rows = serde_json::Deserializer::from_reader(files.read(path)?).into_iter::<Value>();
    let path = path.to_owned();
    Ok((1..).zip(rows).map(move |(row, value)| {
        let failed = |what: String| Failure::new(format!("{}, row {row}: {what}", path.display()));
        match value.map_err(|error| failed(format!("not JSON: {error}")))? {
            Value::Object(object) => Ok(object),
            other => Err(failed(format!("{other}; allowed: an object"))),
        }
    }))
}

/// Why a CSV file cannot be taken apart, with its line.
pub(super) fn csv_failure(path: &Path, error: &csv::Error) -> Failure {
    let line = error.position().map_or(String::new(), |position| format!(", line {}", position.line()));
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("a row of length {len}; allowed: {expected_len}, the number of columns")
        }
        csv::ErrorKind::Utf8 { .. } => "bytes that are not text; allowed: UTF-8".to_owned(),
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    };
    Failure::new(format!("{}{line}: {what}", path.display()))
}

impl Heads {
    /// Reads the head of every file; a column of JSON that is missing or nothing but NULL there, only `reading` all
    /// rows tells.
    pub(super) async fn read(context: &SessionContext, files: Files, reading: Reading) -> Outcome<Heads> {
        let mut schemas: Vec<SchemaRef> = Vec::new();
        for path in &files.paths {
            let failed = |what: String| Failure::new(format!("{}: {what}", path.display()));
            let size = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
            if size == 0 {
                return Err(failed("the file is empty".to_owned()));
            }
            schemas.push(if let Kind::Csv(delimiter) = files.kind {
                Arc::new(csv_head(&files, path, delimiter)?)
            } else {
                let alone = files.only(path);
                let options = alone.options(reading)?;
                let head = options.infer_schema(&context.state(), &address(path)?).await;
                if files.kind == Kind::Json && head.is_err() && !alone.is_list()? {
                    json_rows(&files, path)?.try_for_each(|row| row.map(drop))?;
                }
                let head = head
                    .map_err(|error| failed(format!("not a whole {} file: {}", files.kind.name(), message(&error))))?;
                if files.kind == Kind::Json && reading != Reading::TypesOfAllRows { known(&head) } else { head }
            });
        }
        let heads = Heads { files, schemas };
        heads.check_order()?;
        Ok(heads)
    }

    /// Columns are found by their place in CSV and Arrow files, so it must be the same in all.
    fn check_order(&self) -> Outcome {
        if !matches!(self.files.kind, Kind::Csv(_) | Kind::Arrow) {
            return Ok(());
        }
        let names =
            |schema: &SchemaRef| schema.fields().iter().map(|f| f.name().clone()).collect::<Vec<_>>().join(", ");
        let first = names(&self.schemas[0]);
        match self.schemas.iter().position(|schema| names(schema) != first) {
            None => Ok(()),
            Some(other) => Err(Failure::new(format!(
                "the files have different columns: {} has {first}; {} has {}",
                self.files.paths[0].display(),
                self.files.paths[other].display(),
                names(&self.schemas[other])
            ))),
        }
    }

    /// The columns of the first file.
    pub(super) fn columns(&self) -> Columns {
        let names = self.schemas[0].fields().iter().map(|field| field.name().clone()).collect();
        Columns { names, file: self.files.paths[0].display().to_string() }
    }

    /// Whether a column holds lists.
    pub(super) fn is_list(&self, name: &str) -> bool {
        self.schemas[0].field_with_name(name).is_ok_and(|field| is_list(field.data_type()))
    }

    /// The table of these columns.
    pub(super) fn table(self, needs: Vec<(String, Need)>) -> Outcome<Input> {
        let mut fields: Vec<FieldRef> = match self.files.kind {
            // These are found by their place: all must be named.
            Kind::Csv(_) | Kind::Arrow => self.schemas[0].fields().to_vec(),
            Kind::Json | Kind::Parquet => Vec::new(),
        };
        let mut needs = needs;
        needs.sort();
        needs.dedup_by(|later, first| later.0 == first.0);
        for (name, need) in &needs {
            let field = Arc::new(Field::new(name, self.data_type(name, *need)?, true));
            match fields.iter_mut().find(|field| field.name() == name) {
                Some(place) => *place = field,
                None => fields.push(field),
            }
        }
        Ok(Input { files: self.files, schema: Arc::new(Schema::new(fields)), needs })
    }

    /// The type that a column is read in, from all files.
    fn data_type(&self, name: &str, need: Need) -> Outcome<DataType> {
        let mut found: Option<(DataType, &Path)> = None;
        for (schema, path) in self.schemas.iter().zip(&self.files.paths) {
            let there = match schema.field_with_name(name) {
                Ok(field) => field.data_type().clone(),
                Err(_) => {
                    let names = schema.fields().iter().map(|field| field.name().clone()).collect();
                    return Err(Columns { names, file: path.display().to_string() }
                        .one(name)
                        .err()
                        .unwrap_or_else(|| Failure::new(format!("{}: no single column `{name}`", path.display()))));
                }
            };
            let wanted = match self.files.kind {
                Kind::Csv(delimiter) => self.csv_type(path, delimiter, name, need)?,
                Kind::Json => json_type(&there, need),
                Kind::Parquet | Kind::Arrow => there,
            };
            let number = wanted.is_numeric();
            let fits = match need {
                Need::Number => number,
                Need::Scores => number || is_list(&wanted),
                Need::Class | Need::Segment => !wanted.is_nested(),
            };
            if !fits && wanted != DataType::Null {
                let allowed = match need {
                    Need::Number => "numbers",
                    Need::Scores => "numbers or lists of numbers",
                    Need::Class | Need::Segment => "single values",
                };
                let (file, found) = (path.display(), type_name(&wanted));
                let message = format!("{file}: column `{name}` is of type {found}; allowed: {allowed}");
                return Err(Failure::new(message));
            }
            found = Some(match found {
                None => (wanted, path),
                Some((type_, first)) => match common(&type_, &wanted) {
                    Some(both) if self.files.kind != Kind::Arrow || type_ == both => (both, first),
                    _ => {
                        return Err(Failure::new(format!(
                            "column `{name}` is of different types: {} in {}, {} in {}",
                            type_name(&type_),
                            first.display(),
                            type_name(&wanted),
                            path.display()
                        )));
                    }
                },
            });
        }
        match found {
            Some((DataType::Null, _)) | None => {
                Ok(if need == Need::Segment { DataType::Utf8 } else { DataType::Float64 })
            }
            Some((data_type, _)) => Ok(data_type),
        }
    }

    /// The type that a column of a CSV file is read in: text, unless something else is needed.
    fn csv_type(&self, path: &Path, delimiter: u8, name: &str, need: Need) -> Outcome<DataType> {
        match need {
            Need::Number | Need::Scores => return Ok(DataType::Float64),
            Need::Segment => return Ok(DataType::Utf8),
            Need::Class => {}
        }
        let mut reader = csv_reader(&self.files, path, delimiter)?;
        let place = self.schemas[0].index_of(name).map_err(|error| Failure::new(error.to_string()))?;
        let (mut seen, mut number, mut truth) = (false, true, true);
        for record in reader.records().take(1000) {
            let record = record.map_err(|error| csv_failure(path, &error))?;
            let value = record.get(place).unwrap_or_default();
            if !value.is_empty() {
                seen = true;
                number &= Float64Type::parse(value).is_some();
                truth &= value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
            }
        }
        Ok(match (seen, number, truth) {
            (false, ..) => DataType::Null,
            (_, true, _) => DataType::Float64,
            (_, _, true) => DataType::Boolean,
            _ => DataType::Utf8,
        })
    }
}

impl Input {
    /// The table in the engine.
    pub(super) fn frame(&self, context: &SessionContext, reading: Reading) -> Outcome<DataFrame> {
        let addresses = self.files.paths.iter().map(|path| address(path)).collect::<Outcome<Vec<_>>>()?;
        let config = ListingTableConfig::new_with_multi_paths(addresses)
            .with_listing_options(self.files.options(reading)?)
            .with_schema(self.schema.clone());
        Ok(context.read_table(Arc::new(ListingTable::try_new(config)?))?)
    }

    /// The same table of one of the files.
    pub(super) fn only(&self, path: &Path) -> Input {
        Input { files: self.files.only(path), ..self.clone() }
    }

    /// The type that a column is read in.
    pub(super) fn data_type(&self, name: &str) -> DataType {
        self.schema.field_with_name(name).map_or(DataType::Null, |field| field.data_type().clone())
    }
}

/// The columns of which the type is known.
fn known(schema: &SchemaRef) -> SchemaRef {
    let fields: Vec<FieldRef> =
        schema.fields().iter().filter(|field| *field.data_type() != DataType::Null).cloned().collect();
    Arc::new(Schema::new(fields))
}

fn csv_head(files: &Files, path: &Path, delimiter: u8) -> Outcome<Schema> {
    let mut reader = csv_reader(files, path, delimiter)?;
    let names = reader.headers().map_err(|error| csv_failure(path, &error))?;
    // Some programs write a byte order mark before the first name.
    let names: Vec<&str> = names.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
    if let Some((_, name)) = names.iter().enumerate().find(|(i, name)| names[..*i].contains(name)) {
        return Err(Failure::new(format!("{}: there are two columns `{name}`", path.display())));
    }
    Ok(Schema::new(names.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect::<Vec<_>>()))
}

/// The name of a type in messages.
fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Boolean => "true and false".to_owned(),
        other => other.to_string(),
    }
}

/// Whether values are lists.
pub(super) fn is_list(data_type: &DataType) -> bool {
    matches!(data_type, DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(_, _))
}

/// Types of JSON are those of the first rows: a number may still turn out to have a fraction.
fn json_type(there: &DataType, need: Need) -> DataType {
    match there {
        number if number.is_numeric() => DataType::Float64,
        DataType::List(item) if item.data_type().is_numeric() || *item.data_type() == DataType::Null => {
            DataType::new_list(DataType::Float64, true)
        }
        // The reader names the row with the text.
        DataType::Utf8 | DataType::Null if matches!(need, Need::Number | Need::Scores) => DataType::Float64,
        other => other.clone(),
    }
}

/// The type that holds the values of both.
fn common(a: &DataType, b: &DataType) -> Option<DataType> {
    let text = |t: &DataType| matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    match (a, b) {
        _ if a == b => Some(a.clone()),
        (DataType::Null, other) | (other, DataType::Null) => Some(other.clone()),
        _ if a.is_integer() && b.is_integer() => Some(DataType::Int64),
        _ if a.is_numeric() && b.is_numeric() => Some(DataType::Float64),
        _ if text(a) && text(b) => Some(DataType::Utf8),
        _ => None,
    }
}
