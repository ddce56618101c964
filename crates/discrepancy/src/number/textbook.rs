//! A formula as people type it from a book, in single precision: what exactness is shown beside.

use super::Real;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// `f32` with every helper written out: `softplus` is `ln(1 + e^z)`, `exp_m1` is `e^x - 1`, and every step rounds.
///
/// Where a formula is short of digits or leaves the range, this shows it. No result of the library is computed in it.
///
/// ```
/// use discrepancy::number::{Real, Textbook};
/// assert_eq!(Textbook(-20.0).softplus().0, 0.0);
/// assert_eq!((-20.0).softplus(), 2.061153620314381e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Textbook(pub f32);

macro_rules! operators {
    ($($trait:ident $method:ident)*) => {$(
        impl $trait for Textbook {
            type Output = Textbook;
            fn $method(self, o: Textbook) -> Textbook { Textbook(self.0.$method(o.0)) }
        }
        impl $trait<f64> for Textbook {
            type Output = Textbook;
            fn $method(self, c: f64) -> Textbook { Textbook(self.0.$method(c as f32)) }
        }
    )*};
}
operators! { Add add Sub sub Mul mul Div div }

impl Neg for Textbook {
    type Output = Textbook;
    fn neg(self) -> Textbook {
        Textbook(-self.0)
    }
}

impl Real for Textbook {
    type Mask = bool;
    fn lit(self, c: f64) -> Self {
        Textbook(c as f32)
    }
    fn lit2(self, c: [f64; 2]) -> Self {
        Textbook(c[0] as f32)
    }
    fn le(self, o: Self) -> bool {
        self.0 <= o.0
    }
    fn lt(self, o: Self) -> bool {
        self.0 < o.0
    }
    fn same(self, o: Self) -> bool {
        self.0 == o.0
    }
    fn when(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b
    }
    fn abs(self) -> Self {
        Textbook(self.0.abs())
    }
    fn sqrt(self) -> Self {
        Textbook(self.0.sqrt())
    }
    fn exp(self) -> Self {
        Textbook(self.0.exp())
    }
    fn exp_m1(self) -> Self {
        self.exp() - 1.0
    }
    fn ln(self) -> Self {
        Textbook(self.0.ln())
    }
    fn ln_1p(self) -> Self {
        (self + 1.0).ln()
    }
    fn ln_quotient(self, other: Self) -> Self {
        (self / other).ln()
    }
    fn sigmoid(self) -> Self {
        self.lit(1.0) / ((-self).exp() + 1.0)
    }
    fn softplus(self) -> Self {
        (self.exp() + 1.0).ln()
    }
    fn log1p_minus(self) -> Self {
        self.ln_1p() - self
    }
    fn phi(self) -> Self {
        (self + 1.0) * (self + 1.0).ln() - self
    }
    fn psi(self) -> Self {
        let one = self.lit(1.0);
        (one + self) * (one + self).ln() + (one - self) * (one - self).ln()
    }
}
