//! A loss over a batch: what a caller sees of it.

use super::divisor::Divisor;
use super::element::Element;
use super::pass::{self, Buffers, Columns, Pass, Scale, Sums};
use crate::error::{Error, ErrorKind, Result};
use crate::losses::PointwiseLoss;
use crate::number::Level;
use crate::sums::Moments;

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
/// Results go to new vectors, or with `…_into` to the caller's slices, which a training loop uses again and again. If a
/// call fails, what these hold is unspecified.
#[derive(Debug)]
pub struct Evaluation<'a, E> {
    pass: Pass<'a>,
    columns: Columns<'a, E>,
}

impl<'a, E: Element> Evaluation<'a, E> {
    /// Prediction first, then target; lengths must be equal.
    pub fn new(loss: &'a dyn PointwiseLoss, prediction: &'a [E], target: &'a [E]) -> Result<Self> {
        let pass = Pass { loss, nan: NanPolicy::Error, level: Level::best(), scale: None };
        pass.same_length("target", target.len(), prediction.len())?;
        Ok(Evaluation { pass, columns: Columns { prediction: Some(prediction), target, weights: None } })
    }

    /// With a non-negative, finite weight for each row. They weigh sums and means, not the rows' own values.
    pub fn weights(mut self, weights: &'a [E]) -> Result<Self> {
        self.pass.same_length("weights", weights.len(), self.columns.target.len())?;
        if let Some(index) = weights.iter().position(|w| !(w.widen() >= 0.0 && w.widen().is_finite())) {
            let name = self.pass.loss.entry().name;
            let error = Error::new(ErrorKind::Domain, name, "weights", "finite numbers, not negative");
            return Err(error.at(index).value(weights[index]));
        }
        self.columns.weights = Some(weights);
        Ok(self)
    }

    /// With this policy for NaN.
    #[must_use]
    pub fn nan(mut self, policy: NanPolicy) -> Self {
        self.pass.nan = policy;
        self
    }

