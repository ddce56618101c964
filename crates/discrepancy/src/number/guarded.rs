//! A number that knows how wrong it may be: each operation adds what it may have lost to a bound.
//!
//! Where the bound of a result is too large, because terms cancelled or a step left the range of `f64`, the result is
//! computed again in [`Long`](super::Long). So a result is right because its bound says so, not because the formula
//! looked harmless. This is running error analysis (Wilkinson 1986; Higham 2002, doi:10.1137/1.9780898718027, section 3.3).

use super::{Machine, Real, Twofold};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number with rounding errors of a known size.
pub trait Approximate<M: Machine>: Real<Mask = M::Mask> {
    /// The relative error of an operation.
    const OPERATION: f64;
    /// The relative error of an elementary function.
    const FUNCTION: f64;
    /// The same of `exp` and `ln_1p_unit`, which may be shorter.
    const SHORT: f64 = Self::FUNCTION;
    /// The same of `exp_m1`.
    const EXP_M1: f64 = Self::FUNCTION;
    /// The same of `log1p_minus`, which loses 13 bits where its direct form begins.
    const LOG1P_MINUS: f64 = Self::FUNCTION * (1 << 14) as f64;
    /// Its size, to some bits.
    fn size(self) -> M;
    /// How much a quotient with this numerator, or a root of it, may have lost of it below the range of floats.
    #[inline(always)]
    fn lost(self) -> M {
        self.size().lit(0.0)
    }
    /// The error of `product`, which is `self · other`.
    #[inline(always)]
    fn product_error(self, _other: Self, product: Self) -> M {
        product.size() * Self::OPERATION
    }
}

/// `2^k` for k in [-1022, 1023].
pub(crate) const fn power(k: i64) -> f64 {
    // Beyond it the bits would be those of another number, and of another sign.
    assert!(k >= -1022 && k <= 1023);
    f64::from_bits(((k + 1023) as u64) << 52)
}

impl<M: Machine> Approximate<M> for Twofold<M> {
    const OPERATION: f64 = power(-101);
    const FUNCTION: f64 = power(-96);
    #[inline(always)]
    fn size(self) -> M {
        self.high.abs()
    }
    // The remainders are some 2^-53 and 2^-106 of it.
    #[inline(always)]
    fn lost(self) -> M {
        let (size, zero) = (self.size(), self.high.lit(0.0));
        M::when(zero.lt(size) & size.lt(size.lit(SMALL)), size.lit(LOST), zero)
    }
}

/// A machine number is its own approximation.
impl<M: Machine> Approximate<M> for M {
    const OPERATION: f64 = power(-53);
    // Three units in the last place.
    const FUNCTION: f64 = power(-50);
    #[inline(always)]
    fn size(self) -> M {
        self.abs()
    }
    // What rounding took away, exactly: a product with 1 or −1, such as a margin, is no less certain than its factor.
    #[inline(always)]
    fn product_error(self, other: M, product: M) -> M {
        self.mul_add(other, -product).abs()
    }
}

/// A value and a bound of its absolute error.
#[derive(Clone, Copy, Debug)]
pub struct Guarded<N, M> {
    /// The value.
    pub value: N,
    /// How far it may be from the truth.
    pub error: M,
}

/// Products smaller than this may have lost bits below the range of `f64` …
const SMALL: f64 = power(-900);
/// … but no more than this.
const LOST: f64 = power(-1022) * power(-46);

/// How much of a result its error bound may be: 2^-8 ULP, so that 0.508 ULP are left after rounding.
pub(crate) const SURE: f64 = f64::EPSILON / 256.0;
/// The same for results stored in 24 bits or fewer.
pub(crate) const SURE_SINGLE: f64 = SURE * (1 << 29) as f64;
/// Errors below this do not show in `f32`, whose smallest step is 2^-149.
pub(crate) const UNSEEN: f64 = power(-158);

