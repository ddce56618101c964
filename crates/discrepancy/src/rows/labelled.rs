//! Losses of a row of scores and a label, many rows at once.
//!
//! Such a loss sees the other classes only through their exponentials: its value and its derivative by the true class's
//! score are numbers of the row, and the derivative by any other score is one factor times that class's exponential.
//! So a kernel that knows no loss computes exponentials, the formula is asked once a row, and what is left is a product.

use super::shares::all_near;
use crate::number::guarded::power;
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::stored::{First, Stored};
use crate::number::{Approximate, Guarded, LANES, Level, Machine, Real};
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

/// A number a row, in two floats; of results of 24 bits or fewer the second is 0.
#[derive(Debug, Default)]
pub(crate) struct Column {
    pub(crate) head: Vec<f64>,
    pub(crate) tail: Vec<f64>,
}

impl Column {
    /// From row i on.
    #[inline(always)]
    pub(crate) fn load<N: Stored, L: Load>(&self, load: L, i: usize) -> N::First<L::Number> {
        let part = i..i + L::WIDTH;
        First::of_parts([load.load(&self.head[part.clone()]), load.load(&self.tail[part])])
    }
    #[inline(always)]
    pub(crate) fn store<N: Stored, L: Load>(&mut self, load: L, i: usize, number: N::First<L::Number>) {
        let part = i..i + L::WIDTH;
        let [head, tail] = number.parts();
        load.store(head, &mut self.head[part.clone()]);
        load.store(tail, &mut self.tail[part]);
    }
    fn resize(&mut self, rows: usize) {
        self.head.resize(rows, 0.0);
        self.tail.resize(rows, 0.0);
    }
}

/// One number a row of each kind.
#[derive(Debug, Default)]
pub struct LabelledRows {
    /// Whether results are stored in `f64`.
    pub(crate) double: bool,
    /// `(x - M)/T` of the true class.
    pub(crate) shift: Column,
    /// `w` of the true class.
    pub(crate) weight: Column,
    /// 1 where the true class has the largest score.
    pub(crate) top: Vec<f64>,
    /// `Σ w` over all classes but one of the largest scores.
    pub(crate) rest: Column,
    /// `M/T`.
    pub(crate) largest: Column,
    /// The weight of the true class.
    pub(crate) class_weight: Vec<f64>,
    /// The relative error of `weight` and `rest` …
    pub(crate) relative: f64,
    /// … and what they may have lost to underflow.
    pub(crate) lost: f64,
    /// The answers.
    pub(crate) value: Vec<f64>,
    pub(crate) own: Column,
    pub(crate) other: Column,
    /// 1 where rounding the answers gives the right numbers.
    pub(crate) sure: Vec<f64>,
}

impl LabelledRows {
    /// Makes room for so many rows; whole lanes, what is beyond the rows is any legal data.
    pub(crate) fn resize(&mut self, rows: usize) {
        let LabelledRows { shift, weight, top, rest, largest, class_weight, value, own, other, sure, .. } = self;
        let rows = rows.next_multiple_of(LANES);
        [shift, weight, rest, largest, own, other].into_iter().for_each(|column| column.resize(rows));
        [top, class_weight, value, sure].into_iter().for_each(|column| column.resize(rows, 0.0));
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
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}

/// A factor that is larger might show numbers that are 0 for underflow.
pub(crate) const LARGEST_FACTOR: f64 = power(800);

/// Rounded twice at most, as a difference and as a quotient.
#[inline(always)]
pub(crate) fn rounded<M: Machine>(x: M) -> Guarded<M, M> {
    Guarded { value: x, error: x.abs() * f64::EPSILON }
}

/// A number with a relative error, and what may be lost of it.
#[inline(always)]
fn guarded<M: Machine, F: First<M>>(value: F, relative: f64, lost: f64) -> Guarded<F, M> {
    let size = value.size();
    Guarded { value, error: size.mul_add(size.lit(relative), size.lit(lost)) }
}

impl<F: LabelFormula> Kernel<'_, F> {
    #[inline(always)]
    fn each<L: Load>(self, load: L) {
        if self.rows.double {
            each::<F, L, f64>(self.formula, self.rows, load);
        } else {
            each::<F, L, f32>(self.formula, self.rows, load);
        }
    }
}

#[inline(always)]
fn each<F: LabelFormula, L: Load, N: Stored>(formula: &F, rows: &mut LabelledRows, load: L) {
    let (relative, lost) = (rows.relative, rows.lost);
    for i in (0..rows.top.len()).step_by(L::WIDTH) {
        let part = i..i + L::WIDTH;
        let (shift, weight) = (rows.shift.load::<N, L>(load, i), rows.weight.load::<N, L>(load, i));
        let (rest, top) = (rows.rest.load::<N, L>(load, i), load.load(&rows.top[part.clone()]));
        let largest = rows.largest.load::<N, L>(load, i);
        let class_weight = load.load(&rows.class_weight[part.clone()]);
        let (top, one, none) = (top.same(top.lit(1.0)), top.lit(1.0), top.lit(0.0));
        let rest = guarded(rest, relative, lost);
        let total = rest + 1.0;
        let own = guarded(weight, relative, lost);
        let log = rest.ln_1p();
        let row = Labelled {
            surprise: log - guarded(shift, N::GAP, 0.0),
            weight: Guarded::when(top, Guarded::exact(weight.lit(1.0)), own),
            others: Guarded::when(top, rest, total - own),
            total,
            logsumexp: log + guarded(largest, N::GAP, 0.0),
        };
        let Answer { value, own, other } = formula.answer(row, Guarded::exact(First::of(class_weight)));
        let small = other.value.size().le(one.lit(LARGEST_FACTOR));
        let sure = N::First::certified(value) & N::First::certified_factor(other) & small;
        // Of 53 bits more is done with it before it is rounded.
        let sure = sure & if rows.double { N::First::certified_factor(own) } else { N::First::certified(own) };
        load.store(value.value.rounded(), &mut rows.value[part.clone()]);
        rows.own.store::<N, L>(load, i, own.value);
        rows.other.store::<N, L>(load, i, other.value);
        load.store(L::Number::when(sure, one, none), &mut rows.sure[part]);
    }
}
