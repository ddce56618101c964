//! A float and what it leaves out: the numbers in which results stored in `f64` are tried first.
//!
//! Sums and products carry their rounding errors along in a second float ("pair arithmetic": Lange, Rump 2020, Faithfully rounded
//! floating-point computations, doi:10.1145/3290955). That is some 100 bits, at a third of the cost of
//! [`Twofold`], which rounds its second float more carefully and puts both in order after each step. Functions are right to 59 bits, which is what
//! a result within an ULP or two needs.
//!
//! Where a function leaves the range in which that holds, the second float becomes NaN, and so does what is made of
//! it: whoever rounds a result (`sure`) sees it and takes a longer number.

use super::elementary::{ln_1p_of_unit, pair_exp, pair_exp_m1, pair_ln, pair_ln_1p, pair_log1p_minus};
use super::guarded::power;
use super::{Approximate, Machine, Real, Twofold};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number `head + tail`; the tail is some units of the head's last place.
#[derive(Clone, Copy, Debug)]
pub struct Compensated<M> {
    /// The number, rounded a few times.
    pub head: M,
    /// What that lost.
    pub tail: M,
}

/// Results below it may have lost bits on their way.
const LEAST: f64 = power(-900);

impl<M: Machine> Compensated<M> {
    /// Exactly `x`.
    #[inline(always)]
    pub fn from(x: M) -> Self {
        // Minus zero: what is added to it is known to be itself when the formula is compiled.
        Compensated { head: x, tail: x.lit(-0.0) }
    }
    #[inline(always)]
    pub(super) fn new(head: M, tail: M) -> Self {
        Compensated { head, tail }
    }
    /// Exactly `a + b` for `|a| >= |b|`, or `a = 0`.
    #[inline(always)]
    pub(super) fn ordered_sum(a: M, b: M) -> Self {
        let head = a + b;
        Compensated { head, tail: b - (head - a) }
    }
    /// Exactly `a + b`.
    #[inline(always)]
    fn sum(a: M, b: M) -> Self {
        let Twofold { high, low } = Twofold::sum(a, b);
        Compensated { head: high, tail: low }
    }
    /// Rounded once.
    #[inline(always)]
    pub fn round_to_machine(self) -> M {
        self.head + self.tail
    }
    /// Whether the rounded number has all its bits: no function left its range, and nothing was lost to underflow.
    #[inline(always)]
    pub(crate) fn sure(self) -> M::Mask {
        let (x, zero) = (self.round_to_machine(), self.head.lit(0.0));
        // NaN is neither.
        x.abs().le(x.lit(f64::MAX)) & (x.lit(LEAST).le(x.abs()) | x.same(zero))
    }
}

impl<M: Machine> Approximate<M> for Compensated<M> {
    // Of the size of the result where nothing cancels; what cancels brought more error with it, or is exact.
    const OPERATION: f64 = power(-100);
    const FUNCTION: f64 = power(-61);
    const SHORT: f64 = power(-60);
    const EXP_M1: f64 = power(-59);
    const LOG1P_MINUS: f64 = power(-58);
    #[inline(always)]
    fn size(self) -> M {
        self.head.abs()
    }
    #[inline(always)]
    fn lost(self) -> M {
        Twofold::new(self.head, self.tail).lost()
    }
    // What rounding took away: a product with 1 or −1, such as a margin, is no less certain than its factor.
    #[inline(always)]
    fn product_error(self, other: Self, product: Self) -> M {
        let crossed = (self.head * other.tail).abs() + (self.tail * other.head).abs() + product.tail.abs();
        crossed.mul_add(crossed.lit(power(-51)), (self.tail * other.tail).abs())
    }
}

