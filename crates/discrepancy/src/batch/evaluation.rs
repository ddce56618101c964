//! A loss over a batch: the door where data are checked once, then blocks on all threads, then exact sums.

use super::block::BLOCK;
use super::element::Element;
use crate::catalog::DataDomain;
use crate::error::{Error, ErrorKind, Result};
use crate::losses::{Outputs, PointwiseLoss};
use crate::number::Level;
use crate::sums::Moments;
use rayon::prelude::*;

/// What becomes of the values of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// The weighted mean: Σ w l / Σ w. PyTorch's weighted `mean` of cross entropy.
    #[default]
    Mean,
    /// Σ w l / n. Keras' `sum_over_batch_size`.
    MeanByCount,
    /// Σ w l.
    Sum,
}

/// What to do about NaN in the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NanPolicy {
    /// An error that names the index.
    #[default]
    Error,
    /// The row's results, and so the sums, are NaN.
    Propagate,
    /// The row is left out of sums and counts; its own results are NaN.
    Omit,
}

/// Value, gradient and Hessian of each row, as far as asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results<E> {
    /// The value of each row.
    pub value: Vec<E>,
    /// The derivative of each row with respect to its prediction.
    pub gradient: Vec<E>,
    /// The second derivative of each row with respect to its prediction.
    pub hessian: Vec<E>,
}

/// A loss over a batch of predictions and targets.
///
/// ```
/// use discrepancy::{batch::Evaluation, losses::Hinge};
/// let hinge = Hinge::new(1.0)?;
/// let batch = Evaluation::new(&hinge, &[0.5, 2.0], &[1.0, -1.0])?;
/// assert_eq!(batch.values()?, [0.5, 3.0]);
/// assert_eq!(batch.mean()?, 1.75);
/// assert_eq!(batch.value_and_gradient()?.gradient, [-1.0, 1.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
#[derive(Debug)]
pub struct Evaluation<'a, E> {
    loss: &'a dyn PointwiseLoss,
    prediction: &'a [E],
    target: &'a [E],
    weights: Option<&'a [E]>,
    nan: NanPolicy,
    level: Level,
}

/// One block's rows before they are stored.
struct Wide {
    value: [f64; BLOCK],
    gradient: [f64; BLOCK],
    hessian: [f64; BLOCK],
}

impl<'a, E: Element> Evaluation<'a, E> {
    /// Prediction first, then target; lengths must be equal.
    pub fn new(loss: &'a dyn PointwiseLoss, prediction: &'a [E], target: &'a [E]) -> Result<Self> {
        if prediction.len() != target.len() {
            let allowed = format!("{} elements, as many as predictions", prediction.len());
            return Err(Error::new(ErrorKind::Shape, loss.entry().name, "target", allowed).value(target.len()));
        }
        Ok(Evaluation { loss, prediction, target, weights: None, nan: NanPolicy::Error, level: Level::best() })
    }

    /// With a non-negative, finite weight for each row. They weigh sums and means, not the rows' own values.
    pub fn weights(mut self, weights: &'a [E]) -> Result<Self> {
        let name = self.loss.entry().name;
        if weights.len() != self.prediction.len() {
            let allowed = format!("{} elements, as many as predictions", self.prediction.len());
            return Err(Error::new(ErrorKind::Shape, name, "weights", allowed).value(weights.len()));
        }
        if let Some(index) = weights.iter().position(|w| !(w.widen() >= 0.0 && w.widen().is_finite())) {
            let error = Error::new(ErrorKind::Domain, name, "weights", "finite numbers, not negative");
            return Err(error.at(index).value(weights[index]));
        }
        self.weights = Some(weights);
        Ok(self)
    }

    /// With this policy for NaN.
    #[must_use]
    pub fn nan(mut self, policy: NanPolicy) -> Self {
        self.nan = policy;
        self
    }

    /// At this vector level instead of the best; the bits are the same.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// The value of each row.
    pub fn values(&self) -> Result<Vec<E>> {
        Ok(self.rows(false, false)?.value)
    }
    /// Value and gradient of each row.
    pub fn value_and_gradient(&self) -> Result<Results<E>> {
        self.rows(true, false)
    }
    /// Value, gradient and Hessian of each row.
    pub fn value_gradient_hessian(&self) -> Result<Results<E>> {
        self.rows(true, true)
    }
    /// The mean of the values, rounded once; the mean over nothing is an error.
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

