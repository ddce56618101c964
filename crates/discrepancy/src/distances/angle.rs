//! `1 - cos` of the angle between two vectors, right for nearly parallel ones too.

use super::exact_angle::ExactAngle;
use super::pair::{Gradients, Pair, Wide, normalise, scaled, square, total, wide};
use crate::number::Real;

/// Two vectors near unit scale, with their squared lengths and their product.
pub(crate) struct Angle<'a> {
    pair: &'a Pair<'a>,
    u: Vec<Wide>,
    v: Vec<Wide>,
    exponents: [i32; 2],
    /// For centred vectors: what the gradient is multiplied by, and how much larger than their spread the means are.
    centred: Option<(Wide, f64)>,
    uu: Wide,
    vv: Wide,
    uv: Wide,
}

/// Twofold sums keep some 104 bits and results need 54: beyond a cancellation of so much, whole numbers are used.
const SPARE: f64 = 1.0 / 281_474_976_710_656.0;
/// Coordinates below so much of the largest are kept by whole numbers only.
const TINY: f64 = 1e-90;

impl<'a> Angle<'a> {
    /// Of vectors in units of `2^exponents`; if they are centred, `centred` holds the sum of the weights and the
    /// quotient of mean and spread.
    pub(crate) fn new(
        pair: &'a Pair<'a>,
        mut u: Vec<Wide>,
        mut v: Vec<Wide>,
        exponents: [i32; 2],
        centred: Option<(Wide, f64)>,
    ) -> Self {
        let exponents = [exponents[0] + normalise(&mut u), exponents[1] + normalise(&mut v)];
        let mut angle = Angle { pair, u, v, exponents, centred, uu: wide(0.0), vv: wide(0.0), uv: wide(0.0) };
        angle.uu = angle.dot(&angle.u, &angle.u);
        angle.vv = angle.dot(&angle.v, &angle.v);
        angle.uv = angle.dot(&angle.u, &angle.v);
        angle
    }
    /// Which of the two has length zero, if any.
    pub(crate) fn zero(&self) -> Option<&'static str> {
        if self.uu.high == 0.0 {
            return Some("a");
        }
        (self.vv.high == 0.0).then_some("b")
    }
    fn dot(&self, x: &[Wide], y: &[Wide]) -> Wide {
        total(x.iter().zip(y).enumerate().map(|(i, (x, y))| *x * *y * self.pair.scaled_weight(i)))
    }
    /// How much larger than what is left the terms were that the vectors were made of.
    fn offset(&self) -> f64 {
        self.centred.map_or(1.0, |(_, offset)| offset)
    }
    fn exact(&self) -> ExactAngle {
        ExactAngle::new(self.pair, self.centred.is_some())
    }
    /// The part of `y` across `x`. The multiple of `x` is first taken as one float, so that the rest is exact
    /// however close the two directions are; what that rounding left along `x` goes in a second step.
    fn across(&self, x: &[Wide], xx: Wide, y: &[Wide]) -> Vec<Wide> {
        let multiple = -(self.uv / xx).high;
        let rest: Vec<Wide> = x.iter().zip(y).map(|(x, y)| *y + *x * multiple).collect();
        let along = self.dot(&rest, x) / xx;
        rest.iter().zip(x).map(|(r, x)| *r - *x * along).collect()
    }
    /// `1 - cos`.
    pub(crate) fn value(&self) -> f64 {
        let lengths = (self.uu * self.vv).sqrt();
        let cosine = self.uv / lengths;
        let least = self.offset() * SPARE;
        if cosine.high < 0.5 && least < 0.5 {
            return (-cosine + 1.0).round_to_machine();
        }
        // 1 - cos = sin² / (1 + cos). The order of the two must not matter to the last bit.
        let ordered = self.u.iter().zip(&self.v).find_map(|(u, v)| (u.high != v.high).then_some(u.high < v.high));
        let sine_squared = if ordered.unwrap_or(true) {
            self.square(&self.across(&self.u, self.uu, &self.v)) / self.vv
        } else {
            self.square(&self.across(&self.v, self.vv, &self.u)) / self.uu
        };
        if sine_squared.high < least * least {
            return self.exact().value();
        }
        (sine_squared / (cosine + 1.0)).round_to_machine()
    }
    fn square(&self, x: &[Wide]) -> Wide {
        total(x.iter().enumerate().map(|(i, x)| square(*x) * self.pair.scaled_weight(i)))
    }
    /// The gradients with respect to both.
    pub(crate) fn gradients(&self, gradients: Gradients<'_>) {
        let by_u = self.across(&self.u, self.uu, &self.v);
        let by_v = self.across(&self.v, self.vv, &self.u);
        if self.lost(&self.u, self.uu, &self.v, &by_u) || self.lost(&self.v, self.vv, &self.u, &by_v) {
            return self.exact().gradients(gradients);
        }
        let lengths = (self.uu * self.vv).sqrt();
        let unit = self.centred.map_or(wide(1.0), |(weight, _)| weight);
        let write = |across: Vec<Wide>, exponent: i32, out: &mut [f64]| {
            for (i, (out, t)) in out.iter_mut().zip(across).enumerate() {
                *out = 0.0 - scaled((t / lengths * unit * self.pair.scaled_weight(i)).round_to_machine(), -exponent);
            }
        };
        write(by_u, self.exponents[0], gradients.a);
        write(by_v, self.exponents[1], gradients.b);
    }
    /// Whether a coordinate of the part across is too small beside its terms.
    fn lost(&self, x: &[Wide], xx: Wide, y: &[Wide], across: &[Wide]) -> bool {
        let multiple = (self.uv / xx).high.abs();
        // An error of the means is one of all coordinates.
        let common = if self.centred.is_some() { self.offset() } else { 0.0 };
        x.iter().zip(y).zip(across).enumerate().any(|(i, ((x, y), across))| {
            let (x, y) = (x.high.abs(), y.high.abs());
            let tiny = |x: f64| x != 0.0 && x < TINY;
            let rare = self.pair.weight(i) != 0.0 && self.pair.scaled_weight(i) < TINY;
            tiny(x) || tiny(y) || rare || across.high.abs() < SPARE * (x * multiple + y + common)
        })
    }
}
