//! Distances between two vectors. One file each; the list below is the registry.
//!
//! All are computed in twofold precision on differences that are exact and scaled by a power of two, and
//! rounded once: they neither overflow nor underflow unless the result does, and `2^k a, 2^k b` gives the
//! same digits as `a, b`.

pub(crate) mod angle;
mod exact_angle;
mod exact_form;
pub(crate) mod pair;
pub(crate) mod termwise;
mod truth;

use crate::catalog::{Arguments, Entry};
use crate::error::Result;
use pair::Pair;
use std::fmt::Debug;

pub use crate::batch::{condensed, hamming_bits, nearest, pairwise, pairwise_bits, rowwise};
pub use hamming::hamming_labels;
pub use pair::{Gradients, PairInput};

/// A distance or divergence of two rows, as an object.
///
/// ```
/// use discrepancy::distances::{Euclidean, PairFunction};
/// let metric = Euclidean::default();
/// let (mut by_a, mut by_b) = ([0.0; 2], [0.0; 2]);
/// // Squares of these are beyond `f64`; the distance is not.
/// let (a, b, far) = ([3.0 * 1e300, 0.0], [0.0, 4.0 * 1e300], 1e300);
/// assert_eq!(metric.value_and_gradient(&a, &b, &mut by_a, &mut by_b)? / far, 5.0);
/// assert_eq!((by_a, by_b), ([0.6, -0.8], [-0.6, 0.8]));
/// # Ok::<(), discrepancy::Error>(())
/// ```
/// Computed in twofold precision and rounded once.
pub trait PairFunction: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// The value of one pair, and where wanted the gradients with respect to both rows; zero at coincidence where a
    /// subgradient is meant.
    fn evaluate(&self, input: PairInput<'_>, gradients: Option<Gradients<'_>>) -> Result<f64>;
    /// The value of one pair in single precision before it is rounded, and where wanted the rounded gradients, if nothing
    /// about the pair needs a closer look; else `evaluate` takes it.
    fn straight(&self, _input: PairInput<'_, f32>, _gradients: Option<Gradients<'_, f32>>) -> Option<f64> {
        None
    }
    /// The value of one pair of `f64`.
    fn value(&self, a: &[f64], b: &[f64]) -> Result<f64> {
        self.evaluate(PairInput::new(a, b), None)
    }
    /// The value of one pair of `f64`, and the gradients with respect to both.
    fn value_and_gradient(&self, a: &[f64], b: &[f64], gradient_a: &mut [f64], gradient_b: &mut [f64]) -> Result<f64> {
        self.evaluate(PairInput::new(a, b), Some(Gradients { a: gradient_a, b: gradient_b }))
    }
    /// The value with a non-negative weight for each coordinate (a frequency: 2 counts as the coordinate twice).
    fn value_weighted(&self, a: &[f64], b: &[f64], weights: &[f64]) -> Result<f64> {
        self.evaluate(PairInput { weights: Some(weights), ..PairInput::new(a, b) }, None)
    }
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

/// A distance: what its file writes.
trait Distance {
    /// The value, and the gradients where wanted.
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64>;
    /// The same of an ordinary pair, from sums over its coordinates, if it has that form.
    fn termwise(&self, _input: PairInput<'_>, _gradients: Option<&mut Gradients<'_>>) -> Option<termwise::Found> {
        None
    }
    /// The same of a pair in single precision.
    fn straight(
        &self,
        _input: PairInput<'_, f32>,
        _gradients: Option<&mut Gradients<'_, f32>>,
    ) -> Option<termwise::Found> {
        None
    }
}

/// Writes the module list and the registry from one line an entry.
macro_rules! distances {
    ($($module:ident::$type:ident),* $(,)?) => {
        $(mod $module; pub use $module::$type;)*
        /// The catalogue entries of this family.
        pub const LIST: &[&Entry] = &[$($type::ENTRY),*];
        $(
            impl PairFunction for $type {
                fn entry(&self) -> &'static Entry { Self::ENTRY }
                fn arguments(&self) -> Arguments { self.parameter_values() }
                fn straight(&self, input: PairInput<'_, f32>, mut by: Option<Gradients<'_, f32>>) -> Option<f64> {
                    Distance::straight(self, input, by.as_mut()).filter(|found| found.complete).map(|found| found.value)
                }
                fn evaluate(&self, input: PairInput<'_>, mut gradients: Option<Gradients<'_>>) -> Result<f64> {
                    let found = self.termwise(input, gradients.as_mut());
                    if let Some(found) = found.filter(|found| found.complete) {
                        return Ok(found.value);
                    }
                    let pair = Pair::new(Self::ENTRY.name, input)?;
                    if let Some(gradients) = &gradients {
                        gradients.check(Self::ENTRY.name, input.a.len())?;
                    }
                    let value = self.compute(&pair, gradients)?;
                    Ok(found.map_or(value, |found| found.value))
                }
            }
        )*
    };
}

distances! {
    euclidean::Euclidean,
    squared_euclidean::SquaredEuclidean,
    manhattan::Manhattan,
    chebyshev::Chebyshev,
    minkowski::Minkowski,
    standardized_euclidean::StandardizedEuclidean,
    cosine::Cosine,
    pearson::Pearson,
    hamming::Hamming,
    mahalanobis::Mahalanobis,
    bray_curtis::BrayCurtis,
    canberra::Canberra,
    jaccard::Jaccard,
    dice::Dice,
    rogers_tanimoto::RogersTanimoto,
    russell_rao::RussellRao,
    sokal_sneath::SokalSneath,
    yule::Yule,
}
