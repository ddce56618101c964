//! One formula through a block of numbers, in the vectors that results of their type are tried in first.
//!
//! ```text
//! for each vector of predictions and targets
//!     compute what is wanted
//!     round and store it, add the values to the sum
//!     note the numbers that are not certified
//! ```
//! What is noted is what lies outside its domain, has no limit, cancels too far or leaves the range: `batch/pass.rs` takes these
//! numbers alone, with all that a message needs, to two floats and 256 bits (`batch/block.rs`). So:
//!
//! 1. A number is certified or not by itself, never by its neighbours: its bits do not depend on them.
//! 2. Each result of a number is certified by itself, too: its value is the same whether or not a gradient is wanted.
//! 3. The last few numbers are padded to a vector with the last one, and go through the same loop, so that the formula stands
//!    in the code once.

use super::block::{BLOCK, formula, on_one_side};
use crate::catalog::DataDomain;
use crate::losses::{Coupling, Domains, Loss};
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::stored::{First, Stored};
use crate::number::{Guarded, LANES, Level, Machine, Real};
use crate::sums::ExactSum;
use crate::sums::registers::Registers;
use fearless_simd::Simd;

/// Where a result goes: to slices of the length of the rows, or of no length where it is not wanted so.
#[derive(Debug)]
pub struct Place<'a, N> {
    /// Before it is rounded: where more is to be done with it.
    pub wide: &'a mut [f64],
    /// Rounded.
    pub narrow: &'a mut [N],
}

impl<N> Default for Place<'_, N> {
    fn default() -> Self {
        Place { wide: &mut [], narrow: &mut [] }
    }
}

impl<N> Place<'_, N> {
    /// Of the first so many rows.
    fn first(&mut self, count: usize) -> Place<'_, N> {
        let (wide, narrow) = (count.min(self.wide.len()), count.min(self.narrow.len()));
        Place { wide: &mut self.wide[..wide], narrow: &mut self.narrow[..narrow] }
    }
    fn wanted(&self) -> bool {
        !self.wide.is_empty() || !self.narrow.is_empty()
    }
}

/// Rows, and what of them is wanted; all slices have one length, [`BLOCK`] at most.
#[derive(Debug)]
pub struct Rows<'a, N> {
    /// The predictions.
    pub prediction: &'a [N],
    /// The targets.
    pub target: &'a [N],
    /// Predictions and targets that are wanted soon, or nothing.
    pub next: [&'a [N]; 2],
    /// The values.
    pub value: Place<'a, N>,
    /// The derivatives, times `factor`.
    pub gradient: Place<'a, N>,
    /// The second derivatives.
    pub hessian: Place<'a, N>,
    /// What the derivatives are multiplied by before they are rounded, in two floats.
    pub factor: [f64; 2],
    /// What the certified values are added to, exactly.
    pub sum: Option<&'a mut ExactSum>,
    /// The rows that are not certified, in their order.
    pub left: &'a mut Left,
}

/// Rows of a block with a result that is not certified.
#[derive(Debug)]
pub struct Left {
    /// Of each row; bit k: derivative number k.
    orders: [u8; BLOCK],
    any: bool,
}

impl Default for Left {
    fn default() -> Self {
        Left { orders: [0; BLOCK], any: false }
    }
}

impl Left {
    /// The rows, and a bit for each of their results.
    pub fn iter(&self) -> impl Iterator<Item = (usize, u8)> + '_ {
        let all = if self.any { &self.orders[..] } else { &[] };
        all.iter().enumerate().filter(|(_, orders)| **orders != 0).map(|(row, orders)| (row, *orders))
    }
    /// Whether all rows are certified.
    pub fn is_empty(&self) -> bool {
        !self.any
    }
    fn clear(&mut self) {
        if self.any {
            *self = Left::default();
        }
    }
    /// Notes the rows from `start` on of which a bit of a result is not set.
    #[cold]
    #[inline(never)]
    fn note(&mut self, start: usize, count: usize, order: usize, sure: u64) {
        let mut left = !sure & ((1 << count) - 1);
        while left != 0 {
            let row = start + left.trailing_zeros() as usize;
            left &= left - 1;
            self.orders[row] |= 1 << order;
            self.any = true;
        }
    }
}

struct Elements<'a, 'b, L, N> {
    loss: &'a L,
    rows: Rows<'b, N>,
    summed: &'a mut bool,
}

/// Computes rows; says whether the values were added to the sum: if they are too large, too small or too far apart for that,
/// nothing is added.
#[inline(always)]
pub(crate) fn evaluate<L: Loss + Domains, N: Stored>(loss: &L, level: Level, rows: Rows<'_, N>) -> bool {
    let mut summed = false;
    run(level, Elements { loss, rows, summed: &mut summed });
    summed
}

