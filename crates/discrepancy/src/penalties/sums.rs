//! Sums of absolute values and squares, and checks, that the penalties share.

use crate::distances::pair::{self, scaled, scaled_wide};
use crate::error::{Error, ErrorKind, Result};
use crate::number::{Real, Twofold};
use crate::stop;

type Wide = Twofold<f64>;

/// Weights are finite.
pub(super) fn check(function: &str, weights: &[f64]) -> Result<()> {
    match weights.iter().position(|w| !w.is_finite()) {
        Some(i) => Err(Error::new(ErrorKind::NonFinite, function, "weights", "finite numbers").at(i).value(weights[i])),
        None => Ok(()),
    }
}

/// Steps are positive and finite.
pub(super) fn check_step(function: &str, step: f64) -> Result<()> {
    if step > 0.0 && step.is_finite() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Domain, function, "step", "(0, inf)").value(step))
}

/// The power of two of the largest weight, so that squares neither over- nor underflow.
fn exponent(weights: &[f64]) -> i32 {
    pair::exponent(weights.iter().fold(0.0_f64, |most, w| most.max(w.abs())))
}

/// `number · 2^exponent`: what neither over- nor underflows before the end.
#[derive(Clone, Copy)]
pub(super) struct Term {
    number: Wide,
    exponent: i32,
}

impl Term {
    fn new(sum: Wide, exponent: i32, factor: Wide) -> Term {
        // Both near 1 first: the product of the two alone may be beyond `f64`.
        let (e, f) = (pair::exponent(sum.high), pair::exponent(factor.high));
        Term { number: scaled_wide(sum, -e) * scaled_wide(factor, -f), exponent: exponent + e + f }
    }
    pub(super) fn plus(self, other: Term) -> Term {
        if self.number.high == 0.0 {
            return other;
        }
        if other.number.high == 0.0 {
            return self;
        }
        let exponent = self.exponent.max(other.exponent);
        let at = |term: Term| scaled_wide(term.number, (term.exponent - exponent).max(-1100));
        Term { number: at(self) + at(other), exponent }
    }
    /// Rounded once.
    pub(super) fn round(self) -> f64 {
        scaled(self.number.round_to_machine(), self.exponent)
    }
}

/// Weights between two looks at whether the result is still wanted: some milliseconds.
const PART: usize = 1 << 16;

/// The weights in parts; work that nobody wants any more ends between two of them.
fn parts(weights: &[f64]) -> impl Iterator<Item = &[f64]> {
    weights.chunks(PART).inspect(|_| stop::look())
}

/// A number for each weight.
pub(super) fn each(weights: &[f64], one: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut all = Vec::with_capacity(weights.len());
    parts(weights).for_each(|part| all.extend(part.iter().map(|&w| one(w))));
    all
}

/// `Σ |w| · factor`.
pub(super) fn absolute(weights: &[f64], factor: Wide) -> Term {
    let e = exponent(weights);
    let sum = parts(weights).flatten().fold(Wide::from(0.0), |sum, w| sum.plus(scaled(w.abs(), -e)));
    Term::new(sum, e, factor)
}

/// `Σ w² · factor`.
pub(super) fn squares(weights: &[f64], factor: Wide) -> Term {
    let e = exponent(weights);
    let square = |w: f64| Wide::product(scaled(w, -e), scaled(w, -e));
    let sum = parts(weights).flatten().fold(Wide::from(0.0), |sum, w| sum + square(*w));
    Term::new(sum, 2 * e, factor)
}

/// `sign(w) max(|w| - threshold, 0) / shrink`, rounded once.
pub(super) fn soften(w: f64, threshold: Wide, shrink: Wide) -> f64 {
    // A threshold or divisor beyond `f64` leaves nothing.
    if !threshold.round_to_machine().is_finite() || !shrink.round_to_machine().is_finite() {
        return 0.0;
    }
    // In units near w, where nothing leaves the range of `f64` in between.
    let k = pair::exponent(w);
    let rest = -(scaled_wide(threshold, -k) - Wide::from(scaled(w.abs(), -k)));
    if rest.high > 0.0 { scaled((rest / shrink).round_to_machine(), k).copysign(w) } else { 0.0 }
}

/// −1, 0 or 1.
pub(super) fn sign(w: f64) -> f64 {
    Real::sign(w)
}
