//! The numbers that terms are summed in, and when a result is certain.
//!
//! A sum is the same number in whatever order it is computed, but its last bits are not. So that matrices, single pairs and every
//! blocking give the same bits, a result is certain only if no order could give another: it is the number nearest to the truth, with a
//! bound of all errors on the right side of every halfway point; or, where elementary functions take part, it is made of sums that were
//! rounded to some 64 bits with the same care.

use super::termwise::{Finish, Sums, Termwise};
use crate::number::guarded::{SURE, SURE_SINGLE, UNSEEN, power};
use crate::number::stored::First;
use crate::number::{Approximate, Compensated, Guarded, Machine, Short, Twofold};

/// How many floats a number is made of.
pub(crate) trait Depth: Copy + Sync {
    type Of<M: Machine>: Approximate<M>;
    /// How much of a derivative its error may be.
    const SURE: f64;
    /// The same where functions take part.
    const SURE_OF_FUNCTIONS: f64 = Self::SURE;
    /// An error that does not show, whatever the result; below zero where there is none.
    const UNSEEN: f64;
    /// The least result whose bits are all there.
    const LEAST: f64;
    /// Whether more floats may make a result sure.
    const SHALLOW: bool;
    fn of<M: Machine>(x: M) -> Self::Of<M>;
    fn parts<M: Machine>(x: Self::Of<M>) -> [M; 2];
    fn joined<M: Machine>(high: M, low: M) -> Self::Of<M>;
    /// A sum whose error by the order of additions is `noise`, freed of that, with what was rounded away as its error; and whether
    /// every order gives it.
    #[inline(always)]
    fn settled<M: Machine>(sum: Self::Of<M>, noise: M, _nearest: bool) -> (Guarded<Self::Of<M>, M>, M::Mask) {
        (Guarded { value: sum, error: noise }, noise.same(noise))
    }
    /// The result of sums, rounded, and whether it is certain.
    fn finish<T: Termwise, M: Machine>(form: &T, sums: Sums<Guarded<Self::Of<M>, M>>, count: f64) -> (M, M::Mask);
}

/// One float, for results of 24 bits or fewer.
#[derive(Clone, Copy)]
pub(crate) struct Single;
/// Two floats, for results of 53 bits, functions right to some 96.
#[derive(Clone, Copy)]
pub(crate) struct Double;
/// A float with a tail, for results of 53 bits, functions right to 60.
#[derive(Clone, Copy)]
pub(crate) struct Tailed;

impl Depth for Single {
    type Of<M: Machine> = Short<M>;
    const SURE: f64 = SURE_SINGLE;
    const UNSEEN: f64 = UNSEEN;
    const LEAST: f64 = 0.0;
    const SHALLOW: bool = true;
    #[inline(always)]
    fn of<M: Machine>(x: M) -> Short<M> {
        Short(x)
    }
    #[inline(always)]
    fn parts<M: Machine>(x: Short<M>) -> [M; 2] {
        [x.0, x.0.lit(0.0)]
    }
    #[inline(always)]
    fn joined<M: Machine>(high: M, _: M) -> Short<M> {
        Short(high)
    }
    /// Rounded to 24 bits, which are then those of the truth, or exact.
    #[inline(always)]
    fn finish<T: Termwise, M: Machine>(form: &T, sums: Sums<Guarded<Short<M>, M>>, count: f64) -> (M, M::Mask) {
        let x = form.finish(sums, count);
        let value = x.value.0;
        let exact = x.error.same(x.error.lit(0.0));
        let (single, certain) = certain_single(value, x.error);
        (M::when(exact, value, single), certain | (exact & value.abs().le(value.lit(power(1000)))))
    }
}

/// Rounded to 24 bits, and whether an error of this size would change them. The careful forms round to 53 bits first.
#[inline(always)]
pub(super) fn certain_single<M: Machine>(value: M, error: M) -> (M, M::Mask) {
    let size = value.abs();
    let doubt = error.mul_add(error.lit(1.0625), size * power(-52));
    let (above, below) = (to_single(value + doubt), to_single(value - doubt));
    // Inside the range of singles.
    let range = size.lit(power(-125)).le(size) & size.le(size.lit(power(126)));
    (above, above.same(below) & range)
}

/// The nearest number of 24 bits (Veltkamp).
#[inline(always)]
fn to_single<M: Machine>(x: M) -> M {
    let big = x * ((1 << 29) as f64 + 1.0);
    big - (big - x)
}

