//! Losses and maps of rows of scores, and heads.

use crate::array::{Array, Kind, Out, Scalar, with_element};
use crate::failure::{Raise, raise, wrong_type};
use crate::losses::{Wanted, apart, idle_weights, tuple};
use crate::result::{Given, Place, give, outs};
use crate::threads::{parts, run, small};
use discrepancy::batch::{Divisor, Element, NanPolicy, Reduction, RowEvaluation, SMALL, array};
use discrepancy::heads::Head;
use discrepancy::rows::{HessianKind, Product, RowLoss, RowMap};
use discrepancy::sums::Moments;
use discrepancy::{Error, Result};
use ndarray::{ArrayView2, CowArray, Ix1, Ix2, s};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyTuple};
use std::ops::Range;

/// A call of a row loss.
pub(crate) struct Call<'a, 'py> {
    pub(crate) loss: &'a dyn RowLoss,
    pub(crate) wanted: Wanted,
    pub(crate) logsumexp: bool,
    pub(crate) prediction: Array<'py>,
    pub(crate) target: Array<'py>,
    pub(crate) weight: Option<Array<'py>>,
    pub(crate) reduction: Option<Reduction>,
    pub(crate) ignore_index: Option<i64>,
    pub(crate) nan: NanPolicy,
}

/// Which second derivatives are meant.
pub(crate) const HESSIANS: [(&str, HessianKind); 4] = [
    ("exact", HessianKind::Exact),
    ("gauss_newton", HessianKind::GaussNewton),
    ("majorizer", HessianKind::Majorizer),
    ("absolute", HessianKind::Absolute),
];

