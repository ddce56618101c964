//! One formula over one block of numbers, at one level and one precision.

use crate::losses::{Loss, Outputs, Precision, join, slope};
use crate::number::lane::{Block, run};
use crate::number::{Dual, Guarded, LANES, Lane, Level, Long, Machine, Real, Twofold};
use fearless_simd::Simd;

/// Elements per block: three inputs and outputs of it fit in the first-level cache.
pub const BLOCK: usize = 512;

struct Kernel<'a, L> {
    loss: &'a L,
    precision: Precision,
    prediction: &'a [f64],
    target: &'a [f64],
    outputs: Outputs<'a>,
}

/// Value, derivative and second derivative with respect to the prediction, in the number `R`.
#[inline(always)]
fn formulas<L: Loss, R: Real>(loss: &L, z: R, y: R) -> (R, impl FnOnce() -> R, impl FnOnce() -> R) {
    let u = join(L::COUPLING, z, y);
    (loss.value(u, y), move || slope(L::COUPLING, loss.derivative(u, y), y), move || loss.second_derivative(u, y))
}

/// How much of a result in `f64` its error bound may be: 0.508 ULP in all.
const SURE: f64 = f64::EPSILON / 256.0;

/// All that is asked of one machine number (one element or one lane): the results, and which of them are sure.
#[inline(always)]
fn element<L: Loss, M: Machine>(
    loss: &L,
    precision: Precision,
    z: M,
    y: M,
    gradient: bool,
    hessian: bool,
) -> ([M; 3], M::Mask) {
    let none = z.lit(0.0);
    let all = none.same(none);
    match precision {
        Precision::Plain => {
            let (value, first, second) = formulas(loss, z, y);
            ([value, if gradient { first() } else { none }, if hessian { second() } else { none }], all)
        }
        Precision::Twofold => {
            let number = |x: M| Guarded::exact(Twofold::from(x));
            let (value, first, second) = formulas(loss, number(z), number(y));
            let first = if gradient { first() } else { number(none) };
            let second = if hessian { second() } else { number(none) };
            let sure = value.sure(SURE) & first.sure(SURE) & second.sure(SURE);
            ([value, first, second].map(|x| x.value.round_to_machine()), sure)
        }
    }
}

/// One element where two floats are too few, or a limit is at infinity.
#[inline(never)]
fn long<L: Loss>(loss: &L, z: f64, y: f64, gradient: bool, hessian: bool) -> [f64; 3] {
    let (value, first, second) = formulas(loss, Long::from(z), Long::from(y));
    let first = if gradient { first().to_f64() } else { 0.0 };
    [value.to_f64(), first, if hessian { second().to_f64() } else { 0.0 }]
}

/// A group of results, and 1 for each element that is sure (0 for the others).
type Group = ([[f64; LANES]; 3], [f64; LANES]);

impl<L: Loss> Kernel<'_, L> {
    #[inline(always)]
    fn each(mut self, mut compute: impl FnMut(usize, usize) -> Group) {
        let (gradient, hessian) = (self.outputs.gradient.is_some(), self.outputs.hessian.is_some());
        let n = self.prediction.len();
        let mut start = 0;
        while start < n {
            let count = LANES.min(n - start);
            let (mut results, sure) = compute(start, count);
            if sure != [1.0; LANES] {
                for i in (0..count).filter(|i| sure[*i] != 1.0) {
                    let exact = long(self.loss, self.prediction[start + i], self.target[start + i], gradient, hessian);
                    results.iter_mut().zip(exact).for_each(|(row, exact)| row[i] = exact);
                }
            }
            self.outputs.value[start..start + count].copy_from_slice(&results[0][..count]);
            if let Some(out) = &mut self.outputs.gradient {
                out[start..start + count].copy_from_slice(&results[1][..count]);
            }
            if let Some(out) = &mut self.outputs.hessian {
                out[start..start + count].copy_from_slice(&results[2][..count]);
            }
            start += count;
        }
    }
}

/// Eight elements from `start`; the last group repeats its last element, so that padding is legal data.
#[inline(always)]
fn group(from: &[f64], start: usize, count: usize) -> [f64; LANES] {
    std::array::from_fn(|i| from[start + i.min(count - 1)])
}

impl<L: Loss> Block for Kernel<'_, L> {
    fn scalar(self) {
        let (loss, precision, z, y) = (self.loss, self.precision, self.prediction, self.target);
        let (gradient, hessian) = (self.outputs.gradient.is_some(), self.outputs.hessian.is_some());
        self.each(|start, count| {
            let (mut out, mut all) = ([[0.0; LANES]; 3], [1.0; LANES]);
            for i in 0..count {
                let ([v, g, h], sure) = element(loss, precision, z[start + i], y[start + i], gradient, hessian);
                (out[0][i], out[1][i], out[2][i], all[i]) = (v, g, h, f64::from(u8::from(sure)));
            }
            (out, all)
        });
    }

    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        let (loss, precision, z, y) = (self.loss, self.precision, self.prediction, self.target);
        let (gradient, hessian) = (self.outputs.gradient.is_some(), self.outputs.hessian.is_some());
        // Each precision has a loop of its own: the choice is hoisted out.
        match precision {
            Precision::Plain => self.each(
                #[inline(always)]
                |start, count| lane(simd, loss, Precision::Plain, z, y, start, count, gradient, hessian),
            ),
            Precision::Twofold => self.each(
                #[inline(always)]
                |start, count| lane(simd, loss, Precision::Twofold, z, y, start, count, gradient, hessian),
            ),
        }
    }
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the body of one loop, named so that it stands once")]
fn lane<S: Simd, L: Loss>(
    simd: S,
    loss: &L,
    precision: Precision,
    z: &[f64],
    y: &[f64],
    start: usize,
    count: usize,
    gradient: bool,
    hessian: bool,
) -> Group {
    let z = Lane::load(simd, &group(z, start, count));
    let y = Lane::load(simd, &group(y, start, count));
    let (results, sure) = element(loss, precision, z, y, gradient, hessian);
    let stored = |lane: Lane<S>| {
        let mut out = [0.0; LANES];
        lane.store(&mut out);
        out
    };
    let sure = Lane::when(sure, z.lit(1.0), z.lit(0.0));
    (
        results.map(
            #[inline(always)]
            |lane| stored(lane),
        ),
        stored(sure),
    )
}

/// Computes a block of any length; the three slices have the length of the inputs.
pub fn evaluate<L: Loss>(
    loss: &L,
    level: Level,
    precision: Precision,
    prediction: &[f64],
    target: &[f64],
    outputs: Outputs<'_>,
) {
    let precision = if L::CANCELS { Precision::Twofold } else { precision };
    run(level, Kernel { loss, precision, prediction, target, outputs });
}

/// Derivative of the value and of the derivative by dual numbers, in twofold precision.
pub(crate) fn dual<L: Loss>(loss: &L, prediction: f64, target: f64) -> [f64; 2] {
    let z = Dual::variable(Twofold::from(prediction));
    let y = Dual::constant(Twofold::from(target));
    let u = join(L::COUPLING, z, y);
    let first = loss.value(u, y).slope.round_to_machine();
    let second = slope(L::COUPLING, loss.derivative(u, y), y).slope.round_to_machine();
    [first, second]
}