impl<M: Machine, N: Approximate<M>> Guarded<N, M> {
    /// Exactly `value`.
    #[inline(always)]
    pub fn exact(value: N) -> Self {
        Guarded { error: value.size().lit(0.0), value }
    }
    /// A result whose operands brought `error` with them, and which was rounded by `relative`.
    #[inline(always)]
    fn rounded(value: N, error: M, relative: f64) -> Self {
        Guarded { value, error: value.size().mul_add(error.lit(relative), error) }
    }
    /// The same for what may underflow, unless it is zero because an operand is.
    #[inline(always)]
    fn scaled(value: N, error: M, relative: f64, zero: M::Mask) -> Self {
        let size = value.size();
        let error = size.mul_add(error.lit(relative), error);
        let lost = M::when(size.lt(size.lit(SMALL)) & !zero, error + LOST, error);
        Guarded { value, error: lost }
    }
    /// Whether the bound is below `relative` of the value, and the value is well inside the range of `f64`.
    #[inline(always)]
    pub fn sure(self, relative: f64) -> M::Mask {
        let size = self.value.size();
        let good = self.error.le(size * relative) & size.finite();
        // Results near the subnormal range are rounded once by the long form; an exact zero is right.
        good & (size.lit(SMALL).le(size) | self.error.same(size.lit(0.0)) & size.same(size.lit(0.0)))
    }
    /// Whether rounding to 24 bits or fewer gives the right number, to 0.508 units in the last place.
    #[inline(always)]
    pub(crate) fn sure_single(self) -> M::Mask {
        self.sure_to_single() | self.error.le(self.error.lit(UNSEEN))
    }
    /// The same, for a factor of what is rounded.
    #[inline(always)]
    pub(crate) fn sure_to_single(self) -> M::Mask {
        self.sure(SURE_SINGLE)
    }
    /// Its exponential.
    #[inline(always)]
    fn exponential(self, value: N) -> Self {
        Self::scaled(value, value.size() * self.error * 2.0, N::SHORT, !self.error.same(self.error))
    }
    /// The logarithm of one more than it.
    #[inline(always)]
    fn logarithm(self, value: N, relative: f64) -> Self {
        Self::scaled(value, self.error / (self.value + 1.0).size() * 2.0, relative, self.zero())
    }
    #[inline(always)]
    fn zero(self) -> M::Mask {
        self.value.size().same(self.error.lit(0.0))
    }
}

impl<M: Machine, N: Approximate<M>> Add for Guarded<N, M> {
    type Output = Self;
    #[inline(always)]
    fn add(self, o: Self) -> Self {
        Self::rounded(self.value + o.value, self.error + o.error, N::OPERATION)
    }
}
impl<M: Machine, N: Approximate<M>> Sub for Guarded<N, M> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, o: Self) -> Self {
        Self::rounded(self.value - o.value, self.error + o.error, N::OPERATION)
    }
}
impl<M: Machine, N: Approximate<M>> Mul for Guarded<N, M> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, o: Self) -> Self {
        let error = self.value.size().mul_add(o.error, (o.value.size() + o.error) * self.error);
        let product = self.value * o.value;
        let error = error + self.value.product_error(o.value, product);
        Self::scaled(product, error, 0.0, self.zero() | o.zero())
    }
}
impl<M: Machine, N: Approximate<M>> Div for Guarded<N, M> {
    type Output = Self;
    #[inline(always)]
    fn div(self, o: Self) -> Self {
        let value = self.value / o.value;
        // (a ± α) / (b ± β), first order, with room for the second.
        let error = value.size().mul_add(o.error, self.error + self.value.lost()) / o.value.size() * 1.125;
        Self::scaled(value, error, N::OPERATION, self.zero())
    }
}
impl<M: Machine, N: Approximate<M>> Neg for Guarded<N, M> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Guarded { value: -self.value, error: self.error }
    }
}
impl<M: Machine, N: Approximate<M>> Add<f64> for Guarded<N, M> {
    type Output = Self;
    #[inline(always)]
    fn add(self, c: f64) -> Self {
        Self::rounded(self.value + c, self.error, N::OPERATION)
    }
}
impl<M: Machine, N: Approximate<M>> Sub<f64> for Guarded<N, M> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, c: f64) -> Self {
        Self::rounded(self.value - c, self.error, N::OPERATION)
    }
}
impl<M: Machine, N: Approximate<M>> Mul<f64> for Guarded<N, M> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, c: f64) -> Self {
        self * self.lit(c)
    }
}
impl<M: Machine, N: Approximate<M>> Div<f64> for Guarded<N, M> {
    type Output = Self;
    #[inline(always)]
    fn div(self, c: f64) -> Self {
        let error = (self.error + self.value.lost()) / c.abs();
        Self::scaled(self.value / c, error, N::OPERATION, self.zero())
    }
}

