//! `ndarray` views in, arrays out: the same computations as for slices, for data with any strides.
//!
//! ```
//! use discrepancy::batch::array;
//! use discrepancy::distances::Euclidean;
//! use discrepancy::rows::SoftmaxCrossEntropy;
//! use ndarray::array;
//! let scores = array![[0.0_f32, 2.0], [0.0, 2.0]];
//! // The transposed view has the strides of columns; nothing is copied but a row at a time.
//! let labels = array![0, 1];
//! let loss = SoftmaxCrossEntropy::default();
//! let batch = array::rows(&loss, scores.t(), array::Targets::labels(labels.view()))?;
//! assert_eq!(batch.values()?, [0.6931472, 0.6931472]);
//! let d = array::pairwise(&Euclidean::default(), scores.view(), scores.t())?;
//! assert_eq!(d, array![[2.0, 2.0], [2.0, 2.0]]);
//! # Ok::<(), discrepancy::Error>(())
//! ```

use super::element::Element;
use super::evaluation::Evaluation;
use super::head::HeadEvaluation;
use super::maps::MapEvaluation;
use super::matrix::{Matrix, room};
use super::pairs::{PairEvaluation, condensed_of, nearest_of};
use super::penalty::PenaltyEvaluation;
use super::rows::{self, RowEvaluation};
use super::tuples::TupleEvaluation;
use crate::distances::PairFunction;
use crate::error::{Error, ErrorKind, Result};
use crate::heads::Head;
use crate::losses::PointwiseLoss;
use crate::penalties::Penalty;
use crate::rows::{Product, RowLoss, RowMap};
use crate::tuples::TupleLoss;
use ndarray::{Array, Array1, Array2, ArrayView, ArrayView1, ArrayView2, Dimension};

/// The targets of many rows, as views.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a, E> {
    /// A class for each row.
    Labels {
        /// Classes, counted from 0.
        labels: ArrayView1<'a, i64>,
        /// Rows of this label contribute nothing.
        ignore_index: Option<i64>,
    },
    /// A row of probabilities for each row.
    Probabilities(ArrayView2<'a, E>),
}

impl<'a, E> Targets<'a, E> {
    /// A class for each row, none of them ignored.
    #[must_use]
    pub fn labels(labels: ArrayView1<'a, i64>) -> Self {
        Targets::Labels { labels, ignore_index: None }
    }
}

impl<'a, E: Element> Targets<'a, E> {
    fn reborrow(&self) -> Targets<'_, E> {
        match self {
            Targets::Labels { labels, ignore_index } => {
                Targets::Labels { labels: labels.reborrow(), ignore_index: *ignore_index }
            }
            Targets::Probabilities(y) => Targets::Probabilities(y.reborrow()),
        }
    }
    fn inner(self, function: &str) -> Result<rows::Targets<'a, E>> {
        Ok(match self {
            Targets::Labels { labels, ignore_index } => rows::Targets::Labels { labels, ignore_index },
            Targets::Probabilities(y) => rows::Targets::Probabilities(Matrix::of_view(function, "target", y)?),
        })
    }
}

/// Values of a pointwise loss, and derivatives where asked for, in the shape of the predictions.
#[derive(Clone, Debug, PartialEq)]
pub struct Results<E, D: Dimension> {
    /// The value of each element.
    pub value: Array<E, D>,
    /// The derivative of each element with respect to its prediction.
    pub gradient: Array<E, D>,
    /// The second derivative of each element with respect to its prediction.
    pub hessian: Array<E, D>,
}

