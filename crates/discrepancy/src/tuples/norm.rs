//! The norm of a difference of two vectors in careful numbers, and its slopes.

use crate::distances::pair::Wide;
use crate::number::Real;
use crate::number::careful::Careful;

/// Which norm of which difference.
#[derive(Clone, Copy)]
pub(super) struct Order {
    /// The order, 1 to infinity.
    pub(super) p: f64,
    /// Whether the norm is squared.
    pub(super) squared: bool,
    /// What is added to each difference.
    pub(super) offset: f64,
}

/// The signs of a difference, the same in every precision. For the largest difference they are those of the coordinates
/// that have it, which share the slope.
pub(super) struct Signs {
    signs: Vec<f64>,
    sharing: f64,
}

impl Order {
    /// The signs of a difference; none for the order 2, which needs none.
    pub(super) fn signs(&self, a: &[f64], b: &[f64]) -> Signs {
        if self.p == 2.0 {
            return Signs { signs: Vec::new(), sharing: 1.0 };
        }
        // Beyond the largest float a sum has no second part.
        let far = a.iter().zip(b).any(|(a, b)| (a - b).abs() > f64::MAX / 4.0) || self.offset.abs() > f64::MAX / 4.0;
        let scale = if far { 0.125 } else { 1.0 };
        let difference = |(a, b): (&f64, &f64)| Wide::sum(a * scale, -b * scale).plus(self.offset * scale);
        let all: Vec<Wide> = a.iter().zip(b).map(difference).collect();
        if self.p != f64::INFINITY {
            return Signs { signs: all.iter().map(|d| d.sign().high).collect(), sharing: 1.0 };
        }
        let largest = all.iter().fold(Wide::from(0.0), |most, d| most.max(d.abs()));
        let sign = |d: &Wide| if d.abs().same(largest) { d.sign().high } else { 0.0 };
        let signs: Vec<f64> = all.iter().map(sign).collect();
        let sharing = signs.iter().filter(|sign| **sign != 0.0).count().max(1) as f64;
        Signs { signs, sharing }
    }
}

/// `|a - b + offset|` in one precision.
pub(super) struct Norm<R> {
    order: Order,
    differences: Vec<R>,
    /// Of the sizes of the differences.
    largest: R,
    /// The norm over the largest, where differences are divided by it.
    ratio: R,
    /// The norm itself.
    norm: R,
}

impl<R: Careful> Norm<R> {
    pub(super) fn new(order: Order, a: &[f64], b: &[f64]) -> Self {
        let zero = R::of(0.0);
        let difference = |(a, b): (&f64, &f64)| {
            let d = R::of(*a) - R::of(*b);
            if order.offset == 0.0 { d } else { d + order.offset }
        };
        let differences: Vec<R> = a.iter().zip(b).map(difference).collect();
        let sizes = || differences.iter().map(|d| d.abs());
        let (mut largest, mut ratio) = (zero, zero);
        let norm = match order.p {
            1.0 => sizes().fold(zero, |sum, d| sum + d),
            2.0 => {
                let squares = differences.iter().fold(zero, |sum, d| sum + d.square());
                if order.squared { squares } else { squares.sqrt() }
            }
            p => {
                largest = sizes().fold(zero, |most, d| most.max(d));
                if p == f64::INFINITY || largest.is_zero() {
                    largest
                } else {
                    let sum = sizes().fold(zero, |sum, d| sum + (d / largest).power(p));
                    ratio = (sum.ln() / p).exp();
                    ratio * largest
                }
            }
        };
        Norm { order, differences, largest, ratio, norm }
    }

    /// The norm, or its square.
    pub(super) fn value(&self) -> R {
        if self.order.squared && self.order.p != 2.0 { self.norm.square() } else { self.norm }
    }

    /// By a coordinate of `a`; 0 at coincidence.
    pub(super) fn slope(&self, signs: &Signs, i: usize) -> R {
        let d = self.differences[i];
        let slope = match self.order.p {
            1.0 | f64::INFINITY => R::of(signs.signs[i]).over_number(signs.sharing),
            2.0 if self.order.squared => return d * 2.0,
            2.0 if self.norm.is_zero() => self.norm,
            2.0 => d / self.norm,
            _ if self.largest.is_zero() => self.largest,
            p => (d.abs() / self.largest / self.ratio).power(p - 1.0) * signs.signs[i],
        };
        if self.order.squared { slope * self.norm * 2.0 } else { slope }
    }
}
