//! What kernels read and write, and the numbers in which results of each type are tried first.

use super::guarded::power;
use super::lane::Load;
use super::{Approximate, Compensated, Guarded, Machine, Real, Short};

/// A type that kernels load from and store to. Half types go through singles.
pub trait Stored: Copy + Default + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    /// What its results are computed in first.
    type First<M: Machine>: First<M>;
    /// Whether a difference of two numbers may be rounded before a formula compares it.
    const ROUNDS_DIFFERENCES: bool;
    /// Twice the width of `load`.
    fn load<C: Load>(load: C, from: &[Self]) -> [C::Number; 2];
    /// Rounded, to a slice of twice the width.
    fn store<C: Load>(load: C, numbers: [C::Number; 2], to: &mut [Self]);
    /// The nearest number.
    fn of(x: f64) -> Self;
    /// Exactly the same number.
    fn widen(self) -> f64;
}

impl Stored for f32 {
    type First<M: Machine> = Short<M>;
    const ROUNDS_DIFFERENCES: bool = true;
    #[inline(always)]
    fn load<C: Load>(load: C, from: &[f32]) -> [C::Number; 2] {
        load.load_single(from)
    }
    #[inline(always)]
    fn store<C: Load>(load: C, numbers: [C::Number; 2], to: &mut [f32]) {
        load.store_single(numbers, to);
    }
    #[inline(always)]
    fn of(x: f64) -> f32 {
        x as f32
    }
    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }
}

impl Stored for f64 {
    type First<M: Machine> = Compensated<M>;
    const ROUNDS_DIFFERENCES: bool = false;
    #[inline(always)]
    fn load<C: Load>(load: C, from: &[f64]) -> [C::Number; 2] {
        let (low, high) = from.split_at(C::WIDTH);
        [load.load(low), load.load(high)]
    }
    #[inline(always)]
    fn store<C: Load>(load: C, numbers: [C::Number; 2], to: &mut [f64]) {
        let (low, high) = to.split_at_mut(C::WIDTH);
        load.store(numbers[0], low);
        load.store(numbers[1], high);
    }
    #[inline(always)]
    fn of(x: f64) -> f64 {
        x
    }
    #[inline(always)]
    fn widen(self) -> f64 {
        self
    }
}

/// A number that results are tried in first.
pub trait First<M: Machine>: Approximate<M> {
    /// Exactly `x`.
    fn of(x: M) -> Self;
    /// Times a number of two floats.
    fn times(self, factor: [f64; 2]) -> Self;
    /// As one float.
    fn rounded(self) -> M;
    /// Of results whose terms cannot cancel: which have all the bits they need. `None` where all have.
    fn whole(self) -> Option<M::Mask>;
    /// The same of a result with a bound of its error.
    fn certified(result: Guarded<Self, M>) -> M::Mask;
}

impl<M: Machine> First<M> for Short<M> {
    #[inline(always)]
    fn of(x: M) -> Self {
        Short(x)
    }
    #[inline(always)]
    fn times(self, [head, _]: [f64; 2]) -> Self {
        self * head
    }
    #[inline(always)]
    fn rounded(self) -> M {
        self.0
    }
    #[inline(always)]
    fn whole(self) -> Option<M::Mask> {
        None
    }
    #[inline(always)]
    fn certified(result: Guarded<Self, M>) -> M::Mask {
        result.sure_single()
    }
}

/// How much of a result in `f64` its error may be before it is rounded: 1.4 ULP at most, so that after rounding it is below 2.
const SURE_DOUBLE: f64 = 1.4 * power(-53);

impl<M: Machine> First<M> for Compensated<M> {
    #[inline(always)]
    fn of(x: M) -> Self {
        Compensated::from(x)
    }
    #[inline(always)]
    fn times(self, factor: [f64; 2]) -> Self {
        if factor == [1.0, 0.0] {
            return self;
        }
        self * self.lit2(factor)
    }
    #[inline(always)]
    fn rounded(self) -> M {
        self.round_to_machine()
    }
    #[inline(always)]
    fn whole(self) -> Option<M::Mask> {
        Some(self.sure())
    }
    #[inline(always)]
    fn certified(result: Guarded<Self, M>) -> M::Mask {
        result.sure(SURE_DOUBLE) & result.value.sure()
    }
}