/// The value of each element of arrays of one shape.
///
/// ```
/// use discrepancy::{batch::array, losses::Hinge};
/// use ndarray::array;
/// let (z, y) = (array![[0.5, 2.0], [3.0, 0.0]], array![[1.0, 1.0], [-1.0, 1.0]]);
/// assert_eq!(array::values(&Hinge::new(1.0)?, z.t(), y.t())?, array![[0.5, 4.0], [0.0, 1.0]]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn values<E: Element, D: Dimension>(
    loss: &dyn PointwiseLoss,
    prediction: ArrayView<'_, E, D>,
    target: ArrayView<'_, E, D>,
) -> Result<Array<E, D>> {
    pointwise(loss, &prediction, &target, |batch| batch.values()).and_then(|v| shaped(loss, &prediction, v))
}

/// Value, derivative and second derivative of each element of arrays of one shape.
///
/// ```
/// use discrepancy::{batch::array, losses::Squared};
/// use ndarray::array;
/// let r = array::value_gradient_hessian(&Squared::default(), array![3.0].view(), array![1.0].view())?;
/// assert_eq!((r.value[0], r.gradient[0], r.hessian[0]), (4.0, 4.0, 2.0));
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn value_gradient_hessian<E: Element, D: Dimension>(
    loss: &dyn PointwiseLoss,
    prediction: ArrayView<'_, E, D>,
    target: ArrayView<'_, E, D>,
) -> Result<Results<E, D>> {
    let all = pointwise(loss, &prediction, &target, |batch| batch.value_gradient_hessian())?;
    Ok(Results {
        value: shaped(loss, &prediction, all.value)?,
        gradient: shaped(loss, &prediction, all.gradient)?,
        hessian: shaped(loss, &prediction, all.hessian)?,
    })
}

/// A batch for whatever is asked of it; elements that are not in one piece are copied.
fn pointwise<E: Element, D: Dimension, T>(
    loss: &dyn PointwiseLoss,
    prediction: &ArrayView<'_, E, D>,
    target: &ArrayView<'_, E, D>,
    then: impl FnOnce(Evaluation<'_, E>) -> Result<T>,
) -> Result<T> {
    if prediction.shape() != target.shape() {
        let allowed = format!("the shape of the predictions, {:?}", prediction.shape());
        let error = Error::new(ErrorKind::Shape, loss.entry().name, "target", allowed);
        return Err(error.value(format!("{:?}", target.shape())));
    }
    let (z, y) = (prediction.as_standard_layout(), target.as_standard_layout());
    match (z.as_slice(), y.as_slice()) {
        (Some(z), Some(y)) => then(Evaluation::new(loss, z, y)?),
        _ => Err(Error::new(ErrorKind::Shape, loss.entry().name, "prediction", "an array")),
    }
}

fn shaped<E: Element, D: Dimension>(
    loss: &dyn PointwiseLoss,
    like: &ArrayView<'_, E, D>,
    values: Vec<E>,
) -> Result<Array<E, D>> {
    let wrong = |_| Error::new(ErrorKind::Shape, loss.entry().name, "result", "as many results as predictions");
    Array::from_shape_vec(like.raw_dim(), values).map_err(wrong)
}

/// A row loss over the rows of a view.
///
/// ```
/// use discrepancy::{batch::array, rows::SoftmaxCrossEntropy};
/// use ndarray::array;
/// let (scores, labels) = (array![[1.0, 1.0], [5.0, 5.0]], array![0, 1]);
/// let loss = SoftmaxCrossEntropy::default();
/// let batch = array::rows(&loss, scores.view(), array::Targets::labels(labels.view()))?;
/// assert_eq!(batch.mean()?, std::f64::consts::LN_2);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn rows<'a, E: Element>(
    loss: &'a dyn RowLoss,
    rows: ArrayView2<'a, E>,
    targets: Targets<'a, E>,
) -> Result<RowEvaluation<'a, E>> {
    let name = loss.entry().name;
    RowEvaluation::of(loss, Matrix::of_view(name, "prediction", rows)?, targets.inner(name)?)
}

