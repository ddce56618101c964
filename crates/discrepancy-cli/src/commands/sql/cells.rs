//! Values of a result: in JSON, and from there in the other forms.

use crate::failure::{Failure, Outcome};
use crate::output::{exact, json_number, quoted};
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, UInt64Type};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::{Map, Value};

/// A column as JSON. Numbers keep all digits, infinities and NaN are texts, dates and the like as they are shown.
pub(super) fn values(column: &ArrayRef) -> Outcome<Vec<Value>> {
    let as_type = |data_type: DataType| cast(column, &data_type).map_err(Failure::new);
    let numbers = |narrow: bool| -> Outcome<Vec<Value>> {
        let wide = as_type(DataType::Float64)?;
        let shortest = |x: f64| if narrow { narrowest(x as f32) } else { json_number(x) };
        Ok(wide.as_primitive::<Float64Type>().iter().map(|x| x.map_or(Value::Null, shortest)).collect())
    };
    match column.data_type() {
        DataType::Float64 => numbers(false),
        DataType::Float32 | DataType::Float16 => numbers(true),
        DataType::UInt64 => {
            Ok(column.as_primitive::<UInt64Type>().iter().map(|x| x.map_or(Value::Null, Value::from)).collect())
        }
        integer if integer.is_integer() => {
            let wide = as_type(DataType::Int64)?;
            Ok(wide.as_primitive::<Int64Type>().iter().map(|x| x.map_or(Value::Null, Value::from)).collect())
        }
        DataType::Boolean => Ok(column.as_boolean().iter().map(|x| x.map_or(Value::Null, Value::from)).collect()),
        DataType::List(_) => {
            let lists = column.as_list::<i32>();
            rows(column, |row| Ok(Value::Array(values(&lists.value(row))?)))
        }
        DataType::LargeList(_) => {
            let lists = column.as_list::<i64>();
            rows(column, |row| Ok(Value::Array(values(&lists.value(row))?)))
        }
        DataType::FixedSizeList(_, _) => {
            let lists = column.as_fixed_size_list();
            rows(column, |row| Ok(Value::Array(values(&lists.value(row))?)))
        }
        DataType::Struct(fields) => {
            let parts = column.as_struct();
            let columns: Vec<Vec<Value>> = parts.columns().iter().map(values).collect::<Outcome<_>>()?;
            rows(column, |row| {
                let names = fields.iter().map(|field| field.name().clone());
                Ok(Value::Object(names.zip(columns.iter().map(|column| column[row].clone())).collect::<Map<_, _>>()))
            })
        }
        _ => {
            let options = FormatOptions::default();
            let format = ArrayFormatter::try_new(column, &options).map_err(Failure::new)?;
            rows(column, |row| Ok(Value::from(format.value(row).try_to_string().map_err(Failure::new)?)))
        }
    }
}

/// The value of each row; NULL is `null`.
fn rows(column: &ArrayRef, value: impl Fn(usize) -> Outcome<Value>) -> Outcome<Vec<Value>> {
    let null = |row| column.is_null(row) || *column.data_type() == DataType::Null;
    (0..column.len()).map(|row| if null(row) { Ok(Value::Null) } else { value(row) }).collect()
}

/// The shortest text that reads back as the same single-precision number: 0.1, not 0.10000000149011612.
fn narrowest(x: f32) -> Value {
    let shortest = x.to_string().parse::<f64>().unwrap_or(f64::from(x));
    json_number(shortest)
}

/// A cell for the eye.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A cell of a CSV file; NULL is empty.
pub(super) fn csv(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => quoted(text),
        Value::Number(number) if number.is_f64() => exact(number.as_f64().unwrap_or(f64::NAN)),
        other => quoted(&other.to_string()),
    }
}
