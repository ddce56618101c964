//! Losses of a row of scores and a row of probabilities, many rows at once.
//!
//! Such a loss pulls at each class with a number that the target alone decides. Its value and its derivative by the largest
//! score are numbers of the row; the derivative by any other score is the difference of that class's exponential and its
//! pull, each times a factor of the row. So, as for labels, the formula is asked once a row, and once a class for the pull.

use super::labelled::{LARGEST_FACTOR, rounded};
use crate::number::guarded::power;
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::{Guarded, LANES, Level, Machine, Real};
use fearless_simd::Simd;

/// A row seen from its target. With M the largest score, `w_j = e^((x_j - M)/T)` and `y_j` the pulls; nothing in it has
/// cancelled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread<R> {
    /// `-Σ y_j ln p_j`.
    pub(crate) surprise: R,
    /// `y` of the first class of the largest score.
    pub(crate) own: R,
    /// `Σ y` over the other classes.
    pub(crate) miss: R,
    /// `Σ y`.
    pub(crate) pulled: R,
    /// `Σ w` over all classes but that one.
    pub(crate) rest: R,
    /// `Σ w`.
    pub(crate) total: R,
    /// `ln Σ e^(x_j/T)`.
    pub(crate) logsumexp: R,
}

/// What a loss makes of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpreadAnswer<R> {
    /// The value.
    pub(crate) value: R,
    /// The derivative by the first of the largest scores.
    pub(crate) top: R,
    /// The derivative by another score is this times its `w` …
    pub(crate) by_weight: R,
    /// … less this times its `y`.
    pub(crate) by_pull: R,
}

impl<R: Real> SpreadAnswer<R> {
    /// The derivative by any other score.
    pub(crate) fn slope(&self, weight: R, pull: R) -> R {
        self.by_weight * weight - self.by_pull * pull
    }
}

/// What the file of a loss writes.
pub(crate) trait SpreadFormula {
    /// T.
    fn temperature(&self) -> f64;
    /// The weights of the classes; empty where all weigh 1.
    fn class_weights(&self) -> &[f64];
    /// Whether it is a loss of rows of so many classes.
    fn takes(&self, classes: usize) -> bool;
    /// How strongly a target pulls at a class of this probability; a weight of the class is there if classes weigh.
    fn pull<R: Real>(&self, probability: R, class_weight: Option<R>, classes: usize) -> R;
    /// Value and derivatives.
    fn answer_to_pulls<R: Real>(&self, row: Spread<R>) -> SpreadAnswer<R>;
}

/// One number a row of each kind.
#[derive(Debug, Default)]
pub struct SpreadRows {
    /// `M/T`.
    pub(crate) largest: Vec<f64>,
    /// The sums.
    pub(crate) rest: Vec<f64>,
    pub(crate) own: Vec<f64>,
    pub(crate) miss: Vec<f64>,
    /// `Σ y_j (M - x_j)/T`.
    pub(crate) cross: Vec<f64>,
    /// The sum of the probabilities; NaN if one of them is none.
    pub(crate) probabilities: Vec<f64>,
    /// How far that may be from 1.
    pub(crate) tolerance: f64,
    /// The relative error of the sums, in units of 2^-53; that of exponentials is not in it.
    pub(crate) additions: f64,
    /// The same for `cross`, which is kept in one float.
    pub(crate) cross_additions: f64,
    /// The roundings of a gap: a difference, and a quotient where there is a temperature.
    pub(crate) of_gap: f64,
    /// The logarithm of the number of classes.
    pub(crate) log_classes: f64,
    /// What sums of exponentials may have lost to underflow.
    pub(crate) lost: f64,
    /// The answers.
    pub(crate) value: Vec<f64>,
    pub(crate) top: Vec<f64>,
    pub(crate) by_weight: Vec<f64>,
    pub(crate) by_pull: Vec<f64>,
    /// How far the factors may be from the truth.
    pub(crate) by_weight_error: Vec<f64>,
    pub(crate) by_pull_error: Vec<f64>,
    /// 1 where rounding the value to 24 bits gives the right number …
    pub(crate) sure: Vec<f64>,
    /// … and the derivative by the largest score too.
    pub(crate) sure_top: Vec<f64>,
}

