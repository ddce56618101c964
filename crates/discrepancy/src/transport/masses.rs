//! Weights of both sides, checked, as integers of one unit with one total: what is moved is never rounded on the way.

use super::exact::{Rounding, magnitude, parts, round_quotient, twofold};
use crate::error::{Error, ErrorKind, Result};
use crate::number::Twofold;
use crate::samples::points::{check_weights, lifted};
use num_bigint::BigInt;
use std::cell::Cell;

/// The weights of one side, in units of [`Masses`].
#[derive(Clone, Debug)]
pub(super) enum Side {
    /// All points weigh the same.
    Equal(i128, usize),
    /// One weight a point.
    Each(Vec<i128>),
}

impl Side {
    pub(super) fn len(&self) -> usize {
        match self {
            Side::Equal(_, count) => *count,
            Side::Each(weights) => weights.len(),
        }
    }
    pub(super) fn get(&self, i: usize) -> i128 {
        match self {
            Side::Equal(weight, _) => *weight,
            Side::Each(weights) => weights[i],
        }
    }
}

/// How well the integers stand for the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fidelity {
    /// They are the weights.
    Exact,
    /// The lighter side was scaled up to the heavier one: a relative error of the total of 2^-100 or less.
    Scaled,
    /// Some weights have bits below 2^-120 of the total, which were rounded off.
    Rounded,
}

/// The weights of both sides: weight i of a side is `side.get(i) · 2^exponent / divisor`.
#[derive(Clone, Debug)]
pub(super) struct Masses {
    pub(super) first: Side,
    pub(super) second: Side,
    /// The total of either side; below 2^122.
    pub(super) total: i128,
    pub(super) exponent: i32,
    pub(super) divisor: u64,
    pub(super) fidelity: Fidelity,
}

/// One side as it came in: the name of the argument, the weights (none: all the same), how many points.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a> {
    pub(super) name: &'a str,
    pub(super) weights: Option<&'a [f64]>,
    pub(super) count: usize,
}

/// The largest total is below 2^TOTAL_BITS, whatever it is multiplied by.
const TOTAL_BITS: i32 = 121;

thread_local! {
    /// The spacing at 1 of the type that the weights of this thread's work were stored in.
    static EPSILON: Cell<f64> = const { Cell::new(f64::EPSILON) };
}

/// Does work on weights that were stored in a type of this spacing at 1: totals are equal up to `8 n ε` of it, n being the longer
/// side.
///
/// ```
/// use discrepancy::transport::{optimal_transport, stored_in};
/// let (cost, a) = ([0.0, 1.0, 1.0, 0.0], [0.5, 0.5]);
/// // A third and two thirds as singles: together 1 + 2⁻²⁵ or so.
/// let b = [f64::from(1.0_f32 / 3.0), f64::from(2.0_f32 / 3.0)];
/// assert!(optimal_transport(&cost, &a, &b).is_err());
/// let plan = stored_in(f64::from(f32::EPSILON), || optimal_transport(&cost, &a, &b))?;
/// assert_eq!(plan.cost as f32, 1.0_f32 / 6.0);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn stored_in<T>(epsilon: f64, work: impl FnOnce() -> T) -> T {
    struct Restored(f64);
    impl Drop for Restored {
        fn drop(&mut self) {
            EPSILON.set(self.0);
        }
    }
    let _outer = Restored(EPSILON.replace(epsilon));
    work()
}

impl Masses {
    /// Checks the weights and makes integers of them; a side without weights has the total of the other, or 1.
    pub(super) fn new(function: &str, a: Given<'_>, b: Given<'_>) -> Result<Masses> {
        Self::with(function, a, b, two_sided)
    }

    /// The same for sides that are each divided by their own total: `exponent` and `divisor` are of no use then.
    pub(super) fn normalised(function: &str, a: Given<'_>, b: Given<'_>) -> Result<Masses> {
        Self::with(function, a, b, |_, (_, a), (_, b)| Ok(each_by_its_total(a, b)))
    }