/// The targets of rows.
enum Targets<'a, E> {
    Labels(CowArray<'a, i64, Ix1>, Option<i64>),
    Probabilities(CowArray<'a, E, Ix2>),
}

impl<'a, E: Element + Scalar> Targets<'a, E> {
    /// Labels in the shape `leading`, or probabilities in the shape `whole`.
    fn new(
        target: &'a Array<'_>,
        leading: &[usize],
        whole: &[usize],
        ignore_index: Option<i64>,
        outs: &[Option<&Out<'_>>],
    ) -> PyResult<Self> {
        let py = target.py();
        let refused =
            |found: &str, allowed: &str| Err(wrong_type(py, target.function, target.argument, found, allowed));
        if target.shape == leading {
            if target.kind.is_float() || target.kind == Kind::Bool {
                return refused(
                    target.kind.name(),
                    "integers, one label a row, or a row of probabilities for each row",
                );
            }
            return Ok(Targets::Labels(target.labels_beside(outs).raise(py)?, ignore_index));
        }
        target.check_shape(whole).map_err(|error| {
            let allowed = crate::failure::shape_text(leading);
            raise(py, &target.misshapen(format!("labels of shape {allowed}, or probabilities of {}", error.allowed())))
        })?;
        if ignore_index.is_some() {
            return refused("probabilities", "labels, where `ignore_index` is given");
        }
        Ok(Targets::Probabilities(target.rows_beside(outs).raise(py)?))
    }
    /// Those of some rows.
    fn part(&self, range: Range<usize>) -> array::Targets<'_, E> {
        match self {
            Targets::Labels(labels, ignore_index) => {
                array::Targets::Labels { labels: labels.slice(s![range]), ignore_index: *ignore_index }
            }
            Targets::Probabilities(rows) => array::Targets::Probabilities(rows.slice(s![range, ..])),
        }
    }
}

/// The targets as numbers to compute with, unless they are labels.
fn probabilities<'a, 'py>(target: &'a Array<'py>, leading: &[usize]) -> Option<&'a Array<'py>> {
    Some(target).filter(|target| target.shape != leading)
}

/// How many rows are computed between two looks at Ctrl-C.
fn part_size<E: Element>(width: usize) -> usize {
    // Half a second of the slowest there is; where there are vector kernels, they are an order of magnitude faster.
    let numbers = if E::NARROW { 1 << 22 } else { 1 << 19 };
    (numbers / width.max(1)).max(1)
}

/// Computes rows in parts, between which Ctrl-C is heard; few rows where the caller is.
fn in_parts<E: Element>(
    py: Python<'_>,
    count: usize,
    width: usize,
    mut part: impl FnMut(Range<usize>) -> Result<()> + Send,
) -> PyResult<()> {
    if count * width <= SMALL {
        return small(py, || part(0..count));
    }
    parts(py, count, part_size::<E>(width), part)
}

/// The same error, from a part of rows that begins with this one, in the package's words.
fn placed(error: Error, first: usize, width: usize, labels: bool) -> Error {
    let by_row = error.argument() == "weights" || (error.argument() == "target" && labels);
    let error = match error.index() {
        Some(index) => error.at(index + if by_row { first } else { first * width }),
        None => error,
    };
    if error.argument() == "weights" { error.about("weight") } else { error }
}

/// The number of scores in a row; there is one at least.
fn width_of(prediction: &Array<'_>) -> PyResult<usize> {
    let width = prediction.shape.last().copied().filter(|width| *width > 0);
    width.ok_or_else(|| raise(prediction.py(), &prediction.misshapen("rows of at least one number")))
}

impl<'py> Call<'_, 'py> {
    /// The answer, in the kind of array that the prediction is.
    pub(crate) fn answer(self, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.prediction.py();
        if let Some(weight) = &self.weight {
            weight.check_shape(self.prediction.leading()).raise(py)?;
            if self.reduction.is_none() {
                return Err(raise(py, &idle_weights(self.loss.entry().name)));
            }
        }
        let target = probabilities(&self.target, self.prediction.leading());
        let kind = Array::common([Some(&self.prediction), target, self.weight.as_ref()].into_iter().flatten());
        with_element!(kind, E => self.typed::<E>(kind, out))
    }

    fn typed<E: Element + Given>(self, kind: Kind, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.prediction.py();
        let name = self.loss.entry().name;
        let width = width_of(&self.prediction)?;
        let (whole, leading) = (self.prediction.shape.as_slice(), self.prediction.leading());
        let [for_value, for_gradient, _] = outs(out)?;
        let wanted = self.wanted;
        let rows = self.reduction.is_none();
        let mut value = if rows {
            Place::<E>::new(&self.prediction, for_value.as_ref(), kind, leading)?
        } else {
            Place::new(&self.prediction, None, kind, &[0])?
        };
        let mut gradient = if wanted == Wanted::Value {
            Place::<E>::new(&self.prediction, None, kind, &[0])?
        } else {
            Place::new(&self.prediction, for_gradient.as_ref(), kind, whole)?
        };
        let outs = [value.out.as_ref(), gradient.out.as_ref()];
        apart(name, &outs).raise(py)?;
        let z = self.prediction.rows_beside::<E>(&outs).raise(py)?;
        let targets = Targets::<E>::new(&self.target, leading, whole, self.ignore_index, &outs)?;
        let w = self.weight.as_ref().map(|weight| weight.flat_beside::<E>(&outs)).transpose().raise(py)?;
        let labels = matches!(targets, Targets::Labels(..));
        let (z, w, count) = (z.view(), w.as_deref(), z.nrows());
        let (loss, nan) = (self.loss, self.nan);
        let batch = |range: Range<usize>| -> Result<RowEvaluation<'_, E>> {
            let batch = array::rows(loss, z.slice(s![range.clone(), ..]), targets.part(range.clone()))?.nan(nan);
            match w {
                Some(w) => batch.weights(&w[range]),
                None => Ok(batch),
            }
        };
        let mut moments = Moments::new();
        let divides = self.reduction.filter(|_| wanted != Wanted::Value);
        let divisor = || -> Result<Divisor> {
            let Some(reduction) = divides else { return Ok(Divisor::ONE) };
            batch(0..count).and_then(|all| all.divisor(reduction)).map_err(|error| placed(error, 0, width, labels))
        };
        let (v, g) = (value.slice(), gradient.slice());
        let reduces = self.reduction.is_some();
        let mut part = |range: Range<usize>, divisor: Divisor| {
            let first = range.start;
            let scores = range.start * width..range.end * width;
            let mut work = || -> Result<()> {
                let part = batch(range.clone())?;
                match (wanted, reduces) {
                    (Wanted::Value, true) => moments.merge(&part.first_moments()?),
                    (Wanted::Value, false) => part.values_into(&mut v[range.clone()])?,
                    (_, true) => moments.merge(&part.part_and_gradient_into(divisor, &mut g[scores.clone()])?),
                    (_, false) => part.value_and_gradient_into(&mut v[range.clone()], &mut g[scores.clone()])?,
                }
                Ok(())
            };
            work().map_err(|error| placed(error, first, width, labels))
        };
        if count * width <= SMALL {
            small(py, || part(0..count, divisor()?))?;
        } else {
            let divisor = small(py, divisor)?;
            parts(py, count, part_size::<E>(width), |range| part(range, divisor))?;
        }

        let like = &self.prediction;
        if let (Wanted::Gradient, Some(reduction)) = (wanted, self.reduction) {
            // Where there is no mean, it has no gradient.
            reduction.of(name, &moments).raise(py)?;
        }
        let mut items = Vec::with_capacity(3);
        if wanted != Wanted::Gradient {
            items.push(match self.reduction {
                Some(reduction) => PyFloat::new(py, reduction.of(name, &moments).raise(py)?).into_any(),
                None => value.give(like, leading)?,
            });
        }
        if wanted != Wanted::Value {
            items.push(gradient.give(like, whole)?);
        }
        if self.logsumexp {
            let mut all: Vec<E> = like.room(count).raise(py)?;
            in_parts::<E>(py, count, width, |range| {
                let first = range.start;
                let part = batch(range).and_then(|part| part.logsumexp());
                all.extend(part.map_err(|error| placed(error, first, width, labels))?);
                Ok(())
            })?;
            items.push(give(like, all, leading)?);
        }
        match items.as_slice() {
            [one] => Ok(one.clone()),
            _ => Ok(PyTuple::new(py, items)?.into_any()),
        }
    }
}

