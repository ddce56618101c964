//! Points in space, and other powers of the distance: all pairs, one after another, in two floats; in 256 bits where the
//! sums cancel. No matrix of distances is ever held.

use super::{EnergyDistance, Pull, Side, Sums};
use crate::distances::pair::{Wide, wide};
use crate::number::{Long, Real, Twofold};
use crate::samples::points::{Difference, lifted};
use crate::stop::Stop;
use crate::sums::{ExactSum, Fixed};
use rayon::prelude::*;

/// Tiles of rows, the same whatever the threads.
const TILES: usize = 64;

/// All pairs of points within and between the samples, `j < i` for each: what each tile of them adds up to.
pub(super) fn each<S: Send>(
    (n, m): (usize, usize),
    start: impl Fn() -> S + Sync,
    add: impl Fn(&mut S, usize, usize) + Sync,
) -> Vec<S> {
    let stop = Stop::current();
    let tile = |tile: usize| {
        let mut state = start();
        for i in (tile..n + m).step_by(TILES) {
            for j in 0..i {
                stop.iter().for_each(Stop::look);
                add(&mut state, i, j);
            }
        }
        state
    };
    (0..TILES).into_par_iter().map(tile).collect()
}

/// `x · 2^shift`.
fn shifted(x: Wide, shift: Wide) -> Wide {
    let whole = shift.high.floor();
    let rest = shift - whole;
    let x = if rest.high == 0.0 { x } else { x * Real::exp(Real::ln(wide(2.0)) * rest) };
    lifted(x, whole as i32)
}

impl EnergyDistance {
    /// `‖x − y‖^alpha`.
    pub(super) fn power(&self, x: &[f64], y: &[f64]) -> Wide {
        let difference = Difference::new(x, y);
        let power = self.scaled_power(difference.squares());
        if difference.exponent == 0 {
            return power;
        }
        shifted(power, Twofold::product(self.alpha, f64::from(difference.exponent)))
    }

    /// A square to the power of `alpha / 2`.
    fn scaled_power<R: Real<Mask = bool>>(&self, square: R) -> R {
        if square.same(square.lit(0.0)) {
            return square;
        }
        match self.alpha {
            1.0 => square.sqrt(),
            2.0 => square,
            alpha => square.power(alpha / 2.0),
        }
    }

    /// The gradient of `‖x − y‖^alpha` in x, coordinate by coordinate; 0 where they coincide.
    fn slope(&self, x: &[f64], y: &[f64], mut found: impl FnMut(usize, Wide)) {
        let difference = Difference::new(x, y);
        let square = difference.squares();
        if square.high == 0.0 {
            return;
        }
        let factor = self.scaled_power(square) / square * self.alpha;
        let shift = Twofold::product(self.alpha, f64::from(difference.exponent)) - f64::from(difference.exponent);
        for (c, d) in difference.coordinates().enumerate() {
            found(c, if difference.exponent == 0 { factor * d } else { shifted(factor * d, shift) });
        }
    }

    /// The square of a distance in 256 bits.
    fn long_square(x: &[f64], y: &[f64]) -> Long {
        let square = |(x, y): (&f64, &f64)| (Long::from(*x) - Long::from(*y)).square();
        x.iter().zip(y).map(square).fold(Long::from(0.0), |sum, square| sum + square)
    }

    /// The sums over all pairs.
    pub(super) fn sums_of_pairs(&self, x: &Side<'_>, y: &Side<'_>) -> Option<Sums> {
        let add = |sums: &mut [ExactSum; 3], i: usize, j: usize| {
            let (a, b, group) = pair(x, y, i, j);
            let term = self.power(a.0, b.0);
            let term =
                if x.weights.is_none() && y.weights.is_none() { term } else { term * Twofold::product(a.1, b.1) };
            sums[group].add(term.high);
            sums[group].add(term.low);
        };
        let mut all = <[ExactSum; 3]>::default();
        for tile in each((x.count, y.count), Default::default, add) {
            all.iter_mut().zip(&tile).for_each(|(all, sum)| all.merge(sum));
        }
        Sums::new(&all)
    }

