//! A machine number with a short exponential: what results of 24 bits or fewer are computed in.
//!
//! Arithmetic is that of the machine number, 53 bits; `exp`, `ln_1p` between 0 and 1 as in softplus, and the logarithm of
//! a quotient are right to 42 bits, of which a result in `f32` needs 32. That halves the length of such a formula. Other
//! logarithms stay as they are: formulas take differences of them.

use super::guarded::power;
use super::{Approximate, Machine, Real, elementary};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A machine number whose exponential is short.
#[derive(Clone, Copy, Debug)]
pub struct Short<M>(pub M);

impl<M: Machine> Approximate<M> for Short<M> {
    const OPERATION: f64 = power(-53);
    const FUNCTION: f64 = power(-50);
    const SHORT: f64 = power(-42);
    #[inline(always)]
    fn size(self) -> M {
        self.0.abs()
    }
    #[inline(always)]
    fn product_error(self, other: Self, product: Self) -> M {
        self.0.product_error(other.0, product.0)
    }
}

macro_rules! operator {
    ($($trait:ident $method:ident),*) => {$(
        impl<M: Machine> $trait for Short<M> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self { Short(self.0.$method(other.0)) }
        }
        impl<M: Machine> $trait<f64> for Short<M> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self { Short(self.0.$method(other)) }
        }
    )*};
}
operator!(Add add, Sub sub, Mul mul, Div div);

impl<M: Machine> Neg for Short<M> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Short(-self.0)
    }
}

impl<M: Machine> Real for Short<M> {
    type Mask = M::Mask;
    #[inline(always)]
    fn lit(self, c: f64) -> Self {
        Short(self.0.lit(c))
    }
    #[inline(always)]
    fn lit2(self, c: [f64; 2]) -> Self {
        Short(self.0.lit2(c))
    }
    #[inline(always)]
    fn le(self, other: Self) -> M::Mask {
        self.0.le(other.0)
    }
    #[inline(always)]
    fn lt(self, other: Self) -> M::Mask {
        self.0.lt(other.0)
    }
    #[inline(always)]
    fn same(self, other: Self) -> M::Mask {
        self.0.same(other.0)
    }
    #[inline(always)]
    fn when(mask: M::Mask, yes: Self, no: Self) -> Self {
        Short(M::when(mask, yes.0, no.0))
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        Short(self.0.mul_add(a.0, b.0))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Short(self.0.abs())
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Short(self.0.sqrt())
    }
    #[inline(always)]
    fn exp(self) -> Self {
        Short(elementary::exp_short(self.0))
    }
    #[inline(always)]
    fn exp_nonpositive(self) -> Self {
        Short(elementary::exp_nonpositive_short(self.0))
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        Short(self.0.exp_m1())
    }
    #[inline(always)]
    fn ln(self) -> Self {
        Short(self.0.ln())
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        Short(self.0.ln_1p())
    }
    #[inline(always)]
    fn inverse_ln(self, base: f64) -> Self {
        Short(self.0.inverse_ln(base))
    }
    #[inline(always)]
    fn ln_1p_unit(self) -> Self {
        Short(elementary::ln_1p_unit_short(self.0))
    }
    #[inline(always)]
    fn ln_quotient(self, other: Self) -> Self {
        Short(elementary::ln_quotient_short(self.0, other.0))
    }
}