/// The diagonal of each row's second derivatives.
pub(crate) fn hessian<'py>(
    loss: &dyn RowLoss,
    prediction: &Array<'py>,
    target: &Array<'py>,
    ignore_index: Option<i64>,
    kind: HessianKind,
) -> PyResult<Bound<'py, PyAny>> {
    fn typed<'py, E: Element + Given>(
        loss: &dyn RowLoss,
        prediction: &Array<'py>,
        target: &Array<'py>,
        ignore_index: Option<i64>,
        kind: HessianKind,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = prediction.py();
        let width = width_of(prediction)?;
        let z = prediction.rows::<E>().raise(py)?;
        let targets = Targets::<E>::new(target, prediction.leading(), &prediction.shape, ignore_index, &[])?;
        let labels = matches!(targets, Targets::Labels(..));
        let z = z.view();
        let mut all: Vec<E> = prediction.room(prediction.len()).raise(py)?;
        in_parts::<f64>(py, z.nrows(), width, |range| {
            let first = range.start;
            let part = array::rows(loss, z.slice(s![range.clone(), ..]), targets.part(range))
                .and_then(|part| part.hessian_diagonal(kind));
            all.extend(part.map_err(|error| placed(error, first, width, labels))?);
            Ok(())
        })?;
        give(prediction, all, &prediction.shape)
    }
    let target_rows = probabilities(target, prediction.leading());
    let common = Array::common([Some(prediction), target_rows].into_iter().flatten());
    with_element!(common, E => typed::<E>(loss, prediction, target, ignore_index, kind))
}

/// From which side a vector meets a Jacobian.
pub(crate) const PRODUCTS: [(&str, Product); 2] =
    [("jacobian_vector", Product::JacobianVector), ("vector_jacobian", Product::VectorJacobian)];

/// What is made of the rows of a map.
#[derive(Clone, Copy)]
pub(crate) enum Mapped<'a, 'py> {
    Images,
    /// A product of each row's Jacobian and a row of this vector.
    Product(Product, &'a Array<'py>),
}

