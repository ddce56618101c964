//! Losses of a row of scores and a label, many rows at once.
//!
//! Such a loss sees the other classes only through their exponentials: its value and its derivative by the true class's
//! score are numbers of the row, and the derivative by any other score is one factor times that class's exponential.
//! So a kernel that knows no loss computes exponentials, the formula is asked once a row, and what is left is a product.

use super::shares::all_near;
use crate::number::guarded::power;
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::{Guarded, LANES, Level, Machine, Real, Short};
use fearless_simd::Simd;

/// A row seen from its label. With M the largest score and `w_j = e^((x_j - M)/T)`; nothing in it has cancelled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Labelled<R> {
    /// `-ln p` of the true class.
    pub(crate) surprise: R,
    /// `w` of the true class.
    pub(crate) weight: R,
    /// `Σ w` over the other classes.
    pub(crate) others: R,
    /// `Σ w` over all classes.
    pub(crate) total: R,
    /// `ln Σ e^(x_j/T)`.
    pub(crate) logsumexp: R,
}

/// What a loss makes of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<R> {
    /// The value.
    pub(crate) value: R,
    /// The derivative by the true class's score.
    pub(crate) own: R,
    /// The derivative by another class's score, over that class's `w`.
    pub(crate) other: R,
}

/// What the file of a loss writes.
pub(crate) trait LabelFormula {
    /// T.
    fn temperature(&self) -> f64;
    /// The weights of the classes; empty where all weigh 1.
    fn class_weights(&self) -> &[f64];
    /// Value and derivatives; `class_weight` is that of the true class.
    fn answer<R: Real>(&self, row: Labelled<R>, class_weight: R) -> Answer<R>;
}

/// One number a row of each kind.
#[derive(Debug, Default)]
pub struct LabelledRows {
    /// `(x - M)/T` of the true class.
    pub(crate) shift: Vec<f64>,
    /// `w` of the true class.
    pub(crate) weight: Vec<f64>,
    /// 1 where the true class has the largest score.
    pub(crate) top: Vec<f64>,
    /// `Σ w` over all classes but one of the largest scores.
    pub(crate) rest: Vec<f64>,
    /// `M/T`.
    pub(crate) largest: Vec<f64>,
    /// The weight of the true class.
    pub(crate) class_weight: Vec<f64>,
    /// The relative error of `weight` and `rest` …
    pub(crate) relative: f64,
    /// … and what they may have lost to underflow.
    pub(crate) lost: f64,
    /// The answers.
    pub(crate) value: Vec<f64>,
    pub(crate) own: Vec<f64>,
    pub(crate) other: Vec<f64>,
    /// 1 where rounding the answers to 24 bits gives the right numbers.
    pub(crate) sure: Vec<f64>,
}

impl LabelledRows {
    fn columns(&mut self) -> [&mut Vec<f64>; 10] {
        let LabelledRows { shift, weight, top, rest, largest, class_weight, value, own, other, sure, .. } = self;
        [shift, weight, top, rest, largest, class_weight, value, own, other, sure]
    }
    /// Makes room for so many rows; whole lanes, what is beyond the rows is any legal data.
    pub(crate) fn resize(&mut self, rows: usize) {
        self.columns().into_iter().for_each(|column| column.resize(rows.next_multiple_of(LANES), 0.0));
    }
}

/// A loss as the kernels see it.
pub trait LabelledLoss: Sync {
    /// T.
    fn scale(&self) -> f64;
    /// Whether it is a loss of rows of so many classes, with class weights that kernels take.
    fn fits(&self, classes: usize) -> bool;
    /// Whether classes weigh differently.
    fn weighs(&self) -> bool;
    /// The weight of a class.
    fn weight_of(&self, class: usize) -> f64;
    /// Fills in the answers.
    fn answers(&self, level: Level, rows: &mut LabelledRows);
}

impl<F: LabelFormula + Sync> LabelledLoss for F {
    fn scale(&self) -> f64 {
        self.temperature()
    }
    fn fits(&self, classes: usize) -> bool {
        [0, classes].contains(&self.class_weights().len()) && all_near(self.class_weights())
    }
    fn weighs(&self) -> bool {
        !self.class_weights().is_empty()
    }
    fn weight_of(&self, class: usize) -> f64 {
        self.class_weights().get(class).copied().unwrap_or(1.0)
    }
    fn answers(&self, level: Level, rows: &mut LabelledRows) {
        run(level, Kernel { formula: self, rows });
    }
}

struct Kernel<'a, F> {
    formula: &'a F,
    rows: &'a mut LabelledRows,
}

impl<F: LabelFormula> Block for Kernel<'_, F> {
    fn scalar(self) {
        each(self.formula, self.rows, One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        each(self.formula, self.rows, Several(simd));
    }
}

/// A factor that is larger might show numbers that are 0 for underflow.
pub(crate) const LARGEST_FACTOR: f64 = power(800);

/// A sum of exponentials.
#[inline(always)]
fn guarded<M: Machine>(x: M, relative: f64, lost: f64) -> Guarded<Short<M>, M> {
    Guarded { value: Short(x), error: x.mul_add(x.lit(relative), x.lit(lost)) }
}

/// Rounded twice at most, as a difference and as a quotient.
#[inline(always)]
pub(crate) fn rounded<M: Machine>(x: M) -> Guarded<M, M> {
    Guarded { value: x, error: x.abs() * f64::EPSILON }
}

#[inline(always)]
fn short<M: Machine>(x: Guarded<M, M>) -> Guarded<Short<M>, M> {
    Guarded { value: Short(x.value), error: x.error }
}

#[inline(always)]
fn each<F: LabelFormula, L: Load>(formula: &F, rows: &mut LabelledRows, load: L) {
    let (relative, lost) = (rows.relative, rows.lost);
    for i in (0..rows.shift.len()).step_by(L::WIDTH) {
        let part = i..i + L::WIDTH;
        let (shift, weight) = (load.load(&rows.shift[part.clone()]), load.load(&rows.weight[part.clone()]));
        let (rest, top) = (load.load(&rows.rest[part.clone()]), load.load(&rows.top[part.clone()]));
        let largest = load.load(&rows.largest[part.clone()]);
        let class_weight = load.load(&rows.class_weight[part.clone()]);
        let top = top.same(top.lit(1.0));
        let rest = guarded(rest, relative, lost);
        let total = rest + 1.0;
        let own = guarded(weight, relative, lost);
        let log = rest.ln_1p();
        let row = Labelled {
            surprise: log - short(rounded(shift)),
            weight: Guarded::when(top, Guarded::exact(Short(weight.lit(1.0))), own),
            others: Guarded::when(top, rest, total - own),
            total,
            logsumexp: log + short(rounded(largest)),
        };
        let Answer { value, own, other } = formula.answer(row, Guarded::exact(Short(class_weight)));
        let small = other.value.0.abs().le(shift.lit(LARGEST_FACTOR));
        let sure = value.sure_single() & own.sure_single() & other.sure_to_single() & small;
        load.store(value.value.0, &mut rows.value[part.clone()]);
        load.store(own.value.0, &mut rows.own[part.clone()]);
        load.store(other.value.0, &mut rows.other[part.clone()]);
        load.store(L::Number::when(sure, shift.lit(1.0), shift.lit(0.0)), &mut rows.sure[part]);
    }
}
