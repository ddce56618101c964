//! How exact results are: the bounds that the tests hold them to.

use super::entry::{Entry, Family, Property};

/// The largest error of a value or of a coordinate of a gradient, in units in the last place.
///
/// One clause: where a result is below 2⁻¹⁰⁰ of its largest input term, the error is at most one unit in its last place
/// plus 2⁻¹⁰⁰ of that term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy {
    /// Of results stored in `f32` (and `f16`, `bf16`).
    pub f32: f64,
    /// Of results stored in `f64`.
    pub f64: f64,
}

impl Entry {
    /// The stated bound.
    #[must_use]
    pub fn accuracy(&self) -> Accuracy {
        let f64 = match self.family {
            // Differences, products and choices; the rest has logarithms, exponentials and powers that are not whole.
            Family::Pointwise | Family::Tuple if !self.is_transcendental() => 1.0,
            Family::Penalty => 1.0,
            // Without parameters, a metric is made of differences, squares, roots and choices.
            Family::Distance if self.is(Property::Metric) && self.parameters.is_empty() => 1.0,
            _ => 2.0,
        };
        Accuracy { f32: 0.51, f64 }
    }

    /// Whether elementary functions stand in its formula.
    fn is_transcendental(&self) -> bool {
        const FUNCTIONS: [&str; 8] = [r"\ln", r"\log", r"\exp", "e^", r"\cosh", "softplus", r"\sigma", r"^{"];
        FUNCTIONS.iter().any(|function| self.formula.contains(function))
    }
}
