//! A row loss over a batch of rows.

use super::element::Element;
use super::evaluation::{NanPolicy, Reduction};
use super::matrix::{Matrix, in_order, narrow, room};
use crate::error::{Error, ErrorKind, Result};
use crate::rows::{HessianKind, RowLoss, RowMap, RowTargets, Target};
use crate::sums::Moments;
use ndarray::ArrayView1;
use rayon::prelude::*;

/// Values and gradients of rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowResults<E> {
    /// The value of each row; 0 for ignored ones.
    pub value: Vec<E>,
    /// The gradient of each row with respect to its scores, N×C; 0 for ignored ones.
    pub gradient: Vec<E>,
}

/// The targets as views.
#[derive(Clone, Copy, Debug)]
pub(super) enum Targets<'a, E> {
    Labels { labels: ArrayView1<'a, i64>, ignore_index: Option<i64> },
    Probabilities(Matrix<'a, E>),
}

/// A row loss over a batch of N rows of C scores.
///
/// Rows are independent, so results do not depend on the number of threads, and a row has the same result alone as
/// in any batch. An error names the flat index of the wrong element, or of the first one of a wrong row.
///
/// ```
/// use discrepancy::batch::RowEvaluation;
/// use discrepancy::rows::{RowTargets, SoftmaxCrossEntropy};
/// let loss = SoftmaxCrossEntropy::default();
/// let scores = [2.0_f32, 0.0, 0.0, 2.0, 5.0, 5.0];
/// let targets = RowTargets::Labels { labels: &[0, 0, -1], ignore_index: Some(-1) };
/// let batch = RowEvaluation::new(&loss, &scores, 2, targets)?;
/// assert_eq!(batch.values()?, [0.12692802, 2.126928, 0.0]);
/// assert_eq!(batch.mean()?, 1.1269280110429727);
/// let results = batch.value_and_gradient()?;
/// assert_eq!(results.gradient[..2], [-0.11920292, 0.11920292]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RowEvaluation<'a, E> {
    loss: &'a dyn RowLoss,
    rows: Matrix<'a, E>,
    targets: Targets<'a, E>,
    weights: Option<ArrayView1<'a, E>>,
    nan: NanPolicy,
}

/// Room for one row of each kind.
#[derive(Default)]
struct Scratch {
    row: Vec<f64>,
    target: Vec<f64>,
    gradient: Vec<f64>,
}

/// What a row has to say before it is computed.
enum Row<'a> {
    Ignored,
    /// NaN in it, and the policy does not call that an error.
    NotANumber,
    Given(&'a [f64], Target<'a>),
}

impl<'a, E: Element> RowEvaluation<'a, E> {
    /// Rows of scores (N×C, row by row), and a target for each.
    pub fn new(loss: &'a dyn RowLoss, rows: &'a [E], classes: usize, targets: RowTargets<'a, E>) -> Result<Self> {
        let name = loss.entry().name;
        let rows = Matrix::new(name, "prediction", rows, classes)?;
        let targets = match targets {
            RowTargets::Labels { labels, ignore_index } => Targets::Labels { labels: labels.into(), ignore_index },
            RowTargets::Probabilities(y) => Targets::Probabilities(Matrix::new(name, "target", y, classes)?),
        };
        Self::of(loss, rows, targets)
    }

    pub(super) fn of(loss: &'a dyn RowLoss, rows: Matrix<'a, E>, targets: Targets<'a, E>) -> Result<Self> {
        let (n, classes) = (rows.rows(), rows.width());
        let (good, found, allowed) = match &targets {
            Targets::Labels { labels, .. } => {
                (labels.len() == n, format!("{} labels", labels.len()), format!("{n} labels, one for each row"))
            }
            Targets::Probabilities(y) => (
                (y.rows(), y.width()) == (n, classes),
                format!("{} rows of {}", y.rows(), y.width()),
                format!("{n} rows of {classes}, the shape of the predictions"),
            ),
        };
        if !good {
            return Err(Error::new(ErrorKind::Shape, loss.entry().name, "target", allowed).value(found));
        }
        Ok(RowEvaluation { loss, rows, targets, weights: None, nan: NanPolicy::Error })
    }

