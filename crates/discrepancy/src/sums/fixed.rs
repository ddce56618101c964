//! Sums as whole numbers: products, differences and quotients of them are rounded once, at the end.

use super::exact::ExactSum;
use super::moments::{quotient, root};
use crate::number::Twofold;
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
    /// `units · 2^exponent`.
    pub(crate) fn units(units: i128, exponent: i32) -> Fixed {
        Fixed { integer: units.into(), exponent: exponent.into() }
    }
    pub(crate) fn times(&self, other: &Fixed) -> Fixed {
        Fixed { integer: &self.integer * &other.integer, exponent: self.exponent + other.exponent }
    }
    pub(crate) fn minus(&self, other: &Fixed) -> Fixed {
        let exponent = self.exponent.min(other.exponent);
        let at = |x: &Fixed| &x.integer << (x.exponent - exponent) as u64;
        Fixed { integer: at(self) - at(other), exponent }
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