/// As [`DataDomain::contains`], of all numbers of a vector.
#[inline(always)]
fn legal<M: Machine>(domain: DataDomain, x: M) -> M::Mask {
    match domain {
        DataDomain::Real | DataDomain::Truth => x.same(x),
        DataDomain::Within(i) => {
            let (low, high) = (x.lit(i.low), x.lit(i.high));
            let low = if i.low_included { low.le(x) } else { low.lt(x) };
            let inside = low & if i.high_included { x.le(high) } else { x.lt(high) };
            if i.whole { inside & x.round().same(x) } else { inside }
        }
        DataDomain::Signs => x.abs().same(x.lit(1.0)),
        DataDomain::Binary => x.same(x.lit(0.0)) | x.same(x.lit(1.0)),
        DataDomain::ClassOrProbabilities | DataDomain::Probabilities => x.lit(0.0).le(x),
    }
}

/// Numbers that are taken at once, at least.
const STEP: usize = 2 * LANES;

impl<L: Loss + Domains, N: Stored> Block for Elements<'_, '_, L, N> {
    #[inline(always)]
    fn scalar(self) {
        self.all(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.all(Several(simd));
    }
}

impl<L: Loss + Domains, N: Stored> Elements<'_, '_, L, N> {
    /// All that is wanted. Second derivatives are rare: they have a pass of their own, so that the compiler has fewer copies of
    /// the formula to make.
    #[inline(always)]
    fn all<C: Load>(mut self, load: C) {
        self.rows.left.clear();
        if self.rows.gradient.wanted() {
            self.through::<_, 0, 1>(load);
        } else {
            self.through::<_, 0, 0>(load);
        }
        if self.rows.hessian.wanted() {
            self.through::<_, 2, 2>(load);
        }
    }

