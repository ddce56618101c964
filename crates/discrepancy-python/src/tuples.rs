//! Losses of several inputs.

use crate::array::{Array, Kind, with_element};
use crate::failure::{Raise, raise};
use crate::losses::{Wanted, idle_weights};
use crate::result::{Given, Place};
use crate::threads::{parts, small};
use discrepancy::batch::{Divisor, Element, NanPolicy, Reduction, SMALL, TupleEvaluation};
use discrepancy::sums::Moments;
use discrepancy::tuples::TupleLoss;
use discrepancy::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyTuple};
use std::ops::Range;

/// Numbers of an input that the first part reads: well below a second of work.
const PART: usize = 1 << 18;

/// A call of a loss of several inputs.
pub(crate) struct Call<'a, 'py> {
    pub(crate) loss: &'a dyn TupleLoss,
    pub(crate) wanted: Wanted,
    /// Of one shape: that of the rows, and behind it the length of the vectors, if inputs are vectors.
    pub(crate) inputs: Vec<Array<'py>>,
    /// Of the shape of the rows, like the weights.
    pub(crate) target: Option<Array<'py>>,
    pub(crate) weight: Option<Array<'py>>,
    pub(crate) reduction: Option<Reduction>,
    pub(crate) nan: NanPolicy,
}

/// The same error, from a part that begins at this row, in the package's words.
fn placed(error: Error, first: usize, width: usize) -> Error {
    match (error.argument(), error.index()) {
        ("target", Some(index)) => error.at(index + first),
        ("weights", Some(index)) => error.at(index + first).about("weight"),
        ("weights", None) => error.about("weight"),
        (_, Some(index)) => error.at(index + first * width),
        _ => error,
    }
}

