//! The integers that potentials are made of: as short as the costs allow, never rounded.

use super::exact::{parts, scale};
use num_bigint::BigInt;

/// An exact integer multiple of some power of two.
pub(super) trait Integer: Clone {
    /// `cost / 2^unit`; the unit is not coarser than the last bit of the cost.
    fn of(cost: f64, unit: i32) -> Self;
    fn add(&mut self, other: &Self);
    fn subtract(&mut self, other: &Self);
    fn is_negative(&self) -> bool;
    /// `self · 2^unit` with a relative error below 2^-52.
    fn approximate(&self, unit: i32) -> f64;
    fn long(&self) -> BigInt;
}

/// Enough for costs whose bits span 2^100 or so.
impl Integer for i128 {
    fn of(cost: f64, unit: i32) -> Self {
        let (mantissa, exponent) = parts(cost);
        i128::from(mantissa) << (exponent - unit).clamp(0, 127)
    }
    fn add(&mut self, other: &Self) {
        *self += other;
    }
    fn subtract(&mut self, other: &Self) {
        *self -= other;
    }
    fn is_negative(&self) -> bool {
        *self < 0
    }
    fn approximate(&self, unit: i32) -> f64 {
        scale(*self as f64, unit)
    }
    fn long(&self) -> BigInt {
        BigInt::from(*self)
    }
}

/// For costs such as 1e32 among small ones.
impl Integer for BigInt {
    fn of(cost: f64, unit: i32) -> Self {
        let (mantissa, exponent) = parts(cost);
        BigInt::from(mantissa) << (exponent - unit).max(0) as u64
    }
    fn add(&mut self, other: &Self) {
        *self += other;
    }
    fn subtract(&mut self, other: &Self) {
        *self -= other;
    }
    fn is_negative(&self) -> bool {
        self.sign() == num_bigint::Sign::Minus
    }
    fn approximate(&self, unit: i32) -> f64 {
        let drop = (self.bits() as i32 - 100).max(0);
        let top = i128::try_from(self >> drop as u64).unwrap_or(0);
        scale(top as f64, unit + drop)
    }
    fn long(&self) -> BigInt {
        self.clone()
    }
}
