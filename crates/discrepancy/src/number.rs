//! The formula language: a formula is written once over [`Real`] and runs on plain `f64`, on SIMD
//! lanes, on double-double numbers, on dual numbers and on a symbol that prints TeX.
//!
//! The rule that makes results exact: **a formula is evaluated one precision above its storage and
//! rounded once.** `f32`, `f16` and `bf16` are computed in `f64`; `f64` is computed in
//! [`Twofold`] (two `f64`, some 100 bits), [`Guarded`] by a bound of its own rounding errors; the few elements
//! where the bound is not enough are computed again in [`Long`] (256 bits).

pub(crate) mod careful;
pub mod compensated;
mod constants;
pub mod dual;
pub mod elementary;
pub mod guarded;
pub mod lane;
pub mod long;
pub mod scalar;
pub mod short;
pub(crate) mod stored;
pub mod textbook;
pub mod trace;
pub mod twofold;

pub use compensated::Compensated;
pub use dual::Dual;
pub use guarded::{Approximate, Guarded};
pub use lane::{LANES, Lane, Level, NativeLane};
pub use long::Long;
pub use short::Short;
pub use textbook::Textbook;
pub use trace::Trace;
pub use twofold::Twofold;

use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// Whether a power is taken by repeated multiplication: shorter than `exp(γ ln x)`, and exact for exact squares.
#[inline(always)]
pub(crate) fn by_multiplication(exponent: f64) -> bool {
    exponent.fract() == 0.0 && exponent.abs() <= 16.0
}

/// The number a formula is written in. Formulas have no branches: [`Real::when`] evaluates both sides.
pub trait Real:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// The result of a comparison.
    type Mask: Copy + BitAnd<Output = Self::Mask> + BitOr<Output = Self::Mask> + Not<Output = Self::Mask>;

    /// A constant of the same kind, exactly `c`.
    fn lit(self, c: f64) -> Self;
    /// A constant given by two floats (`high + low`), for constants that need more than 53 bits.
    fn lit2(self, c: [f64; 2]) -> Self;
    /// `self <= other`.
    fn le(self, other: Self) -> Self::Mask;
    /// `self < other`.
    fn lt(self, other: Self) -> Self::Mask;
    /// `self == other`.
    fn same(self, other: Self) -> Self::Mask;
    /// `yes` where the mask holds, else `no`.
    fn when(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// `self * a + b`.
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// e to the power of `self`.
    fn exp(self) -> Self;
    /// `exp(self) - 1` without cancellation.
    fn exp_m1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// `ln(1 + self)` without cancellation.
    fn ln_1p(self) -> Self;
    /// `1 / ln(base)` of a constant.
    #[inline(always)]
    fn inverse_ln(self, base: f64) -> Self {
        self.lit(1.0) / self.lit(base).ln()
    }
    /// `exp` of what is not positive.
    #[inline(always)]
    fn exp_nonpositive(self) -> Self {
        self.exp()
    }
    /// `ln_1p` of what lies between 0 and 1.
    #[inline(always)]
    fn ln_1p_unit(self) -> Self {
        self.ln_1p()
    }

    /// `ln(self / other)` of positive numbers whose quotient is in range, without cancellation.
    #[inline(always)]
    fn ln_quotient(self, other: Self) -> Self {
        let near = self.lt(other * 2.0) & other.lt(self * 2.0);
        Self::when(near, ((self - other) / other).ln_1p(), (self / other).ln())
    }

    /// The larger of two.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self::when(self.lt(other), other, self)
    }
    /// The smaller of two.
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self::when(other.lt(self), other, self)
    }
    /// The square.
    #[inline(always)]
    fn square(self) -> Self {
        self * self
    }
    /// −1, 0 or 1: the subgradient of least norm of the absolute value.
    #[inline(always)]
    fn sign(self) -> Self {
        let zero = self.lit(0.0);
        Self::when(zero.lt(self), self.lit(1.0), Self::when(self.lt(zero), self.lit(-1.0), zero))
    }
    /// `weight * self`, where a weight of zero wins over an infinity: `0 · ∞ = 0`.
    #[inline(always)]
    fn weighted(self, weight: Self) -> Self {
        let zero = self.lit(0.0);
        Self::when(weight.same(zero), zero, weight * self)
    }
    /// `self - slower`, where an infinity of `self` wins: `∞ - ∞ = ∞`, the limit where `self` grows faster.
    #[inline(always)]
    fn outgrowing(self, slower: Self) -> Self {
        Self::when(self.same(self.lit(f64::INFINITY)), self, self - slower)
    }
    /// The logistic function `1 / (1 + e^-z)`.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        let e = (-self.abs()).exp_nonpositive();
        // The quotient is the same for z and -z: computed once where both are needed.
        Self::when(self.lit(0.0).le(self), self.lit(1.0), e) * (self.lit(1.0) / (e + 1.0))
    }
    /// `ln(1 + e^z)`, exact in both tails.
    #[inline(always)]
    fn softplus(self) -> Self {
        self.max(self.lit(0.0)) + (-self.abs()).exp_nonpositive().ln_1p_unit()
    }
    /// `x ln x` with `0 ln 0 = 0`.
    #[inline(always)]
    fn x_ln_x(self) -> Self {
        self.ln().weighted(self)
    }
    /// `self` to a real power, for `self >= 0`; `0^0 = 1`.
    #[inline(always)]
    fn power(self, exponent: f64) -> Self {
        if exponent == 0.0 {
            return self.lit(1.0);
        }
        if by_multiplication(exponent) {
            let mut rest = exponent.abs() as u32;
            let mut square = self;
            let mut product = self.lit(1.0);
            loop {
                if rest & 1 == 1 {
                    product = product * square;
                }
                rest >>= 1;
                if rest == 0 {
                    break;
                }
                square = square * square;
            }
            return if exponent < 0.0 { self.lit(1.0) / product } else { product };
        }
        let zero = self.lit(0.0);
        let at_zero = self.lit(if exponent > 0.0 { 0.0 } else { f64::INFINITY });
        Self::when(self.same(zero), at_zero, (self.ln() * exponent).exp())
    }
    /// `ln(1 + t) - t`, without cancellation near 0.
    #[inline(always)]
    fn log1p_minus(self) -> Self {
        let t = self;
        let series = elementary::alternating(t, 2) * t * t * -1.0;
        Self::when(t.abs().lt(t.lit(SMALL)), series, -t.outgrowing(t.ln_1p()))
    }
    /// `(1 + t) ln(1 + t) - t >= 0`, the kernel of Kullback–Leibler and the Poisson deviance.
    #[inline(always)]
    fn phi(self) -> Self {
        let t = self;
        // (1+t) ln(1+t) - t = t²/2 - t³/6 + t⁴/12 - … = Σ (-1)^k t^k / (k(k-1))
        let mut series = t.lit(1.0 / 72.0);
        for k in (2..=8).rev() {
            let k = f64::from(k);
            series = t.lit(1.0) / (k * (k - 1.0)) - series * t;
        }
        let series = series * t * t;
        let near = t.abs().lt(t.lit(SMALL));
        let wide = (t.ln_1p()).weighted(t + 1.0) - t;
        Self::when(near, series, wide)
    }
    /// `(1+d) ln(1+d) + (1-d) ln(1-d)` for `|d| <= 1`: even, non-negative, the kernel of Jensen–Shannon.
    #[inline(always)]
    fn psi(self) -> Self {
        let d = self.abs();
        let s = d * d;
        // Σ_{k>=1} s^k / (k (2k-1))
        let mut series = s.lit(1.0 / 45.0);
        for k in (1..=4).rev() {
            let k = f64::from(k);
            series = s.lit(1.0) / (k * (2.0 * k - 1.0)) + series * s;
        }
        let series = series * s;
        let one = d.lit(1.0);
        let wide = d.ln_1p().weighted(one + d) + (-d).ln_1p().weighted(one - d);
        Self::when(d.lt(d.lit(1.0 / 1024.0)), series, wide)
    }
}

