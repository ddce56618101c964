//! The exact sum of floats and of products of two floats: a long fixed-point number.

use crate::error::{Error, ErrorKind, Result};
use num_bigint::{BigInt, Sign};

/// The bit that digit 0 of the grid stands for: the last bit of the square of a product of three subnormals, rounded to 53 bits,
/// lies a little above it.
const GRID: i64 = -6592;
/// No sum is as large as this power of two: that of squares of products of three floats, of any number of rows.
const HIGHEST: i64 = 6400;
/// Bits per digit. Digits are `i64`, so that 2^30 additions fit before carries must be carried.
const DIGIT: i64 = 32;
const CARRY_EVERY: u32 = 1 << 29;

/// The exact sum of any number of terms, rounded only by [`ExactSum::to_f64`].
///
/// Finite terms are held in digits of 32 bits in a window that grows on demand, so that the state of an ordinary
/// sum has some ten digits. Infinities and NaN are counted apart: ∞ − ∞ is NaN, as in IEEE 754.
///
/// ```
/// use discrepancy::sums::ExactSum;
/// let mut sum = ExactSum::new();
/// for term in [1e308, 1e308, 1.0, -1e308, -1e308] { sum.add(term); }
/// assert_eq!(sum.to_f64(), 1.0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct ExactSum {
    /// Digits of the window, least first; each may be negative between carries.
    digits: Vec<i64>,
    /// The grid place of `digits[0]`.
    first: usize,
    /// Additions since carries were last carried.
    pending: u32,
    infinite: u64,
    negative_infinite: u64,
    nan: u64,
}

/// Mantissa (signed) and exponent of a finite float.
fn parts(x: f64) -> (i64, i64) {
    let bits = x.to_bits();
    let (field, fraction) = (((bits >> 52) & 0x7FF) as i64, (bits & ((1 << 52) - 1)) as i64);
    let (mantissa, exponent) = if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field - 1075) };
    (if bits >> 63 == 1 { -mantissa } else { mantissa }, exponent)
}

impl ExactSum {
    /// The empty sum, 0.
    #[must_use]
    pub fn new() -> Self {
        ExactSum::default()
    }

    /// Adds a term.
    pub fn add(&mut self, x: f64) {
        if x.is_finite() {
            let (mantissa, exponent) = parts(x);
            self.add_scaled(i128::from(mantissa), exponent);
        } else {
            self.add_special(x);
        }
    }

    /// Adds the exact product of two floats, also where the product would over- or underflow.
    pub fn add_product(&mut self, x: f64, y: f64) {
        if x.is_finite() && y.is_finite() {
            let ((m, e), (n, f)) = (parts(x), parts(y));
            self.add_scaled(i128::from(m) * i128::from(n), e + f);
        } else {
            self.add_special(x * y);
        }
    }

    /// Adds the exact product of two floats and a power of two.
    pub(crate) fn add_product_times(&mut self, x: f64, y: f64, power: i64) {
        if x.is_finite() && y.is_finite() {
            let ((m, e), (n, f)) = (parts(x), parts(y));
            self.add_scaled(i128::from(m) * i128::from(n), e + f + power);
        } else {
            self.add_special(x * y);
        }
    }

    fn add_special(&mut self, x: f64) {
        if x.is_nan() {
            self.nan += 1;
        } else if x > 0.0 {
            self.infinite += 1;
        } else {
            self.negative_infinite += 1;
        }
    }

    /// Adds `mantissa · 2^exponent`, |mantissa| < 2^107.
    pub(super) fn add_scaled(&mut self, mantissa: i128, exponent: i64) {
        if mantissa == 0 {
            return;
        }
        let place = exponent - GRID;
        let (digit, shift) = ((place / DIGIT) as usize, place % DIGIT);
        let negative = mantissa < 0;
        let magnitude = mantissa.unsigned_abs();
        // Shifted by up to 31 bits, 107 bits span at most five digits.
        let low = (magnitude & 0xFFFF_FFFF_FFFF_FFFF) << shift;
        let high = ((magnitude >> 64) << shift) + (low >> 64);
        let words = [low as u64, high as u64, (high >> 64) as u64];
        let needed = if words[2] != 0 {
            5
        } else if words[1] != 0 {
            4
        } else {
            2
        };
        self.reserve(digit, needed);
        let start = digit - self.first;
        for (i, slot) in self.digits[start..start + needed].iter_mut().enumerate() {
            let part = ((words[i / 2] >> (32 * (i % 2))) & 0xFFFF_FFFF) as i64;
            *slot += if negative { -part } else { part };
        }
        self.pending += 1;
        if self.pending >= CARRY_EVERY {
            self.carry();
        }
    }

