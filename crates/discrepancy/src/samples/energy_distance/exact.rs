//! Sums of powers of distances that cancel beyond 256 bits: what belongs to equal distances is counted together first, in
//! whole numbers, so that only what is left is rounded.

use super::{EnergyDistance, NOTHING, Side};
use crate::error::{Error, ErrorKind, Result};
use crate::number::{Long, Real};
use crate::stop;
use crate::sums::Fixed;
use num_bigint::BigInt;
use std::cmp::Ordering;
use std::collections::HashMap;

/// What each squared distance counts, as a whole number.
type Counts = HashMap<(BigInt, i64), (Fixed, Fixed)>;

/// As many different distances are kept apart.
const MOST: usize = 1 << 22;

fn total(side: &Side<'_>) -> Fixed {
    Fixed::of(&side.total()).unwrap_or_else(Fixed::zero)
}

/// The square of a distance.
fn square(x: &[f64], y: &[f64]) -> Fixed {
    let squared = |(x, y): (&f64, &f64)| {
        let d = Fixed::of_float(*x).minus(&Fixed::of_float(*y));
        d.times(&d)
    };
    x.iter().zip(y).map(squared).fold(Fixed::zero(), |sum, square| sum.plus(&square))
}

fn count(counts: &mut Counts, square: Fixed, count: &Fixed) {
    let (_, sum) = counts.entry(square.key()).or_insert_with(|| (square, Fixed::zero()));
    *sum = sum.plus(count);
}

/// The mass of each different point, from left to right.
fn masses<'s>(side: &'s Side<'_>) -> Vec<(&'s [f64], Fixed)> {
    let order = |a: &[f64], b: &[f64]| {
        let unequal = a.iter().zip(b).map(|(a, b)| a.partial_cmp(b).unwrap_or(Ordering::Equal));
        unequal.fold(Ordering::Equal, Ordering::then)
    };
    let mut places: Vec<usize> = (0..side.count).filter(|i| side.weight(*i) > 0.0).collect();
    places.sort_by(|i, j| order(side.point(*i), side.point(*j)));
    let mut masses: Vec<(&[f64], Fixed)> = Vec::new();
    for i in places {
        let (point, weight) = (side.point(i), Fixed::of_float(side.weight(i)));
        match masses.last_mut() {
            Some((last, mass)) if order(last, point) == Ordering::Equal => *mass = mass.plus(&weight),
            _ => masses.push((point, weight)),
        }
    }
    masses
}

/// Whether both samples are one distribution, whatever the weights add up to.
fn are_the_same(x: &Side<'_>, y: &Side<'_>) -> bool {
    let (left, right) = (masses(x), masses(y));
    let (w, v) = (total(x), total(y));
    left.len() == right.len()
        && left.iter().zip(&right).all(|((x, a), (y, b))| x == y && a.times(&v).minus(&b.times(&w)).is_zero())
}

/// The root of a square, where that is a whole number times a power of two.
fn whole_root(square: &Fixed) -> Option<(BigInt, i64)> {
    let (odd, exponent) = square.key();
    let root = odd.sqrt();
    (exponent % 2 == 0 && &root * &root == odd && !square.is_zero()).then_some((root, exponent / 2))
}

/// The greatest common divisor, positive for a positive second number.
fn common_divisor(a: &BigInt, b: &BigInt) -> BigInt {
    let (mut a, mut b) = (a.clone(), b.clone());
    while b.sign() != num_bigint::Sign::NoSign {
        (a, b) = (b.clone(), a % b);
    }
    if a.sign() == num_bigint::Sign::Minus { -a } else { a }
}

impl EnergyDistance {
    fn undecided(&self) -> Error {
        let allowed = "samples whose distances do not cancel beyond 256 bits";
        Error::new(ErrorKind::NonFinite, Self::ENTRY.name, "x", allowed)
    }

