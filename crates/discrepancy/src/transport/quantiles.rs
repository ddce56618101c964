//! Two quantile functions side by side: the segments of mass on which both are constant.

use super::exact::twofold;
use super::masses::{Masses, Side};
use crate::number::Twofold;
use crate::stop;
use num_bigint::BigInt;

/// The segments of two distributions on a line, in order of mass.
pub(super) trait Segments {
    /// Calls `visit` with the place in the first order, the place in the second order, and the mass in between.
    fn each(&self, visit: impl FnMut(usize, usize, Twofold<f64>));
    /// The mass of all segments.
    fn total(&self) -> Twofold<f64>;
}

/// Walks along the mass: `a_end(i)` is the cumulative mass up to and including place i.
fn walk<T: Ord + Copy>(
    start: T,
    (n, m): (usize, usize),
    a_end: impl Fn(usize) -> T,
    b_end: impl Fn(usize) -> T,
    mut visit: impl FnMut(usize, usize, T, T),
) {
    let (mut i, mut j, mut now) = (0, 0, start);
    while i < n && j < m {
        stop::look_at(i + j);
        let (a, b) = (a_end(i), b_end(j));
        let end = a.min(b);
        if end > now {
            visit(i, j, now, end);
        }
        now = end;
        i += usize::from(a == end);
        j += usize::from(b == end);
    }
}

/// Segments in the integers of [`Masses`].
pub(super) struct Integers {
    a: Ends,
    b: Ends,
    total: i128,
}

/// Cumulative masses of one side in its order.
enum Ends {
    Equal(i128, usize),
    Each(Vec<i128>),
}

impl Ends {
    fn new(side: &Side, order: &[usize]) -> Self {
        match side {
            Side::Equal(step, count) => Ends::Equal(*step, *count),
            Side::Each(weights) => {
                let running = order.iter().scan(0, |sum, &i| {
                    *sum += weights[i];
                    Some(*sum)
                });
                Ends::Each(running.collect())
            }
        }
    }
    fn len(&self) -> usize {
        match self {
            Ends::Equal(_, count) => *count,
            Ends::Each(ends) => ends.len(),
        }
    }
    fn end(&self, place: usize) -> i128 {
        match self {
            Ends::Equal(step, _) => step * (place as i128 + 1),
            Ends::Each(ends) => ends[place],
        }
    }
}

impl Integers {
    /// Orders list the points of a side from left to right; a side of equal weights needs none.
    pub(super) fn new(masses: &Masses, a_order: &[usize], b_order: &[usize]) -> Self {
        let (a, b) = (Ends::new(&masses.first, a_order), Ends::new(&masses.second, b_order));
        Integers { a, b, total: masses.total }
    }
}

impl Segments for Integers {
    fn each(&self, mut visit: impl FnMut(usize, usize, Twofold<f64>)) {
        let counts = (self.a.len(), self.b.len());
        if let (Ends::Equal(1, n), Ends::Equal(1, _)) = (&self.a, &self.b) {
            let one = Twofold::from(1.0);
            return (0..*n).for_each(|i| {
                stop::look_at(i);
                visit(i, i, one);
            });
        }
        let visit = |i, j, from: i128, to: i128| visit(i, j, twofold(to - from));
        walk(0, counts, |i| self.a.end(i), |j| self.b.end(j), visit);
    }
    fn total(&self) -> Twofold<f64> {
        twofold(self.total)
    }
}

/// Segments in integers of any length, each side multiplied by the total of the other: slow, never rounded.
/// For weights that differ so little, or range so far, that the integers of [`Masses`] are too coarse.
pub(super) struct LongIntegers {
    a: Vec<BigInt>,
    b: Vec<BigInt>,
    bits: i64,
    total: BigInt,
}

impl LongIntegers {
    pub(super) fn new(a: &[f64], b: &[f64], a_order: &[usize], b_order: &[usize]) -> Self {
        let unit = |weights: &[f64]| weights.iter().filter(|w| **w > 0.0).map(|w| super::exact::parts(*w).1).min();
        let cumulative = |weights: &[f64], order: &[usize]| -> Vec<BigInt> {
            let unit = unit(weights).unwrap_or(0);
            let mut sum = BigInt::ZERO;
            let running = order.iter().map(|&i| {
                let (mantissa, exponent) = super::exact::parts(weights[i]);
                sum += BigInt::from(mantissa) << (exponent - unit).max(0) as u64;
                sum.clone()
            });
            running.collect()
        };
        let (mut a, mut b) = (cumulative(a, a_order), cumulative(b, b_order));
        let last = |ends: &[BigInt]| ends.last().cloned().unwrap_or_default();
        let (of_a, of_b) = (last(&a), last(&b));
        a.iter_mut().for_each(|end| *end *= &of_b);
        b.iter_mut().for_each(|end| *end *= &of_a);
        let total = of_a * of_b;
        LongIntegers { a, b, bits: total.bits() as i64, total }
    }

    /// A mass in units of 2^bits: close to 1 for the total.
    fn part(&self, mass: &BigInt) -> Twofold<f64> {
        let drop = (mass.bits() as i64 - 106).max(0);
        let top = twofold(i128::try_from(mass >> drop as u64).unwrap_or(0));
        let exponent = (drop - self.bits) as i32;
        Twofold::new(super::exact::scale(top.high, exponent), super::exact::scale(top.low, exponent))
    }
}

impl Segments for LongIntegers {
    fn each(&self, mut visit: impl FnMut(usize, usize, Twofold<f64>)) {
        let zero = BigInt::ZERO;
        let visit = |i, j, from: &BigInt, to: &BigInt| visit(i, j, self.part(&(to - from)));
        walk(&zero, (self.a.len(), self.b.len()), |i| &self.a[i], |j| &self.b[j], visit);
    }
    fn total(&self) -> Twofold<f64> {
        self.part(&self.total)
    }
}
