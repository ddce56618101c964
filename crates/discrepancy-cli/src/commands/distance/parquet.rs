//! Parquet: numbers in columns, or a list of numbers in each row of a single column.

use super::points::{Column, Points, Reading, fault, listed, room, select, wrong_cell};
use crate::engine::quietly;
use crate::failure::{Failure, Outcome};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type, UInt64Type};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::Path;

/// Reads rows of numbers. A broken file can make the decoder panic: that is a failure in one line too.
pub(super) fn read(path: &Path, file: File, reading: Reading<'_>) -> Outcome<Points> {
    quietly(|| read_columns(path, file, reading)).unwrap_or_else(|message| Err(fault(path, message)))
}

fn read_columns(path: &Path, file: File, reading: Reading<'_>) -> Outcome<Points> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| fault(path, error))?;
    let schema = builder.schema().clone();
    let all: Vec<Column> =
        schema.fields().iter().map(|field| Column { name: field.name().clone(), named: true }).collect();
    let mut chosen = select(path, &all, reading.columns)?;
    if reading.columns.is_empty() {
        // What pandas writes beside its columns for an index without a name.
        let index = |i: &usize| all[*i].name.starts_with("__index_level_");
        if let Some(found) = chosen.iter().find(|i| index(i)) {
            eprintln!("note: {}: column `{}` is left out, as an index", path.display(), all[*found].name);
        }
        chosen.retain(|i| !index(i));
    }
    let types: Vec<&DataType> = chosen.iter().map(|i| schema.field(*i).data_type()).collect();
    let list = matches!(types.as_slice(), [one] if element(one).is_some_and(is_number));
    if let Some(wrong) = (0..chosen.len()).find(|i| !list && !is_number(types[*i])) {
        let (name, numbers) = (&all[chosen[wrong]].name, numbers(&all, &chosen, &types));
        let hint = if numbers.is_empty() { String::new() } else { format!(" (choose with --columns: {numbers})") };
        let what = format!(
            "column `{name}` is of type {}; allowed: floats, integers, decimals and booleans{hint}",
            types[wrong]
        );
        return Err(fault(path, what));
    }
    let single = types.iter().all(|data_type| *element(data_type).unwrap_or(data_type) == DataType::Float32);
    let rows = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
    let mut data = if list { Vec::new() } else { room(path, rows, chosen.len())? };
    let mask = ProjectionMask::roots(builder.parquet_schema(), chosen.iter().copied());
    let reader = builder.with_projection(mask).build().map_err(|error| fault(path, error))?;
    let (mut read, mut width) = (0, None);
    for batch in reader {
        let batch = batch.map_err(|error| fault(path, error))?;
        // The file's order of columns need not be the chosen one.
        let column = |i: &usize| batch.column_by_name(&all[*i].name).cloned();
        let Some(arrays) = chosen.iter().map(column).collect::<Option<Vec<ArrayRef>>>() else {
            return Err(fault(path, "is damaged: a column is missing"));
        };
        if list {
            read_lists(path, &all[chosen[0]].name, &arrays[0], read, &mut width, &mut data)?;
        } else {
            let widened: Vec<Float64Array> = arrays
                .iter()
                .zip(&chosen)
                .map(|(array, i)| widen(path, &all[*i].name, array, |place| read + place))
                .collect::<Outcome<_>>()?;
            (0..batch.num_rows()).for_each(|row| data.extend(widened.iter().map(|column| column.value(row))));
        }
        read += batch.num_rows();
    }
    let columns = match width {
        Some(width) => super::points::numbered(width),
        None => chosen.iter().map(|i| all[*i].clone()).collect(),
    };
    if columns.is_empty() {
        return Err(fault(path, "has no columns"));
    }
    Points { path: path.to_owned(), data, rows: read, columns, single }.finished()
}

/// Rows that are lists, all of one length.
fn read_lists(
    path: &Path,
    name: &str,
    array: &ArrayRef,
    before: usize,
    width: &mut Option<usize>,
    data: &mut Vec<f64>,
) -> Outcome {
    for row in 0..array.len() {
        let list = match array.data_type() {
            _ if array.is_null(row) => return Err(wrong_cell(path, before + row, name, "NULL")),
            DataType::List(_) => array.as_list::<i32>().value(row),
            DataType::LargeList(_) => array.as_list::<i64>().value(row),
            _ => array.as_fixed_size_list().value(row),
        };
        let expected = *width.get_or_insert(list.len());
        if list.len() != expected {
            let what =
                format!("row {}: a list of {} numbers where the first has {expected}", before + row + 1, list.len());
            return Err(fault(path, what));
        }
        data.extend(widen(path, name, &list, |_| before + row)?.values());
    }
    Ok(())
}

/// Exactly the same numbers, all finite; `row` says in which row a place is.
fn widen(path: &Path, name: &str, array: &ArrayRef, row: impl Fn(usize) -> usize) -> Outcome<Float64Array> {
    if let Some(place) = (0..array.len()).find(|place| array.is_null(*place)) {
        return Err(wrong_cell(path, row(place), name, "NULL"));
    }
    let large = |value: u64| value > 1 << 53;
    let inexact = match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().values().iter().position(|x| large(x.unsigned_abs())),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().values().iter().position(|x| large(*x)),
        _ => None,
    };
    if let Some(place) = inexact {
        let row = row(place) + 1;
        let what = format!("row {row}: column `{name}` has an integer beyond 2^53, which is not exact as a float");
        return Err(fault(path, what));
    }
    if let Some(decimals) = array.as_primitive_opt::<Decimal128Type>() {
        // As their text would be read: the nearest floats.
        let read = |place| decimals.value_as_string(place).parse::<f64>().unwrap_or(f64::NAN);
        return Ok((0..decimals.len()).map(read).map(Some).collect());
    }
    let numbers: ArrayRef = cast(array, &DataType::Float64).map_err(Failure::new)?;
    let numbers = numbers.as_primitive::<datafusion::arrow::datatypes::Float64Type>().clone();
    match numbers.values().iter().position(|x| !x.is_finite()) {
        Some(place) => Err(wrong_cell(path, row(place), name, &numbers.value(place).to_string())),
        None => Ok(numbers),
    }
}

fn is_number(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Boolean | DataType::Decimal128(..))
        || data_type.is_floating()
        || data_type.is_integer()
}

/// The type of the elements of a list.
fn element(data_type: &DataType) -> Option<&DataType> {
    match data_type {
        DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
            Some(field.data_type())
        }
        _ => None,
    }
}

/// The chosen columns that are numbers.
fn numbers(all: &[Column], chosen: &[usize], types: &[&DataType]) -> String {
    let names = chosen.iter().zip(types).filter(|(_, data_type)| is_number(data_type));
    let names: Vec<&str> = names.map(|(i, _)| all[*i].name.as_str()).collect();
    if names.is_empty() { String::new() } else { listed(&names) }
}