    fn with(
        function: &str,
        a: Given<'_>,
        b: Given<'_>,
        both: impl Fn(&str, (&str, &[f64]), (&str, &[f64])) -> Result<Masses>,
    ) -> Result<Masses> {
        check(function, a)?;
        check(function, b)?;
        match (a.weights, b.weights) {
            (None, None) => {
                let common = greatest_common_divisor(a.count, b.count);
                let (of_a, of_b) = ((b.count / common) as i128, (a.count / common) as i128);
                let total = of_a * a.count as i128;
                let divisor = u64::try_from(total).map_err(|_| {
                    Error::new(ErrorKind::Memory, function, a.name, "counts whose least common multiple is below 2^64")
                })?;
                let (first, second) = (Side::Equal(of_a, a.count), Side::Equal(of_b, b.count));
                Ok(Masses { first, second, total, exponent: 0, divisor, fidelity: Fidelity::Exact })
            }
            (Some(w), None) => {
                let (first, second, masses) = one_sided(w, b.count);
                Ok(Masses { first, second, ..masses })
            }
            (None, Some(w)) => {
                let (second, first, masses) = one_sided(w, a.count);
                Ok(Masses { first, second, ..masses })
            }
            (Some(v), Some(w)) => both(function, (a.name, v), (b.name, w)),
        }
    }

    /// A mass in the unit of the weights, rounded once.
    pub(super) fn to_f64(&self, mass: i128) -> f64 {
        let (mass, divisor) = (BigInt::from(mass), BigInt::from(self.divisor));
        round_quotient(&mass, &divisor, i64::from(self.exponent), Rounding::Nearest)
    }

    /// A mass in the unit of the weights, in twofold precision.
    pub(super) fn wide(&self, mass: i128) -> Twofold<f64> {
        lifted(twofold(mass) / twofold(self.divisor.into()), self.exponent)
    }
}

fn check(function: &str, given: Given<'_>) -> Result<()> {
    given.weights.map_or(Ok(()), |weights| check_weights(function, given.name, weights, given.count))
}

fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The exponent of the finest unit in which the total of weights up to `largest`, times a multiplier, still fits.
fn finest_unit(largest: f64, count: usize, multiplier: usize) -> i32 {
    magnitude(largest) - (TOTAL_BITS - bits(count) - bits(multiplier))
}

/// How many bits a count has.
fn bits(count: usize) -> i32 {
    (usize::BITS - count.leading_zeros()) as i32
}

/// Weights in units of `2^unit`, rounded to the nearest where they have finer bits.
fn integers(weights: &[f64], unit: i32, fidelity: &mut Fidelity) -> Vec<i128> {
    let integer = |&w: &f64| {
        let (mantissa, exponent) = parts(w);
        let (mantissa, shift) = (i128::from(mantissa), exponent - unit);
        if shift >= 0 || mantissa == 0 {
            return mantissa << shift.clamp(0, TOTAL_BITS);
        }
        *fidelity = Fidelity::Rounded;
        if shift < -60 { 0 } else { (mantissa + (1 << (-shift - 1))) >> -shift }
    };
    weights.iter().map(integer).collect()
}

/// The weighted side, the equal side, and the rest: the equal side shares the total of the weights.
fn one_sided(weights: &[f64], count: usize) -> (Side, Side, Masses) {
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let lowest_bit = weights.iter().filter(|w| **w > 0.0).map(|w| parts(*w).1).min().unwrap_or(0);
    let exponent = lowest_bit.max(finest_unit(largest, weights.len(), count));
    let mut fidelity = Fidelity::Exact;
    let mut each = integers(weights, exponent, &mut fidelity);
    let share: i128 = each.iter().sum();
    for weight in &mut each {
        *weight *= count as i128;
    }
    let (each, equal) = (Side::Each(each), Side::Equal(share, count));
    let total = share * count as i128;
    let rest = Masses { first: equal.clone(), second: equal.clone(), total, exponent, divisor: count as u64, fidelity };
    (each, equal, rest)
}

fn two_sided(function: &str, (a_name, a): (&str, &[f64]), (b_name, b): (&str, &[f64])) -> Result<Masses> {
    let largest = a.iter().chain(b).copied().fold(0.0, f64::max);
    // As fine as it fits, because scaling rounds to units.
    let exponent = finest_unit(largest, a.len().max(b.len()), 1);
    let mut fidelity = Fidelity::Exact;
    let mut first = integers(a, exponent, &mut fidelity);
    let mut second = integers(b, exponent, &mut fidelity);
    let (of_a, of_b): (i128, i128) = (first.iter().sum(), second.iter().sum());
    let (lighter, heavier) = (of_a.min(of_b), of_a.max(of_b));
    let tolerance = 8.0 * a.len().max(b.len()) as f64 * EPSILON.get();
    if (heavier - lighter) as f64 > tolerance * heavier as f64 || lighter == 0 {
        let name = |total: i128| {
            round_quotient(&BigInt::from(total), &BigInt::from(1), i64::from(exponent), Rounding::Nearest)
        };
        let allowed = format!("a total equal to that of `{a_name}`, {}, up to {tolerance:e} relative", name(of_a));
        let error = Error::new(ErrorKind::Domain, function, b_name, allowed);
        return Err(error.value(format!("a total of {}", name(of_b))));
    }
    level(&mut first, &mut second, &mut fidelity);
    let (first, second) = (Side::Each(first), Side::Each(second));
    Ok(Masses { first, second, total: heavier, exponent, divisor: 1, fidelity })
}