    /// With a non-negative, finite weight for each row. They weigh sums and means, not the rows' own values.
    pub fn weights(self, weights: &'a [E]) -> Result<Self> {
        self.weights_view(weights.into())
    }

    pub(super) fn weights_view(mut self, weights: ArrayView1<'a, E>) -> Result<Self> {
        let name = self.loss.entry().name;
        if weights.len() != self.rows.rows() {
            let allowed = format!("{} numbers, as many as rows", self.rows.rows());
            return Err(Error::new(ErrorKind::Shape, name, "weights", allowed).value(weights.len()));
        }
        if let Some(index) = weights.iter().position(|w| !(w.widen() >= 0.0 && w.widen().is_finite())) {
            let error = Error::new(ErrorKind::Domain, name, "weights", "finite numbers, not negative");
            return Err(error.at(index).value(weights[index]));
        }
        self.weights = Some(weights);
        Ok(self)
    }

    /// With this policy for rows that have a NaN among their scores or probabilities.
    #[must_use]
    pub fn nan(mut self, policy: NanPolicy) -> Self {
        self.nan = policy;
        self
    }

    /// The value of each row.
    pub fn values(&self) -> Result<Vec<E>> {
        let mut value = self.buffer(1)?;
        self.values_into(&mut value)?;
        Ok(value)
    }

    /// Value and gradient of each row.
    pub fn value_and_gradient(&self) -> Result<RowResults<E>> {
        let mut results = RowResults { value: self.buffer(1)?, gradient: self.buffer(self.rows.width())? };
        self.value_and_gradient_into(&mut results.value, &mut results.gradient)?;
        Ok(results)
    }

    /// The value of each row, into a slice of N. After an error its content is unspecified.
    pub fn values_into(&self, value: &mut [E]) -> Result<()> {
        self.same_length("value", value.len(), self.rows.rows())?;
        let one = |scratch: &mut Scratch, (i, out): (usize, &mut E)| {
            *out = E::narrow(self.one(i, false, scratch).map_err(|error| self.place(error, i))?.0);
            Ok(())
        };
        in_order(value.par_iter_mut().enumerate().map_init(Scratch::default, one).collect()).map(|_| ())
    }

    /// Value and gradient of each row, into slices of N and N×C. After an error their content is unspecified.
    pub fn value_and_gradient_into(&self, value: &mut [E], gradient: &mut [E]) -> Result<()> {
        let (rows, width) = (self.rows.rows(), self.rows.width());
        self.same_length("value", value.len(), rows)?;
        self.same_length("gradient", gradient.len(), rows * width)?;
        let one = |scratch: &mut Scratch, ((i, value), out): ((usize, &mut E), &mut [E])| {
            let (wide, own) = self.one(i, true, scratch).map_err(|error| self.place(error, i))?;
            out.iter_mut().zip(own).for_each(|(out, g)| *out = E::narrow(*g));
            *value = E::narrow(wide);
            Ok(())
        };
        let rows = value.par_iter_mut().enumerate().zip(gradient.par_chunks_mut(width));
        in_order(rows.map_init(Scratch::default, one).collect()).map(|_| ())
    }

    /// Room for so many numbers a row.
    fn buffer(&self, each: usize) -> Result<Vec<E>> {
        let count = self.rows.rows().checked_mul(each);
        let mut out = room(self.loss.entry().name, count)?;
        out.resize(count.unwrap_or(0), E::default());
        Ok(out)
    }

    fn same_length(&self, argument: &str, found: usize, wanted: usize) -> Result<()> {
        if found == wanted {
            return Ok(());
        }
        let error = Error::new(ErrorKind::Shape, self.loss.entry().name, argument, format!("length {wanted}"));
        Err(error.value(found))
    }