impl<'py> Call<'_, 'py> {
    /// The arguments of a call in order, the inputs and then the target, if the loss has one.
    pub(crate) fn split(
        py: Python<'py>,
        loss: &dyn TupleLoss,
        arguments: &Bound<'py, PyTuple>,
    ) -> PyResult<(Vec<Array<'py>>, Option<Array<'py>>)> {
        let (name, signature) = (loss.entry().name, loss.signature());
        let names = signature.inputs.iter().map(|input| input.name);
        let names: Vec<&'static str> = names.chain(signature.target.map(|_| "target")).collect();
        if arguments.len() != names.len() {
            let error = Error::new(ErrorKind::Shape, name, "arguments", names.join(", ")).value(arguments.len());
            return Err(raise(py, &error));
        }
        let all = arguments.iter().zip(names).map(|(object, argument)| Array::new(name, argument, &object));
        let mut all = all.collect::<PyResult<Vec<_>>>()?;
        let target = if signature.target.is_some() { all.pop() } else { None };
        Ok((all, target))
    }

    /// The answer, in the kind of array that the first input is.
    pub(crate) fn answer(self) -> PyResult<Bound<'py, PyAny>> {
        let first = &self.inputs[0];
        let py = first.py();
        let vectors = self.loss.signature().vectors;
        if vectors && first.shape.last().is_none_or(|width| *width == 0) {
            return Err(raise(py, &first.misshapen("rows of at least one number, or one row")));
        }
        let rows = if vectors { first.leading() } else { &first.shape };
        self.inputs.iter().try_for_each(|input| input.check_shape(&first.shape)).raise(py)?;
        self.target.iter().chain(&self.weight).try_for_each(|array| array.check_shape(rows)).raise(py)?;
        if self.weight.is_some() && self.reduction.is_none() {
            return Err(raise(py, &idle_weights(self.loss.entry().name)));
        }
        let kind = Array::common(self.inputs.iter().chain(&self.target).chain(&self.weight));
        with_element!(kind, E => self.typed::<E>(kind))
    }

    fn typed<E: Element + Given>(self, kind: Kind) -> PyResult<Bound<'py, PyAny>> {
        let Call { loss, wanted, inputs, target, weight, reduction, nan } = self;
        let (py, name, like) = (inputs[0].py(), loss.entry().name, &inputs[0]);
        let vectors = loss.signature().vectors;
        let shape: Vec<usize> = if vectors { like.leading().to_vec() } else { like.shape.clone() };
        let width = if vectors { like.shape[like.shape.len() - 1] } else { 1 };
        let count = like.len() / width;
        let slopes = wanted != Wanted::Value;

        let mut value = Place::<E>::new(like, None, kind, &[if reduction.is_none() { count } else { 0 }])?;
        let own = |input| Place::<E>::new(input, None, kind, if slopes { like.shape.as_slice() } else { &[0] });
        let mut gradients = inputs.iter().map(own).collect::<PyResult<Vec<_>>>()?;
        let flat = inputs.iter().map(|input| input.flat::<E>()).collect::<Result<Vec<_>>>().raise(py)?;
        let target = target.as_ref().map(|target| target.flat::<E>()).transpose().raise(py)?;
        let weight = weight.as_ref().map(|weight| weight.flat::<E>()).transpose().raise(py)?;
        let (flat, target, weight) = (&flat, target.as_deref(), weight.as_deref());

        let batch = |range: Range<usize>| -> Result<TupleEvaluation<'_, E>> {
            let numbers = range.start * width..range.end * width;
            let inputs: Vec<&[E]> = flat.iter().map(|input| &input[numbers.clone()]).collect();
            let batch = TupleEvaluation::new(loss, &inputs, width, target.map(|target| &target[range.clone()]))?;
            match weight {
                Some(weight) => batch.nan(nan).weights(&weight[range]),
                None => Ok(batch.nan(nan)),
            }
        };
        let mut moments = Moments::new();
        let mut divisor = Divisor::ONE;
        if let (Some(reduction), true) = (reduction, slopes) {
            let whole = batch(0..count).and_then(|all| all.divisor(reduction));
            divisor = whole.map_err(|error| placed(error, 0, width)).raise(py)?;
        }
        let v = value.slice();
        let mut g: Vec<&mut [E]> = gradients.iter_mut().map(Place::slice).collect();
        let mut part = |range: Range<usize>| -> Result<()> {
            let numbers = range.start * width..range.end * width;
            let first = range.start;
            let run = || -> Result<()> {
                let part = batch(range.clone())?;
                let mut by: Vec<&mut [E]> =
                    if slopes { g.iter_mut().map(|g| &mut g[numbers.clone()]).collect() } else { Vec::new() };
                match (reduction.is_some(), slopes) {
                    (true, false) => moments.merge(&part.moments()?),
                    (true, true) => moments.merge(&part.part_and_gradients_into(divisor, &mut by)?),
                    (false, false) => part.values_into(&mut v[range])?,
                    (false, true) => part.value_and_gradients_into(&mut v[range], &mut by)?,
                }
                Ok(())
            };
            run().map_err(|error| placed(error, first, width))
        };
        if count * width <= SMALL {
            small(py, || part(0..count))?;
        } else {
            parts(py, count, (PART / width).max(1), part)?;
        }

        if let (Wanted::Gradient, Some(reduction)) = (wanted, reduction) {
            // Where there is no mean, it has no gradient.
            reduction.of(name, &moments).raise(py)?;
        }
        let mut answers = Vec::with_capacity(gradients.len() + 1);
        if wanted != Wanted::Gradient {
            answers.push(match reduction {
                Some(reduction) => PyFloat::new(py, reduction.of(name, &moments).raise(py)?).into_any(),
                None if shape.is_empty() => PyFloat::new(py, value.slice()[0].widen()).into_any(),
                None => value.give(like, &shape)?,
            });
        }
        if slopes {
            for (gradient, input) in gradients.into_iter().zip(&inputs) {
                answers.push(gradient.give(input, &input.shape)?);
            }
        }
        if !slopes && let Some(value) = answers.pop() {
            return Ok(value);
        }
        Ok(PyTuple::new(py, answers)?.into_any())
    }
}