/// Value (N) and gradient (N×C) of each row.
///
/// ```
/// use discrepancy::{batch::array, rows::SoftmaxCrossEntropy};
/// use ndarray::array;
/// let (scores, y) = (array![[0.0, 0.0]], array![[1.0, 0.0]]);
/// let loss = SoftmaxCrossEntropy::default();
/// let (value, gradient) = array::row_value_and_gradient(&loss, scores.view(), array::Targets::Probabilities(y.view()))?;
/// assert_eq!((value[0], gradient), (std::f64::consts::LN_2, array![[-0.5, 0.5]]));
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn row_value_and_gradient<E: Element>(
    loss: &dyn RowLoss,
    scores: ArrayView2<'_, E>,
    targets: Targets<'_, E>,
) -> Result<(Array1<E>, Array2<E>)> {
    let results = rows(loss, scores.reborrow(), targets.reborrow())?.value_and_gradient()?;
    Ok((results.value.into(), matrix(loss.entry().name, scores.dim(), results.gradient)?))
}

/// A map over the rows of a view.
///
/// ```
/// use discrepancy::{batch::array, rows::softmax::Softmax};
/// use ndarray::array;
/// let (map, scores) = (Softmax::default(), array![[2.0, 0.0], [2.0, 0.0]]);
/// assert_eq!(array::map(&map, scores.t())?.images()?, [0.5; 4]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn map<'a, E: Element>(map: &'a dyn RowMap, rows: ArrayView2<'a, E>) -> Result<MapEvaluation<'a, E>> {
    Ok(MapEvaluation::of(map, Matrix::of_view(map.entry().name, "prediction", rows)?))
}

/// A map of each row.
///
/// ```
/// use discrepancy::{batch::array, rows::softmax::Softmax};
/// use ndarray::array;
/// assert_eq!(array::map_rows(&Softmax::default(), array![[2.0, 2.0]].view())?, array![[0.5, 0.5]]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn map_rows<E: Element>(map: &dyn RowMap, rows: ArrayView2<'_, E>) -> Result<Array2<E>> {
    let images = self::map(map, rows.reborrow())?.images()?;
    matrix(map.entry().name, rows.dim(), images)
}

/// `J v` of the Jacobian of each row's image, and each row of v.
///
/// ```
/// use discrepancy::{batch::array, rows::softmax::Softmax};
/// use ndarray::array;
/// let (scores, v) = (array![[0.0, 0.0]], array![[1.0, 0.0]]);
/// assert_eq!(array::jacobian_vector_product(&Softmax::default(), scores.view(), v.view())?, array![[0.25, -0.25]]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn jacobian_vector_product<E: Element>(
    map: &dyn RowMap,
    rows: ArrayView2<'_, E>,
    v: ArrayView2<'_, E>,
) -> Result<Array2<E>> {
    product(Product::JacobianVector, map, rows, v)
}

/// `Jᵀ v`: the gradients in the scores, where v are those in the images.
///
/// ```
/// use discrepancy::{batch::array, rows::log_softmax::LogSoftmax};
/// use ndarray::array;
/// let (scores, v) = (array![[0.0, 0.0]], array![[1.0, 1.0]]);
/// let gradient = array::vector_jacobian_product(&LogSoftmax::default(), scores.view(), v.view())?;
/// assert_eq!(gradient, array![[0.0, 0.0]]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn vector_jacobian_product<E: Element>(
    map: &dyn RowMap,
    rows: ArrayView2<'_, E>,
    v: ArrayView2<'_, E>,
) -> Result<Array2<E>> {
    product(Product::VectorJacobian, map, rows, v)
}

/// Either product into an array that lies row by row.
pub fn product_into<E: Element>(
    product: Product,
    batch: &MapEvaluation<'_, E>,
    v: ArrayView2<'_, E>,
    out: &mut [E],
) -> Result<()> {
    batch.product_of(product, Matrix::of_view(batch.entry().name, "v", v)?, out)
}

