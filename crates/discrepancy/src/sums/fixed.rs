//! Sums as whole numbers: products, differences and quotients of them are rounded once, at the end.

use super::exact::ExactSum;
use super::moments::{quotient, root};
use crate::number::careful::{Careful, Checked, Quick};
use crate::number::{Long, Twofold};
use num_bigint::{BigInt, Sign};

/// `integer · 2^exponent`.
#[derive(Clone, Debug)]
pub(crate) struct Fixed {
    integer: BigInt,
    exponent: i64,
}

impl Fixed {
    /// A finite sum; `None` where it has infinite terms.
    pub(crate) fn of(sum: &ExactSum) -> Option<Fixed> {
        if sum.special().is_some() {
            return None;
        }
        let (integer, exponent) = sum.integer();
        Some(Fixed { integer, exponent })
    }
    /// Exactly a finite float.
    pub(crate) fn of_float(x: f64) -> Fixed {
        let mut sum = ExactSum::new();
        sum.add(x);
        let (integer, exponent) = sum.integer();
        // Floats are odd numbers times a power of two, so that sums of them stay short.
        let zeros = integer.trailing_zeros().unwrap_or(0);
        Fixed { integer: integer >> zeros, exponent: exponent + zeros as i64 }
    }
    /// `integer · 2^exponent`.
    pub(crate) fn new(integer: BigInt, exponent: i64) -> Fixed {
        Fixed { integer, exponent }
    }
    /// Nothing.
    pub(crate) fn zero() -> Fixed {
        Fixed { integer: BigInt::ZERO, exponent: 0 }
    }
    /// `units · 2^exponent`.
    pub(crate) fn units(units: i128, exponent: i32) -> Fixed {
        Fixed { integer: units.into(), exponent: exponent.into() }
    }
    pub(crate) fn times(&self, other: &Fixed) -> Fixed {
        Fixed { integer: &self.integer * &other.integer, exponent: self.exponent + other.exponent }
    }
    pub(crate) fn minus(&self, other: &Fixed) -> Fixed {
        self.plus(&other.negative())
    }
    pub(crate) fn plus(&self, other: &Fixed) -> Fixed {
        if self.is_zero() || other.is_zero() {
            return if self.is_zero() { other.clone() } else { self.clone() };
        }
        let exponent = self.exponent.min(other.exponent);
        let at = |x: &Fixed| &x.integer << (x.exponent - exponent) as u64;
        Fixed { integer: at(self) + at(other), exponent }
    }
    pub(crate) fn negative(&self) -> Fixed {
        Fixed { integer: -&self.integer, exponent: self.exponent }
    }
    pub(crate) fn is_zero(&self) -> bool {
        self.integer.sign() == Sign::NoSign
    }
    /// Equal numbers have equal keys.
    pub(crate) fn key(&self) -> (BigInt, i64) {
        let zeros = self.integer.trailing_zeros().unwrap_or(0);
        (&self.integer >> zeros, if self.is_zero() { 0 } else { self.exponent + zeros as i64 })
    }
    /// The first 256 bits.
    pub(crate) fn to_long(&self) -> Long {
        let drop = self.integer.bits().saturating_sub(320);
        let head = self.integer.magnitude() >> drop;
        let digits = head.iter_u32_digits().rev();
        let long = digits.fold(Long::from(0.0), |sum, digit| sum * 4_294_967_296.0 + f64::from(digit));
        let long = long.scaled(drop as i64 + self.exponent);
        if self.integer.sign() == Sign::Minus { -long } else { long }
    }
    pub(crate) fn is_positive(&self) -> bool {
        self.integer.sign() == Sign::Plus
    }
    /// The quotient, rounded once; the divisor is positive.
    pub(crate) fn over(&self, divisor: &Fixed) -> f64 {
        quotient(&self.integer, &divisor.integer, self.exponent - divisor.exponent)
    }
    /// The quotient in two floats.
    pub(crate) fn wide_over(&self, divisor: &Fixed) -> Twofold<f64> {
        let high = self.over(divisor);
        let mut sum = ExactSum::new();
        sum.add(high);
        let low = Fixed::of(&sum).map_or(0.0, |high| self.minus(&high.times(divisor)).over(divisor));
        Twofold { high, low }
    }
    /// The root of the quotient, rounded once; neither is negative.
    pub(crate) fn root_over(&self, divisor: &Fixed) -> f64 {
        if self.is_positive() { root(&self.integer, &divisor.integer, self.exponent - divisor.exponent) } else { 0.0 }
    }
}

/// `Σ a_i b_i` in whole numbers.
pub(crate) fn fixed_dot(a: &[f64], b: &[f64]) -> Fixed {
    let mut sum = ExactSum::new();
    a.iter().zip(b).for_each(|(a, b)| sum.add_product(*a, *b));
    Fixed::of(&sum).unwrap_or_else(Fixed::zero)
}

/// A careful number. In the deepest precision, what may cancel beyond its bits is taken from whole numbers.
pub(crate) trait Whole: Careful {
    /// Whether that is so in this one.
    const WHOLE: bool;
    /// Of what whole numbers gave.
    fn of_long(x: Long) -> Self;
    /// Of a whole number.
    fn of_fixed(x: &Fixed) -> Self {
        Self::of_long(x.to_long())
    }
    /// `Σ a_i b_i` of finite numbers.
    fn dot(a: &[f64], b: &[f64]) -> Self {
        if Self::WHOLE {
            return Self::of_fixed(&fixed_dot(a, b));
        }
        a.iter().zip(b).fold(Self::of(0.0), |sum, (a, b)| sum + Self::of(*a) * *b)
    }
}
impl Whole for Quick {
    const WHOLE: bool = false;
    fn of_long(x: Long) -> Quick {
        let Checked { value, error } = x.checked();
        Quick { value: value.high, error: error + value.low.abs() }
    }
}
impl Whole for Checked {
    const WHOLE: bool = false;
    fn of_long(x: Long) -> Checked {
        x.checked()
    }
}
impl Whole for Long {
    const WHOLE: bool = true;
    fn of_long(x: Long) -> Long {
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_rounded_once() {
        let (one, third) = (Fixed::units(1, 0), Fixed::units(3, 0));
        assert_eq!(one.over(&third), 1.0 / 3.0);
        assert_eq!(one.minus(&third).over(&Fixed::units(7, -1)), -4.0 / 7.0);
        assert_eq!(Fixed::units(2, 200).root_over(&Fixed::units(1, -800)), 2.0_f64.sqrt() * 2.0_f64.powi(500));
        let wide = one.wide_over(&third);
        assert_eq!((wide.high, wide.low), (1.0 / 3.0, 1.0 / 3.0 * 2.0_f64.powi(-54)));
    }
}
