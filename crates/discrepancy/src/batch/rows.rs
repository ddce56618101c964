//! A row loss over a batch of rows.

use super::deal::deal;
use super::divisor::Divisor;
use super::element::Element;
use super::evaluation::{NanPolicy, Reduction};
use super::labelled::{Room, rows_of_block};
use super::matrix::{Matrix, in_order, narrow, room};
use super::pass::STREAM;
use super::spread::SpreadRoom;
use crate::error::{Error, ErrorKind, Result};
use crate::number::Level;
use crate::number::stored::Stored;
use crate::rows::shares::far_power;
use crate::rows::{HessianKind, LabelledLoss, RowLoss, RowTargets, SpreadLoss, Target};
use crate::sums::{ExactSum, Moments};
use discrepancy_stream::Stores;
use ndarray::{ArrayView1, Axis, Slice};
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
/// assert_eq!(batch.mean()? as f32, 1.126928);
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
    level: Level,
}

/// Room for one row of each kind.
#[derive(Default)]
struct Scratch {
    row: Vec<f64>,
    target: Vec<f64>,
    gradient: Vec<f64>,
}

/// Room for a block of rows.
struct BlockScratch<E: Element> {
    one: Scratch,
    labels: Vec<usize>,
    /// Scores that do not lie in memory as the kernels take them.
    lanes: Vec<E::Lanes>,
    targets: Vec<E::Lanes>,
    room: Room<E::Lanes>,
    spread: SpreadRoom,
    /// What the gradients of each row are multiplied by.
    factors: Vec<[f64; 2]>,
    heads: Vec<f64>,
    gradients: Vec<f32>,
    /// Values that are summed together.
    values: Vec<f64>,
    narrow: Vec<E>,
}

impl<E: Element> Default for BlockScratch<E> {
    fn default() -> Self {
        BlockScratch {
            one: Scratch::default(),
            labels: Vec::new(),
            lanes: Vec::new(),
            targets: Vec::new(),
            room: Room::default(),
            spread: SpreadRoom::default(),
            factors: Vec::new(),
            heads: Vec::new(),
            gradients: Vec::new(),
            values: Vec::new(),
            narrow: Vec::new(),
        }
    }
}

