//! One formula over one block of numbers, at one level and one precision.

use crate::losses::{Loss, Outputs, Precision, join, slope};
use crate::number::lane::{Block, run};
use crate::number::{Dual, LANES, Lane, Level, Machine, Real, Twofold};
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

/// Rounds a twofold result; where twofold arithmetic broke down (infinities), the plain result is the limit.
#[inline(always)]
fn settle<M: Machine>(wide: Twofold<M>, plain: impl FnOnce() -> M) -> M {
    let rounded = wide.round_to_machine();
    M::when(rounded.finite(), rounded, plain())
}

/// All that is asked of one machine number (one element or one lane).
#[inline(always)]
fn element<L: Loss, M: Machine>(loss: &L, precision: Precision, z: M, y: M, gradient: bool, hessian: bool) -> [M; 3] {
    let none = z.lit(0.0);
    let (value, first, second) = formulas(loss, z, y);
    match precision {
        Precision::Plain => [value, if gradient { first() } else { none }, if hessian { second() } else { none }],
        Precision::Twofold => {
            let (wide_value, wide_first, wide_second) = formulas(loss, Twofold::from(z), Twofold::from(y));
            [
                settle(wide_value, || value),
                if gradient { settle(wide_first(), first) } else { none },
                if hessian { settle(wide_second(), second) } else { none },
            ]
        }
    }
}

impl<L: Loss> Kernel<'_, L> {
    #[inline(always)]
    fn each(mut self, mut compute: impl FnMut(usize, usize) -> [[f64; LANES]; 3]) {
        let n = self.prediction.len();
        let mut start = 0;
        while start < n {
            let count = LANES.min(n - start);
            let [value, gradient, hessian] = compute(start, count);
            self.outputs.value[start..start + count].copy_from_slice(&value[..count]);
            if let Some(out) = &mut self.outputs.gradient {
                out[start..start + count].copy_from_slice(&gradient[..count]);
            }
            if let Some(out) = &mut self.outputs.hessian {
                out[start..start + count].copy_from_slice(&hessian[..count]);
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
            let mut out = [[0.0; LANES]; 3];
            for i in 0..count {
                let [v, g, h] = element(loss, precision, z[start + i], y[start + i], gradient, hessian);
                (out[0][i], out[1][i], out[2][i]) = (v, g, h);
            }
            out
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
) -> [[f64; LANES]; 3] {
    let z = Lane::load(simd, &group(z, start, count));
    let y = Lane::load(simd, &group(y, start, count));
    let results = element(loss, precision, z, y, gradient, hessian);
    results.map(
        #[inline(always)]
        |lane| {
            let mut out = [0.0; LANES];
            lane.store(&mut out);
            out
        },
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