impl SpreadRows {
    fn columns(&mut self) -> [&mut Vec<f64>; 14] {
        let SpreadRows { largest, rest, own, miss, cross, probabilities, value, top, by_weight, by_pull, .. } = self;
        let (weight_error, pull_error) = (&mut self.by_weight_error, &mut self.by_pull_error);
        let (sure, sure_top) = (&mut self.sure, &mut self.sure_top);
        let answers = [value, top, by_weight, by_pull, weight_error, pull_error, sure, sure_top];
        let [a, b, c, d, e, f, g, h] = answers;
        [largest, rest, own, miss, cross, probabilities, a, b, c, d, e, f, g, h]
    }
    /// Makes room for so many rows; whole lanes, what is beyond the rows is any data.
    pub(crate) fn resize(&mut self, rows: usize) {
        self.columns().into_iter().for_each(|column| column.resize(rows.next_multiple_of(LANES), 0.0));
    }
}

/// A loss as the kernels see it.
pub trait SpreadLoss: Sync {
    /// Whether it is a loss of rows of so many classes.
    fn takes_classes(&self, classes: usize) -> bool;
    /// Whether classes weigh differently.
    fn weighs_classes(&self) -> bool;
    /// Answers to a block of rows of scores and of probabilities, which were stored in a type of this spacing at 1.
    fn spread(&self, level: Level, scores: &[f32], targets: &[f32], width: usize, epsilon: f64, room: &mut SpreadRoom);
    /// Writes the gradients of the block of scores and probabilities that was answered, each row's times its factor.
    fn spread_gradients(
        &self,
        level: Level,
        block: (&[f32], &[f32]),
        factors: &[f64],
        room: &mut SpreadRoom,
        out: &mut [f32],
    );
    /// As [`SpreadLoss::spread`], of doubles.
    fn spread_doubles(&self, level: Level, block: (&[f64], &[f64]), width: usize, epsilon: f64, room: &mut SpreadRoom);
    /// As [`SpreadLoss::spread_gradients`], of doubles; the factors in two floats.
    fn gradients_of_doubles(
        &self,
        level: Level,
        block: (&[f64], &[f64]),
        factors: &[[f64; 2]],
        room: &mut SpreadRoom,
        out: &mut [f64],
    );
}

impl<F: SpreadFormula + Sync> SpreadLoss for F {
    fn takes_classes(&self, classes: usize) -> bool {
        self.takes(classes)
    }
    fn weighs_classes(&self) -> bool {
        !self.class_weights().is_empty()
    }
    fn spread(&self, level: Level, scores: &[f32], targets: &[f32], width: usize, epsilon: f64, room: &mut SpreadRoom) {
        crate::batch::spread::answer(self, level, scores, targets, width, epsilon, room);
    }
    fn spread_gradients(
        &self,
        level: Level,
        block: (&[f32], &[f32]),
        factors: &[f64],
        room: &mut SpreadRoom,
        out: &mut [f32],
    ) {
        crate::batch::spread::gradients(self, level, block, factors, room, out);
    }
    fn spread_doubles(
        &self,
        level: Level,
        (scores, targets): (&[f64], &[f64]),
        width: usize,
        epsilon: f64,
        room: &mut SpreadRoom,
    ) {
        crate::batch::spread_doubles::answer(self, level, scores, targets, width, epsilon, room);
    }
    fn gradients_of_doubles(
        &self,
        level: Level,
        block: (&[f64], &[f64]),
        factors: &[[f64; 2]],
        room: &mut SpreadRoom,
        out: &mut [f64],
    ) {
        crate::batch::spread_doubles::gradients(self, level, block, factors, room, out);
    }
}

pub use crate::batch::spread::SpreadRoom;

/// Fills in the answers.
pub(crate) fn answers<F: SpreadFormula>(formula: &F, level: Level, rows: &mut SpreadRows) {
    run(level, Kernel { formula, rows });
}

struct Kernel<'a, F> {
    formula: &'a F,
    rows: &'a mut SpreadRows,
}