impl<M: Machine> Add for Compensated<M> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let s = Self::sum(self.head, other.head);
        // Put in order: where the heads cancel, the tail would be no small part of what is left.
        Self::ordered_sum(s.head, s.tail + (self.tail + other.tail))
    }
}
impl<M: Machine> Sub for Compensated<M> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}
impl<M: Machine> Mul for Compensated<M> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let head = self.head * other.head;
        let rest = self.head.mul_add(other.head, -head);
        Compensated { head, tail: self.head.mul_add(other.tail, self.tail.mul_add(other.head, rest)) }
    }
}
impl<M: Machine> Div for Compensated<M> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        // The inverse is good enough for the tail too.
        let inverse = self.head.lit(1.0) / other.head;
        let head = self.head * inverse;
        let rest = (-head).mul_add(other.head, self.head) + self.tail;
        Compensated { head, tail: (-head).mul_add(other.tail, rest) * inverse }
    }
}
impl<M: Machine> Neg for Compensated<M> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Compensated { head: -self.head, tail: -self.tail }
    }
}
impl<M: Machine> Add<f64> for Compensated<M> {
    type Output = Self;
    #[inline(always)]
    fn add(self, c: f64) -> Self {
        let s = Self::sum(self.head, self.head.lit(c));
        Self::ordered_sum(s.head, s.tail + self.tail)
    }
}
impl<M: Machine> Sub<f64> for Compensated<M> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, c: f64) -> Self {
        self + -c
    }
}
impl<M: Machine> Mul<f64> for Compensated<M> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, c: f64) -> Self {
        let factor = self.head.lit(c);
        let head = self.head * factor;
        Compensated { head, tail: self.tail.mul_add(factor, self.head.mul_add(factor, -head)) }
    }
}
impl<M: Machine> Div<f64> for Compensated<M> {
    type Output = Self;
    #[inline(always)]
    fn div(self, c: f64) -> Self {
        let divisor = self.head.lit(c);
        let inverse = self.head.lit(1.0) / divisor;
        let head = self.head * inverse;
        Compensated { head, tail: ((-head).mul_add(divisor, self.head) + self.tail) * inverse }
    }
}

impl<M: Machine> Real for Compensated<M> {
    type Mask = M::Mask;
    #[inline(always)]
    fn lit(self, c: f64) -> Self {
        Self::from(self.head.lit(c))
    }
    #[inline(always)]
    fn lit2(self, c: [f64; 2]) -> Self {
        Compensated { head: self.head.lit(c[0]), tail: self.head.lit(c[1]) }
    }
    #[inline(always)]
    fn le(self, other: Self) -> M::Mask {
        (self.head - other.head).le(other.tail - self.tail)
    }
    #[inline(always)]
    fn lt(self, other: Self) -> M::Mask {
        (self.head - other.head).lt(other.tail - self.tail)
    }
    #[inline(always)]
    fn same(self, other: Self) -> M::Mask {
        (self.head - other.head).same(other.tail - self.tail)
    }
    #[inline(always)]
    fn when(mask: M::Mask, yes: Self, no: Self) -> Self {
        Compensated { head: M::when(mask, yes.head, no.head), tail: M::when(mask, yes.tail, no.tail) }
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self::when(self.head.lt(self.head.lit(0.0)), -self, self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        let (head, zero) = (self.head.sqrt(), self.head.lit(0.0));
        let rest = (-head).mul_add(head, self.head) + self.tail;
        Compensated { head, tail: M::when(zero.lt(head), rest / (head + head), zero) }
    }
    #[inline(always)]
    fn exp(self) -> Self {
        pair_exp(self)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        pair_exp_m1(self)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        pair_ln(self)
    }
    #[inline(always)]
    fn log1p_minus(self) -> Self {
        pair_log1p_minus(self)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        pair_ln_1p(self)
    }
    #[inline(always)]
    fn ln_1p_unit(self) -> Self {
        ln_1p_of_unit(self)
    }
    #[inline(always)]
    fn inverse_ln(self, base: f64) -> Self {
        // Of a single float, which a compiler moves out of loops.
        let inverse = Compensated::from(1.0) / Compensated::from(base).ln();
        self.lit2([inverse.head, inverse.tail])
    }
    #[inline(always)]
    fn square(self) -> Self {
        let head = self.head * self.head;
        let rest = self.head.mul_add(self.head, -head);
        Compensated { head, tail: (self.head + self.head).mul_add(self.tail, rest) }
    }
    #[inline(always)]
    fn sigmoid(self) -> Self {
        let zero = self.head.lit(0.0);
        let e = (-self.abs()).exp_nonpositive();
        let one = e.lit(1.0);
        // The exponential is at most 1.
        let s = Self::ordered_sum(one.head, e.head);
        let inverse = one / Compensated { tail: s.tail + e.tail, ..s };
        Self::when(zero.le(self.head), one, e) * inverse
    }
}
