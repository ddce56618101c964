//! The norm of a difference of two vectors in careful numbers, and its slopes.

use crate::distances::pair::Wide;
use crate::distances::termwise::{self, Double, Single, Sums, Termwise};
use crate::number::careful::{Checked, Quick};
use crate::number::{Guarded, LANES, Level, Long, Real};
use crate::stop::look_at;
use crate::sums::Whole;

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

    /// The sum of sizes or of squares, quickly, of vectors of which nothing is special.
    fn sum<R: Summed>(&self, a: &[f64], b: &[f64], level: Level) -> Option<R> {
        if self.p != 1.0 && self.p != 2.0 {
            return None;
        }
        if self.offset == 0.0 {
            return R::sums(self, a, b, level).map(|sums| sums[0]);
        }
        // Padded with differences of 0: zeros would add the offset.
        let length = a.len().next_multiple_of(2 * LANES);
        let padded = |row: &[f64], last: f64| {
            let mut row = row.to_vec();
            row.resize(length, last);
            row
        };
        R::sums(self, &padded(a, 0.0), &padded(b, self.offset), level).map(|sums| sums[0])
    }
}

impl Termwise for Order {
    const COUNT: usize = 1;
    const ROUNDINGS: f64 = 6.0;
    #[inline(always)]
    fn terms<R: Real>(&self, a: R, b: R) -> Sums<R> {
        let (zero, d) = (a.lit(0.0), a - b);
        let d = if self.offset == 0.0 { d } else { d + self.offset };
        [if self.p == 1.0 { d.abs() } else { d.square() }, zero, zero, zero, zero]
    }
    fn sizes(&self, sums: Sums<f64>, count: f64) -> Sums<f64> {
        // The difference before the offset is rounded too: |d| + |offset| is no smaller. Of squares, by Cauchy and Schwarz.
        let offset = self.offset.abs();
        let more = if self.p == 1.0 { count * offset } else { (count * sums[0]).sqrt() * offset };
        [sums[0] + more, 0.0, 0.0, 0.0, 0.0]
    }
    fn finish<R: Real>(&self, sums: Sums<R>, _: f64) -> R {
        sums[0]
    }
}

/// A careful number that sums over coordinates come in.
pub(super) trait Summed: Whole {
    /// The sums of a form in vectors of the processor, if it has that precision there and nothing is special.
    fn sums<T: Termwise>(form: &T, a: &[f64], b: &[f64], level: Level) -> Option<Sums<Self>>;
}
impl Summed for Quick {
    fn sums<T: Termwise>(form: &T, a: &[f64], b: &[f64], level: Level) -> Option<Sums<Quick>> {
        let sums = termwise::sums::<T, Single>(form, a, b, level)?;
        Some(sums.map(|sum| Guarded { value: sum.value.0, error: sum.error }))
    }
}
impl Summed for Checked {
    fn sums<T: Termwise>(form: &T, a: &[f64], b: &[f64], level: Level) -> Option<Sums<Checked>> {
        termwise::sums::<T, Double>(form, a, b, level)
    }
}
impl Summed for Long {
    fn sums<T: Termwise>(_: &T, _: &[f64], _: &[f64], _: Level) -> Option<Sums<Long>> {
        None
    }
}

/// `|a - b + offset|` in one precision.
pub(super) struct Norm<'a, R> {
    order: Order,
    a: &'a [f64],
    b: &'a [f64],
    /// Of the sizes of the differences, where they are divided by it.
    largest: R,
    /// The norm over the largest.
    ratio: R,
    /// The norm itself; of order 2 its square, if that is wanted.
    norm: R,
}

impl<'a, R: Summed> Norm<'a, R> {
    pub(super) fn new(order: Order, a: &'a [f64], b: &'a [f64], level: Level) -> Self {
        let zero = R::of(0.0);
        let mut made = Norm { order, a, b, largest: zero, ratio: zero, norm: zero };
        // Zero may be an underflow there.
        let sum = order.sum::<R>(a, b, level).filter(|sum| sum.leading() != 0.0);
        let differences = || {
            (0..a.len()).map(|i| {
                look_at(i);
                made.difference(i)
            })
        };
        let (mut largest, mut ratio) = (zero, zero);
        let norm = match order.p {
            1.0 => sum.unwrap_or_else(|| differences().fold(zero, |sum, d| sum + d.abs())),
            2.0 => {
                let squares = sum.unwrap_or_else(|| differences().fold(zero, |sum, d| sum + d.square()));
                if order.squared { squares } else { squares.sqrt() }
            }
            p => {
                largest = differences().fold(zero, |most, d| most.max(d.abs()));
                if p == f64::INFINITY || largest.is_zero() {
                    largest
                } else {
                    let sum = differences().fold(zero, |sum, d| sum + (d.abs() / largest).power(p));
                    ratio = (sum.ln() / p).exp();
                    ratio * largest
                }
            }
        };
        (made.largest, made.ratio, made.norm) = (largest, ratio, norm);
        made
    }

    fn difference(&self, i: usize) -> R {
        let d = R::of(self.a[i]) - R::of(self.b[i]);
        if self.order.offset == 0.0 { d } else { d + self.order.offset }
    }

    /// The norm, or its square.
    pub(super) fn value(&self) -> R {
        if self.order.squared && self.order.p != 2.0 { self.norm.square() } else { self.norm }
    }

    /// What a difference is multiplied by to give the slope, for the order 2; 0 at coincidence.
    pub(super) fn factor(&self) -> R {
        if self.order.squared {
            R::of(2.0)
        } else if self.norm.is_zero() {
            self.norm
        } else {
            R::of(1.0) / self.norm
        }
    }

    /// By a coordinate of `a`; 0 at coincidence.
    pub(super) fn slope(&self, signs: &Signs, i: usize) -> R {
        let d = self.difference(i);
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