/// Each side in a unit of its own, as fine as it fits, and then the lighter one scaled up to the heavier one.
fn each_by_its_total(a: &[f64], b: &[f64]) -> Masses {
    let mut fidelity = Fidelity::Exact;
    let mut side = |weights: &[f64]| {
        let largest = weights.iter().copied().fold(0.0, f64::max);
        integers(weights, finest_unit(largest, a.len().max(b.len()), 1), &mut fidelity)
    };
    let (mut first, mut second) = (side(a), side(b));
    level(&mut first, &mut second, &mut fidelity);
    let total = first.iter().sum();
    Masses { first: Side::Each(first), second: Side::Each(second), total, exponent: 0, divisor: 1, fidelity }
}

/// Scales the lighter side up to the heavier one.
fn level(first: &mut [i128], second: &mut [i128], fidelity: &mut Fidelity) {
    let (of_a, of_b): (i128, i128) = (first.iter().sum(), second.iter().sum());
    if of_a != of_b {
        *fidelity = Fidelity::Scaled.max(*fidelity);
        scale_up(if of_a < of_b { first } else { second }, of_a.min(of_b), of_a.max(of_b));
    }
}

/// Scales weights of total `from` to total `to`, which is larger. Cumulative weights are rounded, so that
/// the new total is met exactly and weights of 0 stay 0.
fn scale_up(weights: &mut [i128], from: i128, to: i128) {
    let ratio = twofold(to - from) / twofold(from);
    let scaled = |cumulative: i128| {
        let excess = twofold(cumulative) * ratio;
        let whole = excess.high.round_ties_even();
        let rest = (excess.high - whole) + excess.low;
        cumulative + whole as i128 + rest.round_ties_even() as i128
    };
    let (mut cumulative, mut last) = (0, 0);
    for weight in weights {
        cumulative += *weight;
        let next = scaled(cumulative);
        *weight = next - last;
        last = next;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    fn given<'a>(name: &'a str, weights: Option<&'a [f64]>, count: usize) -> Given<'a> {
        Given { name, weights, count }
    }

    #[test]
    fn totals_agree_after_scaling() {
        let a = [0.1; 10];
        let b = [0.3, 0.0, 0.7, 0.0];
        let masses = Masses::new("f", given("a", Some(&a), 10), given("b", Some(&b), 4)).unwrap();
        assert_eq!((0..10).map(|i| masses.first.get(i)).sum::<i128>(), masses.total);
        assert_eq!((0..4).map(|i| masses.second.get(i)).sum::<i128>(), masses.total);
        assert_eq!((masses.second.get(1), masses.second.get(3)), (0, 0));
        assert_eq!(masses.fidelity, Fidelity::Scaled);
    }

    #[test]
    fn equal_weights_are_whole_numbers() {
        let masses = Masses::new("f", given("a", None, 4), given("b", None, 6)).unwrap();
        assert_eq!((masses.first.get(0), masses.second.get(0), masses.total), (3, 2, 12));
        assert_eq!(masses.to_f64(masses.total), 1.0);
        let masses = Masses::new("f", given("a", None, 3), given("b", Some(&[0.5, 2.0]), 2)).unwrap();
        assert_eq!(masses.to_f64(masses.first.get(0)), 2.5 / 3.0);
        assert_eq!(masses.to_f64(masses.second.get(1)), 2.0);
    }

    #[test]
    fn a_wide_range_of_weights_is_rounded_and_says_so() {
        let w = [1.0, 1e-60];
        let masses = Masses::new("f", given("a", Some(&w), 2), given("b", Some(&w), 2)).unwrap();
        assert_eq!(masses.fidelity, Fidelity::Rounded);
    }
}
