//! Which columns an entry takes.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::plan_err;
use datafusion::error::Result;
use discrepancy::catalog::{Entry, Measure};

/// The data arguments of an entry, before its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// Two numbers: prediction and target.
    Pointwise,
    /// A list of scores, and a class or a list of probabilities.
    Row,
    /// Two lists.
    Pair,
    /// One list.
    Penalty,
    /// One list, which becomes another.
    Map,
    /// Two lists, which may differ in length: samples of numbers.
    Sample,
}

impl Shape {
    /// The shape of an entry; `None` for what does not act row by row.
    pub(crate) fn of(entry: &Entry) -> Option<Shape> {
        match entry.make(&entry.defaults()).ok()? {
            Measure::Pointwise(_) => Some(Shape::Pointwise),
            Measure::Row(_) => Some(Shape::Row),
            Measure::Pair(_) => Some(Shape::Pair),
            Measure::Penalty(_) => Some(Shape::Penalty),
            Measure::Map(_) => Some(Shape::Map),
            Measure::Sample(_) => Some(Shape::Sample),
            _ => None,
        }
    }

    /// The names of the data arguments.
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Shape::Pointwise => &["prediction", "target"],
            Shape::Row => &["scores", "target"],
            Shape::Pair => &["a", "b"],
            Shape::Penalty => &["weights"],
            Shape::Map => &["scores"],
            Shape::Sample => &["x", "y"],
        }
    }

    /// Whether means and sums over rows make sense.
    pub(crate) fn aggregates(self) -> bool {
        !matches!(self, Shape::Penalty | Shape::Map)
    }

    /// The type that an argument is computed from; an error where it cannot be.
    pub(crate) fn coerce(self, function: &str, argument: &str, given: &DataType) -> Result<DataType> {
        let number = match self {
            Shape::Row => argument != "scores",
            Shape::Pair | Shape::Penalty | Shape::Map | Shape::Sample => argument == "weight",
            Shape::Pointwise => true,
        };
        let list = self != Shape::Pointwise && argument != "weight";
        match given {
            DataType::Null if number && self != Shape::Row => return Ok(DataType::Float64),
            DataType::Null => return Ok(DataType::Null),
            DataType::Float16 if number && !list => return Ok(DataType::Float32),
            DataType::Float32 | DataType::Float64 if number && !list => return Ok(given.clone()),
            _ if number && given.is_integer() => return Ok(given.clone()),
            // One of two classes, as the entry numbers them.
            DataType::Boolean if number && argument == "target" => return Ok(given.clone()),
            // Read as its text would be: the nearest float.
            DataType::Decimal128(_, _) if number && !list => return Ok(given.clone()),
            DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _)
                if list && (field.data_type().is_floating() || field.data_type().is_integer()) =>
            {
                return Ok(given.clone());
            }
            _ => {}
        }
        let allowed = match (number, list) {
            (true, false) if argument == "target" => "floats, integers, decimals or truth values",
            (true, false) => "floats, integers or decimals",
            (true, true) => "an integer class or a list of probabilities",
            _ => "a list of floats or integers",
        };
        let given = match given {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
            other => other.to_string(),
        };
        plan_err!("{function}: `{argument}` is of type {given}; allowed: {allowed}; cast it if that is meant")
    }
}
