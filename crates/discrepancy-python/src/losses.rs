//! Losses of one prediction and one target, and penalties.

use crate::array::{Array, Kind, Out, Scalar, with_element};
use crate::failure::{Raise, raise};
use crate::measure::word;
use crate::result::{Given, Place, give, outs};
use crate::threads::{parts, run, small};
use discrepancy::batch::{Divisor, Element, Evaluation, NanPolicy, PenaltyEvaluation, Reduction};
use discrepancy::losses::PointwiseLoss;
use discrepancy::penalties::Penalty;
use discrepancy::sums::Moments;
use discrepancy::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyTuple};

/// What is to be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Value,
    Gradient,
    ValueAndGradient,
    Hessian,
    All,
}

impl Wanted {
    /// By the name of the package's method.
    pub(crate) fn read(py: Python<'_>, wanted: &str) -> PyResult<Wanted> {
        let choices = [
            ("value", Wanted::Value),
            ("gradient", Wanted::Gradient),
            ("value_and_gradient", Wanted::ValueAndGradient),
            ("hessian", Wanted::Hessian),
            ("value_gradient_hessian", Wanted::All),
        ];
        word(py, "Measure", "wanted", wanted, &choices)
    }
}

/// Rows up to this number are computed where the caller is: one task of the library's.
const SMALL: usize = 1 << 14;
/// Rows between two looks at Ctrl-C: well below a second of work.
const PART: usize = 1 << 23;

/// A call of a pointwise loss.
pub(crate) struct Call<'a, 'py> {
    pub(crate) loss: &'a dyn PointwiseLoss,
    pub(crate) wanted: Wanted,
    pub(crate) prediction: Array<'py>,
    pub(crate) target: Array<'py>,
    pub(crate) weight: Option<Array<'py>>,
    pub(crate) reduction: Option<Reduction>,
    pub(crate) nan: NanPolicy,
}

/// The error of weights that would weigh nothing.
pub(crate) fn idle_weights(function: &str) -> Error {
    let allowed = "a reduction: weights weigh sums and means, not the values of rows";
    Error::new(ErrorKind::Unsupported, function, "weight", allowed)
}

/// The same error, from a part that begins at this element, in the package's words.
fn placed(error: Error, first: usize) -> Error {
    let error = match error.index() {
        Some(index) => error.at(index + first),
        None => error,
    };
    if error.argument() == "weights" { error.about("weight") } else { error }
}