    /// At this vector level instead of the best; the bits are the same.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.pass.level = level;
        self
    }

    /// The value of each row.
    pub fn values(&self) -> Result<Vec<E>> {
        let mut value = self.buffer();
        self.values_into(&mut value)?;
        Ok(value)
    }
    /// Value and gradient of each row.
    pub fn value_and_gradient(&self) -> Result<Results<E>> {
        let mut all = Results { value: self.buffer(), gradient: self.buffer(), hessian: Vec::new() };
        self.value_and_gradient_into(&mut all.value, &mut all.gradient)?;
        Ok(all)
    }
    /// Value, gradient and Hessian of each row.
    pub fn value_gradient_hessian(&self) -> Result<Results<E>> {
        let mut all = Results { value: self.buffer(), gradient: self.buffer(), hessian: self.buffer() };
        self.value_gradient_hessian_into(&mut all.value, &mut all.gradient, &mut all.hessian)?;
        Ok(all)
    }

    /// The value of each row, into a slice of the batch's length.
    pub fn values_into(&self, value: &mut [E]) -> Result<()> {
        self.run(Buffers { value: Some(value), ..Buffers::default() })
    }
    /// The value of each row before it is rounded to the storage type, into a slice of the batch's length: what sums are made of.
    pub fn wide_values_into(&self, value: &mut [f64]) -> Result<()> {
        self.run(Buffers { wide: Some(value), ..Buffers::default() })
    }
    /// Value and gradient of each row, into slices of the batch's length.
    pub fn value_and_gradient_into(&self, value: &mut [E], gradient: &mut [E]) -> Result<()> {
        self.run(Buffers { value: Some(value), gradient: Some(gradient), ..Buffers::default() })
    }
    /// The gradient of each row alone, into a slice of the batch's length.
    pub fn gradient_into(&self, gradient: &mut [E]) -> Result<()> {
        self.run(Buffers { gradient: Some(gradient), ..Buffers::default() })
    }
    /// Value, gradient and Hessian of each row, into slices of the batch's length.
    pub fn value_gradient_hessian_into(&self, value: &mut [E], gradient: &mut [E], hessian: &mut [E]) -> Result<()> {
        self.run(Buffers { value: Some(value), gradient: Some(gradient), hessian: Some(hessian), wide: None })
    }

    fn buffer(&self) -> Vec<E> {
        vec![E::default(); self.columns.target.len()]
    }
    fn run(&self, buffers: Buffers<'_, E>) -> Result<()> {
        pass::run(&self.pass, self.columns, buffers, Sums::None).map(|_| ())
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
        reduction.of(self.pass.loss.entry().name, &self.first_moments()?)
    }

    /// The exact sums of the values, to be merged with others: sums, means and standard errors come from it.
    /// Values are summed before they are rounded to the storage type.
    pub fn moments(&self) -> Result<Moments> {
        pass::run(&self.pass, self.columns, Buffers::default(), Sums::All)
    }

    /// The same without what only standard errors need: enough for [`Moments::sum`] and [`Moments::mean`], and quicker.
    pub fn first_moments(&self) -> Result<Moments> {
        pass::run(&self.pass, self.columns, Buffers::default(), Sums::First)
    }

    /// The reduced value, and its gradient with respect to each prediction: `w g / Σ w` for the mean.
    ///
    /// This is a training step's whole need in one pass over memory.
    ///
    /// ```
    /// use discrepancy::{batch::{Evaluation, Reduction}, losses::Squared};
    /// let mut gradient = [0.0_f32; 2];
    /// let squared = Squared::default();
    /// let value = Evaluation::new(&squared, &[1.0, 3.0], &[0.0, 1.0])?.reduce_and_gradient_into(Reduction::Mean, &mut gradient)?;
    /// assert_eq!((value, gradient), (2.5, [1.0, 2.0]));
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn reduce_and_gradient_into(&self, reduction: Reduction, gradient: &mut [E]) -> Result<f64> {
        let moments = self.part_and_gradient_into(self.divisor(reduction)?, gradient)?;
        reduction.of(self.pass.loss.entry().name, &moments)
    }

    /// What the gradients of a reduction of this batch are divided by: Σ w for the mean, n for the mean by count. Where that
    /// is 0, it is an error.
    pub fn divisor(&self, reduction: Reduction) -> Result<Divisor> {
        Scale::new(reduction, &self.pass, self.columns).map(Scale::divisor)
    }

    /// The exact sums of the values, and `w g / divisor` for each prediction: for a batch that is a part of a larger
    /// one, whose [`divisor`](Self::divisor) is given. Merged, the parts give the same bits as the whole.
    ///
    /// ```
    /// use discrepancy::{batch::{Evaluation, Reduction}, losses::Squared};
    /// let squared = Squared::default();
    /// let (prediction, target, mut gradient) = ([1.0, 3.0], [0.0, 1.0], [0.0; 2]);
    /// let divisor = Evaluation::new(&squared, &prediction, &target)?.divisor(Reduction::Mean)?;
    /// let mut moments = discrepancy::sums::Moments::new();
    /// for i in 0..2 {
    ///     let part = Evaluation::new(&squared, &prediction[i..=i], &target[i..=i])?;
    ///     moments.merge(&part.part_and_gradient_into(divisor, &mut gradient[i..=i])?);
    /// }
    /// assert_eq!((moments.mean()?, gradient), (2.5, [1.0, 2.0]));
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn part_and_gradient_into(&self, divisor: impl Into<Divisor>, gradient: &mut [E]) -> Result<Moments> {
        let pass = Pass { scale: Some(Scale::of(divisor.into())), ..self.pass };
        let buffers = Buffers { gradient: Some(gradient), ..Buffers::default() };
        pass::run(&pass, self.columns, buffers, Sums::First)
    }

    /// The same with the gradient in place of the predictions: no memory beside them is used.
    ///
    /// ```
    /// use discrepancy::{batch::{Evaluation, Reduction}, losses::Absolute};
    /// let mut prediction = [1.0, 3.0, 5.0];
    /// let mean = Evaluation::gradient_in_place(&Absolute::default(), Reduction::Sum, &mut prediction, &[2.0, 3.0, 1.0])?;
    /// assert_eq!((mean, prediction), (5.0, [-1.0, 0.0, 1.0]));
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn gradient_in_place(
        loss: &dyn PointwiseLoss,
        reduction: Reduction,
        prediction: &mut [E],
        target: &[E],
    ) -> Result<f64> {
        let pass = Pass { loss, nan: NanPolicy::Error, level: Level::best(), scale: None };
        pass.same_length("target", target.len(), prediction.len())?;
        let columns = Columns { prediction: None, target, weights: None };
        let pass = Pass { scale: Some(Scale::new(reduction, &pass, columns)?), ..pass };
        let buffers = Buffers { gradient: Some(prediction), ..Buffers::default() };
        reduction.of(loss.entry().name, &pass::run(&pass, columns, buffers, Sums::First)?)
    }
}

impl Reduction {
    /// The reduction of exact sums, rounded once; the function is named where nothing is there to be averaged.
    ///
    /// ```
    /// use discrepancy::{batch::Reduction, sums::Moments};
    /// let mut moments = Moments::new();
    /// moments.push_weighted_slice(&[1.0, 5.0], &[3.0, 1.0]);
    /// assert_eq!(Reduction::Mean.of("squared", &moments)?, 2.0);
    /// assert_eq!(Reduction::MeanByCount.of("squared", &moments)?, 4.0);
    /// assert_eq!(Reduction::Sum.of("squared", &moments)?, 8.0);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn of(self, function: &str, moments: &Moments) -> Result<f64> {
        match self {
            Reduction::Mean => moments.mean(),
            Reduction::MeanByCount => moments.mean_by_count(),
            Reduction::Sum => moments.limit().map(|()| moments.sum()),
        }
        .map_err(|error| error.within(function))
    }
}