fn product<E: Element>(
    product: Product,
    map: &dyn RowMap,
    rows: ArrayView2<'_, E>,
    v: ArrayView2<'_, E>,
) -> Result<Array2<E>> {
    let batch = self::map(map, rows)?;
    let mut out = room(map.entry().name, rows.nrows().checked_mul(rows.ncols()))?;
    out.resize(rows.len(), E::default());
    product_into(product, &batch, v, &mut out)?;
    matrix(map.entry().name, rows.dim(), out)
}

/// A head over the rows `x` (N×D) of a view under `weights` (C×D); a bias (C) is optional.
///
/// ```
/// use discrepancy::{batch::array, heads::LargeMarginSoftmax};
/// use ndarray::array;
/// let (x, weights, labels) = (array![[1.0, 0.0]], array![[1.0, 0.0], [0.0, 1.0]], array![0]);
/// let head = LargeMarginSoftmax::default();
/// let targets = array::Targets::labels(labels.view());
/// let result = array::head(&head, x.view(), weights.view(), None, targets)?.evaluate()?;
/// assert_eq!(result.value, [0.3132616875182228]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn head<'a, E: Element>(
    head: &'a dyn Head,
    x: ArrayView2<'a, E>,
    weights: ArrayView2<'a, E>,
    bias: Option<ArrayView1<'a, E>>,
    targets: Targets<'a, E>,
) -> Result<HeadEvaluation<'a, E>> {
    let name = head.entry().name;
    let (x, weights) = (Matrix::of_view(name, "x", x)?, Matrix::of_view(name, "weights", weights)?);
    let batch = HeadEvaluation::of(head, x, weights, targets.inner(name)?)?;
    bias.map_or(Ok(batch), |bias| batch.bias_view(bias))
}

/// A loss of several inputs over the rows of views, in the order of the loss's signature; where inputs are numbers, of views
/// with one column.
///
/// ```
/// use discrepancy::{batch::array, tuples::Triplet};
/// use ndarray::array;
/// let (anchor, positive, negative) = (array![[0.0, 0.0]], array![[3.0, 4.0]], array![[0.0, 5.5]]);
/// let loss = Triplet::default();
/// let batch = array::tuples(&loss, [anchor.view(), positive.view(), negative.view()], None)?;
/// assert_eq!(batch.values()?, [0.5]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn tuples<'a, E: Element>(
    loss: &'a dyn TupleLoss,
    inputs: impl IntoIterator<Item = ArrayView2<'a, E>>,
    target: Option<ArrayView1<'a, E>>,
) -> Result<TupleEvaluation<'a, E>> {
    let names = loss.signature().inputs.iter().map(|input| input.name).chain(std::iter::repeat("inputs"));
    let inputs = inputs.into_iter().zip(names).map(|(view, name)| Matrix::of_view(loss.entry().name, name, view));
    TupleEvaluation::of(loss, inputs.collect::<Result<Vec<_>>>()?, target)
}

/// A penalty on the weights of an array of any shape, in its logical order.
///
/// ```
/// use discrepancy::{batch::array, penalties::L2};
/// use ndarray::array;
/// let ridge = L2::default();
/// let penalty = array::penalty(&ridge, array![[1.0_f32, 2.0], [3.0, 4.0]].t());
/// assert_eq!((penalty.value()?, penalty.gradient()?), (30.0, vec![2.0, 6.0, 4.0, 8.0]));
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn penalty<'a, E: Element, D: Dimension>(
    penalty: &'a dyn Penalty,
    weights: ArrayView<'_, E, D>,
) -> PenaltyEvaluation<'a, E> {
    let flat: Array1<E> = weights.iter().copied().collect();
    PenaltyEvaluation::of_view(penalty, flat.view())
}

