//! Floats as integers times powers of two, and back with one rounding.

use crate::number::Twofold;
use num_bigint::{BigInt, Sign};

/// An odd mantissa and its exponent: `x = mantissa · 2^exponent`; `(0, 0)` for zero. `x` is finite.
pub(super) fn parts(x: f64) -> (i64, i32) {
    if x == 0.0 {
        return (0, 0);
    }
    let bits = x.to_bits();
    let (field, fraction) = (((bits >> 52) & 0x7FF) as i32, (bits & ((1 << 52) - 1)) as i64);
    let (mantissa, exponent) = if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field - 1075) };
    let zeros = mantissa.trailing_zeros();
    let mantissa = mantissa >> zeros;
    (if x < 0.0 { -mantissa } else { mantissa }, exponent + zeros as i32)
}

/// The exponent e with `2^(e-1) <= |x| < 2^e`, for a finite x that is not 0.
pub(super) fn magnitude(x: f64) -> i32 {
    let (mantissa, exponent) = parts(x);
    exponent + 64 - mantissa.unsigned_abs().leading_zeros() as i32
}

/// `2^k` for k in [-1022, 1023].
pub(super) fn power_of_two(k: i32) -> f64 {
    f64::from_bits(((k + 1023) as u64) << 52)
}

/// `x · 2^k`, for any k.
pub(super) fn scale(mut x: f64, mut k: i32) -> f64 {
    while k > 1000 && x != 0.0 && x.is_finite() {
        x *= power_of_two(1000);
        k -= 1000;
    }
    while k < -1000 && x != 0.0 {
        // A second rounding is avoided as long as the first factor leaves x normal.
        x *= power_of_two(-1000);
        k += 1000;
    }
    x * power_of_two(k.clamp(-1000, 1000))
}

/// An integer in twofold precision; exact below 2^106.
pub(super) fn twofold(x: i128) -> Twofold<f64> {
    let high = x as f64;
    // |high| <= 2^127 for every integer in use, so the way back is exact.
    Twofold::new(high, (x - high as i128) as f64)
}

/// How a quotient becomes a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounding {
    /// To the nearest, ties to even.
    Nearest,
    /// To the next float that is not larger.
    Down,
}

/// `numerator / denominator · 2^exponent`, rounded once; the denominator is positive.
pub(super) fn round_quotient(numerator: &BigInt, denominator: &BigInt, exponent: i64, rounding: Rounding) -> f64 {
    if numerator.sign() == Sign::NoSign {
        return 0.0;
    }
    let negative = numerator.sign() == Sign::Minus;
    // The quotient has 55 bits or more, fewer where the result is subnormal.
    let wanted = 56 + denominator.bits() as i64 - numerator.bits() as i64;
    let shift = wanted.min(exponent + 1074 + 2);
    let (numerator, denominator) = (numerator.magnitude(), denominator.magnitude());
    let (q, r) = if shift >= 0 {
        let shifted = numerator << shift as u64;
        (&shifted / denominator, &shifted % denominator)
    } else {
        let shifted = denominator << (-shift) as u64;
        (numerator / &shifted, numerator % &shifted)
    };
    let exponent = exponent - shift;
    let inexact = r.bits() > 0;
    // Now q · 2^exponent, with q of at most 57 bits; drop what the result cannot hold.
    let q = u64::try_from(&q).unwrap_or(u64::MAX);
    let bits = 64 - i64::from(q.leading_zeros());
    let last = (exponent + bits - 53).max(-1074);
    let drop = (last - exponent).clamp(0, 63) as u32;
    let (mut kept, rest) = (q >> drop, q & ((1 << drop) - 1));
    let up = match rounding {
        Rounding::Down => negative && (rest > 0 || inexact),
        Rounding::Nearest => {
            let half = if drop == 0 { 1 } else { 1_u64 << (drop - 1) };
            drop > 0 && (rest > half || rest == half && (inexact || kept & 1 == 1))
        }
    };
    kept += u64::from(up);
    let value = scale(kept as f64, (exponent + i64::from(drop)).clamp(-4000, 4000) as i32);
    let value = if value.is_infinite() && rounding == Rounding::Down && !negative { f64::MAX } else { value };
    if negative { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_survives_the_way_there_and_back() {
        for x in [1.0, -0.1, 1e308, 5e-324, -1e-310, f64::MIN_POSITIVE, f64::MAX] {
            let (mantissa, exponent) = parts(x);
            for rounding in [Rounding::Nearest, Rounding::Down] {
                let back = round_quotient(&BigInt::from(mantissa), &BigInt::from(1), i64::from(exponent), rounding);
                assert_eq!(back, x, "{rounding:?}");
            }
            assert!(x.abs() < scale(1.0, magnitude(x)) && x.abs() >= scale(1.0, magnitude(x) - 1));
        }
    }

    #[test]
    fn quotients_round_as_division_does() {
        for (n, d) in [(1_i64, 3_i64), (-2, 3), (10, 7), (-1, 49), (1 << 60, 3), (7, 1 << 40)] {
            let nearest = round_quotient(&BigInt::from(n), &BigInt::from(d), 0, Rounding::Nearest);
            assert_eq!(nearest, n as f64 / d as f64);
            let down = round_quotient(&BigInt::from(n), &BigInt::from(d), 0, Rounding::Down);
            assert!(down <= nearest && (down == nearest || down.next_up() == nearest));
            let subnormal = round_quotient(&BigInt::from(n), &BigInt::from(d), -1074, Rounding::Nearest);
            assert_eq!(subnormal, (n as f64 / d as f64).round_ties_even() * 5e-324);
        }
    }

    #[test]
    fn integers_split_without_loss_below_106_bits() {
        for x in [0, 1, -1, (1_i128 << 100) + 1, -(1_i128 << 105) - 12345] {
            let t = twofold(x);
            assert_eq!(t.high as i128 + t.low as i128, x);
        }
    }
}
