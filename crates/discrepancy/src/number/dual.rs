//! Dual numbers: a value with its derivative. They check the derivative formulas exactly, without finite differences.

use super::Real;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// `value + ε slope` with ε² = 0.
#[derive(Clone, Copy, Debug)]
pub struct Dual<R> {
    /// The value.
    pub value: R,
    /// The derivative.
    pub slope: R,
}

impl<R: Real> Dual<R> {
    /// The variable itself: slope 1.
    pub fn variable(value: R) -> Self {
        Dual { value, slope: value.lit(1.0) }
    }
    /// A constant: slope 0.
    pub fn constant(value: R) -> Self {
        Dual { value, slope: value.lit(0.0) }
    }
    fn chain(self, value: R, derivative: R) -> Self {
        Dual { value, slope: derivative * self.slope }
    }
}

impl<R: Real> Add for Dual<R> {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Dual { value: self.value + o.value, slope: self.slope + o.slope }
    }
}
impl<R: Real> Sub for Dual<R> {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Dual { value: self.value - o.value, slope: self.slope - o.slope }
    }
}
impl<R: Real> Mul for Dual<R> {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        Dual { value: self.value * o.value, slope: self.slope * o.value + self.value * o.slope }
    }
}
impl<R: Real> Div for Dual<R> {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        let value = self.value / o.value;
        Dual { value, slope: (self.slope - value * o.slope) / o.value }
    }
}
impl<R: Real> Neg for Dual<R> {
    type Output = Self;
    fn neg(self) -> Self {
        Dual { value: -self.value, slope: -self.slope }
    }
}
impl<R: Real> Add<f64> for Dual<R> {
    type Output = Self;
    fn add(self, c: f64) -> Self {
        Dual { value: self.value + c, slope: self.slope }
    }
}
impl<R: Real> Sub<f64> for Dual<R> {
    type Output = Self;
    fn sub(self, c: f64) -> Self {
        Dual { value: self.value - c, slope: self.slope }
    }
}
impl<R: Real> Mul<f64> for Dual<R> {
    type Output = Self;
    fn mul(self, c: f64) -> Self {
        Dual { value: self.value * c, slope: self.slope * c }
    }
}
impl<R: Real> Div<f64> for Dual<R> {
    type Output = Self;
    fn div(self, c: f64) -> Self {
        Dual { value: self.value / c, slope: self.slope / c }
    }
}

impl<R: Real> Real for Dual<R> {
    type Mask = R::Mask;
    fn lit(self, c: f64) -> Self {
        Dual::constant(self.value.lit(c))
    }
    fn lit2(self, c: [f64; 2]) -> Self {
        Dual::constant(self.value.lit2(c))
    }
    fn le(self, o: Self) -> Self::Mask {
        self.value.le(o.value)
    }
    fn lt(self, o: Self) -> Self::Mask {
        self.value.lt(o.value)
    }
    fn same(self, o: Self) -> Self::Mask {
        self.value.same(o.value)
    }
    fn when(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Dual { value: R::when(mask, yes.value, no.value), slope: R::when(mask, yes.slope, no.slope) }
    }
    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b
    }
    fn abs(self) -> Self {
        self.chain(self.value.abs(), self.value.sign())
    }
    fn sqrt(self) -> Self {
        let root = self.value.sqrt();
        self.chain(root, root.lit(0.5) / root)
    }
    fn exp(self) -> Self {
        let e = self.value.exp();
        self.chain(e, e)
    }
    fn exp_m1(self) -> Self {
        let e = self.value.exp_m1();
        self.chain(e, self.value.exp())
    }
    fn ln(self) -> Self {
        self.chain(self.value.ln(), self.value.lit(1.0) / self.value)
    }
    fn ln_1p(self) -> Self {
        self.chain(self.value.ln_1p(), self.value.lit(1.0) / (self.value + 1.0))
    }
}