impl<M: Machine, N: Approximate<M>> Real for Guarded<N, M> {
    type Mask = M::Mask;
    #[inline(always)]
    fn lit(self, c: f64) -> Self {
        Self::exact(self.value.lit(c))
    }
    #[inline(always)]
    fn lit2(self, c: [f64; 2]) -> Self {
        Self::rounded(self.value.lit2(c), self.error.lit(0.0), N::OPERATION)
    }
    #[inline(always)]
    fn le(self, o: Self) -> M::Mask {
        self.value.le(o.value)
    }
    #[inline(always)]
    fn lt(self, o: Self) -> M::Mask {
        self.value.lt(o.value)
    }
    #[inline(always)]
    fn same(self, o: Self) -> M::Mask {
        // Certainly equal: a zero that is an underflow must not pass for a zero.
        let exact = self.error.lit(0.0);
        self.value.same(o.value) & self.error.same(exact) & o.error.same(exact)
    }
    #[inline(always)]
    fn when(mask: M::Mask, yes: Self, no: Self) -> Self {
        Guarded { value: N::when(mask, yes.value, no.value), error: M::when(mask, yes.error, no.error) }
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Guarded { value: self.value.abs(), error: self.error }
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        // α / (2√a), without the half; at zero √α.
        let error = M::when(self.zero(), self.error.sqrt(), (self.error + self.value.lost()) / value.size());
        Self::rounded(value, error, N::OPERATION)
    }
    #[inline(always)]
    fn exp(self) -> Self {
        self.exponential(self.value.exp())
    }
    #[inline(always)]
    fn exp_nonpositive(self) -> Self {
        self.exponential(self.value.exp_nonpositive())
    }
    #[inline(always)]
    fn ln_1p_unit(self) -> Self {
        self.logarithm(self.value.ln_1p_unit(), N::SHORT)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        let value = self.value.exp_m1();
        Self::scaled(value, (value.size() + 1.0) * self.error * 2.0, N::EXP_M1, self.zero())
    }
    #[inline(always)]
    fn ln(self) -> Self {
        Self::rounded(self.value.ln(), self.error / self.value.size() * 2.0, N::FUNCTION)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        self.logarithm(self.value.ln_1p(), N::FUNCTION)
    }
    #[inline(always)]
    fn log1p_minus(self) -> Self {
        // The derivative is -t/(1 + t).
        let error = self.error / (self.value + 1.0).size() * (self.value.size() + self.error) * 2.0;
        Self::scaled(self.value.log1p_minus(), error, N::LOG1P_MINUS, self.zero())
    }
    #[inline(always)]
    fn phi(self) -> Self {
        // t² + (1 + t) (ln(1 + t) - t): where t is small, half of the square is left.
        let t = self;
        let near = t.square() + (t + 1.0) * t.log1p_minus();
        let wide = t.ln_1p().weighted(t + 1.0) - t;
        Self::when(t.abs().lt(t.lit(0.5)), near, wide)
    }
}