impl<F: SpreadFormula> Block for Kernel<'_, F> {
    fn scalar(self) {
        each(self.formula, self.rows, One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        each(self.formula, self.rows, Several(simd));
    }
}

/// A rounding.
pub(crate) const UNIT: f64 = power(-53);
/// What an exponential loses, in roundings, beside those of its gap, which are relative to the gap.
pub(crate) const EXPONENTIAL: f64 = 4.0;
/// A pull is rounded so many times at most.
pub(crate) const OF_PULL: f64 = 5.0;
/// No exponential is of a larger gap.
pub(crate) const LARGEST_GAP: f64 = 746.0;

/// A bound of what `rest`, a sum of exponentials, may be wrong by.
///
/// The gaps are lost in the mean `Σ w g / Σ w`, which is an entropy less the logarithm of the sum: at most
/// `ln C - ln rest`, of which `-rest ln rest <= 0.74 √rest`.
#[inline(always)]
fn error_of_rest<M: Machine>(rest: M, additions: f64, of_gap: f64, log_classes: f64, lost: f64) -> M {
    let plain = EXPONENTIAL + additions;
    let any = rest * (plain + of_gap * LARGEST_GAP);
    let mean = rest.mul_add(rest.lit(plain + of_gap * log_classes), rest.sqrt() * (0.74 * of_gap));
    any.min(mean).mul_add(rest.lit(UNIT), rest.lit(lost))
}

/// What was rounded so many times.
#[inline(always)]
fn sum<M: Machine>(x: M, roundings: f64) -> Guarded<M, M> {
    Guarded { value: x, error: x.abs() * (roundings * UNIT) }
}

#[inline(always)]
fn each<F: SpreadFormula, L: Load>(formula: &F, rows: &mut SpreadRows, load: L) {
    let (additions, of_gap, log_classes, lost) = (rows.additions, rows.of_gap, rows.log_classes, rows.lost);
    for i in (0..rows.rest.len()).step_by(L::WIDTH) {
        let part = i..i + L::WIDTH;
        let rest = load.load(&rows.rest[part.clone()]);
        let rest = Guarded { value: rest, error: error_of_rest(rest, additions, of_gap, log_classes, lost) };
        let own = sum(load.load(&rows.own[part.clone()]), OF_PULL);
        let miss = sum(load.load(&rows.miss[part.clone()]), OF_PULL + additions);
        let cross = sum(load.load(&rows.cross[part.clone()]), OF_PULL + of_gap + 1.0 + rows.cross_additions);
        let largest = load.load(&rows.largest[part.clone()]);
        let probabilities = load.load(&rows.probabilities[part.clone()]);
        let log = rest.ln_1p();
        let pulled = miss + own;
        let row = Spread {
            surprise: log * pulled + cross,
            own,
            miss,
            pulled,
            rest,
            total: rest + 1.0,
            logsumexp: log + rounded(largest),
        };
        let SpreadAnswer { value, top, by_weight, by_pull } = formula.answer_to_pulls(row);
        let most = largest.lit(LARGEST_FACTOR);
        let small = by_weight.value.abs().le(most) & by_pull.value.abs().le(most);
        let legal = (probabilities - 1.0).abs().le(largest.lit(rows.tolerance));
        let sure = value.sure_single() & legal & small & by_weight.error.le(most) & by_pull.error.le(most);
        let (one, none) = (largest.lit(1.0), largest.lit(0.0));
        load.store(value.value, &mut rows.value[part.clone()]);
        load.store(top.value, &mut rows.top[part.clone()]);
        load.store(by_weight.value, &mut rows.by_weight[part.clone()]);
        load.store(by_pull.value, &mut rows.by_pull[part.clone()]);
        load.store(by_weight.error, &mut rows.by_weight_error[part.clone()]);
        load.store(by_pull.error, &mut rows.by_pull_error[part.clone()]);
        load.store(L::Number::when(sure, one, none), &mut rows.sure[part.clone()]);
        load.store(L::Number::when(sure & top.sure_single(), one, none), &mut rows.sure_top[part]);
    }
}
