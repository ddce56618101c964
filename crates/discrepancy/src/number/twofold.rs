//! Two floats for one number, `high + low`: some 100 bits, from additions and fused multiply-adds.
//!
//! The algorithms are the classical error-free transformations (Dekker 1971, doi:10.1007/BF01397083;
//! Joldes, Muller, Popescu 2017, doi:10.1145/3121432). Infinities do not survive them (∞ − ∞ is NaN), so
//! whoever runs a formula in twofold precision takes the plain result where the twofold one is not finite.

use super::{Function, Machine, Real};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// An unevaluated sum `high + low` with `|low| <= ulp(high)/2`.
#[derive(Clone, Copy, Debug)]
pub struct Twofold<M> {
    /// The sum, rounded.
    pub high: M,
    /// What rounding lost.
    pub low: M,
}

impl<M: Machine> Twofold<M> {
    /// From parts that do not overlap.
    #[inline(always)]
    pub fn new(high: M, low: M) -> Self {
        Twofold { high, low }
    }
    /// Exactly `x`.
    #[inline(always)]
    pub fn from(x: M) -> Self {
        Twofold { high: x, low: x.lit(0.0) }
    }
    /// Exactly `a + b`.
    #[inline(always)]
    pub fn sum(a: M, b: M) -> Self {
        let s = a + b;
        let t = s - a;
        Twofold { high: s, low: (a - (s - t)) + (b - t) }
    }
    /// Exactly `a + b` for `|a| >= |b|`.
    #[inline(always)]
    fn ordered_sum(a: M, b: M) -> Self {
        let s = a + b;
        Twofold { high: s, low: b - (s - a) }
    }
    /// Exactly `a · b`, short of underflow.
    #[inline(always)]
    pub fn product(a: M, b: M) -> Self {
        let p = a * b;
        Twofold { high: p, low: a.mul_add(b, -p) }
    }
    /// Times one machine number, shorter than times a twofold one.
    #[inline(always)]
    pub fn times(self, other: M) -> Self {
        let p = Self::product(self.high, other);
        Self::ordered_sum(p.high, self.low.mul_add(other, p.low))
    }
    /// Plus one machine number.
    #[inline(always)]
    pub fn plus(self, other: M) -> Self {
        let s = Self::sum(self.high, other);
        Self::ordered_sum(s.high, s.low + self.low)
    }
    /// Rounded once.
    #[inline(always)]
    pub fn round_to_machine(self) -> M {
        self.high + self.low
    }
}

impl<M: Machine> Add for Twofold<M> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let s = Self::sum(self.high, other.high);
        let t = Self::sum(self.low, other.low);
        let v = Self::ordered_sum(s.high, s.low + t.high);
        Self::ordered_sum(v.high, t.low + v.low)
    }
}
impl<M: Machine> Sub for Twofold<M> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}
impl<M: Machine> Mul for Twofold<M> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let p = Self::product(self.high, other.high);
        let cross = self.high.mul_add(other.low, self.low * other.high);
        Self::ordered_sum(p.high, p.low + cross)
    }
}
impl<M: Machine> Div for Twofold<M> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let q = self.high / other.high;
        let rest = self - other.times(q);
        let correction = rest.high / other.high;
        let rest = rest - other.times(correction);
        let last = rest.high / other.high;
        Self::ordered_sum(q, correction).plus(last)
    }
}
impl<M: Machine> Neg for Twofold<M> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Twofold { high: -self.high, low: -self.low }
    }
}
macro_rules! with_constant {
    ($($trait:ident $method:ident: |$x:ident, $c:ident| $result:expr;)*) => {$(
        impl<M: Machine> $trait<f64> for Twofold<M> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, constant: f64) -> Self {
                let ($x, $c) = (self, self.high.lit(constant));
                $result
            }
        }
    )*};
}
with_constant! {
    Add add: |x, c| x.plus(c);
    Sub sub: |x, c| x.plus(-c);
    Mul mul: |x, c| x.times(c);
    Div div: |x, c| x / Twofold::from(c);
}

impl<M: Machine> Real for Twofold<M> {
    type Mask = M::Mask;
    #[inline(always)]
    fn lit(self, c: f64) -> Self {
        Twofold { high: self.high.lit(c), low: self.high.lit(0.0) }
    }
    #[inline(always)]
    fn lit2(self, c: [f64; 2]) -> Self {
        Twofold { high: self.high.lit(c[0]), low: self.high.lit(c[1]) }
    }
    #[inline(always)]
    fn le(self, other: Self) -> Self::Mask {
        self.high.lt(other.high) | (self.high.same(other.high) & self.low.le(other.low))
    }
    #[inline(always)]
    fn lt(self, other: Self) -> Self::Mask {
        self.high.lt(other.high) | (self.high.same(other.high) & self.low.lt(other.low))
    }
    #[inline(always)]
    fn same(self, other: Self) -> Self::Mask {
        self.high.same(other.high) & self.low.same(other.low)
    }
    #[inline(always)]
    fn when(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Twofold { high: M::when(mask, yes.high, no.high), low: M::when(mask, yes.low, no.low) }
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b
    }
    #[inline(always)]
    fn abs(self) -> Self {
        let negative = self.high.lt(self.high.lit(0.0));
        Self::when(negative, -self, Twofold { high: self.high.abs(), low: self.low })
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        let root = self.high.sqrt();
        let rest = self - Twofold::product(root, root);
        let zero = self.high.lit(0.0);
        let correction = M::when(zero.lt(root), rest.high / (root * 2.0), zero);
        Self::ordered_sum(root, correction)
    }
    #[inline(always)]
    fn exp(self) -> Self {
        M::call(Function::Exp, self)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        M::call(Function::ExpM1, self)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        M::call(Function::Ln, self)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        M::call(Function::Ln1p, self)
    }
    #[inline(always)]
    fn ln_quotient(self, other: Self) -> Self {
        super::elementary::ln_quotient_twofold(self, other)
    }
}