    /// The diagonal of each row's second derivatives, or what stands for it: N×C.
    pub fn hessian_diagonal(&self, kind: HessianKind) -> Result<Vec<E>> {
        let width = self.rows.width();
        self.each(|i, scratch| match self.row(i, scratch)? {
            Row::Ignored => Ok(vec![E::default(); width]),
            Row::NotANumber => Ok(vec![E::narrow(f64::NAN); width]),
            Row::Given(row, target) => Ok(narrow(&self.loss.hessian_diagonal(row, target, E::EPSILON, kind)?)),
        })
        .map(|rows| rows.concat())
    }

    /// `ln Σ e^z` of each row.
    pub fn logsumexp(&self) -> Result<Vec<E>> {
        self.each(|i, scratch| {
            let Scratch { row, .. } = scratch;
            self.rows.widen(i, row);
            if self.nan != NanPolicy::Error && row.iter().any(|x| x.is_nan()) {
                return Ok(E::narrow(f64::NAN));
            }
            self.loss.logsumexp(row, E::EPSILON).map(E::narrow)
        })
    }

    /// The mean of the values, rounded once. Rows that are ignored do not count; where the loss weighs classes it
    /// divides by the sum of the true classes' weights (PyTorch's `mean`). The mean over nothing is an error.
    pub fn mean(&self) -> Result<f64> {
        self.reduce(Reduction::Mean)
    }
    /// The sum of the values, rounded once.
    pub fn sum(&self) -> Result<f64> {
        self.reduce(Reduction::Sum)
    }
    /// A reduction of the values, rounded once.
    pub fn reduce(&self, reduction: Reduction) -> Result<f64> {
        let moments = self.moments()?;
        match reduction {
            Reduction::Mean => moments.mean(),
            Reduction::MeanByCount => moments.mean_by_count(),
            Reduction::Sum => Ok(moments.sum()),
        }
        .map_err(|error| error.within(self.loss.entry().name))
    }

    /// The exact sums of the values, to be merged with others. Values are summed before they are rounded to the
    /// storage type.
    pub fn moments(&self) -> Result<Moments> {
        const BLOCK: usize = 256;
        let count = self.rows.rows();
        let parts = (0..count.div_ceil(BLOCK)).into_par_iter().map(|block| {
            let (mut moments, mut scratch) = (Moments::new(), Scratch::default());
            for i in block * BLOCK..count.min((block + 1) * BLOCK) {
                self.push(i, &mut scratch, &mut moments).map_err(|error| self.place(error, i))?;
            }
            Ok(moments)
        });
        let mut total = Moments::new();
        for part in &in_order(parts.collect())? {
            total.merge(part);
        }
        Ok(total)
    }

    fn push(&self, i: usize, scratch: &mut Scratch, moments: &mut Moments) -> Result<()> {
        let (value, carried) = match self.row(i, scratch)? {
            Row::Ignored => return Ok(()),
            Row::NotANumber if self.nan == NanPolicy::Omit => return Ok(()),
            Row::NotANumber => (f64::NAN, 1.0),
            Row::Given(row, target) => (self.loss.evaluate(row, target, E::EPSILON, None)?, self.loss.weight(target)),
        };
        match (self.weights.map_or(1.0, |w| w[i].widen()), carried) {
            (1.0, 1.0) => moments.push(value),
            (weight, 1.0) => moments.push_weighted(value, weight),
            (weight, carried) => moments.push_carrying(value, carried, weight),
        }
        Ok(())
    }

