//! One formula over one block of numbers, at one level and one precision.

use crate::losses::{Coupling, Loss, Outputs, Precision, join, slope};
use crate::number::guarded::{SURE, UNSEEN};
use crate::number::lane::{Block, run};
use crate::number::{Dual, Guarded, LANES, Level, Long, Machine, NativeLane, Real, Short, Twofold};
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

/// A formula with respect to the prediction, in the number `R`: 0 the value, 1 and 2 the derivatives.
///
/// Functions, not closures: what is not inlined into a vector kernel loses the vector instructions.
#[inline(always)]
fn formula<L: Loss, R: Real>(order: usize, loss: &L, z: R, y: R) -> R {
    let u = join(L::COUPLING, z, y);
    match order {
        0 => loss.value(u, y),
        1 => slope(L::COUPLING, loss.derivative(u, y), y),
        _ => loss.second_derivative(u, y),
    }
}

/// Which numbers are sure; `None` if all are.
type Sure<M> = Option<<M as Real>::Mask>;

/// Those that both are sure of.
#[inline(always)]
pub(super) fn both<M: Machine>(a: Sure<M>, b: Sure<M>) -> Sure<M> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a & b),
        (one, None) | (None, one) => one,
    }
}

/// One result of one machine number (one element or one lane), and whether it is sure.
#[inline(always)]
fn result<L: Loss, M: Machine>(order: usize, loss: &L, precision: Precision, labels: bool, z: M, y: M) -> (M, Sure<M>) {
    match precision {
        // The watch changes no bit, so it may be left out where there is nothing to see.
        Precision::Plain if L::CANCELS[order] && (L::CANCELS_AT_LABELS[order] || !labels) => {
            let result = formula(order, loss, Guarded::<_, M>::exact(Short(z)), Guarded::exact(Short(y)));
            (result.value.0, Some(result.sure_single()))
        }
        Precision::Plain => (formula(order, loss, Short(z), Short(y)).0, None),
        Precision::Twofold => {
            let (z, y) = (Guarded::<_, M>::exact(Twofold::from(z)), Guarded::exact(Twofold::from(y)));
            let result = formula(order, loss, z, y);
            (result.value.round_to_machine(), Some(result.sure(SURE)))
        }
    }
}

/// Whether it is certain on which side of a threshold a residual is, or that it is there. Rounding passes no float, but it may
/// end on one.
#[inline(always)]
fn on_one_side<M: Machine>(z: M, y: M, threshold: f64) -> M::Mask {
    let r = z - y;
    !r.abs().same(r.lit(threshold)) | (r + y).same(z) & (z - r).same(y)
}

/// All results that are asked for, and whether all are sure; `labels` says that the target is certainly 0 or 1.
#[inline(always)]
pub(super) fn element<L: Loss, M: Machine>(
    loss: &L,
    precision: Precision,
    labels: bool,
    z: M,
    y: M,
    gradient: bool,
    hessian: bool,
) -> ([M; 3], Sure<M>) {
    let none = z.lit(0.0);
    let (value, mut sure) = result(0, loss, precision, labels, z, y);
    if precision == Precision::Plain
        && L::COUPLING == Coupling::Residual
        && let Some(threshold) = loss.threshold()
    {
        sure = both::<M>(sure, Some(on_one_side(z, y, threshold)));
    }
    let (mut first, mut second) = (none, none);
    if gradient {
        let (derivative, known) = result(1, loss, precision, labels, z, y);
        (first, sure) = (derivative, both::<M>(sure, known));
    }
    if hessian {
        let (derivative, known) = result(2, loss, precision, labels, z, y);
        (second, sure) = (derivative, both::<M>(sure, known));
    }
    ([value, first, second], sure)
}

/// One element where the guard is not sure: terms cancel, or a step leaves the range of floats.
#[inline(never)]
pub(crate) fn long<L: Loss>(loss: &L, z: f64, y: f64, wanted: [bool; 3]) -> [f64; 3] {
    let (z, y) = (Long::from(z), Long::from(y));
    std::array::from_fn(|order| if wanted[order] { formula(order, loss, z, y).to_f64() } else { 0.0 })
}

/// Elements that are computed together.
type Group = [f64; LANES];

/// A group's results, and 1 for each element that is sure (0 for the others).
type Results = ([Group; 3], Group);

