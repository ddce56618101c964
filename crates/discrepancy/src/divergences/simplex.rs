//! What all divergences share: checked rows, perhaps normalised, and gradients through that.

use crate::distances::pair::{Gradients, PairInput, Wide, exponent, finite, length, scaled_wide, total, wide};
use crate::error::{Error, ErrorKind, Result};
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
pub(super) struct Rows {
    pub(super) p: Vec<Wide>,
    pub(super) q: Vec<Wide>,
    /// What each was divided by.
    divisors: Option<[Wide; 2]>,
}

impl Rows {
    pub(super) fn new(function: &'static str, input: PairInput<'_>, sums: Sums) -> Result<Rows> {
        let PairInput { a: p, b: q, weights, epsilon } = input;
        if weights.is_some() {
            return Err(Error::new(ErrorKind::Unsupported, function, "weights", "no weights"));
        }
        length(function, "q", q.len(), p.len())?;
        if p.is_empty() {
            return Err(Error::new(ErrorKind::NoContributingRows, function, "p", "at least one number"));
        }
        let (sum_p, sum_q) = (check(function, "p", p, sums, epsilon)?, check(function, "q", q, sums, epsilon)?);
        let row = |row: &[f64], sum: Wide| -> Vec<Wide> {
            let one = |x: &f64| if sums == Sums::Normalised { wide(*x) / sum } else { wide(*x) };
            row.iter().map(one).collect()
        };
        Ok(Rows { p: row(p, sum_p), q: row(q, sum_q), divisors: (sums == Sums::Normalised).then_some([sum_p, sum_q]) })
    }
    /// The coordinates, pair by pair.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (Wide, Wide)> {
        self.p.iter().copied().zip(self.q.iter().copied())
    }
    /// `Σ (√p - √q)² / 2`.
    pub(super) fn hellinger_squared(&self) -> Wide {
        total(self.pairs().map(|(p, q)| squared_difference(p, q))) * 0.5
    }
    /// Writes gradients, given those in the rows as used.
    pub(super) fn write(&self, gradient: [Vec<Wide>; 2], out: Gradients<'_>) {
        for (side, (gradient, out)) in gradient.into_iter().zip([out.a, out.b]).enumerate() {
            let row = if side == 0 { &self.p } else { &self.q };
            match self.divisors {
                None => out.iter_mut().zip(gradient).for_each(|(out, g)| *out = rounded(g)),
                Some(divisors) => {
                    // x / Σx changes with every x: the mean gradient goes. Where it is infinite, 0 · ∞ = 0.
                    let mean = total(row.iter().zip(&gradient).map(|(x, g)| g.weighted(*x)));
                    for (out, g) in out.iter_mut().zip(gradient) {
                        let infinite = !g.high.is_finite();
                        *out = if infinite { g.high } else { rounded((g - mean) / divisors[side]) };
                    }
                }
            }
        }
    }
}

/// `(√p - √q)²`.
pub(super) fn squared_difference(p: Wide, q: Wide) -> Wide {
    homogeneous(p, q, |p, q| {
        let sum = p.sqrt() + q.sqrt();
        if sum.high == 0.0 { sum } else { ((p - q) / sum).square() }
    })
}

/// The leading 106 bits of a sum, whatever cancels.
pub(super) fn exact_total(terms: &[f64]) -> Wide {
    let sum = total(terms.iter().map(|x| wide(*x)));
    if sum.high.abs() > 1e-12 {
        return sum;
    }
    let mut exact = ExactSum::new();
    terms.iter().for_each(|x| exact.add(*x));
    let high = exact.to_f64();
    exact.add(-high);
    Wide::new(high, exact.to_f64())
}

/// A twofold infinity has no low part.
fn rounded(x: Wide) -> f64 {
    if x.high.is_finite() { x.round_to_machine() } else { x.high }
}

/// A constant, infinities included.
pub(super) fn infinite(positive: bool) -> Wide {
    Twofold::new(if positive { f64::INFINITY } else { f64::NEG_INFINITY }, 0.0)
}

/// `f(p, q)` for an `f` with `f(cp, cq) = c f(p, q)`: computed near 1, where nothing underflows.
pub(super) fn homogeneous(p: Wide, q: Wide, f: impl Fn(Wide, Wide) -> Wide) -> Wide {
    let k = exponent(p.high.max(q.high));
    let value = f(scaled_wide(p, -k), scaled_wide(q, -k));
    if value.high.is_finite() { scaled_wide(value, k) } else { value }
}

/// Checks one row; gives its sum.
fn check(function: &str, argument: &str, row: &[f64], sums: Sums, epsilon: f64) -> Result<Wide> {
    finite(function, argument, row)?;
    if let Some((index, x)) = row.iter().enumerate().find(|(_, x)| **x < 0.0) {
        return Err(Error::new(ErrorKind::Domain, function, argument, "non-negative numbers").at(index).value(x));
    }
    let sum = total(row.iter().map(|x| wide(*x)));
    let one = (sum - wide(1.0)).abs().high <= 8.0 * row.len() as f64 * epsilon;
    let good = match sums {
        Sums::One => one,
        Sums::Normalised => sum.high > 0.0 && sum.high.is_finite(),
        Sums::Free => sum.high.is_finite(),
    };
    if good {
        return Ok(sum);
    }
    let allowed = if sums == Sums::One { "rows that sum to 1 (or normalize=true)" } else { "rows with a positive sum" };
    Err(Error::new(ErrorKind::Domain, function, argument, allowed).value(format!("a row of sum {}", sum.high)))
}