    /// The derivatives of these numbers.
    #[inline(always)]
    fn through<C: Load, const FIRST: usize, const LAST: usize>(&mut self, load: C) {
        // Its own copy cannot change while results are written, so what depends on parameters only is computed once.
        let loss = &self.loss.clone();
        let Rows { prediction, target, next, value, gradient, hessian, factor, sum, left } = &mut self.rows;
        let (prediction, target, next, factor) = (*prediction, *target, *next, *factor);
        let n = prediction.len();
        assert!(n <= BLOCK && target.len() == n);
        let one = load.load(&[1.0; LANES][..C::WIDTH]);
        let labels = L::CANCELS != L::CANCELS_AT_LABELS && {
            let mut labels = true;
            for y in target {
                labels &= y.widen() == 0.0 || y.widen() == 1.0;
            }
            labels
        };
        let sum = if FIRST == 0 { sum.take() } else { None };
        let mut registers = Registers::new(one);
        let (whole, rest) = (n - n % STEP, n % STEP);
        // The last few, padded with the last element, which is data like others.
        let (mut z, mut y) = ([N::default(); STEP], [N::default(); STEP]);
        if rest > 0 {
            (z, y) = ([prediction[n - 1]; STEP], [target[n - 1]; STEP]);
            z[..rest].copy_from_slice(&prediction[whole..]);
            y[..rest].copy_from_slice(&target[whole..]);
        }
        let (mut wide, mut narrow) = ([[0.0; STEP]; 3], [[N::default(); STEP]; 3]);
        let [wide_value, wide_gradient, wide_hessian] = &mut wide;
        let [narrow_value, narrow_gradient, narrow_hessian] = &mut narrow;
        let first = Part {
            start: 0,
            prediction: &prediction[..whole],
            target: &target[..whole],
            places: [value.first(whole), gradient.first(whole), hessian.first(whole)],
            summed: sum.is_some(),
        };
        let last = Part {
            start: whole,
            prediction: &z[..if rest > 0 { STEP } else { 0 }],
            target: &y,
            places: [
                Place { wide: wide_value, narrow: narrow_value },
                Place { wide: wide_gradient, narrow: narrow_gradient },
                Place { wide: wide_hessian, narrow: narrow_hessian },
            ],
            summed: false,
        };
        // A loop over both, so that the formula stands here once.
        for Part { start: offset, prediction, target, mut places, summed } in [first, last] {
            for start in (0..prediction.len()).step_by(2 * C::WIDTH) {
                let part = start..start + 2 * C::WIDTH;
                let (Some(z), Some(y)) = (prediction.get(part.clone()), target.get(part.clone())) else { break };
                for soon in next {
                    if let Some(place) = soon.get(start) {
                        discrepancy_stream::prefetch(place);
                    }
                    // Doubles fill twice the lines.
                    if 2 * C::WIDTH * size_of::<N>() > LINE
                        && let Some(place) = soon.get(start + LINE / size_of::<N>())
                    {
                        discrepancy_stream::prefetch(place);
                    }
                }
                let (z, y) = (N::load(load, z), N::load(load, y));
                let mut results = [[z[0]; 2]; 3];
                // A loop over both halves, for the same reason.
                for half in 0..2 {
                    let mut vector = one_of::<L, N, C, FIRST, LAST>(loss, labels, factor, z[half], y[half]);
                    if C::Number::bits_of(vector.all) != (1 << C::WIDTH) - 1 {
                        let first = offset + start + half * C::WIDTH;
                        let count = C::WIDTH.min(n.saturating_sub(first));
                        for order in FIRST..=LAST {
                            left.note(first, count, order, C::Number::bits_of(vector.sure[order]));
                        }
                        // What is not certified is added when it is.
                        let value = vector.results[0];
                        vector.results[0] = C::Number::when(vector.sure[0], value, value.lit(0.0));
                    }
                    if summed {
                        registers.push(vector.results[0]);
                    }
                    for (results, result) in results.iter_mut().zip(vector.results) {
                        results[half] = result;
                    }
                }
                for (order, place) in places.iter_mut().enumerate().take(LAST + 1).skip(FIRST) {
                    put(load, place, part.clone(), results[order]);
                }
            }
        }
        for (k, place) in [value, gradient, hessian].into_iter().enumerate().take(LAST + 1).skip(FIRST) {
            if let Some(out) = place.wide.get_mut(whole..) {
                out.copy_from_slice(&wide[k][..out.len()]);
            }
            if let Some(out) = place.narrow.get_mut(whole..) {
                out.copy_from_slice(&narrow[k][..out.len()]);
            }
        }
        if let Some(sum) = sum {
            let settled = registers.finish(C::WIDTH, |number, to| load.store(number, to), whole / C::WIDTH);
            *self.summed = settled.fits();
            if settled.fits() {
                settled.add_to(sum);
                // What is not certified is 0 here.
                wide[0][..rest].iter().for_each(|value| sum.add(*value));
            }
        }
    }
}

/// Bytes of a cache line.
const LINE: usize = 64;

/// Some of the rows.
struct Part<'a, N> {
    start: usize,
    prediction: &'a [N],
    target: &'a [N],
    /// Of the value and its derivatives.
    places: [Place<'a, N>; 3],
    /// Whether values are summed.
    summed: bool,
}

/// The results of a vector.
struct Computed<M: Machine> {
    results: [M; 3],
    /// Which numbers of each result are certified, and in all of them.
    sure: [M::Mask; 3],
    all: M::Mask,
}

#[inline(always)]
fn one_of<L: Loss + Domains, N: Stored, C: Load, const FIRST: usize, const LAST: usize>(
    loss: &L,
    labels: bool,
    factor: [f64; 2],
    z: C::Number,
    y: C::Number,
) -> Computed<C::Number> {
    let mut results = [z.lit(0.0); 3];
    // What concerns all results: the domains, and a value that has no limit.
    let mut common = legal(L::DOMAINS[0], z) & legal(L::DOMAINS[1], y);
    if let (Some(z), Some(y)) = (N::ordinary(z), N::ordinary(y)) {
        common = common & z & y;
    }
    if N::ROUNDS_DIFFERENCES
        && L::COUPLING == Coupling::Residual
        && let Some(threshold) = loss.threshold()
    {
        common = common & on_one_side(z, y, threshold);
    }
    let mut sure = [common; 3];
    let mut all = common;
    for order in FIRST..=LAST {
        let (result, own) = result::<L, N, C::Number>(order, loss, labels, factor, z, y);
        results[order] = result;
        // A loss that only compares carries nothing through, and a limit that does not exist is not a number.
        sure[order] = common & own.unwrap_or(result.same(result));
        all = all & sure[order];
    }
    Computed { results, sure, all }
}

/// One result of a vector, and which of its numbers are certified; `None` if all are.
#[inline(always)]
fn result<L: Loss, N: Stored, M: Machine>(
    order: usize,
    loss: &L,
    labels: bool,
    factor: [f64; 2],
    z: M,
    y: M,
) -> (M, Option<M::Mask>) {
    let scaled = |x: N::First<M>| if order == 1 { x.times(factor) } else { x };
    // The bound changes no bit, so it may be left out where nothing cancels.
    if L::CANCELS[order] && (L::CANCELS_AT_LABELS[order] || !labels) {
        let result = formula(order, loss, Guarded::exact(N::First::<M>::of(z)), Guarded::exact(N::First::<M>::of(y)));
        let mut sure = N::First::<M>::certified(result);
        if !L::CANCELS_AT_LABELS[order] {
            // As if the bound were left out.
            let label = y.same(y.lit(0.0)) | y.same(y.lit(1.0));
            sure = sure | label & result.value.whole().unwrap_or(label);
        }
        (scaled(result.value).rounded(), Some(sure))
    } else {
        let result = formula(order, loss, N::First::<M>::of(z), N::First::<M>::of(y));
        (scaled(result).rounded(), result.whole())
    }
}

#[inline(always)]
fn put<N: Stored, C: Load>(load: C, place: &mut Place<'_, N>, part: std::ops::Range<usize>, numbers: [C::Number; 2]) {
    if let Some(out) = place.wide.get_mut(part.clone()) {
        let (low, high) = out.split_at_mut(C::WIDTH);
        load.store(numbers[0], low);
        load.store(numbers[1], high);
    }
    if let Some(out) = place.narrow.get_mut(part) {
        N::store(load, numbers, out);
    }
}