impl<'py> Call<'_, 'py> {
    /// The answer, in the kind of array that the prediction is.
    pub(crate) fn answer(self, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.prediction.py();
        self.target.check_shape(&self.prediction.shape).raise(py)?;
        if let Some(weight) = &self.weight {
            weight.check_shape(&self.prediction.shape).raise(py)?;
            if self.reduction.is_none() {
                return Err(raise(py, &idle_weights(self.loss.entry().name)));
            }
        }
        let kinds = [Some(&self.prediction), Some(&self.target), self.weight.as_ref()];
        let kind = Array::common(kinds.into_iter().flatten());
        with_element!(kind, E => self.typed::<E>(kind, out))
    }

    fn typed<E: Element + Given>(self, kind: Kind, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.prediction.py();
        let (name, shape, count) = (self.loss.entry().name, self.prediction.shape.as_slice(), self.prediction.len());
        let [for_value, for_gradient, for_hessian] = outs(out)?;
        let place = |out: Option<Bound<'py, PyAny>>, wanted: bool| {
            let shape = if wanted { shape } else { &[0] };
            Place::<E>::new(&self.prediction, out.as_ref().filter(|_| wanted), kind, shape)
        };
        let (wanted, reduction) = (self.wanted, self.reduction);
        let second = matches!(wanted, Wanted::Hessian | Wanted::All);
        let rows = reduction.is_none() || second;
        let mut value = place(for_value, rows && wanted != Wanted::Gradient)?;
        let mut gradient = place(for_gradient, wanted != Wanted::Value)?;
        let mut hessian = place(for_hessian, second)?;
        let all = [value.out.as_ref(), gradient.out.as_ref(), hessian.out.as_ref()];
        apart(name, &all).raise(py)?;
        let z = self.prediction.flat_beside::<E>(&all).raise(py)?;
        let y = self.target.flat_beside::<E>(&all).raise(py)?;
        let w = self.weight.as_ref().map(|weight| weight.flat_beside::<E>(&all)).transpose().raise(py)?;
        let (z, y, w) = (&*z, &*y, w.as_deref());

        let (loss, nan) = (self.loss, self.nan);
        let batch = |range: std::ops::Range<usize>| -> Result<Evaluation<'_, E>> {
            let batch = Evaluation::new(loss, &z[range.clone()], &y[range.clone()])?.nan(nan);
            match w {
                Some(w) => batch.weights(&w[range]),
                None => Ok(batch),
            }
        };
        let mut moments = Moments::new();
        let (v, g, h) = (value.slice(), gradient.slice(), hessian.slice());
        let mut divisor = Divisor::ONE;
        let reduces = reduction.filter(|_| !rows);
        if let (Some(reduction), true) = (reduces, wanted != Wanted::Value) {
            divisor = batch(0..count).and_then(|all| all.divisor(reduction)).map_err(|e| placed(e, 0)).raise(py)?;
        }
        let mut part = |range: std::ops::Range<usize>| -> Result<()> {
            let first = range.start;
            let run = || -> Result<()> {
                let part = batch(range.clone())?;
                match (wanted, reduces.is_some()) {
                    (Wanted::Value, true) => moments.merge(&part.first_moments()?),
                    (Wanted::Value, false) => part.values_into(&mut v[range])?,
                    (Wanted::Gradient | Wanted::ValueAndGradient, true) => {
                        moments.merge(&part.part_and_gradient_into(divisor, &mut g[range])?);
                    }
                    (Wanted::Gradient, false) => part.gradient_into(&mut g[range])?,
                    (Wanted::ValueAndGradient, false) => {
                        part.value_and_gradient_into(&mut v[range.clone()], &mut g[range])?;
                    }
                    (Wanted::Hessian | Wanted::All, _) => {
                        part.value_gradient_hessian_into(&mut v[range.clone()], &mut g[range.clone()], &mut h[range])?
                    }
                }
                Ok(())
            };
            run().map_err(|error| placed(error, first))
        };
        if count <= SMALL {
            small(py, || part(0..count))?;
        } else {
            parts(py, count, PART, part)?;
        }

        let like = &self.prediction;
        let shape = like.shape.as_slice();
        let first = |value: Place<'py, E>| match reduces {
            Some(reduction) => Ok(PyFloat::new(py, reduction.of(name, &moments).raise(py)?).into_any()),
            None => value.give(like, shape),
        };
        match wanted {
            Wanted::Value => first(value),
            Wanted::Gradient => {
                if let Some(reduction) = reduces {
                    // Where there is no mean, it has no gradient.
                    reduction.of(name, &moments).raise(py)?;
                }
                gradient.give(like, shape)
            }
            Wanted::Hessian => hessian.give(like, shape),
            Wanted::ValueAndGradient => tuple([first(value)?, gradient.give(like, shape)?]),
            Wanted::All => tuple([first(value)?, gradient.give(like, shape)?, hessian.give(like, shape)?]),
        }
    }
}

/// Results as one.
pub(crate) fn tuple<'py, const N: usize>(items: [Bound<'py, PyAny>; N]) -> PyResult<Bound<'py, PyAny>> {
    let py = items[0].py();
    Ok(PyTuple::new(py, items)?.into_any())
}

/// No two results may go to the same memory.
pub(crate) fn apart(function: &str, outs: &[Option<&Out<'_>>]) -> Result<()> {
    for (i, one) in outs.iter().enumerate() {
        for other in outs[..i].iter().flatten() {
            if one.is_some_and(|one| one.overlaps(other)) {
                let allowed = "memory of its own for each result";
                return Err(Error::new(ErrorKind::Shape, function, "out", allowed).value("shared"));
            }
        }
    }
    Ok(())
}

/// Computes where the caller is if it is soon done, else where Ctrl-C is heard.
fn sized<T: Send>(py: Python<'_>, count: usize, work: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    if count <= SMALL { small(py, work) } else { run(py, work) }
}

/// Value, gradient or proximal operator of a penalty.
pub(crate) fn penalty<'py>(
    penalty: &dyn Penalty,
    wanted: &str,
    weights: &Array<'py>,
    step: Option<f64>,
) -> PyResult<Bound<'py, PyAny>> {
    fn typed<'py, E: Element + Given + Scalar>(
        penalty: &dyn Penalty,
        wanted: &str,
        weights: &Array<'py>,
        step: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = weights.py();
        let flat = weights.flat::<E>().raise(py)?;
        let slice = &*flat;
        if wanted == "value" {
            let value = sized(py, slice.len(), || PenaltyEvaluation::new(penalty, slice).value())?;
            return Ok(PyFloat::new(py, value).into_any());
        }
        let result = sized(py, slice.len(), || {
            let penalty = PenaltyEvaluation::new(penalty, slice);
            step.map_or_else(|| penalty.gradient(), |step| penalty.proximal(step))
        })?;
        give(weights, result, &weights.shape)
    }
    let kind = Kind::common([weights.kind]);
    with_element!(kind, E => typed::<E>(penalty, wanted, weights, step))
}