    /// The exact sums of the values, to be merged with others: sums, means and standard errors come from it.
    /// Values are summed before they are rounded to the storage type.
    pub fn moments(&self) -> Result<Moments> {
        let parts: Result<Vec<Moments>> = self
            .blocks()
            .map(|start| {
                let mut moments = Moments::new();
                self.block(start, false, false, |wide, count| {
                    for (i, value) in wide.value[..count].iter().enumerate() {
                        if self.nan == NanPolicy::Omit && value.is_nan() {
                            continue;
                        }
                        match self.weights {
                            None => moments.push(*value),
                            Some(w) => moments.push_weighted(*value, w[start + i].widen()),
                        }
                    }
                })?;
                Ok(moments)
            })
            .collect();
        let mut total = Moments::new();
        for part in &parts? {
            total.merge(part);
        }
        Ok(total)
    }

    fn blocks(&self) -> impl IndexedParallelIterator<Item = usize> {
        (0..self.prediction.len().div_ceil(BLOCK)).into_par_iter().map(|block| block * BLOCK)
    }

    fn rows(&self, gradient: bool, hessian: bool) -> Result<Results<E>> {
        let parts: Result<Vec<Results<E>>> = self
            .blocks()
            .map(|start| {
                let mut part = Results::default();
                self.block(start, gradient, hessian, |wide, count| {
                    let narrow = |from: &[f64]| from[..count].iter().map(|x| E::narrow(*x)).collect();
                    part.value = narrow(&wide.value);
                    part.gradient = if gradient { narrow(&wide.gradient) } else { Vec::new() };
                    part.hessian = if hessian { narrow(&wide.hessian) } else { Vec::new() };
                })?;
                Ok(part)
            })
            .collect();
        let mut all = Results::default();
        for part in parts? {
            all.value.extend(part.value);
            all.gradient.extend(part.gradient);
            all.hessian.extend(part.hessian);
        }
        Ok(all)
    }

    /// Checks and computes one block, then hands the wide results on.
    fn block(&self, start: usize, gradient: bool, hessian: bool, then: impl FnOnce(&Wide, usize)) -> Result<()> {
        let entry = self.loss.entry();
        if gradient && !self.loss.differentiable() {
            return Err(Error::new(ErrorKind::NotDifferentiable, entry.name, "gradient", "values only"));
        }
        let count = BLOCK.min(self.prediction.len() - start);
        let (mut z, mut y) = ([0.0; BLOCK], [0.0; BLOCK]);
        self.load("prediction", &entry.prediction, &self.prediction[start..start + count], start, &mut z)?;
        self.load("target", &entry.target, &self.target[start..start + count], start, &mut y)?;
        let mut wide = Wide { value: [0.0; BLOCK], gradient: [0.0; BLOCK], hessian: [0.0; BLOCK] };
        let outputs = Outputs {
            value: &mut wide.value[..count],
            gradient: gradient.then_some(&mut wide.gradient[..count]),
            hessian: hessian.then_some(&mut wide.hessian[..count]),
        };
        self.loss.block(self.level, E::PRECISION, &z[..count], &y[..count], outputs);
        for i in 0..count {
            if z[i].is_nan() || y[i].is_nan() {
                (wide.value[i], wide.gradient[i], wide.hessian[i]) = (f64::NAN, f64::NAN, f64::NAN);
            } else if wide.value[i].is_nan() {
                // Legal numbers whose limit does not exist, such as ∞ − ∞.
                let error = Error::new(ErrorKind::NonFinite, entry.name, "prediction", "a pair with a limit");
                let pair = format!("{} with target {}", self.prediction[start + i], self.target[start + i]);
                return Err(error.at(start + i).value(pair));
            }
        }
        then(&wide, count);
        Ok(())
    }

    fn load(&self, argument: &str, domain: &DataDomain, from: &[E], start: usize, to: &mut [f64]) -> Result<()> {
        for (i, (from, to)) in from.iter().zip(to.iter_mut()).enumerate() {
            *to = from.widen();
            let legal = domain.contains(*to) || (to.is_nan() && self.nan != NanPolicy::Error);
            if !legal {
                let kind = if to.is_nan() { ErrorKind::NonFinite } else { ErrorKind::Domain };
                let error = Error::new(kind, self.loss.entry().name, argument, domain.to_string());
                return Err(error.at(start + i).value(from));
            }
        }
        Ok(())
    }
}