    /// The squared statistic in 256 bits.
    pub(super) fn long_value(&self, x: &Side<'_>, y: &Side<'_>) -> Long {
        let zero = || [Long::from(0.0); 3];
        let add = |sums: &mut [Long; 3], i: usize, j: usize| {
            let (a, b, group) = pair(x, y, i, j);
            let term = self.scaled_power(Self::long_square(a.0, b.0)) * Long::from(a.1) * Long::from(b.1);
            sums[group] = sums[group] + term;
        };
        let sum = |mut all: [Long; 3], tile: [Long; 3]| {
            all.iter_mut().zip(tile).for_each(|(all, sum)| *all = *all + sum);
            all
        };
        let [first, second, between] = each((x.count, y.count), zero, add).into_iter().fold(zero(), sum);
        let ([w, w_less], [v, v_less]) = (self.long_totals(x), self.long_totals(y));
        (between / (w * v) - first / (w * w_less) - second / (v * v_less)) * 2.0
    }

    /// The weight of a side, and what its pairs within are divided by beside it.
    fn long_totals(&self, side: &Side<'_>) -> [Long; 2] {
        let total = (0..side.count).fold(Long::from(0.0), |sum, i| sum + Long::from(side.weight(i)));
        [total, total - self.less()]
    }

    /// What pulls at point i of the first side, coordinate by coordinate; where it is not sure, with the terms of the sum.
    pub(super) fn pull_of_pairs(&self, x: &Side<'_>, y: &Side<'_>, i: usize) -> Option<Vec<(Pull, Option<f64>)>> {
        let zero = || (ExactSum::new(), 0.0);
        let sums = |side: &Side<'_>| {
            let mut sums: Vec<(ExactSum, f64)> = (0..x.dimension).map(|_| zero()).collect();
            for j in 0..side.count {
                self.slope(x.point(i), side.point(j), |c, term| {
                    let term = term * side.weight(j);
                    let (sum, size) = &mut sums[c];
                    sum.add(term.high);
                    sum.add(term.low);
                    *size += term.high.abs();
                });
            }
            sums
        };
        let pull = |((own, own_size), (other, other_size)): ((ExactSum, f64), (ExactSum, f64))| {
            let pull = Pull { own: Fixed::of(&own)?, other: Fixed::of(&other)? };
            let terms = own_size / x.weight_sum() + other_size / y.weight_sum();
            let rest = other.to_f64() / y.weight_sum() - own.to_f64() / (x.weight_sum() - self.less());
            Some((pull, (rest.abs() < terms * super::SURE).then_some(terms)))
        };
        sums(x).into_iter().zip(sums(y)).map(pull).collect()
    }

    /// The same in 256 bits, the difference of both sides' pulls.
    pub(super) fn long_pull(&self, x: &Side<'_>, y: &Side<'_>, i: usize) -> Vec<Long> {
        let ([w, w_less], [v, _]) = (self.long_totals(x), self.long_totals(y));
        let mut sums = vec![Long::from(0.0); x.dimension];
        for (side, divisor) in [(x, -(w * w_less)), (y, w * v)] {
            for j in 0..side.count {
                let (a, b) = (x.point(i), side.point(j));
                let square = Self::long_square(a, b);
                if square.same(Long::from(0.0)) {
                    continue;
                }
                let factor = self.scaled_power(square) / square * Long::from(side.weight(j)) / divisor;
                for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                    *sum = *sum + (Long::from(*a) - Long::from(*b)) * factor;
                }
            }
        }
        sums.into_iter().map(|sum| sum * self.alpha).collect()
    }
}

/// A point and its weight.
type Weighted<'s> = (&'s [f64], f64);

/// Two of the points of both samples, and which of the sums their distance is part of.
pub(super) fn pair<'s>(x: &'s Side<'_>, y: &'s Side<'_>, i: usize, j: usize) -> (Weighted<'s>, Weighted<'s>, usize) {
    let at = |i: usize| match i.checked_sub(x.count) {
        None => (x.point(i), x.weight(i)),
        Some(i) => (y.point(i), y.weight(i)),
    };
    let group = match (i < x.count, j < x.count) {
        (true, true) => 0,
        (false, false) => 1,
        _ => 2,
    };
    (at(i), at(j), group)
}