/// Below this, the series of `phi` and `log1p_minus` are used; above, the direct form loses at most 12 bits.
const SMALL: f64 = 1.0 / 4096.0;

/// A number that the processor computes with (`f64`, or a vector of them): what elementary functions are made of.
pub trait Machine: Real {
    /// To the nearest integer, ties to even.
    fn round(self) -> Self;
    /// `2^self` for an integral value in [-1022, 1023].
    fn power_of_two(self) -> Self;
    /// The same where 1.5 · 2^52 and the bias of exponents, 1023, are in `self` already.
    fn power_of_shifted(self) -> Self;
    /// For a positive normal number: `(m, e)` with `self = m · 2^e` and m in [√½, √2).
    fn split(self) -> (Self, Self);
    /// For positive normal numbers whose quotient is in range: `(2^k, k)` with `self / other / 2^k` between 2/3 and 3/2.
    fn quotient_power(self, other: Self) -> (Self, Self);
    /// The mask of numbers that are neither infinite nor NaN.
    fn finite(self) -> Self::Mask;
    /// The sum of the bits of both as integers of 64 bits, which wraps; like the next two, of no meaning as a number.
    fn add_bits(self, other: Self) -> Self;
    /// The bits that are set in either.
    fn or_bits(self, other: Self) -> Self;
    /// The bits in which they differ.
    fn differing_bits(self, other: Self) -> Self;
    /// One bit for each number, the first one's lowest.
    fn bits_of(mask: Self::Mask) -> u64;

    /// Calls `function` out of line, compiled for this kind of number. The twofold elementary functions are some
    /// hundred instructions each; copied into every formula they made the build ten times longer and no formula
    /// faster.
    fn call(function: Function, x: Twofold<Self>) -> Twofold<Self>;
    /// The same in plain precision, where the function is worth copying; but not in development builds, which should
    /// be quick to compile.
    fn call_plain(function: Function, x: Self) -> Self;
}

/// The elementary functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `exp`.
    Exp,
    /// `exp_m1`.
    ExpM1,
    /// `ln`.
    Ln,
    /// `ln_1p`.
    Ln1p,
}