impl Depth for Double {
    type Of<M: Machine> = Twofold<M>;
    const SURE: f64 = SURE;
    const UNSEEN: f64 = -1.0;
    const LEAST: f64 = power(-900);
    const SHALLOW: bool = false;
    #[inline(always)]
    fn of<M: Machine>(x: M) -> Twofold<M> {
        Twofold::from(x)
    }
    #[inline(always)]
    fn parts<M: Machine>(x: Twofold<M>) -> [M; 2] {
        [x.high, x.low]
    }
    #[inline(always)]
    fn joined<M: Machine>(high: M, low: M) -> Twofold<M> {
        Twofold::new(high, low)
    }
    #[inline(always)]
    fn finish<T: Termwise, M: Machine>(form: &T, sums: Sums<Guarded<Twofold<M>, M>>, count: f64) -> (M, M::Mask) {
        let x = form.finish(sums, count);
        // Zero may be an underflow.
        let nothing = x.value.high.same(x.value.high.lit(0.0));
        (x.value.round_to_machine(), x.sure(SURE) & !nothing)
    }
}

/// Sums are rounded to a grid of so much of them.
const GRID: f64 = 1.5 * power(-12);

impl Depth for Tailed {
    type Of<M: Machine> = Compensated<M>;
    const SURE: f64 = SURE;
    const SURE_OF_FUNCTIONS: f64 = 1.4 * power(-53);
    const UNSEEN: f64 = -1.0;
    const LEAST: f64 = power(-900);
    const SHALLOW: bool = false;
    #[inline(always)]
    fn of<M: Machine>(x: M) -> Compensated<M> {
        Compensated::from(x)
    }
    #[inline(always)]
    fn parts<M: Machine>(x: Compensated<M>) -> [M; 2] {
        [x.head, x.tail]
    }
    #[inline(always)]
    fn joined<M: Machine>(high: M, low: M) -> Compensated<M> {
        Compensated { head: high, tail: low }
    }
    #[inline(always)]
    fn settled<M: Machine>(sum: Compensated<M>, noise: M, nearest: bool) -> (Guarded<Compensated<M>, M>, M::Mask) {
        if nearest {
            return (Guarded { value: sum, error: noise }, noise.same(noise));
        }
        let Twofold { high: head, low: tail } = Twofold::sum(sum.head, sum.tail);
        let anchor = head.abs() * GRID;
        let (above, below) = (tail + noise, tail - noise);
        let rounded = (above + anchor) - anchor;
        let good = rounded.same((below + anchor) - anchor) & head.same(head + above) & head.same(head + below);
        (
            Guarded {
                value: Compensated { head, tail: rounded },
                error: anchor.mul_add(anchor.lit(power(-52)), noise),
            },
            good,
        )
    }
    #[inline(always)]
    fn finish<T: Termwise, M: Machine>(form: &T, sums: Sums<Guarded<Compensated<M>, M>>, count: f64) -> (M, M::Mask) {
        if !form.nearest() {
            let x = form.finish(sums, count);
            return (x.value.round_to_machine(), First::certified(x));
        }
        match T::FINISH {
            Finish::Sum => {
                let Twofold { high, low } = Twofold::sum(sums[0].value.head, sums[0].value.tail);
                nearest(high, low, sums[0].error)
            }
            Finish::Root => nearest_root(sums[0].value, sums[0].error),
            Finish::Any => {
                // In numbers whose parts are in order however much cancels.
                let x = form.finish(
                    sums.map(|sum| Guarded { value: Twofold::sum(sum.value.head, sum.value.tail), error: sum.error }),
                    count,
                );
                nearest(x.value.high, x.value.low, x.error)
            }
        }
    }
}

/// The float nearest to `high + low`, and whether it is nearest to whatever is within an error of that.
#[inline(always)]
fn nearest<M: Machine>(high: M, low: M, error: M) -> (M, M::Mask) {
    let (zero, size) = (high.lit(0.0), high.abs());
    let exact = error.same(zero);
    let doubt = error.mul_add(zero.lit(1.0625), low.abs() * power(-45));
    let good = high.same(high + (low + doubt)) & high.same(high + (low - doubt)) & zero.lit(power(-900)).le(size);
    (high, (good | exact) & size.le(zero.lit(f64::MAX)))
}

/// The same of the root of `x`, without a division.
#[inline(always)]
fn nearest_root<M: Machine>(x: Compensated<M>, error: M) -> (M, M::Mask) {
    let (zero, head) = (error.lit(0.0), x.head + x.tail);
    let tail = x.tail - (head - x.head);
    let root = head.sqrt();
    // What the square lacks, and twice what it would lack halfway to the next float.
    let rest = (-root).mul_add(root, head) + tail;
    let step = root.add_bits(zero.lit(f64::from_bits(1))) - root;
    let halfway = root * step;
    let (more, less) = (halfway.lt(rest), rest.lt(-halfway));
    let shift = M::when(more, step, M::when(less, -step, zero));
    let nearest = root + shift;
    let left = (-shift).mul_add(root + root, rest);
    let doubt = left.abs() + error.mul_add(zero.lit(1.0625), halfway * power(-40));
    // Below a power of two floats lie closer.
    let below = nearest - nearest.add_bits(zero.lit(f64::from_bits(u64::MAX)));
    let good = doubt.lt(nearest * step.min(below)) & zero.lit(power(-400)).le(root);
    let nothing = head.same(zero) & error.same(zero);
    (nearest, good | nothing)
}