    /// Makes the window hold `count` digits from grid place `digit`.
    fn reserve(&mut self, digit: usize, count: usize) {
        if self.digits.is_empty() {
            self.first = digit;
        }
        if digit < self.first {
            let missing = self.first - digit;
            self.digits.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = digit;
        }
        let end = digit + count - self.first;
        if end > self.digits.len() {
            self.digits.resize(end, 0);
        }
    }

    /// Carries, so that every digit but the last is in [0, 2^32).
    fn carry(&mut self) {
        self.pending = 0;
        let mut carry = 0;
        for digit in &mut self.digits {
            let total = *digit + carry;
            *digit = total & 0xFFFF_FFFF;
            carry = total >> DIGIT;
        }
        if carry != 0 {
            self.digits.push(carry);
        }
        // A last digit of −1 above a nonnegative one would not be canonical in width; leave its growth bounded.
        if let [.., below, last] = self.digits.as_mut_slice()
            && *last == -1
            && *below >= 1 << 31
        {
            *below -= 1 << 32;
            self.digits.pop();
        }
    }

    /// Adds another sum, exactly.
    pub fn merge(&mut self, other: &ExactSum) {
        if !other.digits.is_empty() {
            if self.pending + other.pending >= CARRY_EVERY {
                self.carry();
            }
            self.reserve(other.first, other.digits.len());
            let start = other.first - self.first;
            for (slot, digit) in self.digits[start..].iter_mut().zip(&other.digits) {
                *slot += digit;
            }
            self.pending += other.pending + 1;
        }
        self.infinite += other.infinite;
        self.negative_infinite += other.negative_infinite;
        self.nan += other.nan;
    }

    /// The infinity or NaN that the sum amounts to, if any.
    pub(super) fn special(&self) -> Option<f64> {
        match (self.nan, self.infinite, self.negative_infinite) {
            (0, 0, 0) => None,
            (0, _, 0) => Some(f64::INFINITY),
            (0, 0, _) => Some(f64::NEG_INFINITY),
            _ => Some(f64::NAN),
        }
    }

    /// Whether the sum is no number only because it has infinities of both signs.
    pub(super) fn is_torn(&self) -> bool {
        self.nan == 0 && self.infinite > 0 && self.negative_infinite > 0
    }

    /// The finite part as `integer · 2^exponent`.
    pub(super) fn integer(&self) -> (BigInt, i64) {
        let mut copy = self.clone();
        copy.carry();
        let mut total = BigInt::from(copy.digits.last().copied().unwrap_or(0));
        for digit in copy.digits.iter().rev().skip(1) {
            total = (total << 32) + digit;
        }
        (total, GRID + DIGIT * copy.first as i64)
    }

    /// The same in an integer that fits in registers, as sums of few numbers of one size do.
    pub(super) fn short(&self) -> Option<(i128, i64)> {
        let next = |total: i128, digit: &i64| total.checked_mul(1 << DIGIT)?.checked_add(i128::from(*digit));
        let total = self.digits.iter().rev().try_fold(0, next)?;
        Some((total, GRID + DIGIT * self.first as i64))
    }