impl<L: Loss> Kernel<'_, L> {
    /// Group by group.
    #[inline(always)]
    fn each<C: Compute<L>>(self, compute: C) {
        let Outputs { value, gradient, hessian } = self.outputs;
        let wanted = [true, gradient.is_some(), hessian.is_some()];
        let (z, z_rest) = self.prediction.as_chunks::<LANES>();
        let (y, y_rest) = self.target.as_chunks::<LANES>();
        let (value, value_rest) = value.as_chunks_mut::<LANES>();
        let (gradient, gradient_rest) = gradient.unwrap_or_default().as_chunks_mut::<LANES>();
        let (hessian, hessian_rest) = hessian.unwrap_or_default().as_chunks_mut::<LANES>();
        for (i, (z, y)) in z.iter().zip(y).enumerate() {
            let results = group(self.loss, compute, z, y, wanted);
            value[i] = results[0];
            if wanted[1] {
                gradient[i] = results[1];
            }
            if wanted[2] {
                hessian[i] = results[2];
            }
        }
        if let (Some(last_z), Some(last_y)) = (z_rest.last(), y_rest.last()) {
            // Padded with its last element, which is legal data.
            let (mut z, mut y) = ([*last_z; LANES], [*last_y; LANES]);
            z[..z_rest.len()].copy_from_slice(z_rest);
            y[..y_rest.len()].copy_from_slice(y_rest);
            let results = group(self.loss, compute, &z, &y, wanted);
            for (out, from) in [value_rest, gradient_rest, hessian_rest].into_iter().zip(results) {
                let count = out.len();
                out.copy_from_slice(&from[..count]);
            }
        }
    }
}

/// One group, what is not sure computed again.
#[inline(always)]
fn group<L: Loss, C: Compute<L>>(loss: &L, compute: C, z: &Group, y: &Group, wanted: [bool; 3]) -> [Group; 3] {
    let (mut results, sure) = compute.group(loss, z, y, wanted[1], wanted[2]);
    if sure != [1.0; LANES] {
        repeat(loss, z, y, wanted, &sure, &mut results);
    }
    results
}

#[cold]
#[inline(never)]
fn repeat<L: Loss>(loss: &L, z: &Group, y: &Group, wanted: [bool; 3], sure: &Group, results: &mut [Group; 3]) {
    for i in (0..LANES).filter(|i| sure[*i] != 1.0) {
        let exact = long(loss, z[i], y[i], wanted);
        results.iter_mut().zip(exact).for_each(|(row, exact)| row[i] = exact);
    }
}

/// How a group is computed.
trait Compute<L>: Copy {
    fn group(self, loss: &L, z: &Group, y: &Group, gradient: bool, hessian: bool) -> Results;
}

/// One element after another.
#[derive(Clone, Copy)]
struct Scalar(Precision);

impl<L: Loss> Compute<L> for Scalar {
    fn group(self, loss: &L, z: &Group, y: &Group, gradient: bool, hessian: bool) -> Results {
        let (mut out, mut all) = ([[0.0; LANES]; 3], [1.0; LANES]);
        for i in 0..LANES {
            let (results, sure) = element(loss, self.0, false, z[i], y[i], gradient, hessian);
            out.iter_mut().zip(results).for_each(|(out, result)| out[i] = result);
            all[i] = f64::from(u8::from(sure.unwrap_or(true)));
        }
        (out, all)
    }
}

/// All at once.
#[derive(Clone, Copy)]
struct Vector<S> {
    simd: S,
    precision: Precision,
}

impl<L: Loss, S: Simd> Compute<L> for Vector<S> {
    #[inline(always)]
    fn group(self, loss: &L, z: &Group, y: &Group, gradient: bool, hessian: bool) -> Results {
        let width = NativeLane::<S>::WIDTH;
        let (mut out, mut all) = ([[0.0; LANES]; 3], [0.0; LANES]);
        for start in (0..LANES).step_by(width) {
            let part = start..start + width;
            let load = |from: &Group| NativeLane::from_slice(self.simd, &from[part.clone()]);
            let (z, y) = (load(z), load(y));
            let (results, sure) = element(loss, self.precision, false, z, y, gradient, hessian);
            results[0].store(&mut out[0][part.clone()]);
            results[1].store(&mut out[1][part.clone()]);
            results[2].store(&mut out[2][part.clone()]);
            let sure = sure.map_or(z.lit(1.0), |sure| NativeLane::when(sure, z.lit(1.0), z.lit(0.0)));
            sure.store(&mut all[part]);
        }
        (out, all)
    }
}

impl<L: Loss> Block for Kernel<'_, L> {
    // Out of line: one copy for all levels.
    #[inline(never)]
    fn scalar(self) {
        let precision = self.precision;
        self.each(Scalar(precision));
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        match self.precision {
            // What `straight` gave up: rare enough for one element after the other.
            Precision::Plain => self.scalar(),
            Precision::Twofold => self.each(Vector { simd, precision: Precision::Twofold }),
        }
    }
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
    let (z, y) = (Guarded::<_, f64>::exact(Short(prediction)), Guarded::exact(Short(target)));
    std::array::from_fn(|order| {
        let x = formula(order, loss, z, y);
        // Where a limit is at infinity there is no bound, and nothing that cancels.
        let seen = x.error > UNSEEN && x.value.0.is_finite() && x.error.is_finite();
        let label = target == 0.0 || target == 1.0;
        let watched = L::CANCELS[order] && (L::CANCELS_AT_LABELS[order] || !label);
        (if seen { x.error / x.value.0.abs() } else { 0.0 }, watched)
    })
}
