//! What all divergences share: checked rows, perhaps normalised, and gradients through that.

use crate::distances::PairInput;
use crate::distances::pair::{finite, length};
use crate::error::{Error, ErrorKind, Result};
use crate::number::careful::Careful;
use crate::number::{Real, Twofold};
use crate::sums::ExactSum;

/// How rows must sum.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Sums {
    /// To 1, up to rounding.
    One,
    /// To anything: each row is divided by its sum.
    Normalised,
    /// To anything, taken as they are.
    Free,
}

impl Sums {
    pub(super) fn of(normalize: bool) -> Sums {
        if normalize { Sums::Normalised } else { Sums::One }
    }
}

/// Two rows of non-negative numbers.
pub(super) struct Rows<R> {
    pub(super) p: Vec<R>,
    pub(super) q: Vec<R>,
    /// What each was divided by.
    divisors: Option<[R; 2]>,
}

impl<R: Careful> Rows<R> {
    /// Of rows that are checked.
    pub(super) fn new(p: &[f64], q: &[f64], sums: Sums) -> Rows<R> {
        if sums != Sums::Normalised {
            let row = |row: &[f64]| row.iter().map(|x| R::of(*x)).collect();
            return Rows { p: row(p), q: row(q), divisors: None };
        }
        let divisors = [exact_total(p), exact_total(q)];
        let row = |row: &[f64], sum: R| row.iter().map(|x| R::of(*x) / sum).collect();
        Rows { p: row(p, divisors[0]), q: row(q, divisors[1]), divisors: Some(divisors) }
    }
    /// The coordinates, pair by pair.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (R, R)> {
        self.p.iter().copied().zip(self.q.iter().copied())
    }
    /// A sum over the pairs.
    pub(super) fn total(&self, term: impl Fn(R, R) -> R) -> R {
        self.pairs().fold(R::of(0.0), |sum, (p, q)| sum + term(p, q))
    }
    /// `Σ (√p - √q)² / 2`.
    pub(super) fn hellinger_squared(&self) -> R {
        self.total(squared_difference) * 0.5
    }
    /// Gradients in both rows as given, from those in the rows as used.
    pub(super) fn through_sums(&self, gradients: [Vec<R>; 2]) -> [Vec<R>; 2] {
        let Some(divisors) = self.divisors else { return gradients };
        let [by_p, by_q] = gradients;
        let through = |gradient: Vec<R>, row: &[R], divisor: R| {
            // x / Σx changes with every x: the mean gradient goes. Where it is infinite, 0 · ∞ = 0.
            let mean = row.iter().zip(&gradient).fold(R::of(0.0), |sum, (x, g)| sum + g.weighted(*x));
            let infinite = |g: R| g.leading().is_infinite();
            gradient.into_iter().map(|g| if infinite(g) { g } else { (g - mean) / divisor }).collect()
        };
        [through(by_p, &self.p, divisors[0]), through(by_q, &self.q, divisors[1])]
    }
}

/// `(√p - √q)²`.
pub(super) fn squared_difference<R: Careful>(p: R, q: R) -> R {
    let sum = p.sqrt() + q.sqrt();
    if sum.is_zero() { sum } else { ((p - q) / sum).square() }
}

/// The sum of some numbers, all its leading digits, whatever cancels.
pub(super) fn exact_total<R: Careful>(terms: &[f64]) -> R {
    let mut exact = ExactSum::new();
    terms.iter().for_each(|x| exact.add(*x));
    // Its leading bits, 53 at a time.
    let (mut sum, mut part) = (R::of(0.0), exact.to_f64());
    for _ in 0..5 {
        sum = sum + part;
        exact.add(-part);
        part = exact.to_f64();
        if part == 0.0 {
            break;
        }
    }
    sum
}

/// Checks both rows.
pub(super) fn check(function: &str, input: PairInput<'_>, sums: Sums) -> Result<()> {
    let PairInput { a: p, b: q, weights, epsilon, .. } = input;
    if weights.is_some() {
        return Err(Error::new(ErrorKind::Unsupported, function, "weights", "no weights"));
    }
    length(function, "q", q.len(), p.len())?;
    if p.is_empty() {
        return Err(Error::new(ErrorKind::NoContributingRows, function, "p", "at least one number"));
    }
    check_row(function, "p", p, sums, epsilon)?;
    check_row(function, "q", q, sums, epsilon)
}

fn check_row(function: &str, argument: &str, row: &[f64], sums: Sums, epsilon: f64) -> Result<()> {
    finite(function, argument, row)?;
    if let Some((index, x)) = row.iter().enumerate().find(|(_, x)| **x < 0.0) {
        return Err(Error::new(ErrorKind::Domain, function, argument, "non-negative numbers").at(index).value(x));
    }
    let sum = row.iter().fold(Twofold::from(0.0), |sum, x| sum.plus(*x));
    let good = match sums {
        Sums::One => (sum - 1.0).abs().high <= 8.0 * row.len() as f64 * epsilon,
        Sums::Normalised => sum.high > 0.0 && sum.high.is_finite(),
        Sums::Free => sum.high.is_finite(),
    };
    if good {
        return Ok(());
    }
    let allowed = if sums == Sums::One { "rows that sum to 1 (or normalize=true)" } else { "rows with a positive sum" };
    Err(Error::new(ErrorKind::Domain, function, argument, allowed).value(format!("a row of sum {}", sum.high)))
}
