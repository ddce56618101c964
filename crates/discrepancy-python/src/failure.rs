//! The library's errors as Python's.

use discrepancy::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// An exception of the package; `class` is defined in `_errors.py`.
fn class<'py>(py: Python<'py>, cell: &'static PyOnceLock<Py<PyType>>, name: &str) -> PyResult<&'py Bound<'py, PyType>> {
    cell.import(py, "discrepancy._errors", name)
}

/// As an exception with all that the error says.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    static VALUE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static MEMORY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let made = if error.kind() == ErrorKind::Memory {
        class(py, &MEMORY, "DiscrepancyMemoryError")
    } else {
        class(py, &VALUE, "DiscrepancyError")
    };
    made.and_then(|class| exception(class, error)).unwrap_or_else(|failed| failed)
}

/// The same for an argument of the wrong type.
pub(crate) fn wrong_type(py: Python<'_>, function: &str, argument: &str, value: &str, allowed: &str) -> PyErr {
    static TYPE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let error = Error::new(ErrorKind::Unsupported, function, argument, allowed).value(value);
    class(py, &TYPE, "DiscrepancyTypeError").and_then(|class| exception(class, &error)).unwrap_or_else(|failed| failed)
}

/// A shape as Python writes it.
pub(crate) fn shape_text(shape: &[usize]) -> String {
    let parts: Vec<String> = shape.iter().map(usize::to_string).collect();
    if let [one] = parts.as_slice() { format!("({one},)") } else { format!("({})", parts.join(", ")) }
}

fn exception(class: &Bound<'_, PyType>, error: &Error) -> PyResult<PyErr> {
    // A value that is a number is one in Python too.
    let value: Option<&str> = error.offending_value();
    let number = value.and_then(|text| text.parse::<f64>().ok());
    let certificate = error.certificate().map(|c| (c.lower, c.upper, c.marginal_error, c.iterations));
    let message = error.to_string();
    let details = (format!("{:?}", error.kind()), error.function(), error.argument(), error.index());
    let made = match number {
        Some(number) => class.call1((message, details, number, error.allowed(), certificate))?,
        None => class.call1((message, details, value, error.allowed(), certificate))?,
    };
    Ok(PyErr::from_value(made))
}

/// For `?` on results of the library.
pub(crate) trait Raise<T> {
    /// The value, or the error as an exception.
    fn raise(self, py: Python<'_>) -> PyResult<T>;
}
impl<T> Raise<T> for discrepancy::Result<T> {
    fn raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raise(py, &error))
    }
}
