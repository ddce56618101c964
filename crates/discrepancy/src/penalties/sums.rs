//! Sums of absolute values and squares, and checks, that the penalties share.

use crate::error::{Error, ErrorKind, Result};
use crate::number::{Machine, Real, Twofold};

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
fn exponent(weights: &[f64]) -> f64 {
    let largest = weights.iter().fold(0.0_f64, |most, w| most.max(w.abs()));
    ((largest.to_bits() >> 52) as f64 - 1023.0).clamp(-1022.0, 1022.0)
}

/// `sum · factor · power`, also where the product alone is beyond `f64`.
fn scaled(sum: Wide, factor: Wide, power: f64) -> f64 {
    let product = (sum * factor).round_to_machine();
    if product.is_finite() {
        return product * power;
    }
    let small = (-64.0).power_of_two();
    (sum * (factor * small)).round_to_machine() * power / small
}

/// `Σ |w| · factor`.
pub(super) fn absolute(weights: &[f64], factor: Wide) -> f64 {
    let e = exponent(weights);
    let scale = (-e).power_of_two();
    let sum = weights.iter().fold(Wide::from(0.0), |sum, w| sum.plus(w.abs() * scale));
    scaled(sum, factor, e.power_of_two())
}

/// `Σ w² · factor`.
pub(super) fn squares(weights: &[f64], factor: Wide) -> f64 {
    let e = exponent(weights);
    let scale = (-e).power_of_two();
    let sum = weights.iter().fold(Wide::from(0.0), |sum, w| sum + Wide::product(w * scale, w * scale));
    scaled(sum, factor, e.power_of_two()) * e.power_of_two()
}

/// `sign(w) max(|w| - threshold, 0) / shrink`, rounded once.
pub(super) fn soften(w: f64, threshold: Wide, shrink: Wide) -> f64 {
    // A threshold or divisor beyond `f64` leaves nothing.
    if !threshold.round_to_machine().is_finite() || !shrink.round_to_machine().is_finite() {
        return 0.0;
    }
    let rest = -(threshold - Wide::from(w.abs()));
    if rest.high > 0.0 { ((rest / shrink).round_to_machine()).copysign(w) } else { 0.0 }
}

/// −1, 0 or 1.
pub(super) fn sign(w: f64) -> f64 {
    Real::sign(w)
}
