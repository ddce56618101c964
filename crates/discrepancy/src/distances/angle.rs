//! `1 - cos` of the angle between two vectors, right for nearly parallel ones too.

use super::pair::{Wide, normalise, scaled, square, total, wide};
use crate::number::Real;

/// Two vectors near unit scale, with their squared lengths and their product.
pub(crate) struct Angle<'a> {
    u: Vec<Wide>,
    v: Vec<Wide>,
    exponents: [i32; 2],
    weights: Option<&'a [f64]>,
    uu: Wide,
    vv: Wide,
    uv: Wide,
}

impl<'a> Angle<'a> {
    pub(crate) fn new(mut u: Vec<Wide>, mut v: Vec<Wide>, weights: Option<&'a [f64]>) -> Self {
        let exponents = [normalise(&mut u), normalise(&mut v)];
        let mut angle = Angle { u, v, exponents, weights, uu: wide(0.0), vv: wide(0.0), uv: wide(0.0) };
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
        let weight = |i: usize| self.weights.map_or(1.0, |w| w[i]);
        total(x.iter().zip(y).enumerate().map(|(i, (x, y))| *x * *y * weight(i)))
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
        if cosine.high < 0.5 {
            return (-cosine + 1.0).round_to_machine();
        }
        // 1 - cos = sin² / (1 + cos). The order of the two must not matter to the last bit.
        let ordered = self.u.iter().zip(&self.v).find_map(|(u, v)| (u.high != v.high).then_some(u.high < v.high));
        let sine_squared = if ordered.unwrap_or(true) {
            total_square(self, &self.across(&self.u, self.uu, &self.v)) / self.vv
        } else {
            total_square(self, &self.across(&self.v, self.vv, &self.u)) / self.uu
        };
        (sine_squared / (cosine + 1.0)).round_to_machine()
    }
    /// The gradients with respect to both.
    pub(crate) fn gradients(&self, gradient_u: &mut [f64], gradient_v: &mut [f64]) {
        let lengths = (self.uu * self.vv).sqrt();
        let write = |across: Vec<Wide>, exponent: i32, out: &mut [f64]| {
            for (out, t) in out.iter_mut().zip(across) {
                *out = 0.0 - scaled((t / lengths).round_to_machine(), -exponent);
            }
        };
        write(self.across(&self.u, self.uu, &self.v), self.exponents[0], gradient_u);
        write(self.across(&self.v, self.vv, &self.u), self.exponents[1], gradient_v);
    }
}

fn total_square(angle: &Angle<'_>, x: &[Wide]) -> Wide {
    let weight = |i: usize| angle.weights.map_or(1.0, |w| w[i]);
    total(x.iter().enumerate().map(|(i, x)| square(*x) * weight(i)))
}