/// Rows as the kernels take them.
#[derive(Clone, Copy)]
struct Kernel<'a> {
    loss: Kind<'a>,
    /// Rows of a block.
    block: usize,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    /// Rows with labels.
    Labelled(&'a dyn LabelledLoss),
    /// Rows with probabilities, or with labels that are spread.
    Spread(&'a dyn SpreadLoss),
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
        // Words are made only where they are needed: a small batch takes no longer than they would.
        let wrong = |found: String, allowed: String| {
            Err(Error::new(ErrorKind::Shape, loss.entry().name, "target", allowed).value(found))
        };
        match &targets {
            Targets::Labels { labels, .. } if labels.len() != n => {
                return wrong(format!("{} labels", labels.len()), format!("{n} labels, one for each row"));
            }
            Targets::Probabilities(y) if (y.rows(), y.width()) != (n, classes) => {
                let allowed = format!("{n} rows of {classes}, the shape of the predictions");
                return wrong(format!("{} rows of {}", y.rows(), y.width()), allowed);
            }
            _ => {}
        }
        Ok(RowEvaluation { loss, rows, targets, weights: None, nan: NanPolicy::Error, level: Level::best() })
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

    /// At this vector level instead of the best; the bits are the same.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
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
        if let Some(kernel) = self.kernel() {
            let one = |scratch: &mut BlockScratch<E>, (block, value): (usize, &mut [E])| {
                self.block(kernel, block, value, None, scratch)
            };
            let blocks = value.par_chunks_mut(kernel.block).enumerate();
            return deal(self.numbers(), blocks, one).map(|_| ());
        }
        let one = |scratch: &mut Scratch, (i, out): (usize, &mut E)| {
            *out = E::narrow(self.one(i, false, scratch).map_err(|error| self.place(error, i))?.0);
            Ok(())
        };
        deal(self.numbers(), value.par_iter_mut().enumerate(), one).map(|_| ())
    }

    /// Value and gradient of each row, into slices of N and N×C. After an error their content is unspecified.
    pub fn value_and_gradient_into(&self, value: &mut [E], gradient: &mut [E]) -> Result<()> {
        let (rows, width) = (self.rows.rows(), self.rows.width());
        self.same_length("value", value.len(), rows)?;
        self.same_length("gradient", gradient.len(), rows * width)?;
        if let Some(kernel) = self.kernel() {
            let one = |scratch: &mut BlockScratch<E>, ((block, value), gradient): ((usize, &mut [E]), &mut [E])| {
                self.block(kernel, block, value, Some(gradient), scratch)
            };
            let blocks =
                value.par_chunks_mut(kernel.block).enumerate().zip(gradient.par_chunks_mut(kernel.block * width));
            return deal(self.numbers(), blocks, one).map(|_| ());
        }
        let one = |scratch: &mut Scratch, ((i, value), out): ((usize, &mut E), &mut [E])| {
            let (wide, own) = self.one(i, true, scratch).map_err(|error| self.place(error, i))?;
            out.iter_mut().zip(own).for_each(|(out, g)| *out = E::narrow(*g));
            *value = E::narrow(wide);
            Ok(())
        };
        let rows = value.par_iter_mut().enumerate().zip(gradient.par_chunks_mut(width));
        deal(self.numbers(), rows, one).map(|_| ())
    }

    /// How many scores there are in all.
    fn numbers(&self) -> usize {
        self.rows.rows() * self.rows.width()
    }

    /// What the kernels of rows need; `None` where the rows go one by one.
    fn kernel(&self) -> Option<Kernel<'a>> {
        let width = self.rows.width();
        let labelled = match self.targets {
            Targets::Labels { .. } => self.loss.labelled().filter(|loss| loss.fits(width)).map(Kind::Labelled),
            Targets::Probabilities(_) => None,
        };
        let spread = || self.loss.spread().filter(|loss| loss.takes_classes(width)).map(Kind::Spread);
        Some(Kernel { loss: labelled.or_else(spread)?, block: rows_of_block(width) })
    }

    /// The answers to a block of rows. Labels that are none stand for the first class.
    fn answer(&self, kernel: Kernel<'_>, first: usize, count: usize, scratch: &mut BlockScratch<E>) {
        let width = self.rows.width();
        let BlockScratch { labels, room, lanes, spread, targets, .. } = scratch;
        labels.clear();
        if let Targets::Labels { labels: all, .. } = self.targets {
            let label = |i: usize| usize::try_from(all[i]).ok().filter(|label| *label < width).unwrap_or(0);
            labels.extend((first..first + count).map(label));
        }
        let block = self.rows.lanes(first, count, lanes);
        match kernel.loss {
            Kind::Labelled(loss) => {
                room.answer(loss, self.level, block, self.rows.lanes_ahead(first + count, count), labels);
            }
            Kind::Spread(loss) => {
                let targets = self.probabilities(first, count, labels, targets);
                if let (Some(block), Some(targets)) = (Stored::singles(block), Stored::singles(targets)) {
                    loss.spread(self.level, block, targets, width, E::EPSILON, spread);
                } else if let (Some(block), Some(targets)) = (Stored::doubles(block), Stored::doubles(targets)) {
                    loss.spread_doubles(self.level, (block, targets), width, E::EPSILON, spread);
                }
            }
        }
    }

    /// The targets of some rows, each as a row of probabilities.
    fn probabilities<'s>(
        &self,
        first: usize,
        count: usize,
        labels: &[usize],
        scratch: &'s mut Vec<E::Lanes>,
    ) -> &'s [E::Lanes]
    where
        'a: 's,
    {
        let width = self.rows.width();
        match self.targets {
            Targets::Probabilities(y) => y.lanes(first, count, scratch),
            Targets::Labels { .. } => {
                scratch.clear();
                scratch.resize(count * width, E::Lanes::default());
                for (i, label) in labels.iter().enumerate() {
                    scratch[i * width + label] = Stored::of(1.0);
                }
                scratch
            }
        }
    }

    /// The gradients of the block that was answered, each row's times its factor.
    fn gradients(&self, kernel: Kernel<'_>, first: usize, scratch: &mut BlockScratch<E>, out: &mut [E]) {
        let width = self.rows.width();
        let BlockScratch { labels, room, lanes, spread, targets, factors, heads, gradients, .. } = scratch;
        match kernel.loss {
            Kind::Labelled(_) => {
                room.scale(factors);
                room.gradients(self.level, labels, out);
            }
            Kind::Spread(loss) => {
                let count = out.len() / width;
                let block = (self.rows.lanes(first, count, lanes), self.probabilities(first, count, labels, targets));
                if let (Some(x), Some(y), Some(out)) =
                    (Stored::doubles(block.0), Stored::doubles(block.1), E::as_doubles_mut(out))
                {
                    return loss.gradients_of_doubles(self.level, (x, y), factors, spread, out);
                }
                let (Some(x), Some(y)) = (Stored::singles(block.0), Stored::singles(block.1)) else { return };
                heads.clear();
                heads.extend(factors.iter().map(|[head, _]| head));
                let (block, factors) = ((x, y), &heads[..]);
                if let Some(out) = E::as_singles_mut(out) {
                    loss.spread_gradients(self.level, block, factors, spread, out);
                } else {
                    // Narrower types are rounded a second time, some 2^-13 of their last place.
                    gradients.resize(out.len(), 0.0);
                    loss.spread_gradients(self.level, block, factors, spread, gradients);
                    out.iter_mut().zip(gradients).for_each(|(out, g)| *out = E::narrow(f64::from(*g)));
                }
            }
        }
    }

    /// Whether the kernel's answer to row i, the k-th of its block, is what is wanted.
    fn settled(&self, kernel: Kernel<'_>, i: usize, k: usize, gradient: bool, scratch: &BlockScratch<E>) -> bool {
        let regular = match self.targets {
            Targets::Labels { labels, ignore_index } => {
                usize::try_from(labels[i]) == Ok(scratch.labels[k]) && ignore_index != Some(labels[i])
            }
            Targets::Probabilities(_) => true,
        };
        let sure = match kernel.loss {
            Kind::Labelled(_) => &scratch.room.rows.sure,
            Kind::Spread(_) if gradient => &scratch.spread.sure_gradient,
            Kind::Spread(_) => &scratch.spread.rows.sure,
        };
        regular && sure[k] == 1.0
    }

    /// Whether all rows of the block are settled and count alike: the usual block, which needs no look at each row.
    fn plain(&self, kernel: Kernel<'_>, first: usize, rows: usize, gradient: bool, scratch: &BlockScratch<E>) -> bool {
        let (spread, weighs) = match kernel.loss {
            Kind::Labelled(loss) => (None, loss.weighs()),
            Kind::Spread(loss) => (Some(&scratch.spread), loss.weighs_classes()),
        };
        if weighs || self.weights.is_some() {
            return false;
        }
        let mut plain = true;
        if let Targets::Labels { labels, ignore_index } = self.targets {
            let part = Slice::from(first..first + rows);
            for (label, known) in labels.slice_axis(Axis(0), part).iter().zip(&scratch.labels) {
                plain &= (*label == *known as i64) & (ignore_index != Some(*label));
            }
        }
        for sure in &spread.map_or(&scratch.room.rows.sure, |spread| &spread.rows.sure)[..rows] {
            plain &= *sure == 1.0;
        }
        if let (Some(spread), true) = (spread, gradient) {
            plain &= spread.sure_gradient[..rows].iter().all(|sure| *sure == 1.0);
        }
        plain
    }

    /// Notes the values of a whole block that was answered.
    fn all_values(kernel: Kernel<'_>, rows: usize, scratch: &mut BlockScratch<E>) {
        let BlockScratch { values, room, spread, .. } = scratch;
        let all = match kernel.loss {
            Kind::Labelled(_) => &room.rows.value,
            Kind::Spread(_) => &spread.rows.value,
        };
        values.extend_from_slice(&all[..rows]);
    }

    /// The value of a row that is settled, and what it counts.
    fn known(&self, kernel: Kernel<'_>, i: usize, k: usize, scratch: &mut BlockScratch<E>) -> (f64, f64) {
        match kernel.loss {
            Kind::Labelled(_) => (scratch.room.rows.value[k], scratch.room.rows.class_weight[k]),
            Kind::Spread(loss) => {
                let value = scratch.spread.rows.value[k];
                let carried = match self.targets {
                    _ if !loss.weighs_classes() => 1.0,
                    Targets::Labels { .. } => self.loss.weight(Target::Label(scratch.labels[k])),
                    Targets::Probabilities(y) => {
                        y.widen(i, &mut scratch.one.target);
                        self.loss.weight(Target::Probabilities(&scratch.one.target))
                    }
                };
                (value, carried)
            }
        }
    }

    /// Values and gradients of a block of rows; what the kernel is not sure of is computed one by one.
    fn block(
        &self,
        kernel: Kernel<'_>,
        block: usize,
        value: &mut [E],
        gradient: Option<&mut [E]>,
        scratch: &mut BlockScratch<E>,
    ) -> Result<()> {
        let (first, width) = (block * kernel.block, self.rows.width());
        self.answer(kernel, first, value.len(), scratch);
        let stream = self.rows.rows() * width * size_of::<E>() > STREAM;
        let mut narrow = std::mem::take(&mut scratch.narrow);
        let mut out = gradient;
        if let Some(gradient) = &mut out {
            if stream {
                narrow.resize(gradient.len(), E::default());
            }
            let target = if stream { &mut narrow[..gradient.len()] } else { &mut **gradient };
            scratch.factors.clear();
            scratch.factors.resize(value.len(), [1.0, 0.0]);
            self.gradients(kernel, first, scratch, target);
        }
        let mut done = Ok(());
        for (k, value) in value.iter_mut().enumerate() {
            let i = first + k;
            // Where only the gradient is not sure, the value stays what it is without one.
            let known = self.settled(kernel, i, k, false, scratch).then(|| match kernel.loss {
                Kind::Labelled(_) => scratch.room.rows.value[k],
                Kind::Spread(_) => scratch.spread.rows.value[k],
            });
            if let Some(known) = known
                && (out.is_none() || self.settled(kernel, i, k, true, scratch))
            {
                *value = E::narrow(known);
                continue;
            }
            match self.one(i, out.is_some(), &mut scratch.one) {
                Ok((wide, own)) => {
                    *value = E::narrow(known.unwrap_or(wide));
                    if let Some(gradient) = &mut out {
                        let target = if stream { &mut narrow[..] } else { &mut **gradient };
                        target[k * width..].iter_mut().zip(own).for_each(|(out, g)| *out = E::narrow(*g));
                    }
                }
                Err(error) => {
                    done = Err(self.place(error, i));
                    break;
                }
            }
        }
        if let (Some(gradient), true) = (&mut out, stream) {
            let narrow = &narrow[..gradient.len()];
            discrepancy_stream::scope(|stores| E::stream(stores, gradient, narrow));
        }
        scratch.narrow = narrow;
        done
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
        reduction.of(self.loss.entry().name, &self.first_moments()?)
    }

    /// The reduced value, and its gradient with respect to each score, N×C: a training step's whole need in one call.
    ///
    /// ```
    /// use discrepancy::batch::{Reduction, RowEvaluation};
    /// use discrepancy::rows::{RowTargets, SoftmaxCrossEntropy};
    /// let loss = SoftmaxCrossEntropy::default();
    /// let mut gradient = [0.0_f32; 4];
    /// let batch = RowEvaluation::new(&loss, &[0.0, 0.0, 17.0, 0.0], 2, RowTargets::labels(&[0, 0]))?;
    /// let mean = batch.reduce_and_gradient_into(Reduction::Mean, &mut gradient)?;
    /// assert_eq!(mean as f32, 0.346_573_62);
    /// assert_eq!(gradient, [-0.25, 0.25, -2.0699688e-8, 2.0699688e-8]);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn reduce_and_gradient_into(&self, reduction: Reduction, gradient: &mut [E]) -> Result<f64> {
        let moments = self.part_and_gradient_into(self.divisor(reduction)?, gradient)?;
        reduction.of(self.loss.entry().name, &moments)
    }

    /// The exact sums of the values, and each score's `w g / divisor`, N×C: for a batch that is a part of a larger one,
    /// whose [`divisor`](Self::divisor) is given. Merged, the parts give the same bits as the whole.
    ///
    /// ```
    /// use discrepancy::batch::{Reduction, RowEvaluation};
    /// use discrepancy::rows::{RowTargets, SoftmaxCrossEntropy};
    /// let loss = SoftmaxCrossEntropy::default();
    /// let (scores, labels, mut gradient) = ([0.0, 0.0, 0.0, 0.0], [0, 1], [0.0; 4]);
    /// let whole = RowEvaluation::new(&loss, &scores, 2, RowTargets::labels(&labels))?;
    /// let divisor = whole.divisor(Reduction::Mean)?;
    /// let mut moments = discrepancy::sums::Moments::new();
    /// for i in 0..2 {
    ///     let part = RowEvaluation::new(&loss, &scores[2 * i..][..2], 2, RowTargets::labels(&labels[i..=i]))?;
    ///     moments.merge(&part.part_and_gradient_into(divisor, &mut gradient[2 * i..][..2])?);
    /// }
    /// assert_eq!((moments.mean()?, gradient), (std::f64::consts::LN_2, [-0.25, 0.25, 0.25, -0.25]));
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn part_and_gradient_into(&self, divisor: impl Into<Divisor>, gradient: &mut [E]) -> Result<Moments> {
        let (width, divisor) = (self.rows.width(), divisor.into());
        self.same_length("gradient", gradient.len(), self.rows.rows() * width)?;
        let size = rows_of_block(width);
        let blocks = self.blocks_of_task(size);
        let stream = self.numbers() * size_of::<E>() > STREAM;
        let one = |scratch: &mut BlockScratch<E>, (task, gradient): (usize, &mut [E])| {
            discrepancy_stream::scope(|stores| {
                let mut moments = Moments::new();
                for (k, gradient) in gradient.chunks_mut(size * width).enumerate() {
                    let first = (task * blocks + k) * size;
                    moments.merge(&self.step(first, gradient, divisor, scratch, stream.then_some(stores))?);
                }
                Ok(moments)
            })
        };
        let tasks = gradient.par_chunks_mut(blocks * size * width).enumerate();
        Ok(merged(deal(self.numbers(), tasks, one)?))
    }

    /// The same with the gradient in place of the scores: beside them, only memory for a block a thread is used.
    ///
    /// ```
    /// use discrepancy::batch::{Reduction, RowEvaluation};
    /// use discrepancy::rows::{RowTargets, SoftmaxCrossEntropy};
    /// let mut scores = [0.0_f32, 0.0, 17.0, 0.0];
    /// let targets = RowTargets::labels(&[0, 0]);
    /// let loss = SoftmaxCrossEntropy::default();
    /// let sum = RowEvaluation::gradient_in_place(&loss, Reduction::Sum, &mut scores, 2, targets)?;
    /// assert_eq!(sum as f32, 0.693_147_24);
    /// assert_eq!(scores, [-0.5, 0.5, -4.1399376e-8, 4.1399376e-8]);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn gradient_in_place(
        loss: &dyn RowLoss,
        reduction: Reduction,
        scores: &mut [E],
        classes: usize,
        targets: RowTargets<'_, E>,
    ) -> Result<f64> {
        let whole = RowEvaluation::new(loss, scores, classes, targets)?;
        let (divisor, size) = (whole.divisor(reduction)?, rows_of_block(classes));
        let one = |(scratch, buffer): &mut (BlockScratch<E>, Vec<E>), (block, scores): (usize, &mut [E])| {
            let (first, rows) = (block * size, scores.len() / classes);
            let targets = match targets {
                RowTargets::Labels { labels, ignore_index } => {
                    RowTargets::Labels { labels: &labels[first..first + rows], ignore_index }
                }
                RowTargets::Probabilities(y) => {
                    RowTargets::Probabilities(&y[first * classes..(first + rows) * classes])
                }
            };
            buffer.resize(scores.len(), E::default());
            let batch = RowEvaluation::new(loss, scores, classes, targets)?;
            let moments = batch.step(0, buffer, divisor, scratch, None).map_err(|error| {
                let labels = error.argument() == "target" && matches!(batch.targets, Targets::Labels { .. });
                match error.index() {
                    Some(index) => error.at(index + if labels { first } else { first * classes }),
                    None => error,
                }
            })?;
            scores.copy_from_slice(buffer);
            Ok(moments)
        };
        let blocks = scores.par_chunks_mut(size * classes).enumerate();
        let moments = merged(in_order(blocks.map_init(Default::default, one).collect())?);
        reduction.of(loss.entry().name, &moments)
    }

    /// What the gradients of a reduction of this batch are divided by: for the mean, the sum of the weights of rows and
    /// classes. Ignored rows do not count. Where it is 0, it is an error.
    pub fn divisor(&self, reduction: Reduction) -> Result<Divisor> {
        let name = self.loss.entry().name;
        if self.nan == NanPolicy::Omit {
            let allowed = "a policy that leaves the number of rows as it is";
            return Err(Error::new(ErrorKind::Unsupported, name, "nan", allowed).value("omit"));
        }
        if reduction == Reduction::Sum {
            return Ok(Divisor::ONE);
        }
        let weighs = match self.kernel().map(|kernel| kernel.loss) {
            Some(Kind::Labelled(loss)) => loss.weighs(),
            Some(Kind::Spread(loss)) => loss.weighs_classes(),
            None => true,
        };
        if self.weights.is_none() && self.kernel().is_some() && (reduction == Reduction::MeanByCount || !weighs) {
            let ignored = match self.targets {
                Targets::Labels { labels, ignore_index } => {
                    labels.iter().filter(|label| ignore_index == Some(**label)).count()
                }
                Targets::Probabilities(_) => 0,
            };
            return Divisor::of_count(name, self.rows.rows() - ignored);
        }
        let (mut sum, mut target) = (ExactSum::new(), Vec::new());
        for i in 0..self.rows.rows() {
            let (carried, power) = match self.targets {
                Targets::Labels { labels, ignore_index } if ignore_index == Some(labels[i]) => continue,
                _ if reduction == Reduction::MeanByCount => (1.0, 0),
                // A label that is none is an error when its row is computed.
                Targets::Labels { labels, .. } => self.carried(Target::Label(labels[i] as usize)),
                Targets::Probabilities(y) => {
                    y.widen(i, &mut target);
                    self.carried(Target::Probabilities(&target))
                }
            };
            let weight = if reduction == Reduction::Mean { self.weight(i) } else { 1.0 };
            sum.add_product_times(weight, carried, power);
        }
        Divisor::of_sum(name, &sum)
    }

    fn weight(&self, i: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[i].widen())
    }

    /// How many blocks of so many rows a task has: some, because a fence behind its stores waits for them; few enough for
    /// threads to share.
    fn blocks_of_task(&self, size: usize) -> usize {
        const TASKS: usize = 64;
        (self.rows.rows() / (size * TASKS)).clamp(1, 16)
    }

    /// The sums of a block of rows, and their gradients, weighted and over the divisor; these past the caches where such
    /// stores are given.
    fn step<'b>(
        &self,
        first: usize,
        out: &'b mut [E],
        divisor: Divisor,
        scratch: &mut BlockScratch<E>,
        stores: Option<&Stores<'b>>,
    ) -> Result<Moments> {
        let width = self.rows.width();
        let mut moments = Moments::new();
        let kernel = self.kernel().filter(|_| divisor.plain().is_some());
        let rows = out.len() / width;
        scratch.values.clear();
        // Rows that no kernel takes have factors that no float need hold.
        let plain = divisor.plain().unwrap_or(1.0);
        if let Some(kernel) = kernel {
            self.answer(kernel, first, rows, scratch);
            scratch.factors.clear();
            match self.weights {
                Some(_) => scratch.factors.extend((0..rows).map(|k| quotient(self.weight(first + k), plain))),
                None => scratch.factors.resize(rows, quotient(1.0, plain)),
            }
        }
        // Past the caches, from where it was made.
        let mut narrow = std::mem::take(&mut scratch.narrow);
        if stores.is_some() {
            narrow.resize(out.len(), E::default());
        }
        let target = if stores.is_some() { &mut narrow[..] } else { &mut *out };
        if let Some(kernel) = kernel {
            self.gradients(kernel, first, scratch, target);
        }
        let plain = kernel.filter(|kernel| self.plain(*kernel, first, rows, true, scratch));
        if let Some(kernel) = plain {
            Self::all_values(kernel, rows, scratch);
        }
        let one_by_one = if plain.is_some() { &mut [] } else { &mut *target };
        for (k, out) in one_by_one.chunks_mut(width).enumerate() {
            let i = first + k;
            let settled = kernel.filter(|kernel| self.settled(*kernel, i, k, false, scratch));
            let known = settled.map(|kernel| self.known(kernel, i, k, scratch));
            match known {
                Some((value, 1.0)) if self.weights.is_none() => scratch.values.push(value),
                _ => self.push(i, known, &mut scratch.one, &mut moments).map_err(|error| self.place(error, i))?,
            }
            if !kernel.is_some_and(|kernel| self.settled(kernel, i, k, true, scratch)) {
                self.share(i, divisor, &mut scratch.one, out).map_err(|error| self.place(error, i))?;
            }
        }
        if let Some(stores) = stores {
            E::stream(stores, out, &narrow);
        }
        scratch.narrow = narrow;
        moments.push_slice_first(&scratch.values);
        Ok(moments)
    }

    /// The exact sums of the values, to be merged with others. Values are summed before they are rounded to the
    /// storage type.
    pub fn moments(&self) -> Result<Moments> {
        self.sums(Moments::push_slice)
    }

    /// The same without what only standard errors need: enough for [`Moments::sum`] and [`Moments::mean`], and quicker.
    pub fn first_moments(&self) -> Result<Moments> {
        self.sums(Moments::push_slice_first)
    }

    fn sums(&self, push_slice: impl Fn(&mut Moments, &[f64]) + Sync + Send) -> Result<Moments> {
        const BLOCK: usize = 256;
        let kernel = self.kernel();
        let (count, size) = (self.rows.rows(), kernel.map_or(BLOCK, |kernel| kernel.block));
        let one = |scratch: &mut BlockScratch<E>, block: usize| {
            let (first, mut moments) = (block * size, Moments::new());
            let rows = count.min(first + size) - first;
            scratch.values.clear();
            if let Some(kernel) = kernel {
                self.answer(kernel, first, rows, scratch);
            }
            let plain = kernel.filter(|kernel| self.plain(*kernel, first, rows, false, scratch));
            if let Some(kernel) = plain {
                Self::all_values(kernel, rows, scratch);
            }
            for k in if plain.is_some() { 0..0 } else { 0..rows } {
                let i = first + k;
                let settled = kernel.filter(|kernel| self.settled(*kernel, i, k, false, scratch));
                let known = settled.map(|kernel| self.known(kernel, i, k, scratch));
                match known {
                    Some((value, 1.0)) if self.weights.is_none() => scratch.values.push(value),
                    _ => self.push(i, known, &mut scratch.one, &mut moments).map_err(|error| self.place(error, i))?,
                }
            }
            push_slice(&mut moments, &scratch.values);
            Ok(moments)
        };
        Ok(merged(deal(self.numbers(), (0..count.div_ceil(size)).into_par_iter(), one)?))
    }

    /// The gradient of a row that goes alone, weighted and over the divisor.
    fn share(&self, i: usize, divisor: Divisor, scratch: &mut Scratch, out: &mut [E]) -> Result<()> {
        let weight = self.weight(i);
        let (_, own) = self.one(i, true, scratch)?;
        out.iter_mut().zip(own).for_each(|(out, g)| *out = E::narrow(divisor.share(*g, weight)));
        let Row::Given(row, target) = self.row(i, scratch)? else { return Ok(()) };
        let Some((loss, power)) = self.eased(target) else { return Ok(()) };
        let mut eased = vec![0.0; row.len()];
        loss.evaluate(row, target, E::EPSILON, Some(&mut eased))?;
        for (out, g) in out.iter_mut().zip(eased).filter(|(_, g)| g.is_finite() && *g != 0.0) {
            *out = E::narrow(divisor.share_times(g, power.into(), weight));
        }
        Ok(())
    }

    /// The loss over a power of two that brings the class's weight of this target near 1, and that power, where the weight is so far
    /// from it that its products would leave the range of floats.
    fn eased(&self, target: Target<'_>) -> Option<(Box<dyn RowLoss>, i32)> {
        let power = far_power(self.loss.weight(target), target)?;
        Some((self.loss.scaled_by(-power, target)?, power))
    }

    /// What a row of this target counts in a mean, as a float times a power of two.
    fn carried(&self, target: Target<'_>) -> (f64, i64) {
        match self.eased(target) {
            Some((loss, power)) => (loss.weight(target), power.into()),
            None => (self.loss.weight(target), 0),
        }
    }

    /// Adds a row to the sums; its value and what it counts may be known.
    fn push(&self, i: usize, known: Option<(f64, f64)>, scratch: &mut Scratch, moments: &mut Moments) -> Result<()> {
        let (value, carried) = if let Some(known) = known {
            known
        } else {
            match self.row(i, scratch)? {
                Row::Ignored => return Ok(()),
                Row::NotANumber if self.nan == NanPolicy::Omit => return Ok(()),
                Row::NotANumber => (f64::NAN, 1.0),
                Row::Given(row, target) => {
                    let value = self.loss.evaluate(row, target, E::EPSILON, None)?;
                    if let Some((loss, power)) = self.eased(target) {
                        let (eased, carried) = (loss.evaluate(row, target, E::EPSILON, None)?, loss.weight(target));
                        let shows = eased.is_finite() && eased != 0.0;
                        let value = if shows { (eased, power.into()) } else { (value, 0) };
                        moments.push_times(value, (carried, power.into()), self.weight(i));
                        return Ok(());
                    }
                    (value, self.loss.weight(target))
                }
            }
        };
        match (self.weight(i), carried) {
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
        deal(self.numbers(), (0..self.rows.rows()).into_par_iter(), placed)
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

/// In two floats; in one where the rest is out of range.
fn quotient(x: f64, divisor: f64) -> [f64; 2] {
    let head = x / divisor;
    let tail = (-head).mul_add(divisor, x) / divisor;
    [head, if tail.is_finite() { tail } else { 0.0 }]
}

fn merged(parts: Vec<Moments>) -> Moments {
    let both = |mut total: Moments, part: Moments| {
        total.merge(&part);
        total
    };
    parts.into_iter().reduce(both).unwrap_or_default()
}