    /// Value and gradient of one row.
    fn one<'s>(&self, i: usize, gradient: bool, scratch: &'s mut Scratch) -> Result<(f64, &'s [f64])> {
        let mut out = std::mem::take(&mut scratch.gradient);
        out.clear();
        out.resize(if gradient { self.rows.width() } else { 0 }, 0.0);
        let value = match self.row(i, scratch) {
            Ok(Row::Ignored) => Ok(0.0),
            Ok(Row::NotANumber) => {
                out.fill(f64::NAN);
                Ok(f64::NAN)
            }
            Ok(Row::Given(row, target)) => {
                self.loss.evaluate(row, target, E::EPSILON, gradient.then_some(out.as_mut_slice()))
            }
            Err(error) => Err(error),
        };
        scratch.gradient = out;
        value.map(|value| (value, scratch.gradient.as_slice()))
    }

    /// The row and its target, widened.
    fn row<'s>(&self, i: usize, scratch: &'s mut Scratch) -> Result<Row<'s>> {
        let Scratch { row, target, .. } = scratch;
        let target = match self.targets {
            Targets::Labels { labels, ignore_index } if ignore_index == Some(labels[i]) => return Ok(Row::Ignored),
            Targets::Labels { labels, .. } => {
                let label = usize::try_from(labels[i]).ok().filter(|label| *label < self.rows.width());
                Target::Label(label.ok_or_else(|| {
                    let allowed = format!("labels 0 to {}", self.rows.width() - 1);
                    Error::new(ErrorKind::Domain, self.loss.entry().name, "target", allowed).value(labels[i])
                })?)
            }
            Targets::Probabilities(y) => {
                y.widen(i, target);
                Target::Probabilities(target)
            }
        };
        self.rows.widen(i, row);
        if self.nan != NanPolicy::Error {
            let soft = if let Target::Probabilities(y) = target { y } else { &[] };
            if row.iter().chain(soft).any(|x| x.is_nan()) {
                return Ok(Row::NotANumber);
            }
        }
        Ok(Row::Given(row, target))
    }

    /// One result a row, on all threads.
    fn each<T: Send>(&self, one: impl Fn(usize, &mut Scratch) -> Result<T> + Sync) -> Result<Vec<T>> {
        let placed = |scratch: &mut Scratch, i| one(i, scratch).map_err(|error| self.place(error, i));
        in_order((0..self.rows.rows()).into_par_iter().map_init(Scratch::default, placed).collect())
    }

    /// Names the flat index of the wrong element, or of the first of a wrong row.
    fn place(&self, error: Error, i: usize) -> Error {
        match error.argument() {
            "target" if matches!(self.targets, Targets::Labels { .. }) => error.at(i),
            "prediction" | "target" => {
                let index = i * self.rows.width() + error.index().unwrap_or(0);
                error.at(index)
            }
            // About the loss, whatever the row.
            _ => error,
        }
    }
}

/// A map of each of many rows (N×C), softmax say.
///
/// ```
/// use discrepancy::batch::map_rows;
/// use discrepancy::rows::softmax::Softmax;
/// let p = map_rows(&Softmax::default(), &[0.0_f32, 0.0, 5.0, 5.0], 2)?;
/// assert_eq!(p, [0.5; 4]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn map_rows<E: Element>(map: &dyn RowMap, rows: &[E], classes: usize) -> Result<Vec<E>> {
    map_matrix(map, Matrix::new(map.entry().name, "prediction", rows, classes)?)
}

pub(super) fn map_matrix<E: Element>(map: &dyn RowMap, rows: Matrix<'_, E>) -> Result<Vec<E>> {
    let width = rows.width();
    let mut out = room(map.entry().name, rows.rows().checked_mul(width))?;
    out.resize(rows.rows() * width, E::default());
    let one = |(row, image): &mut (Vec<f64>, Vec<f64>), (i, out): (usize, &mut [E])| {
        rows.widen(i, row);
        image.resize(width, 0.0);
        map.evaluate(row, E::EPSILON, image).map_err(|error| {
            let index = i * width + error.index().unwrap_or(0);
            error.at(index)
        })?;
        out.iter_mut().zip(image).for_each(|(out, x)| *out = E::narrow(*x));
        Ok(())
    };
    in_order(out.par_chunks_mut(width).enumerate().map_init(Default::default, one).collect())?;
    Ok(out)
}
