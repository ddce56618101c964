//! A loss of several inputs over a batch.

use super::deal::deal;
use super::divisor::Divisor;
use super::element::Element;
use super::evaluation::{NanPolicy, Reduction};
use super::matrix::{Matrix, room};
use crate::error::{Error, ErrorKind, Result};
use crate::number::Level;
use crate::stop::Stop;
use crate::sums::{ExactSum, Moments};
use crate::tuples::{TupleInput, TupleLoss};
use ndarray::ArrayView1;
use rayon::prelude::*;

/// Numbers of an input that are computed together, or one row.
const BLOCK: usize = 512;

/// Values of rows, and the gradients with respect to each input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TupleResults<E> {
    /// The value of each row.
    pub value: Vec<E>,
    /// With respect to each input, row by row, in the order of the loss's signature.
    pub gradients: Vec<Vec<E>>,
}

/// A loss of several inputs over a batch of rows: of numbers, or of vectors of one length.
///
/// Rows are independent, so results do not depend on the number of threads. An error names the flat index of the wrong
/// number.
///
/// ```
/// use discrepancy::{batch::TupleEvaluation, tuples::GaussianNll};
/// let loss = GaussianNll::default();
/// let (mean, variance, target) = ([1.0_f32, 0.0], [1.0, 0.25], [3.0, 0.5]);
/// let batch = TupleEvaluation::new(&loss, &[&mean, &variance], 1, Some(&target))?;
/// assert_eq!(batch.values()?, [2.0, -0.19314718]);
/// assert_eq!(batch.mean()? as f32, 0.9034264);
/// let results = batch.value_and_gradients()?;
/// assert_eq!(results.gradients, [[-2.0, -2.0], [-1.5, 0.0]]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TupleEvaluation<'a, E> {
    loss: &'a dyn TupleLoss,
    inputs: Vec<Matrix<'a, E>>,
    target: Option<ArrayView1<'a, E>>,
    weights: Option<ArrayView1<'a, E>>,
    nan: NanPolicy,
    level: Level,
}

/// A block's numbers and results before they are rounded.
#[derive(Default)]
struct Scratch {
    row: Vec<f64>,
    inputs: Vec<Vec<f64>>,
    target: Vec<f64>,
    value: Vec<f64>,
    gradients: Vec<Vec<f64>>,
}

/// A block of rows, and where its results go.
struct Task<'s, E> {
    first: usize,
    rows: usize,
    value: &'s mut [E],
    gradients: Vec<&'s mut [E]>,
}

