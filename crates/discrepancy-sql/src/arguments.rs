//! Names, argument counts and parameters of a call.

use crate::shape::Shape;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ScalarValue, exec_err, plan_err};
use datafusion::error::{DataFusionError, Result};
use discrepancy::catalog::{self, Entry, Measure, Parameter, Value};
use discrepancy::{Error, ErrorKind};

/// The library's error as the engine's; the original can be taken out again.
pub(crate) fn external(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// The aliases of an entry, behind a prefix; without those that another entry is found by first.
pub(crate) fn aliases(entry: &Entry, prefix: &str) -> Vec<String> {
    let own = |alias: &&&str| {
        let named = catalog::entries().any(|other| other.name == **alias && other.name != entry.name);
        !named && catalog::entry(alias).is_ok_and(|found| found.name == entry.name)
    };
    entry.aliases.iter().filter(own).map(|alias| format!("{prefix}{alias}")).collect()
}

/// The data arguments' names, then the parameters'.
pub(crate) fn names(entry: &Entry, weighted: bool) -> Vec<&'static str> {
    let data = Shape::of(entry).map_or(&[][..], Shape::arguments);
    let weight = weighted.then_some("weight");
    data.iter().copied().chain(weight).chain(entry.parameters.iter().map(|p| p.name)).collect()
}

/// How many data arguments come before the parameters.
pub(crate) fn data_count(entry: &Entry, weighted: bool) -> usize {
    Shape::of(entry).map_or(0, |shape| shape.arguments().len()) + usize::from(weighted)
}

/// Checks count and types when a query is planned.
pub(crate) fn coerce(function: &str, entry: &Entry, weighted: bool, given: &[DataType]) -> Result<Vec<DataType>> {
    let Some(shape) = Shape::of(entry) else { return plan_err!("{function} does not act on columns") };
    let (names, data) = (names(entry, weighted), data_count(entry, weighted));
    if given.len() < data || given.len() > names.len() {
        let from = if data == names.len() { String::new() } else { format!("{data} to ") };
        let list = names.join(", ");
        return plan_err!("{function}: {} arguments given; allowed: {from}{} ({list})", given.len(), names.len());
    }
    let coerced = |(i, given): (usize, &DataType)| {
        if i < data { shape.coerce(function, names[i], given) } else { Ok(given.clone()) }
    };
    given.iter().enumerate().map(coerced).collect()
}

/// Makes what an entry computes from the parameters that were given; the others keep their defaults.
pub(crate) fn measure(entry: &Entry, given: &[ScalarValue]) -> Result<Measure> {
    let mut arguments = entry.defaults();
    for ((parameter, to), value) in entry.parameters.iter().zip(&mut arguments.0).zip(given) {
        *to = parameter_value(entry, parameter, value)?;
    }
    entry.make(&arguments).map_err(external)
}

/// A literal as a parameter value, checked against the parameter's domain.
fn parameter_value(entry: &Entry, parameter: &Parameter, given: &ScalarValue) -> Result<Value> {
    if given.is_null() {
        let allowed = parameter.domain.to_string();
        let error = Error::new(ErrorKind::Parameter, entry.name, parameter.name, allowed);
        return Err(external(error.value("NULL")));
    }
    if let Some(Some(text)) = given.try_as_str() {
        return parameter.parse(entry.name, text).map_err(external);
    }
    if let ScalarValue::Boolean(Some(flag)) = given {
        return parameter.parse(entry.name, if *flag { "true" } else { "false" }).map_err(external);
    }
    let array = given.to_array()?;
    let value = if given.data_type().is_nested() {
        let lists = crate::columns::Lists::new(entry.name, parameter.name, &array)?;
        Value::List(lists.row(0)?.map(<[f64]>::to_vec).unwrap_or_default())
    } else {
        let numbers = crate::columns::widen(entry.name, parameter.name, &array)?;
        Value::Number(numbers.value(0))
    };
    parameter.check(entry.name, &value).map_err(external)?;
    Ok(value)
}

/// The error for a parameter that is not constant.
pub(crate) fn not_literal<T>(function: &str, parameter: &str) -> Result<T> {
    exec_err!(
        "{function}: `{parameter}` must be a literal, the same for all rows: the value itself, such as 2, 'e' or [0.5, 2.0], \
         not a column"
    )
}