    /// The sum, rounded once to the nearest float, ties to even.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        if let Some(special) = self.special() {
            return special;
        }
        if let Some((integer, exponent)) = self.short()
            && let Some(rounded) = round_short(integer.unsigned_abs(), exponent, false)
        {
            return if integer < 0 { -rounded } else { rounded };
        }
        let (integer, exponent) = self.integer();
        round(&integer, exponent, false)
    }

    /// The sum as a float in [1, 2), or its negative, times a power of two, rounded once: it may be beyond the range of floats.
    /// A sum of 0, or one that is no number, has the power 0.
    #[must_use]
    pub fn to_scaled(&self) -> (f64, i64) {
        let (integer, exponent) = self.integer();
        if self.special().is_some() || integer.sign() == Sign::NoSign {
            return (self.to_f64(), 0);
        }
        let power = exponent + integer.bits() as i64 - 1;
        let rounded = round(&integer, exponent - power, false);
        // Rounding may have led to 2.
        if rounded.abs() < 2.0 { (rounded, power) } else { (rounded / 2.0, power + 1) }
    }

    /// Appends the canonical form: equal sums give equal bytes, however they were made.
    pub fn to_bytes(&self, out: &mut Vec<u8>) {
        for count in [self.infinite, self.negative_infinite, self.nan] {
            out.extend(count.to_le_bytes());
        }
        let (integer, exponent) = self.integer();
        let zeros = integer.trailing_zeros().unwrap_or(0);
        let (integer, exponent) = (integer >> zeros, exponent + zeros as i64);
        let exponent = if integer.sign() == Sign::NoSign { 0 } else { exponent };
        let bytes = integer.to_signed_bytes_le();
        out.extend((exponent as i32).to_le_bytes());
        out.extend((bytes.len() as u16).to_le_bytes());
        out.extend(bytes);
    }

    /// Reads what [`ExactSum::to_bytes`] wrote and moves `from` behind it.
    pub fn from_bytes(from: &mut &[u8]) -> Result<Self> {
        let corrupt = || Error::new(ErrorKind::Corrupt, "ExactSum", "bytes", "the canonical form of a sum");
        let mut take = |n: usize| -> Result<&[u8]> {
            let (head, tail) = from.split_at_checked(n).ok_or_else(corrupt)?;
            *from = tail;
            Ok(head)
        };
        let mut counts = [0; 3];
        for count in &mut counts {
            *count = u64::from_le_bytes(take(8)?.try_into().map_err(|_| corrupt())?);
        }
        let exponent = i64::from(i32::from_le_bytes(take(4)?.try_into().map_err(|_| corrupt())?));
        let length = u16::from_le_bytes(take(2)?.try_into().map_err(|_| corrupt())?);
        let bytes = take(usize::from(length))?;
        let mut integer = BigInt::from_signed_bytes_le(bytes);
        let odd = integer.trailing_zeros().is_none_or(|zeros| zeros == 0);
        let zero = integer.sign() == Sign::NoSign;
        let top = exponent + integer.bits() as i64;
        if integer.to_signed_bytes_le() != bytes
            || !odd
            || zero && exponent != 0
            || !zero && exponent < GRID
            || top > HIGHEST
        {
            return Err(corrupt());
        }
        let mut sum = ExactSum { infinite: counts[0], negative_infinite: counts[1], nan: counts[2], ..ExactSum::new() };
        let mut place = exponent;
        while integer.sign() != Sign::NoSign {
            let low = &integer & BigInt::from(u64::MAX);
            integer >>= 64;
            sum.add_scaled(i128::try_from(low).map_err(|_| corrupt())?, place);
            if integer == BigInt::from(-1) {
                sum.add_scaled(-1, place + 64);
                break;
            }
            place += 64;
        }
        Ok(sum)
    }
}

/// Equal as numbers.
impl PartialEq for ExactSum {
    fn eq(&self, other: &Self) -> bool {
        let bytes = |sum: &ExactSum| {
            let mut out = Vec::new();
            sum.to_bytes(&mut out);
            out
        };
        bytes(self) == bytes(other)
    }
}

