//! Columns as `f64`, exactly or not at all.

use crate::arguments::external;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type, UInt64Type};
use datafusion::common::exec_err;
use datafusion::error::Result;
use discrepancy::{Error, ErrorKind};

/// Up to here every integer is an `f64`.
const EXACT: u64 = 1 << 53;

/// Every number of a column as the same `f64`; an integer that is none is an error.
pub(crate) fn widen(function: &str, argument: &str, column: &ArrayRef) -> Result<Float64Array> {
    let inexact = |row: usize, value: String| {
        let allowed = format!("integers in [-{EXACT}, {EXACT}], which are exact as floats");
        external(Error::new(ErrorKind::Domain, function, argument, allowed).at(row).value(value))
    };
    match column.data_type() {
        DataType::Int64 => {
            let from = column.as_primitive::<Int64Type>();
            for (row, value) in from.iter().enumerate() {
                if let Some(value) = value.filter(|v| v.unsigned_abs() > EXACT) {
                    return Err(inexact(row, value.to_string()));
                }
            }
        }
        DataType::UInt64 => {
            let from = column.as_primitive::<UInt64Type>();
            for (row, value) in from.iter().enumerate() {
                if let Some(value) = value.filter(|v| *v > EXACT) {
                    return Err(inexact(row, value.to_string()));
                }
            }
        }
        // A literal such as 0.25 where the engine reads literals as decimals: the nearest float, as text would be read.
        DataType::Decimal128(_, _) => {
            let from = column.as_primitive::<Decimal128Type>();
            let read = |row| (!from.is_null(row)).then(|| from.value_as_string(row).parse::<f64>().ok()).flatten();
            return Ok((0..from.len()).map(read).collect());
        }
        other if other.is_floating() || other.is_integer() || *other == DataType::Null => {}
        other => return exec_err!("{function}: `{argument}` is of type {other}; allowed: numbers"),
    }
    Ok(cast(column, &DataType::Float64)?.as_primitive().clone())
}

/// The spacing at 1 of a type of numbers; what is no float is as exact as `f64`.
fn spacing(data_type: &DataType) -> f64 {
    match data_type {
        DataType::Float32 => f64::from(f32::EPSILON),
        // Of 11 bits.
        DataType::Float16 => 1.0 / 1024.0,
        _ => f64::EPSILON,
    }
}

/// Whether the numbers of a column, or those in its lists, are floats of 32 bits or fewer: then so are results.
pub(crate) fn is_single(data_type: &DataType) -> bool {
    match data_type {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            is_single(item.data_type())
        }
        other => matches!(other, DataType::Float32 | DataType::Float16),
    }
}

/// A column of lists with its numbers widened once.
pub(crate) struct Lists<'a> {
    function: &'a str,
    argument: &'a str,
    column: ArrayRef,
    values: Float64Array,
    /// The spacing at 1 of the type that the numbers came in.
    epsilon: f64,
    /// Where each row starts and ends in `values`.
    bounds: Vec<(usize, usize)>,
}

impl<'a> Lists<'a> {
    /// Reads a column of any kind of list.
    pub(crate) fn new(function: &'a str, argument: &'a str, column: &ArrayRef) -> Result<Self> {
        let pairs = |offsets: Vec<usize>| offsets.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>();
        let (values, bounds) = match column.data_type() {
            DataType::List(_) => {
                let list = column.as_list::<i32>();
                (list.values().clone(), pairs(list.offsets().iter().map(|o| *o as usize).collect()))
            }
            DataType::LargeList(_) => {
                let list = column.as_list::<i64>();
                (list.values().clone(), pairs(list.offsets().iter().map(|o| *o as usize).collect()))
            }
            DataType::FixedSizeList(_, size) => {
                let (list, size) = (column.as_fixed_size_list(), *size as usize);
                (list.values().clone(), (0..list.len()).map(|row| (row * size, (row + 1) * size)).collect())
            }
            DataType::Null => (column.slice(0, 0), vec![(0, 0); column.len()]),
            other => return exec_err!("{function}: `{argument}` is of type {other}; allowed: lists of numbers"),
        };
        let epsilon = spacing(values.data_type());
        let values = widen(function, argument, &values)?;
        Ok(Lists { function, argument, column: column.clone(), values, epsilon, bounds })
    }

    /// The spacing at 1 of the type that the numbers came in.
    pub(crate) fn epsilon(&self) -> f64 {
        self.epsilon
    }

    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.bounds.len()
    }

    /// The numbers of a row; `None` for NULL. A NULL inside a row is an error.
    pub(crate) fn row(&self, row: usize) -> Result<Option<&[f64]>> {
        // A column of type Null has no validity buffer, but all its rows are NULL.
        if self.column.is_null(row) || *self.column.data_type() == DataType::Null {
            return Ok(None);
        }
        let (start, end) = self.bounds[row];
        if self.values.null_count() > 0 && (start..end).any(|i| self.values.is_null(i)) {
            let error = Error::new(ErrorKind::Domain, self.function, self.argument, "lists without NULL inside");
            return Err(external(error.at(row).value("NULL")));
        }
        Ok(Some(&self.values.values()[start..end]))
    }
}
