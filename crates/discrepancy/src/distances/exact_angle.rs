//! `1 - cos` of the angle in whole numbers: for vectors of which twofold precision keeps too little.
//!
//! Vectors that are parallel to the last bits, coordinates beside 10^300 times larger ones, a spread that vanishes
//! beside its mean: there the numerators cancel completely. Floats are whole numbers times a power of two, and so
//! are all numerators; only what is left after the cancellation is rounded.

use super::pair::{Gradients, Pair, Wide, exponent, scaled, scaled_wide};
use crate::number::Real;
use num_bigint::{BigInt, Sign};

/// `value · 2^exponent`, value in [1, 2) or 0: no exponent is too large.
#[derive(Clone, Copy)]
pub(super) struct Far {
    value: Wide,
    exponent: i64,
}

impl Far {
    /// The leading 106 bits.
    pub(super) fn of(x: &BigInt) -> Far {
        let drop = x.bits().saturating_sub(106);
        let head: u128 = (x.magnitude() >> drop).try_into().unwrap_or(0);
        let (high, low) = ((head >> 53) as f64 * 9_007_199_254_740_992.0, (head & ((1 << 53) - 1)) as f64);
        let value = Wide::sum(high, low);
        Far { value: if x.sign() == Sign::Minus { -value } else { value }, exponent: drop as i64 }.normal()
    }
    pub(super) fn is_zero(self) -> bool {
        self.value.high == 0.0
    }
    fn normal(self) -> Far {
        let k = exponent(self.value.high);
        Far { value: scaled_wide(self.value, -k), exponent: self.exponent + i64::from(k) }
    }
    fn times(self, other: Far) -> Far {
        Far { value: self.value * other.value, exponent: self.exponent + other.exponent }.normal()
    }
    pub(super) fn over(self, other: Far) -> Far {
        Far { value: self.value / other.value, exponent: self.exponent - other.exponent }.normal()
    }
    pub(super) fn root(self) -> Far {
        let odd = self.exponent & 1;
        Far { value: scaled_wide(self.value, odd as i32).sqrt(), exponent: (self.exponent - odd) / 2 }
    }
    /// As one float, times `2^shift`.
    pub(super) fn round(self, shift: i64) -> f64 {
        scaled(self.value.round_to_machine(), (self.exponent + shift).clamp(-4000, 4000) as i32)
    }
}

/// A row as whole numbers times `2^exponent`.
pub(super) fn whole(row: impl Iterator<Item = f64> + Clone) -> (Vec<BigInt>, i64) {
    let parts = |x: f64| {
        let bits = x.abs().to_bits();
        let (field, fraction) = ((bits >> 52) as i64, (bits & ((1 << 52) - 1)) as i64);
        let (mantissa, e) = if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field - 1075) };
        (if x < 0.0 { -mantissa } else { mantissa }, e)
    };
    let least = row.clone().filter(|x| *x != 0.0).map(|x| parts(x).1).min().unwrap_or(0);
    let one = |x: f64| {
        let (mantissa, e) = parts(x);
        BigInt::from(mantissa) << (e - least).max(0) as u64
    };
    (row.map(one).collect(), least)
}

/// Two vectors of whole numbers.
pub(crate) struct ExactAngle {
    u: Vec<BigInt>,
    v: Vec<BigInt>,
    weights: Vec<BigInt>,
    exponents: [i64; 2],
    /// What the gradient by a coordinate is multiplied by beside its weight: the sum of the weights if centred.
    unit: BigInt,
    uu: BigInt,
    vv: BigInt,
    uv: BigInt,
}

impl ExactAngle {
    /// Of the rows, or of what they differ from their means by.
    pub(crate) fn new(pair: &Pair<'_>, centred: bool) -> ExactAngle {
        let n = pair.a.len();
        let used = |row: &[f64], i: usize| if pair.weight(i) == 0.0 { 0.0 } else { row[i] };
        let (weights, _) = whole((0..n).map(|i| pair.weight(i)));
        let (mut u, exponent_u) = whole((0..n).map(|i| used(pair.a, i)));
        let (mut v, exponent_v) = whole((0..n).map(|i| used(pair.b, i)));
        let mut unit = BigInt::from(1);
        if centred {
            unit = weights.iter().sum();
            for row in [&mut u, &mut v] {
                let sum: BigInt = row.iter().zip(&weights).map(|(x, w)| x * w).sum();
                row.iter_mut().for_each(|x| *x = &*x * &unit - &sum);
            }
        }
        let dot = |x: &[BigInt], y: &[BigInt]| x.iter().zip(y).zip(&weights).map(|((x, y), w)| x * y * w).sum();
        let (uu, vv, uv) = (dot(&u, &u), dot(&v, &v), dot(&u, &v));
        ExactAngle { u, v, weights, exponents: [exponent_u, exponent_v], unit, uu, vv, uv }
    }

    fn lengths(&self) -> Far {
        Far::of(&(&self.uu * &self.vv)).root()
    }

    /// `1 - cos`.
    pub(crate) fn value(&self) -> f64 {
        let squares = &self.uu * &self.vv;
        let cosine = Far::of(&self.uv).over(self.lengths());
        let cosine = scaled_wide(cosine.value, cosine.exponent.clamp(-1000, 1) as i32);
        if self.uv.sign() != Sign::Plus {
            return (-cosine + 1.0).round_to_machine();
        }
        // 1 - cos = sin² / (1 + cos).
        let rest = Far::of(&(&squares - &self.uv * &self.uv)).over(Far::of(&squares));
        Far { value: rest.value / (cosine + 1.0), ..rest }.round(0)
    }

    /// The gradients with respect to both rows.
    pub(crate) fn gradients(&self, gradients: Gradients<'_>) {
        let lengths = self.lengths();
        let write = |x: &[BigInt], xx: &BigInt, y: &[BigInt], exponent: i64, out: &mut [f64]| {
            let divisor = Far::of(xx).times(lengths);
            for (i, out) in out.iter_mut().enumerate() {
                // ∂/∂x_i = -w_i (x·x y_i - x·y x_i) / (x·x |x||y|)
                let across = (xx * &y[i] - &self.uv * &x[i]) * &self.weights[i] * &self.unit;
                *out = 0.0 - Far::of(&across).over(divisor).round(-exponent);
            }
        };
        write(&self.u, &self.uu, &self.v, self.exponents[0], gradients.a);
        write(&self.v, &self.vv, &self.u, self.exponents[1], gradients.b);
    }
}