/// `integer · 2^exponent` to the nearest float, ties to even; `sticky` says that the truth is a little larger in
/// magnitude (something was cut off below).
pub(super) fn round(integer: &BigInt, exponent: i64, sticky: bool) -> f64 {
    let negative = integer.sign() == Sign::Minus;
    let magnitude = integer.magnitude();
    let bits = magnitude.bits() as i64;
    if bits == 0 {
        return 0.0;
    }
    // The place of the last bit that the result can hold.
    let last = (exponent + bits - 53).max(-1074);
    let drop = last - exponent;
    let (mantissa, rest) = if drop <= 0 {
        (u64::try_from(magnitude << (-drop) as u64).unwrap_or(0), std::cmp::Ordering::Less)
    } else {
        let drop = drop as u64;
        let kept = u64::try_from(magnitude >> drop).unwrap_or(0);
        let half_bit = magnitude.bit(drop - 1);
        let below = magnitude.trailing_zeros().is_some_and(|zeros| zeros < drop - 1) || sticky;
        let rest = match (half_bit, below) {
            (false, _) => std::cmp::Ordering::Less,
            (true, false) => std::cmp::Ordering::Equal,
            (true, true) => std::cmp::Ordering::Greater,
        };
        (kept, rest)
    };
    let magnitude = nearest(mantissa, last, rest);
    if negative { -magnitude } else { magnitude }
}

/// The same of a positive integer that fits in registers; `None` where nothing but bits below the last place are left.
pub(super) fn round_short(magnitude: u128, exponent: i64, sticky: bool) -> Option<f64> {
    if magnitude == 0 {
        return Some(0.0);
    }
    let bits = i64::from(u128::BITS - magnitude.leading_zeros());
    let last = (exponent + bits - 53).max(-1074);
    let drop = last - exponent;
    if drop <= 0 {
        return Some(nearest((magnitude << -drop) as u64, last, std::cmp::Ordering::Less));
    }
    if drop >= i64::from(u128::BITS) {
        return None;
    }
    // The bits below the last place, as if half a unit were the highest one.
    let below = magnitude << (i64::from(u128::BITS) - drop);
    let rest = below.cmp(&(1 << (u128::BITS - 1))).then(sticky.cmp(&false));
    Some(nearest((magnitude >> drop) as u64, last, rest))
}

/// `mantissa · 2^last`, to which the rest that was cut off is less than, equal to, or more than half a unit.
fn nearest(mut mantissa: u64, last: i64, rest: std::cmp::Ordering) -> f64 {
    let up = rest.is_gt() || rest.is_eq() && mantissa & 1 == 1;
    mantissa += u64::from(up);
    // Exact or overflowing: the mantissa has at most 54 bits with a zero last one.
    if last > 971 {
        return f64::INFINITY;
    }
    let half = last / 2;
    mantissa as f64 * power_of_two(half) * power_of_two(last - half)
}

/// `x · y` rounded once, as a float times a power of two: neither over- nor underflow.
pub(super) fn rounded_product(x: f64, y: f64) -> (f64, i64) {
    let product = x * y;
    if product.is_normal() || !(x.is_finite() && y.is_finite()) || x == 0.0 || y == 0.0 {
        return (product, 0);
    }
    let significand = |x: f64| {
        // A power of two makes subnormals normal.
        let (normal, lift) = if x.is_normal() { (x, 0) } else { (x * power_of_two(64), 64) };
        let field = ((normal.to_bits() >> 52) & 0x7FF) as i64;
        (f64::from_bits(normal.to_bits() & !(0x7FF << 52) | 1023 << 52), field - 1023 - lift)
    };
    let ((x, e), (y, f)) = (significand(x), significand(y));
    (x * y, e + f)
}

fn power_of_two(k: i64) -> f64 {
    f64::from_bits(((k + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_round_as_long_integers_do() {
        let half = (1_u128 << 54) | 3;
        for magnitude in
            [0, 1, 5, (1 << 53) + 1, half, half - 2, half << 40, (half << 40) + 1, u128::MAX, u128::MAX << 74]
        {
            for exponent in [-1200, -1140, -1128, -1080, -1074, -100, 0, 900, 971] {
                for sticky in [false, true] {
                    // Bits that are missing below a number that fits are more than `sticky` may say.
                    if sticky && magnitude < half {
                        continue;
                    }
                    let Some(short) = round_short(magnitude, exponent, sticky) else { continue };
                    let long = round(&BigInt::from(magnitude), exponent, sticky);
                    assert_eq!(short.to_bits(), long.to_bits(), "{magnitude} 2^{exponent} {sticky}");
                }
            }
        }
    }
}
