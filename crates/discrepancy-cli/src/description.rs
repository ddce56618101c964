//! An entry of the catalogue as JSON.

use crate::output::json_number;
use discrepancy::catalog::{DataDomain, Entry, Interval, Measure, Parameter, Property, ReferenceRow, Value};
use discrepancy_sql::{FunctionKind, documentation};
use serde_json::{Value as Json, json};

/// All that the catalogue says about an entry.
pub(crate) fn describe(entry: &Entry) -> Json {
    let accuracy = entry.accuracy();
    json!({
        "name": entry.name,
        "aliases": entry.aliases,
        "family": entry.family.name(),
        "summary": entry.summary(),
        "doc": entry.doc.trim(),
        "formula": entry.formula,
        "parameters": entry.parameters.iter().map(parameter).collect::<Vec<Json>>(),
        "properties": entry.properties.iter().map(|property| property_name(*property)).collect::<Vec<String>>(),
        "source": entry.source,
        "reference": entry.reference.iter().map(|row| reference(entry, row)).collect::<Vec<Json>>(),
        "prediction": data_domain(&entry.prediction),
        "target": data_domain(&entry.target),
        "derivatives": derivatives(entry),
        "accuracy_ulp": { "f32": accuracy.f32, "f64": accuracy.f64 },
        "sql": sql_functions(entry),
    })
}

fn reference(entry: &Entry, row: &ReferenceRow) -> Json {
    let list = |numbers: &[f64]| numbers.iter().copied().map(number).collect::<Json>();
    json!({
        "spec": row.spec(entry),
        "inputs": row.inputs.iter().map(|input| list(input)).collect::<Vec<Json>>(),
        "value": list(row.value),
    })
}

fn parameter(parameter: &Parameter) -> Json {
    json!({
        "name": parameter.name,
        "doc": parameter.doc.split_whitespace().collect::<Vec<&str>>().join(" "),
        "default": value(&parameter.default),
        "domain": parameter.domain.to_string(),
        "interval": parameter.domain.interval.as_ref().map(interval),
        "words": parameter.domain.words,
        "list": parameter.domain.list,
    })
}

/// A number; where there is none, there is null.
pub(crate) fn number(x: f64) -> Json {
    if x.is_nan() { Json::Null } else { json_number(x) }
}

fn interval(interval: &Interval) -> Json {
    json!({
        "low": number(interval.low),
        "high": number(interval.high),
        "low_included": interval.low_included,
        "high_included": interval.high_included,
        "whole": interval.whole,
    })
}

/// The value of a parameter.
pub(crate) fn value(value: &Value) -> Json {
    match value {
        Value::Number(x) => number(*x),
        Value::Word(word) => json!(word),
        Value::List(list) => list.iter().copied().map(number).collect(),
    }
}

fn data_domain(domain: &DataDomain) -> Json {
    let interval = if let DataDomain::Within(within) = domain { Some(interval(within)) } else { None };
    json!({ "domain": domain.to_string(), "interval": interval })
}

/// `once_differentiable`, …
fn property_name(property: Property) -> String {
    let mut name = String::new();
    for letter in format!("{property:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// What can be computed beside the value.
pub(crate) fn derivatives(entry: &Entry) -> &'static [&'static str] {
    if entry.is(Property::NotDifferentiable) {
        return &[];
    }
    match entry.make(&entry.defaults()) {
        Ok(Measure::Pointwise(_)) => &["gradient", "hessian"],
        Ok(Measure::Row(_)) if entry.is(Property::TwiceDifferentiable) => &["gradient", "hessian"],
        Ok(Measure::Map(_)) => &["jacobian"],
        Ok(Measure::Penalty(_)) => &["gradient", "proximal"],
        _ => &["gradient"],
    }
}

/// The signatures of the functions that the entry has in SQL, the scalar one first.
pub(crate) fn sql_functions(entry: &Entry) -> Vec<String> {
    let mut functions = documentation().into_iter();
    // The aggregates of an entry follow its scalar function.
    let scalar = functions.find(|f| f.kind == FunctionKind::Scalar && f.name == entry.name);
    let aggregates = functions.take_while(|f| f.kind == FunctionKind::Aggregate);
    scalar.into_iter().chain(aggregates).map(|f| f.signature).collect()
}