/// A map of each row, or a product of its Jacobian.
pub(crate) fn map<'py>(
    map: &dyn RowMap,
    mapped: Mapped<'_, 'py>,
    prediction: &Array<'py>,
    nan: NanPolicy,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    fn typed<'py, E: Element + Given>(
        map: &dyn RowMap,
        mapped: Mapped<'_, 'py>,
        prediction: &Array<'py>,
        kind: Kind,
        nan: NanPolicy,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, width) = (prediction.py(), width_of(prediction)?);
        let mut place = Place::<E>::new(prediction, out, kind, &prediction.shape)?;
        let rows = prediction.rows_beside::<E>(&[place.out.as_ref()]).raise(py)?;
        let v = match mapped {
            Mapped::Images => None,
            Mapped::Product(product, v) => {
                v.check_shape(&prediction.shape).raise(py)?;
                Some((product, v.rows_beside::<E>(&[place.out.as_ref()]).raise(py)?))
            }
        };
        let rows: ArrayView2<'_, E> = rows.view();
        let results = place.slice();
        in_parts::<E>(py, rows.nrows(), width, |range| {
            let (first, own) = (range.start, s![range.clone(), ..]);
            let target = &mut results[range.start * width..range.end * width];
            let part = array::map(map, rows.slice(own)).and_then(|part| match &v {
                Some((product, v)) => array::product_into(*product, &part.nan(nan), v.slice(own), target),
                None => part.nan(nan).images_into(target),
            });
            part.map_err(|error| placed(error, first, width, false))
        })?;
        place.give(prediction, &prediction.shape)
    }
    let v = if let Mapped::Product(_, v) = mapped { Some(v) } else { None };
    let kind = Array::common([Some(prediction), v].into_iter().flatten());
    with_element!(kind, E => typed::<E>(map, mapped, prediction, kind, nan, out))
}

/// What is wanted of a head beside its gradients in x, weights and bias.
#[derive(Clone, Copy)]
pub(crate) struct OfHead {
    /// The gradients in the scores.
    pub(crate) scores: bool,
    /// Exact products.
    pub(crate) exact: bool,
}

/// The reduced value of a head, or its values, and the gradients in x, weights, bias and scores.
#[allow(clippy::too_many_arguments, reason = "as many as the package's function has")]
pub(crate) fn head<'py>(
    head: &dyn Head,
    x: &Array<'py>,
    weights: &Array<'py>,
    target: &Array<'py>,
    bias: Option<&Array<'py>>,
    reduction: Option<Reduction>,
    ignore_index: Option<i64>,
    wanted: OfHead,
) -> PyResult<Bound<'py, PyAny>> {
    #[allow(clippy::too_many_arguments, reason = "as above")]
    fn typed<'py, E: Element + Given>(
        head: &dyn Head,
        x: &Array<'py>,
        weights: &Array<'py>,
        target: &Array<'py>,
        bias: Option<&Array<'py>>,
        reduction: Option<Reduction>,
        ignore_index: Option<i64>,
        wanted: OfHead,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = x.py();
        if weights.shape.len() != 2 {
            return Err(raise(py, &weights.misshapen("a row of weights for each class")));
        }
        width_of(x)?;
        let (leading, classes) = (x.leading(), weights.shape[0]);
        let of_scores = [leading, &[classes]].concat();
        let targets = Targets::<E>::new(target, leading, &of_scores, ignore_index, &[])?;
        let (rows, matrix) = (x.rows::<E>().raise(py)?, weights.rows::<E>().raise(py)?);
        let bias_flat = match bias {
            Some(bias) => {
                bias.check_shape(&[classes]).raise(py)?;
                Some(bias.flat::<E>().raise(py)?)
            }
            None => None,
        };
        let (rows, matrix, count) = (rows.view(), matrix.view(), rows.nrows());
        let bias_view = bias_flat.as_deref().map(ndarray::ArrayView1::from);
        let (reduced, result) = run(py, || {
            let batch = array::head(head, rows, matrix, bias_view, targets.part(0..count))?;
            let batch = if wanted.scores { batch.with_scores() } else { batch };
            let batch = batch.exact(wanted.exact);
            match reduction {
                Some(reduction) => batch.reduce_and_gradients(reduction).map(|(value, all)| (Some(value), all)),
                None => batch.evaluate().map(|all| (None, all)),
            }
        })?;
        let none = || py.None().into_bound(py);
        let by_bias = match bias {
            Some(bias) => give(bias, result.gradient_bias, &[classes])?,
            None => none(),
        };
        let by_scores = if wanted.scores { give(x, result.gradient_scores, &of_scores)? } else { none() };
        let value = match reduced {
            Some(value) => PyFloat::new(py, value).into_any(),
            None => give(x, result.value, leading)?,
        };
        tuple([
            value,
            give(x, result.gradient_x, &x.shape)?,
            give(weights, result.gradient_weights, &weights.shape)?,
            by_bias,
            by_scores,
        ])
    }
    let kinds = [Some(x), Some(weights), bias, probabilities(target, x.leading())];
    let kind = Array::common(kinds.into_iter().flatten());
    with_element!(kind, E => typed::<E>(head, x, weights, target, bias, reduction, ignore_index, wanted))
}
