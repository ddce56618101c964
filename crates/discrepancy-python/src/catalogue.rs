//! The catalogue as Python's lists and dictionaries, and parameter values both ways.

use crate::array::Array;
use crate::failure::{Raise, raise};
use discrepancy::catalog::spec::parse as read_spec;
use discrepancy::catalog::{self, Arguments, DataDomain, Entry, Measure, Parameter, Property, Value};
use discrepancy::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyList, PySequence, PyString, PyTuple};

/// All that the catalogue says of every entry.
#[pyfunction]
pub(crate) fn catalogue(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let all = PyList::empty(py);
    for entry in catalog::entries() {
        all.append(describe(py, entry)?)?;
    }
    Ok(all)
}

/// The entry's name and the values of its parameters, of a spec string.
#[pyfunction]
pub(crate) fn parse<'py>(py: Python<'py>, spec: &str) -> PyResult<(&'static str, Bound<'py, PyDict>)> {
    let (entry, arguments) = read_spec(spec).raise(py)?;
    let values = PyDict::new(py);
    for (parameter, value) in entry.parameters.iter().zip(&arguments.0) {
        values.set_item(parameter.name, show(py, parameter, value)?)?;
    }
    Ok((entry.name, values))
}

/// What an entry's functions take.
fn kind(measure: &Measure) -> &'static str {
    match measure {
        Measure::Pointwise(_) => "pointwise",
        Measure::Row(_) => "row",
        Measure::Map(_) => "map",
        Measure::Head(_) => "head",
        Measure::Penalty(_) => "penalty",
        Measure::Pair(_) => "pair",
        Measure::Sample(_) => "sample",
        Measure::Sequence(_) => "sequence",
        Measure::Tuple(_) => "tuple",
        _ => "other",
    }
}

fn describe<'py>(py: Python<'py>, entry: &'static Entry) -> PyResult<Bound<'py, PyDict>> {
    let made = entry.make(&entry.defaults()).raise(py)?;
    let all = PyDict::new(py);
    all.set_item("name", entry.name)?;
    all.set_item("aliases", entry.aliases)?;
    all.set_item("family", entry.family.name())?;
    all.set_item("kind", kind(&made))?;
    all.set_item("summary", entry.summary())?;
    all.set_item("doc", entry.doc.trim().lines().map(str::trim).collect::<Vec<&str>>().join("\n"))?;
    all.set_item("formula", entry.formula)?;
    let parameters = entry.parameters.iter().map(|p| parameter(py, p)).collect::<PyResult<Vec<_>>>()?;
    all.set_item("parameters", parameters)?;
    all.set_item("properties", entry.properties.iter().map(|p| p.meaning()).collect::<Vec<&str>>())?;
    all.set_item("source", entry.source)?;
    all.set_item("prediction", domain(py, &entry.prediction)?)?;
    all.set_item("target", domain(py, &entry.target)?)?;
    all.set_item("accuracy", (entry.accuracy().f32, entry.accuracy().f64))?;
    all.set_item("differentiable", !entry.is(Property::NotDifferentiable))?;
    all.set_item("has_plan", matches!(&made, Measure::Sample(sample) if sample.has_plan()))?;
    let takes_weights = matches!(&made, Measure::Sample(sample) if sample.takes_weights());
    all.set_item("takes_weights", takes_weights)?;
    if let Measure::Tuple(loss) = &made {
        let signature = loss.signature();
        let inputs = signature.inputs.iter().map(|input| Ok((input.name, domain(py, &input.domain)?)));
        all.set_item("inputs", inputs.collect::<PyResult<Vec<_>>>()?)?;
        all.set_item("vectors", signature.vectors)?;
        all.set_item("has_target", signature.target.is_some())?;
    }
    let reference = entry.reference.iter().map(|row| {
        let (_, arguments) = read_spec(&row.spec(entry)).raise(py)?;
        let given = PyDict::new(py);
        for ((parameter, value), default) in entry.parameters.iter().zip(&arguments.0).zip(&entry.defaults().0) {
            if value != default {
                given.set_item(parameter.name, show(py, parameter, value)?)?;
            }
        }
        (given, row.inputs.to_vec(), row.value.to_vec()).into_pyobject(py)
    });
    all.set_item("reference", reference.collect::<PyResult<Vec<_>>>()?)?;
    Ok(all)
}

/// What data may be: in words, and as the limits of an interval where there is one.
fn domain<'py>(py: Python<'py>, domain: &DataDomain) -> PyResult<Bound<'py, PyDict>> {
    let all = PyDict::new(py);
    all.set_item("text", domain.to_string())?;
    // Whatever there is to come: `Real`, `Within(…)`, …
    let shown = format!("{domain:?}");
    let name = shown.split(['(', ' ']).next().unwrap_or_default();
    all.set_item("name", name)?;
    if let DataDomain::Within(interval) = domain {
        all.set_item("low", interval.low)?;
        all.set_item("high", interval.high)?;
    }
    Ok(all)
}

