//! One formula over numbers that were not certified in the first vectors: in two floats, and where a bound says that these are
//! not enough, in 256 bits.

use crate::losses::{Loss, Outputs, join, slope};
use crate::number::guarded::{SURE, SURE_SINGLE, UNSEEN};
use crate::number::stored::{SURE_DOUBLE, Stored};
use crate::number::{Compensated, Dual, Guarded, Long, Machine, Real, Short, Twofold};

/// Elements per block: three inputs and outputs of it fit in the first-level cache.
pub const BLOCK: usize = 512;

/// A formula with respect to the prediction, in the number `R`: 0 the value, 1 and 2 the derivatives.
///
/// Functions, not closures: what is not inlined into a vector kernel loses the vector instructions.
#[inline(always)]
pub(super) fn formula<L: Loss, R: Real>(order: usize, loss: &L, z: R, y: R) -> R {
    let u = join(L::COUPLING, z, y);
    match order {
        0 => loss.value(u, y),
        1 => slope(L::COUPLING, loss.derivative(u, y), y),
        _ => loss.second_derivative(u, y),
    }
}

/// Whether it is certain on which side of a threshold a residual is, or that it is there. Rounding passes no float, but it may
/// end on one.
#[inline(always)]
pub(super) fn on_one_side<M: Machine>(z: M, y: M, threshold: f64) -> M::Mask {
    let r = z - y;
    !r.abs().same(r.lit(threshold)) | (r + y).same(z) & (z - r).same(y)
}

/// One result in two floats, if it is sure.
#[inline]
fn result<L: Loss>(order: usize, loss: &L, z: f64, y: f64) -> Option<f64> {
    let (z, y) = (Guarded::<_, f64>::exact(Twofold::from(z)), Guarded::exact(Twofold::from(y)));
    let result = formula(order, loss, z, y);
    result.sure(SURE).then(|| result.value.round_to_machine())
}

/// One element where the guard is not sure: terms cancel, or a step leaves the range of floats.
#[inline]
pub(crate) fn long<L: Loss>(loss: &L, z: f64, y: f64, wanted: [bool; 3]) -> [f64; 3] {
    let (z, y) = (Long::from(z), Long::from(y));
    std::array::from_fn(|order| if wanted[order] { formula(order, loss, z, y).to_f64() } else { 0.0 })
}

/// Computes numbers one after the other; the three slices have the length of the inputs.
///
/// They are few: in vectors this would be three times as fast, and most of the build.
#[inline]
pub fn evaluate<L: Loss>(loss: &L, prediction: &[f64], target: &[f64], outputs: Outputs<'_>) {
    let Outputs { value, mut gradient, mut hessian } = outputs;
    let wanted = [true, gradient.is_some(), hessian.is_some()];
    for (i, (z, y)) in prediction.iter().zip(target).enumerate() {
        // Each by itself: what else is asked for changes no result.
        let all: [Option<f64>; 3] =
            std::array::from_fn(|k| if wanted[k] { result(k, loss, *z, *y) } else { Some(0.0) });
        let exact = long(loss, *z, *y, all.map(|result| result.is_none()));
        let results: [f64; 3] = std::array::from_fn(|k| all[k].unwrap_or(exact[k]));
        value[i] = results[0];
        for (out, result) in [&mut gradient, &mut hessian].into_iter().zip(&results[1..]) {
            if let Some(out) = out {
                out[i] = *result;
            }
        }
    }
}

/// Derivative of the value and of the derivative by dual numbers, in twofold precision.
#[inline]
pub(crate) fn dual<L: Loss>(loss: &L, prediction: f64, target: f64) -> [f64; 2] {
    let z = Dual::variable(Twofold::from(prediction));
    let y = Dual::constant(Twofold::from(target));
    let u = join(L::COUPLING, z, y);
    let first = loss.value(u, y).slope.round_to_machine();
    let second = slope(L::COUPLING, loss.derivative(u, y), y).slope.round_to_machine();
    [first, second]
}

/// What the first numbers of each type may have lost of value and derivatives, as a part of what is allowed, and whether
/// [`Loss::CANCELS`] has it watched.
#[inline]
pub(crate) fn doubts<L: Loss>(loss: &L, prediction: f64, target: f64) -> [(f64, bool); 3] {
    let single = (Guarded::<_, f64>::exact(Short(prediction)), Guarded::exact(Short(target)));
    let double = (Guarded::<_, f64>::exact(Compensated::from(prediction)), Guarded::exact(Compensated::from(target)));
    std::array::from_fn(|order| {
        let x = formula(order, loss, single.0, single.1);
        // Where a limit is at infinity there is no bound, and nothing that cancels.
        let stored = |x: f64| f64::from(x as f32) == x;
        let seen = x.error > UNSEEN && x.value.0.is_finite() && x.error.is_finite();
        let seen = seen && stored(prediction) && stored(target);
        let narrow = if seen { x.error / x.value.0.abs() / (2.0 * SURE_SINGLE) } else { 0.0 };
        let x = formula(order, loss, double.0, double.1);
        let ordinary = |x: f64| f64::ordinary(x).unwrap_or(true);
        let seen = x.value.sure() && x.value.head != 0.0 && ordinary(prediction) && ordinary(target);
        let wide = if seen { x.error / x.value.head.abs() / SURE_DOUBLE } else { 0.0 };
        let label = target == 0.0 || target == 1.0;
        let watched = L::CANCELS[order] && (L::CANCELS_AT_LABELS[order] || !label);
        (narrow.max(wide), watched)
    })
}
