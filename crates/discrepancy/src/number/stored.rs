//! What kernels read and write, and the numbers in which results of each type are tried first.

use super::elementary::{SHORT_EXP_MIN, exp_of_normal_short};
use super::guarded::power;
use super::lane::{LANES, Load};
use super::{Approximate, Compensated, Guarded, Machine, Real, Short};

/// A type that kernels load from and store to. Half types go through singles.
pub trait Stored: Copy + Default + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    /// What its results are computed in first.
    type First<M: Machine>: First<M>;
    /// Whether a difference of two numbers may be rounded before a formula compares it.
    const ROUNDS_DIFFERENCES: bool;
    /// Numbers whose products stay in the range that first results are computed in; `None` where all do.
    fn ordinary<M: Machine>(x: M) -> Option<M::Mask>;
    /// Twice the width of `load`.
    fn load<C: Load>(load: C, from: &[Self]) -> [C::Number; 2];
    /// Rounded, to a slice of twice the width.
    fn store<C: Load>(load: C, numbers: [C::Number; 2], to: &mut [Self]);
    /// The nearest number.
    fn of(x: f64) -> Self;
    /// Exactly the same number.
    fn widen(self) -> f64;
    /// Minus infinity.
    const NEGATIVE_INFINITY: Self;
    /// The larger of two; NaN is none.
    fn larger(self, other: Self) -> Self;
    /// Makes columns of rows.
    fn transpose<C: Load>(load: C, tile: &mut [[Self; LANES]; LANES]);
    /// The spacing at 1.
    const SPACING: f64;
    /// What scores below it count as where minus infinity cannot be computed with: their exponentials are 0.
    const LEAST_SCORE: f64;
    /// A row whose largest score has no larger magnitude is computed with [`Stored::LEAST_SCORE`].
    const LARGEST_SCORE: f64;
    /// A score to subtract from: minus infinity has no difference in two floats.
    fn score<M: Machine>(x: M) -> Self::First<M>;
    /// The slice itself, if it is one of singles …
    fn singles(slice: &[Self]) -> Option<&[f32]>;
    /// … or of doubles.
    fn doubles(slice: &[Self]) -> Option<&[f64]>;

    /// `e^gap` of a gap that is not positive, right to [`Stored::EXPONENTIAL`]; not certified where that does not hold.
    fn exp_of_gap<M: Machine>(gap: Self::First<M>) -> Self::First<M>;
    /// The relative error of an exponential of a gap …
    const EXPONENTIAL: f64;
    /// … of an addition …
    const ADDITION: f64;
    /// … of a gap …
    const GAP: f64;
    /// … and what one may have lost to underflow.
    const LOST: f64;
    /// An exponential, rounded, times a number.
    fn product<M: Machine>(exponential: M, number: Self::First<M>) -> M;
    /// A gap, rounded, less a number.
    fn difference<M: Machine>(gap: M, number: Self::First<M>) -> M;
}

impl Stored for f32 {
    type First<M: Machine> = Short<M>;
    const ROUNDS_DIFFERENCES: bool = true;
    #[inline(always)]
    fn ordinary<M: Machine>(_: M) -> Option<M::Mask> {
        None
    }
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
    const SPACING: f64 = f32::EPSILON as f64;
    const LEAST_SCORE: f64 = f32::MIN as f64;
    const LARGEST_SCORE: f64 = f32::MAX as f64;
    #[inline(always)]
    fn score<M: Machine>(x: M) -> Short<M> {
        Short(x)
    }
    #[inline(always)]
    fn singles(slice: &[f32]) -> Option<&[f32]> {
        Some(slice)
    }
    #[inline(always)]
    fn doubles(_: &[f32]) -> Option<&[f64]> {
        None
    }
    const NEGATIVE_INFINITY: f32 = f32::NEG_INFINITY;
    #[inline(always)]
    fn larger(self, other: f32) -> f32 {
        if self < other { other } else { self }
    }
    #[inline(always)]
    fn transpose<C: Load>(load: C, tile: &mut [[f32; LANES]; LANES]) {
        load.transpose(tile);
    }
    #[inline(always)]
    fn exp_of_gap<M: Machine>(gap: Short<M>) -> Short<M> {
        // Cut where the power would not be a normal number any more.
        Short(exp_of_normal_short(gap.0.max(gap.0.lit(SHORT_EXP_MIN))))
    }
    // The exponent is off by the rounding of a difference below 745.
    const EXPONENTIAL: f64 = power(-42);
    const ADDITION: f64 = f64::EPSILON;
    // Rounded twice at most, as a difference and as a quotient.
    const GAP: f64 = f64::EPSILON;
    const LOST: f64 = power(-1020);
    #[inline(always)]
    fn product<M: Machine>(exponential: M, number: Short<M>) -> M {
        exponential * number.0
    }
    #[inline(always)]
    fn difference<M: Machine>(gap: M, number: Short<M>) -> M {
        gap - number.0
    }
}