fn parameter<'py>(py: Python<'py>, parameter: &Parameter) -> PyResult<Bound<'py, PyDict>> {
    let all = PyDict::new(py);
    all.set_item("name", parameter.name)?;
    all.set_item("doc", parameter.doc.split_whitespace().collect::<Vec<&str>>().join(" "))?;
    all.set_item("default", show(py, parameter, &parameter.default)?)?;
    all.set_item("domain", parameter.domain.to_string())?;
    all.set_item("number", parameter.domain.interval.is_some() && !parameter.domain.list)?;
    all.set_item("list", parameter.domain.list)?;
    let words = parameter.domain.words.iter().map(|word| show(py, parameter, &Value::Word(word)));
    all.set_item("words", words.collect::<PyResult<Vec<_>>>()?)?;
    Ok(all)
}

/// A value as Python has it: the words for yes, no and nothing are its own, whole numbers stay floats.
pub(crate) fn show<'py>(py: Python<'py>, parameter: &Parameter, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    let whole = parameter.domain.interval.is_some_and(|interval| interval.whole);
    Ok(match value {
        Value::Number(x) if whole => (*x as i64).into_pyobject(py)?.into_any(),
        Value::Number(x) => PyFloat::new(py, *x).into_any(),
        Value::Word("true") => PyBool::new(py, true).to_owned().into_any(),
        Value::Word("false") => PyBool::new(py, false).to_owned().into_any(),
        Value::Word("none") => py.None().into_bound(py),
        Value::Word(word) => PyString::new(py, word).into_any(),
        Value::List(list) => PyTuple::new(py, list)?.into_any(),
    })
}

/// The numbers of a sequence, if that is what is given; more of them than there is memory for are an error.
fn numbers(entry: &'static Entry, parameter: &Parameter, given: &Bound<'_, PyAny>) -> PyResult<Option<Vec<f64>>> {
    let py = given.py();
    let Ok(sequence) = given.cast::<PySequence>() else { return Ok(None) };
    // A range may say that it is longer than anything.
    let length = given.len().unwrap_or(usize::MAX);
    let mut all = Vec::new();
    if length > MOST_NUMBERS || all.try_reserve_exact(length).is_err() {
        let allowed = format!("a list of at most {MOST_NUMBERS} numbers");
        let error = Error::new(ErrorKind::Memory, entry.name, parameter.name, allowed);
        return Err(raise(py, &error.value(format!("{length} numbers"))));
    }
    for (i, number) in sequence.try_iter()?.enumerate() {
        if i % 65_536 == 0 {
            py.check_signals()?;
        }
        match number?.extract::<f64>() {
            Ok(number) => all.push(number),
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(all))
}

/// More than one for each class of anything.
const MOST_NUMBERS: usize = 1 << 28;

/// The values of all parameters, in order.
pub(crate) fn read(entry: &'static Entry, values: &Bound<'_, PyTuple>) -> PyResult<Arguments> {
    if values.len() != entry.parameters.len() {
        let allowed = format!("{} parameters", entry.parameters.len());
        let error = Error::new(ErrorKind::Shape, entry.name, "parameters", allowed).value(values.len());
        return Err(raise(values.py(), &error));
    }
    let all = entry.parameters.iter().zip(values.iter_borrowed());
    all.map(|(parameter, value)| value_of(entry, parameter, &value)).collect::<PyResult<Vec<Value>>>().map(Arguments)
}

fn value_of(entry: &'static Entry, parameter: &Parameter, given: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = given.py();
    let refused = || {
        let found = given.repr().map_or_else(|_| String::from("?"), |text| text.to_string());
        let domain = parameter.domain.to_string();
        crate::failure::wrong_type(py, entry.name, parameter.name, &found, &domain)
    };
    // What is given most often, first: nothing but a comparison of types.
    if let Ok(number) = given.cast_exact::<PyFloat>()
        && !parameter.domain.list
    {
        return Ok(Value::Number(number.value()));
    }
    if let Ok(list) = given.cast_exact::<PyTuple>()
        && parameter.domain.list
        && list.is_empty()
    {
        return Ok(Value::List(Vec::new()));
    }
    if let Ok(text) = given.cast_exact::<PyString>() {
        return parameter.parse(entry.name, text.to_str()?).raise(py);
    }
    if given.is_none() {
        return parameter.parse(entry.name, "none").raise(py);
    }
    if let Ok(yes) = given.extract::<bool>() {
        return parameter.parse(entry.name, if yes { "true" } else { "false" }).raise(py);
    }
    if let Ok(text) = given.cast::<PyString>() {
        return parameter.parse(entry.name, text.to_str()?).raise(py);
    }
    if parameter.domain.list {
        // An array may be more than its numbers, and is looked at below.
        if !given.hasattr("__array__")?
            && let Some(list) = numbers(entry, parameter, given)?
        {
            return Ok(Value::List(list));
        }
        let array = Array::new(entry.name, parameter.name, given)?;
        if array.shape.len() > 2 {
            return Err(raise(py, &array.misshapen("a list of numbers, or a matrix of them")));
        }
        return Ok(Value::List(array.flat::<f64>().raise(py)?.into_owned()));
    }
    given.extract::<f64>().map(Value::Number).map_err(|_| refused())
}