    /// `Σ counts d^power` in 256 bits.
    fn counted(&self, counts: &Counts, power: f64) -> Result<Long> {
        let (mut sum, mut terms) = (Long::from(0.0), Long::from(0.0));
        let (mut whole, mut parts) = (Fixed::zero(), HashMap::<BigInt, Fixed>::new());
        for (square, count) in counts.values().filter(|(_, count)| !count.is_zero()) {
            if power == 2.0 || power == 0.0 {
                whole = whole.plus(&if power == 2.0 { square.times(count) } else { count.clone() });
                continue;
            }
            // On a line and its like distances are whole numbers, and pulls fractions of them.
            if let (Some((root, exponent)), 1.0) = (whole_root(square), power.abs()) {
                let (part, divisor) = if power > 0.0 {
                    (count.times(&Fixed::new(root, exponent)), BigInt::from(1))
                } else {
                    let (odd, own) = count.key();
                    let common = common_divisor(&odd, &root);
                    (Fixed::new(odd / &common, own - exponent), root / common)
                };
                let sum = parts.entry(divisor).or_insert_with(Fixed::zero);
                *sum = sum.plus(&part);
                continue;
            }
            let root = square.to_long();
            let distance = if power.abs() == 1.0 { root.sqrt() } else { root.power(power.abs() / 2.0) };
            let count = count.to_long();
            let term = if power < 0.0 { count / distance } else { count * distance };
            (sum, terms) = (sum + term, terms + Real::abs(term));
        }
        if power == 2.0 || power == 0.0 {
            return Ok(whole.to_long());
        }
        for (divisor, part) in parts.iter().filter(|(_, part)| !part.is_zero()) {
            let term = part.to_long() / Fixed::new(divisor.clone(), 0).to_long();
            (sum, terms) = (sum + term, terms + Real::abs(term));
        }
        // Distances may cancel though they are irrational: what is left below 2^-200 of the terms is what rounding left.
        let decided = (terms * NOTHING).lt(Real::abs(sum));
        Ok(if decided { sum } else { Long::from(0.0) })
    }

    /// The squared statistic.
    pub(super) fn exact_value(&self, x: &Side<'_>, y: &Side<'_>) -> Result<Long> {
        let less = Fixed::of_float(self.less());
        if less.is_zero() && are_the_same(x, y) {
            return Ok(Long::from(0.0));
        }
        let pairs = (x.count + y.count).saturating_mul(x.count + y.count) / 2;
        if pairs > MOST {
            return Err(self.undecided());
        }
        let (w, v) = (total(x), total(y));
        let (w_less, v_less) = (w.minus(&less), v.minus(&less));
        let (of_x, of_y) = (v.times(&v_less).negative(), w.times(&w_less).negative());
        let between = w_less.times(&v_less);
        let mut counts = Counts::new();
        for i in 0..x.count + y.count {
            stop::look();
            for j in 0..i {
                let (a, b, group) = super::pairs::pair(x, y, i, j);
                let factor = [&of_x, &of_y, &between][group];
                let weight = Fixed::of_float(a.1).times(&Fixed::of_float(b.1));
                count(&mut counts, square(a.0, b.0), &weight.times(factor));
            }
        }
        let whole = w.times(&v).times(&w_less).times(&v_less).to_long();
        Ok(self.counted(&counts, self.alpha)? / whole * 2.0)
    }

    /// What pulls at a coordinate of point i of the first side, less its own sample's pull.
    pub(super) fn exact_pull(&self, x: &Side<'_>, y: &Side<'_>, i: usize, coordinate: usize) -> Result<Long> {
        let (w, v) = (total(x), total(y));
        let w_less = w.minus(&Fixed::of_float(self.less()));
        let own = x.point(i);
        let mut counts = Counts::new();
        for (side, factor) in [(x, v.negative()), (y, w_less.clone())] {
            for j in 0..side.count {
                let square = square(own, side.point(j));
                if square.is_zero() {
                    continue;
                }
                let d = Fixed::of_float(own[coordinate]).minus(&Fixed::of_float(side.point(j)[coordinate]));
                let weight = Fixed::of_float(side.weight(j));
                count(&mut counts, square, &d.times(&weight).times(&factor));
            }
        }
        let whole = w.times(&w_less).times(&v).to_long();
        Ok(self.counted(&counts, self.alpha - 2.0)? / whole * self.alpha)
    }
}