/// A distance or divergence between the rows of two views.
///
/// ```
/// use discrepancy::{batch::array, divergences::Hellinger};
/// use ndarray::array;
/// let (p, q) = (array![[1.0_f32, 0.0]], array![[0.0_f32, 1.0]]);
/// let metric = Hellinger::default();
/// assert_eq!(array::pairs(&metric, p.view(), q.view())?.rowwise_with_gradients()?.value, [1.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn pairs<'a, E: Element>(
    metric: &'a dyn PairFunction,
    a: ArrayView2<'a, E>,
    b: ArrayView2<'a, E>,
) -> Result<PairEvaluation<'a, E>> {
    let name = metric.entry().name;
    PairEvaluation::of(metric, Matrix::of_view(name, "a", a)?, Matrix::of_view(name, "b", b)?)
}

/// All distances between the rows of `a` and the rows of `b`: N×M.
///
/// ```
/// use discrepancy::{batch::array, distances::Manhattan};
/// use ndarray::array;
/// let a = array![[0.0], [1.0]];
/// assert_eq!(array::pairwise(&Manhattan::default(), a.view(), a.view())?, array![[0.0, 1.0], [1.0, 0.0]]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn pairwise<E: Element>(
    metric: &dyn PairFunction,
    a: ArrayView2<'_, E>,
    b: ArrayView2<'_, E>,
) -> Result<Array2<E>> {
    let values = pairs(metric, a.reborrow(), b.reborrow())?.matrix()?;
    matrix(metric.entry().name, (a.nrows(), b.nrows()), values)
}

/// The distances of all pairs of rows `i < j`, as in SciPy's `pdist`.
///
/// ```
/// use discrepancy::{batch::array, distances::Manhattan};
/// use ndarray::array;
/// let d = array::condensed(&Manhattan::default(), array![[0.0], [1.0], [5.0]].view())?;
/// assert_eq!(d, array![1.0, 5.0, 4.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn condensed<E: Element>(metric: &dyn PairFunction, a: ArrayView2<'_, E>) -> Result<Array1<E>> {
    condensed_of(metric, Matrix::of_view(metric.entry().name, "a", a)?).map(Array1::from)
}

/// The distance of each row of `a` from the same row of `b`.
///
/// ```
/// use discrepancy::{batch::array, distances::Chebyshev};
/// use ndarray::array;
/// let (a, b) = (array![[0.0, 1.0]], array![[2.0, 0.0]]);
/// assert_eq!(array::rowwise(&Chebyshev::default(), a.view(), b.view())?, array![2.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn rowwise<E: Element>(metric: &dyn PairFunction, a: ArrayView2<'_, E>, b: ArrayView2<'_, E>) -> Result<Array1<E>> {
    pairs(metric, a.reborrow(), b.reborrow())?.rowwise().map(Array1::from)
}

/// For each query the `k` nearest points, nearest first: their indices and distances, both N×k.
///
/// ```
/// use discrepancy::{batch::array, distances::Manhattan};
/// use ndarray::array;
/// let (queries, points) = (array![[0.0], [9.0]], array![[1.0], [8.0]]);
/// let (indices, distances) = array::nearest(&Manhattan::default(), queries.view(), points.view(), 1)?;
/// assert_eq!((indices, distances), (array![[0], [1]], array![[1.0], [1.0]]));
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn nearest<E: Element>(
    metric: &dyn PairFunction,
    queries: ArrayView2<'_, E>,
    points: ArrayView2<'_, E>,
    k: usize,
) -> Result<(Array2<usize>, Array2<E>)> {
    let name = metric.entry().name;
    let a = Matrix::of_view(name, "queries", queries.reborrow())?;
    let found = nearest_of(metric, a, Matrix::of_view(name, "points", points.reborrow())?, k)?;
    let (indices, distances) = found.into_iter().unzip();
    Ok((matrix(name, (queries.nrows(), k), indices)?, matrix(name, (queries.nrows(), k), distances)?))
}

fn matrix<T>(function: &str, shape: (usize, usize), values: Vec<T>) -> Result<Array2<T>> {
    let wrong = |_| Error::new(ErrorKind::Shape, function, "result", format!("{} by {} numbers", shape.0, shape.1));
    Array2::from_shape_vec(shape, values).map_err(wrong)
}
