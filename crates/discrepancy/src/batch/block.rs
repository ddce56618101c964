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

/// How much of a result its error bound may be: 2^-8 ULP, so that 0.508 ULP are left after rounding.
const SURE: f64 = f64::EPSILON / 256.0;
/// The same for results stored in 24 bits or fewer.
const SURE_SINGLE: f64 = SURE * (1 << 29) as f64;
/// Errors below this do not show in `f32`, whose smallest step is 2^-149.
const UNSEEN: f64 = f64::from_bits((1023 - 158) << 52);

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
    let mut sure = none.same(none);
    match precision {
        Precision::Plain => {
            let (value, first, second) = formulas(loss, z, y);
            // The guard repeats the formula beside its error bound; the compiler keeps the shared part once.
            let (guarded, guarded_first, guarded_second) = formulas(loss, Guarded::exact(z), Guarded::exact(y));
            let mut guard = |result: Guarded<M, M>| {
                sure = sure & (result.sure(SURE_SINGLE) | result.error.le(none.lit(UNSEEN)));
                result.value
            };
            let value = if L::CANCELS[0] { guard(guarded) } else { value };
            let first = match (gradient, L::CANCELS[1]) {
                (false, _) => none,
                (true, false) => first(),
                (true, true) => guard(guarded_first()),
            };
            let second = match (hessian, L::CANCELS[2]) {
                (false, _) => none,
                (true, false) => second(),
                (true, true) => guard(guarded_second()),
            };
            ([value, first, second], sure)
        }
        Precision::Twofold => {
            let number = |x: M| Guarded::<Twofold<M>, M>::exact(Twofold::from(x));
            let (value, first, second) = formulas(loss, number(z), number(y));
            let first = if gradient { first() } else { number(none) };
            let second = if hessian { second() } else { number(none) };
            let sure = value.sure(SURE) & first.sure(SURE) & second.sure(SURE);
            ([value, first, second].map(|x| x.value.round_to_machine()), sure)
        }
    }
}

/// One element where the guard is not sure: terms cancel, or a step leaves the range of floats.
#[inline(never)]
fn long<L: Loss>(loss: &L, z: f64, y: f64, gradient: bool, hessian: bool) -> [f64; 3] {
    let (value, first, second) = formulas(loss, Long::from(z), Long::from(y));
    let first = if gradient { first().to_f64() } else { 0.0 };
    [value.to_f64(), first, if hessian { second().to_f64() } else { 0.0 }]
}

/// Elements that are computed together.
type Group = [f64; LANES];

impl<L: Loss> Kernel<'_, L> {
    /// Group by group; `compute` gives results, and 1 for each element that is sure (0 for the others).
    #[inline(always)]
    fn each(self, mut compute: impl FnMut(&Group, &Group, bool, bool) -> ([Group; 3], Group)) {
        let Outputs { value, gradient, hessian } = self.outputs;
        let (first, second) = (gradient.is_some(), hessian.is_some());
        let (z, z_rest) = self.prediction.as_chunks::<LANES>();
        let (y, y_rest) = self.target.as_chunks::<LANES>();
        let (value, value_rest) = value.as_chunks_mut::<LANES>();
        let (gradient, gradient_rest) = gradient.unwrap_or_default().as_chunks_mut::<LANES>();
        let (hessian, hessian_rest) = hessian.unwrap_or_default().as_chunks_mut::<LANES>();
        let mut group = |z: &Group, y: &Group| {
            let (mut results, sure) = compute(z, y, first, second);
            if sure != [1.0; LANES] {
                for i in (0..LANES).filter(|i| sure[*i] != 1.0) {
                    let exact = long(self.loss, z[i], y[i], first, second);
                    results.iter_mut().zip(exact).for_each(|(row, exact)| row[i] = exact);
                }
            }
            results
        };
        for (i, (z, y)) in z.iter().zip(y).enumerate() {
            let results = group(z, y);
            value[i] = results[0];
            if let Some(out) = gradient.get_mut(i) {
                *out = results[1];
            }
            if let Some(out) = hessian.get_mut(i) {
                *out = results[2];
            }
        }
        if let (Some(last_z), Some(last_y)) = (z_rest.last(), y_rest.last()) {
            // Padded with its last element, which is legal data.
            let pad = |rest: &[f64], last: f64| std::array::from_fn(|i| rest.get(i).copied().unwrap_or(last));
            let results = group(&pad(z_rest, *last_z), &pad(y_rest, *last_y));
            for (out, from) in [value_rest, gradient_rest, hessian_rest].into_iter().zip(results) {
                let count = out.len();
                out.copy_from_slice(&from[..count]);
            }
        }
    }
}

impl<L: Loss> Block for Kernel<'_, L> {
    fn scalar(self) {
        let (loss, precision) = (self.loss, self.precision);
        self.each(|z, y, gradient, hessian| {
            let (mut out, mut all) = ([[0.0; LANES]; 3], [1.0; LANES]);
            for i in 0..LANES {
                let (results, sure) = element(loss, precision, z[i], y[i], gradient, hessian);
                out.iter_mut().zip(results).for_each(|(out, result)| out[i] = result);
                all[i] = f64::from(u8::from(sure));
            }
            (out, all)
        });
    }

    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        let (loss, precision) = (self.loss, self.precision);
        // Each precision has a loop of its own: the choice is hoisted out.
        match precision {
            Precision::Plain => self.each(
                #[inline(always)]
                |z, y, gradient, hessian| lane(simd, loss, Precision::Plain, z, y, gradient, hessian),
            ),
            Precision::Twofold => self.each(
                #[inline(always)]
                |z, y, gradient, hessian| lane(simd, loss, Precision::Twofold, z, y, gradient, hessian),
            ),
        }
    }
}

/// One group as a vector.
#[inline(always)]
fn lane<S: Simd, L: Loss>(
    simd: S,
    loss: &L,
    precision: Precision,
    z: &Group,
    y: &Group,
    gradient: bool,
    hessian: bool,
) -> ([Group; 3], Group) {
    let (z, y) = (Lane::load(simd, z), Lane::load(simd, y));
    let (results, sure) = element(loss, precision, z, y, gradient, hessian);
    let (mut out, mut all) = ([[0.0; LANES]; 3], [0.0; LANES]);
    for (result, out) in results.into_iter().zip(&mut out) {
        result.store(out);
    }
    Lane::when(sure, z.lit(1.0), z.lit(0.0)).store(&mut all);
    (out, all)
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

/// The relative error bounds of plain precision, 0 where an error does not show in `f32`, and what is declared.
pub(crate) fn doubts<L: Loss>(loss: &L, prediction: f64, target: f64) -> [(f64, bool); 3] {
    let (z, y) = (Guarded::<f64, f64>::exact(prediction), Guarded::exact(target));
    let (value, first, second) = formulas(loss, z, y);
    let mut declared = L::CANCELS.into_iter();
    [value, first(), second()].map(|x| {
        // Where a limit is at infinity there is no bound, and nothing that cancels.
        let seen = x.error > UNSEEN && x.value.is_finite() && x.error.is_finite();
        (if seen { x.error / x.value.abs() } else { 0.0 }, declared.next() == Some(true))
    })
}