impl<'a, E: Element> TupleEvaluation<'a, E> {
    /// The inputs in the order of the loss's signature, rows of so many numbers (1 where inputs are numbers), and a target
    /// for each row if the loss has targets.
    pub fn new(loss: &'a dyn TupleLoss, inputs: &[&'a [E]], dimension: usize, target: Option<&'a [E]>) -> Result<Self> {
        let name = loss.entry().name;
        let names = loss.signature().inputs.iter().map(|input| input.name).chain(std::iter::repeat("inputs"));
        let inputs = inputs.iter().zip(names).map(|(input, argument)| Matrix::new(name, argument, input, dimension));
        Self::of(loss, inputs.collect::<Result<Vec<_>>>()?, target.map(ArrayView1::from))
    }

    pub(super) fn of(
        loss: &'a dyn TupleLoss,
        inputs: Vec<Matrix<'a, E>>,
        target: Option<ArrayView1<'a, E>>,
    ) -> Result<Self> {
        let (name, signature) = (loss.entry().name, loss.signature());
        let shape = |argument: &str, allowed: String, found: String| {
            Err(Error::new(ErrorKind::Shape, name, argument, allowed).value(found))
        };
        if inputs.len() != signature.inputs.len() {
            let names: Vec<&str> = signature.inputs.iter().map(|input| input.name).collect();
            return shape("inputs", names.join(", "), inputs.len().to_string());
        }
        let (rows, width) = (inputs[0].rows(), inputs[0].width());
        if !signature.vectors && width != 1 {
            return shape(signature.inputs[0].name, "a number a row".to_owned(), width.to_string());
        }
        for (input, matrix) in signature.inputs.iter().zip(&inputs) {
            if (matrix.rows(), matrix.width()) != (rows, width) {
                let found = format!("{} rows of {}", matrix.rows(), matrix.width());
                return shape(input.name, format!("{rows} rows of {width}"), found);
            }
        }
        match (&signature.target, &target) {
            (None, Some(target)) => return shape("target", "no targets".to_owned(), target.len().to_string()),
            (Some(_), None) => return shape("target", format!("{rows} targets"), "none".to_owned()),
            (Some(_), Some(target)) if target.len() != rows => {
                return shape("target", format!("{rows} targets, one for each row"), target.len().to_string());
            }
            _ => {}
        }
        Ok(TupleEvaluation { loss, inputs, target, weights: None, nan: NanPolicy::Error, level: Level::best() })
    }

    /// With a non-negative, finite weight for each row. They weigh sums and means, not the rows' own values.
    pub fn weights(self, weights: &'a [E]) -> Result<Self> {
        self.weights_view(weights.into())
    }

    pub(super) fn weights_view(mut self, weights: ArrayView1<'a, E>) -> Result<Self> {
        let name = self.loss.entry().name;
        self.same_length("weights", weights.len(), self.rows())?;
        if let Some(index) = weights.iter().position(|w| !(w.widen() >= 0.0 && w.widen().is_finite())) {
            let error = Error::new(ErrorKind::Domain, name, "weights", "finite numbers, not negative");
            return Err(error.at(index).value(weights[index]));
        }
        self.weights = Some(weights);
        Ok(self)
    }

    /// With this policy for rows that have a NaN among their inputs or as their target.
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
        let mut value = self.buffer(self.rows())?;
        self.values_into(&mut value)?;
        Ok(value)
    }

    /// The value of each row, into a slice of as many. After an error its content is unspecified.
    pub fn values_into(&self, value: &mut [E]) -> Result<()> {
        self.run(value, &mut [], None).map(|_| ())
    }

    /// Value of each row, and the gradients with respect to each input.
    pub fn value_and_gradients(&self) -> Result<TupleResults<E>> {
        let mut value = self.buffer(self.rows())?;
        let mut gradients = self.gradient_buffers()?;
        let mut slots: Vec<&mut [E]> = gradients.iter_mut().map(Vec::as_mut_slice).collect();
        self.value_and_gradients_into(&mut value, &mut slots)?;
        Ok(TupleResults { value, gradients })
    }

    /// The same into slices: a value for each row, and gradients as long as their inputs. After an error their content is
    /// unspecified.
    pub fn value_and_gradients_into(&self, value: &mut [E], gradients: &mut [&mut [E]]) -> Result<()> {
        self.check_gradients(gradients)?;
        self.run(value, gradients, None).map(|_| ())
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
        reduction.of(self.loss.entry().name, &self.moments()?)
    }

    /// The exact sums of the values, to be merged with others. Values are summed before they are rounded to the storage
    /// type.
    pub fn moments(&self) -> Result<Moments> {
        self.run(&mut [], &mut [], Some(Divisor::ONE))
    }

    /// The reduced value, and its gradients with respect to each input, into slices as long as these: a training step's
    /// whole need in one call.
    ///
    /// ```
    /// use discrepancy::batch::{Reduction, TupleEvaluation};
    /// let loss = discrepancy::tuples::MarginRanking::new(0.5)?;
    /// let (first, second, target) = ([1.0, 2.0], [0.75, 0.0], [1.0, 1.0]);
    /// let batch = TupleEvaluation::new(&loss, &[&first, &second], 1, Some(&target))?;
    /// let (mut by_first, mut by_second) = ([0.0; 2], [0.0; 2]);
    /// let mean = batch.reduce_and_gradients_into(Reduction::Mean, &mut [&mut by_first, &mut by_second])?;
    /// assert_eq!((mean, by_first, by_second), (0.125, [-0.5, 0.0], [0.5, 0.0]));
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn reduce_and_gradients_into(&self, reduction: Reduction, gradients: &mut [&mut [E]]) -> Result<f64> {
        let divisor = self.divisor(reduction)?;
        reduction.of(self.loss.entry().name, &self.part_and_gradients_into(divisor, gradients)?)
    }

    /// What the gradients of a reduction of this batch are divided by: Σ w for the mean, n for the mean by count. Where that
    /// is 0, it is an error.
    pub fn divisor(&self, reduction: Reduction) -> Result<Divisor> {
        let name = self.loss.entry().name;
        if self.nan == NanPolicy::Omit {
            let allowed = "a policy that leaves the number of rows as it is";
            return Err(Error::new(ErrorKind::Unsupported, name, "nan", allowed).value("omit"));
        }
        match (reduction, self.weights) {
            (Reduction::Sum, _) => Ok(Divisor::ONE),
            (Reduction::Mean, Some(weights)) => {
                let mut sum = ExactSum::new();
                weights.iter().for_each(|weight| sum.add(weight.widen()));
                Divisor::of_sum(name, &sum)
            }
            _ => Divisor::of_count(name, self.rows()),
        }
    }

    /// The exact sums of the values, and `w g / divisor` for each number: for a batch that is a part of a larger one, whose
    /// [`divisor`](Self::divisor) is given. Merged, the parts give the same bits as the whole.
    pub fn part_and_gradients_into(&self, divisor: impl Into<Divisor>, gradients: &mut [&mut [E]]) -> Result<Moments> {
        self.check_gradients(gradients)?;
        self.run(&mut [], gradients, Some(divisor.into()))
    }

    fn check_gradients(&self, gradients: &[&mut [E]]) -> Result<()> {
        self.same_length("gradients", gradients.len(), self.inputs.len())?;
        gradients.iter().try_for_each(|gradient| self.same_length("gradients", gradient.len(), self.numbers()))
    }

    fn rows(&self) -> usize {
        self.inputs[0].rows()
    }
    /// How many numbers an input has.
    fn numbers(&self) -> usize {
        self.rows() * self.inputs[0].width()
    }

    /// Values where they are wanted, gradients if there are slices for them; sums, and gradients weighted and over the
    /// divisor, if there is a divisor.
    fn run(&self, value: &mut [E], gradients: &mut [&mut [E]], divisor: Option<Divisor>) -> Result<Moments> {
        let (rows, width) = (self.rows(), self.inputs[0].width());
        if divisor.is_none() {
            self.same_length("value", value.len(), rows)?;
        }
        let size = (BLOCK / width).max(1);
        let mut tasks = Vec::with_capacity(rows.div_ceil(size));
        let mut value_chunks = value.chunks_mut(size);
        let mut gradient_chunks: Vec<_> = gradients.iter_mut().map(|g| g.chunks_mut(size * width)).collect();
        for first in (0..rows).step_by(size) {
            tasks.push(Task {
                first,
                rows: size.min(rows - first),
                value: value_chunks.next().unwrap_or_default(),
                gradients: gradient_chunks.iter_mut().map(|chunks| chunks.next().unwrap_or_default()).collect(),
            });
        }
        let stop = Stop::current();
        let one = |scratch: &mut Scratch, task: Task<'_, E>| {
            stop.iter().for_each(Stop::look);
            self.block(task, divisor, scratch)
        };
        let parts = deal(self.numbers() * self.inputs.len(), tasks.into_par_iter(), one)?;
        Ok(parts.iter().fold(Moments::new(), |mut total, part| {
            total.merge(part);
            total
        }))
    }

    /// One block: computed, rounded, summed.
    fn block(&self, task: Task<'_, E>, divisor: Option<Divisor>, scratch: &mut Scratch) -> Result<Moments> {
        let Task { first, rows, value, gradients } = task;
        let wanted = !gradients.is_empty();
        self.load(first, rows, scratch);
        self.compute(first, rows, wanted, scratch)?;
        value.iter_mut().zip(&scratch.value).for_each(|(to, from)| *to = E::narrow(*from));
        let width = self.inputs[0].width();
        for (to, from) in gradients.into_iter().zip(&scratch.gradients) {
            match (divisor, self.weights) {
                (None, _) => to.iter_mut().zip(from).for_each(|(to, from)| *to = E::narrow(*from)),
                (Some(divisor), None) => {
                    to.iter_mut().zip(from).for_each(|(to, from)| *to = E::narrow(divisor.share(*from, 1.0)));
                }
                (Some(divisor), Some(weights)) => {
                    for (k, (to, from)) in to.iter_mut().zip(from).enumerate() {
                        *to = E::narrow(divisor.share(*from, weights[first + k / width].widen()));
                    }
                }
            }
        }
        let mut moments = Moments::new();
        if divisor.is_none() {
            return Ok(moments);
        }
        let omitted = self.nan == NanPolicy::Omit && scratch.value.iter().any(|x| x.is_nan());
        match self.weights {
            None if !omitted && wanted => moments.push_slice_first(&scratch.value),
            None if !omitted => moments.push_slice(&scratch.value),
            weights => {
                for (k, x) in scratch.value.iter().enumerate().filter(|(_, x)| !(omitted && x.is_nan())) {
                    match weights {
                        None => moments.push(*x),
                        Some(weights) => moments.push_weighted(*x, weights[first + k].widen()),
                    }
                }
            }
        }
        Ok(moments)
    }

    /// The numbers of a block, one row after the other.
    fn load(&self, first: usize, rows: usize, scratch: &mut Scratch) {
        let Scratch { row, inputs, target, .. } = scratch;
        inputs.resize_with(self.inputs.len(), Vec::new);
        for (matrix, to) in self.inputs.iter().zip(inputs) {
            to.clear();
            if let Some(all) = matrix.as_slice() {
                let width = matrix.width();
                to.extend(all[first * width..][..rows * width].iter().map(|x| x.widen()));
                continue;
            }
            for i in first..first + rows {
                matrix.widen(i, row);
                to.extend_from_slice(row);
            }
        }
        target.clear();
        if let Some(all) = self.target {
            target.extend((first..first + rows).map(|i| all[i].widen()));
        }
    }

    /// Values and gradients of a block; where NaN is not an error, of the rows that have none, one by one.
    fn compute(&self, first: usize, rows: usize, wanted: bool, scratch: &mut Scratch) -> Result<()> {
        let width = self.inputs[0].width();
        let Scratch { inputs, target, value, gradients, .. } = scratch;
        value.resize(rows, 0.0);
        gradients.resize_with(self.inputs.len(), Vec::new);
        let any_nan = |numbers: &[f64]| numbers.iter().any(|x| x.is_nan());
        if self.nan == NanPolicy::Error || !inputs.iter().any(|input| any_nan(input)) && !any_nan(target) {
            let slices: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
            let input = self.input(&slices, target);
            let found = self.loss.evaluate(input, value, wanted.then_some(gradients.as_mut_slice()));
            return found.map_err(|error| self.place(error, first));
        }
        gradients.iter_mut().for_each(|gradient| gradient.resize(rows * width, 0.0));
        let mut own = vec![Vec::new(); inputs.len()];
        for (k, value) in value.iter_mut().enumerate() {
            let at = k * width..(k + 1) * width;
            let slices: Vec<&[f64]> = inputs.iter().map(|input| &input[at.clone()]).collect();
            let target = if target.is_empty() { &[][..] } else { &target[k..=k] };
            if slices.iter().any(|row| any_nan(row)) || any_nan(target) {
                *value = f64::NAN;
                gradients.iter_mut().for_each(|gradient| gradient[at.clone()].fill(f64::NAN));
                continue;
            }
            let input = self.input(&slices, target);
            self.loss
                .evaluate(input, std::slice::from_mut(value), wanted.then_some(own.as_mut_slice()))
                .map_err(|error| self.place(error, first + k))?;
            for (to, from) in gradients.iter_mut().zip(&own).filter(|_| wanted) {
                to[at.clone()].copy_from_slice(from);
            }
        }
        Ok(())
    }

    fn input<'s>(&self, inputs: &'s [&'s [f64]], target: &'s [f64]) -> TupleInput<'s> {
        TupleInput {
            inputs,
            dimension: self.inputs[0].width(),
            target: self.target.map(|_| target),
            epsilon: E::EPSILON,
            level: self.level,
        }
    }

    /// The same error, of a block that begins at this row.
    fn place(&self, error: Error, first: usize) -> Error {
        let Some(index) = error.index() else { return error };
        let width = if error.argument() == "target" { 1 } else { self.inputs[0].width() };
        error.at(first * width + index)
    }

    fn same_length(&self, argument: &str, found: usize, wanted: usize) -> Result<()> {
        crate::distances::pair::length(self.loss.entry().name, argument, found, wanted)
    }

    fn gradient_buffers(&self) -> Result<Vec<Vec<E>>> {
        self.inputs.iter().map(|_| self.buffer(self.numbers())).collect()
    }

    fn buffer(&self, count: usize) -> Result<Vec<E>> {
        let mut out = room(self.loss.entry().name, Some(count))?;
        out.resize(count, E::default());
        Ok(out)
    }
}
