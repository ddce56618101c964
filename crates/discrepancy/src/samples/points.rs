//! Points in space: how samples are checked, and differences that neither over- nor underflow.

use crate::distances::pair::{Wide, exponent, scaled, scaled_wide, square, total};
use crate::error::{Error, ErrorKind, Result};
use crate::number::{Real, Twofold};

/// At least one value, all finite.
pub(crate) fn check_values(function: &str, name: &str, values: &[f64]) -> Result<()> {
    if values.is_empty() {
        return Err(Error::new(ErrorKind::NoContributingRows, function, name, "at least one element"));
    }
    crate::distances::pair::finite(function, name, values)
}

/// The number of points of `dimension` coordinates each; all finite.
pub(crate) fn check_points(function: &str, name: &str, points: &[f64], dimension: usize) -> Result<usize> {
    if dimension == 0 {
        return Err(Error::new(ErrorKind::Shape, function, "dimension", "at least 1").value(0));
    }
    if !points.len().is_multiple_of(dimension) {
        let allowed = format!("points of {dimension} coordinates each");
        return Err(Error::new(ErrorKind::Shape, function, name, allowed).value(points.len()));
    }
    check_values(function, name, points)?;
    Ok(points.len() / dimension)
}

/// A weight for each of so many points, none negative, and not all of them 0.
pub(crate) fn check_weights(function: &str, name: &str, weights: &[f64], count: usize) -> Result<()> {
    if weights.len() != count {
        let allowed = format!("{count} weights, one a point");
        return Err(Error::new(ErrorKind::Shape, function, name, allowed).value(weights.len()));
    }
    for (i, &w) in weights.iter().enumerate() {
        let kind = if w.is_finite() { ErrorKind::Domain } else { ErrorKind::NonFinite };
        if !(w >= 0.0 && w.is_finite()) {
            return Err(Error::new(kind, function, name, "finite weights >= 0").at(i).value(w));
        }
    }
    if weights.iter().all(|w| *w == 0.0) {
        return Err(Error::new(ErrorKind::Domain, function, name, "a positive total").value("a total of 0"));
    }
    Ok(())
}

/// The difference of two points, in units of `2^exponent`: its largest coordinate is so near 1 that squares of it and
/// their sums can be taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Difference<'a> {
    x: &'a [f64],
    y: &'a [f64],
    factor: f64,
    overflows: bool,
    pub(crate) exponent: i32,
}

/// Differences of these magnitudes are left as they are.
const COMFORTABLE: std::ops::RangeInclusive<i32> = -400..=400;

impl<'a> Difference<'a> {
    /// `x - y`.
    pub(crate) fn new(x: &'a [f64], y: &'a [f64]) -> Self {
        let largest = x.iter().zip(y).fold(0.0_f64, |largest, (x, y)| largest.max((x - y).abs()));
        let overflows = largest.is_infinite();
        let exponent = if overflows { 1000 } else { exponent(largest) };
        let exponent = if COMFORTABLE.contains(&exponent) { 0 } else { exponent.clamp(-1000, 1000) };
        Difference { x, y, factor: scaled(1.0, -exponent), overflows, exponent }
    }

    /// The coordinates; exact, but for bits that the largest one hides.
    pub(crate) fn coordinates(self) -> impl Iterator<Item = Wide> + 'a {
        let Difference { x, y, factor, overflows, .. } = self;
        x.iter().zip(y).map(move |(&x, &y)| {
            if overflows {
                return Twofold::sum(x * factor, -(y * factor));
            }
            let difference = Twofold::sum(x, -y);
            Twofold::new(difference.high * factor, difference.low * factor)
        })
    }

    /// The sum of the squares, in units of `4^exponent`.
    pub(crate) fn squares(self) -> Wide {
        total(self.coordinates().map(square))
    }

    /// The length, in units of `2^exponent`.
    pub(crate) fn length(self) -> Wide {
        Real::sqrt(self.squares())
    }

    /// The length as a float, rounded once; infinite where it is beyond the floats.
    pub(crate) fn rounded_length(self) -> f64 {
        scaled(self.length().round_to_machine(), self.exponent)
    }
}

/// `x · 2^exponent`; an infinity has no low part.
pub(crate) fn lifted(x: Wide, exponent: i32) -> Wide {
    if exponent == 0 {
        return x;
    }
    let lifted = scaled_wide(x, exponent);
    if lifted.high.is_finite() { lifted } else { Twofold::from(lifted.high) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_any_magnitude() {
        for k in [-1070, -600, -399, 0, 399, 401, 600, 1020] {
            let (x, y) = ([scaled(3.0, k), 0.0], [0.0, scaled(-4.0, k)]);
            assert_eq!(Difference::new(&x, &y).rounded_length(), scaled(5.0, k), "{k}");
        }
        let far = [f64::MAX, 0.0];
        let half = Difference::new(&far, &[-f64::MAX, 0.0]);
        assert_eq!(half.rounded_length(), f64::INFINITY);
        assert!(half.length().high.is_finite());
    }
}