impl Stored for f64 {
    type First<M: Machine> = Compensated<M>;
    const ROUNDS_DIFFERENCES: bool = false;
    #[inline(always)]
    fn ordinary<M: Machine>(x: M) -> Option<M::Mask> {
        Some(x.lit(ORDINARY).le(x.abs()) | x.same(x.lit(0.0)))
    }
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
    const SPACING: f64 = f64::EPSILON;
    const LEAST_SCORE: f64 = -1e300;
    const LARGEST_SCORE: f64 = -Self::LEAST_SCORE / 2.0;
    #[inline(always)]
    fn score<M: Machine>(x: M) -> Compensated<M> {
        Compensated::from(x.max(x.lit(Self::LEAST_SCORE)))
    }
    #[inline(always)]
    fn singles(_: &[f64]) -> Option<&[f32]> {
        None
    }
    #[inline(always)]
    fn doubles(slice: &[f64]) -> Option<&[f64]> {
        Some(slice)
    }
    const NEGATIVE_INFINITY: f64 = f64::NEG_INFINITY;
    #[inline(always)]
    fn larger(self, other: f64) -> f64 {
        if self < other { other } else { self }
    }
    #[inline(always)]
    fn transpose<C: Load>(_: C, tile: &mut [[f64; LANES]; LANES]) {
        let rows = *tile;
        for (i, row) in rows.iter().enumerate() {
            for (column, x) in tile.iter_mut().zip(row) {
                column[i] = *x;
            }
        }
    }
    #[inline(always)]
    fn exp_of_gap<M: Machine>(gap: Compensated<M>) -> Compensated<M> {
        // From there on it is 0, also times what stands before it in a gradient.
        let nothing = gap.head.le(gap.head.lit(NO_EXPONENTIAL));
        Compensated::when(nothing, gap.lit(0.0), gap.exp())
    }
    const EXPONENTIAL: f64 = power(-60);
    const ADDITION: f64 = power(-100);
    const GAP: f64 = power(-100);
    const LOST: f64 = f64::MIN_POSITIVE * f64::EPSILON;
    #[inline(always)]
    fn product<M: Machine>(exponential: M, number: Compensated<M>) -> M {
        exponential.mul_add(number.head, exponential * number.tail)
    }
    #[inline(always)]
    fn difference<M: Machine>(gap: M, number: Compensated<M>) -> M {
        (gap - number.head) - number.tail
    }
}

/// Exponentials of smaller gaps are 2^-1154 at most.
pub(crate) const NO_EXPONENTIAL: f64 = -800.0;

/// Products of three numbers that are not smaller have all their bits.
pub(crate) const ORDINARY: f64 = power(-300);

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
    /// The same of what is multiplied by rounded numbers before it is rounded itself.
    fn certified_factor(result: Guarded<Self, M>) -> M::Mask;
    /// As two floats.
    fn parts(self) -> [M; 2];
    /// From these.
    fn of_parts(parts: [M; 2]) -> Self;
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
    #[inline(always)]
    fn certified_factor(result: Guarded<Self, M>) -> M::Mask {
        result.sure_to_single()
    }
    #[inline(always)]
    fn parts(self) -> [M; 2] {
        [self.0, self.0.lit(0.0)]
    }
    #[inline(always)]
    fn of_parts([head, _]: [M; 2]) -> Self {
        Short(head)
    }
}

/// How much of a result in `f64` its error may be before it is rounded: 1.4 ULP at most, so that after rounding it is below 2.
pub(crate) const SURE_DOUBLE: f64 = 1.4 * power(-53);

/// The same of a factor: a quarter of an ULP, so that 1.5 are left for the rounded number that it is multiplied by and the product.
const SURE_FACTOR: f64 = power(-55);

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
    #[inline(always)]
    fn certified_factor(result: Guarded<Self, M>) -> M::Mask {
        result.sure(SURE_FACTOR) & result.value.sure()
    }
    #[inline(always)]
    fn parts(self) -> [M; 2] {
        [self.head, self.tail]
    }
    #[inline(always)]
    fn of_parts([head, tail]: [M; 2]) -> Self {
        Compensated { head, tail }
    }
}
