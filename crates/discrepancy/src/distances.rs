//! Distances between two vectors. One file each; the list below is the registry.
//!
//! All are computed in twofold precision on differences that are exact and scaled by a power of two, and
//! rounded once: they neither overflow nor underflow unless the result does, and `2^k a, 2^k b` gives the
//! same digits as `a, b`.

pub(crate) mod angle;
pub(crate) mod matrix;
pub(crate) mod pair;

use crate::catalog::{Arguments, Entry};
use crate::error::{Error, ErrorKind, Result};
use pair::{Gradients, Pair};
use std::fmt::Debug;

pub use hamming::{hamming_bits, hamming_labels};
pub use matrix::{condensed, nearest, pairwise, rowwise};

/// A distance or divergence of two rows, as an object. Computed in twofold precision and rounded once.
pub trait PairFunction: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// The value of one pair.
    fn value(&self, a: &[f64], b: &[f64]) -> Result<f64>;
    /// The value, and the gradients with respect to both; zero at coincidence where a subgradient is meant.
    fn value_and_gradient(&self, a: &[f64], b: &[f64], gradient_a: &mut [f64], gradient_b: &mut [f64]) -> Result<f64>;
    /// The value with a non-negative weight for each coordinate (a frequency: 2 counts as the coordinate twice).
    fn value_weighted(&self, _a: &[f64], _b: &[f64], _weights: &[f64]) -> Result<f64> {
        Err(Error::new(ErrorKind::Unsupported, self.entry().name, "weights", "no weights"))
    }
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

/// A distance: what its file writes.
trait Distance {
    /// The value, and the gradients where wanted (then there are no weights).
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64>;
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
                fn value(&self, a: &[f64], b: &[f64]) -> Result<f64> {
                    self.compute(&Pair::new(Self::ENTRY.name, a, b, None)?, None)
                }
                fn value_and_gradient(&self, a: &[f64], b: &[f64], gradient_a: &mut [f64], gradient_b: &mut [f64]) -> Result<f64> {
                    pair::length(Self::ENTRY.name, "gradient_a", gradient_a.len(), a.len())?;
                    pair::length(Self::ENTRY.name, "gradient_b", gradient_b.len(), a.len())?;
                    let pair = Pair::new(Self::ENTRY.name, a, b, None)?;
                    self.compute(&pair, Some(Gradients { a: gradient_a, b: gradient_b }))
                }
                fn value_weighted(&self, a: &[f64], b: &[f64], weights: &[f64]) -> Result<f64> {
                    self.compute(&Pair::new(Self::ENTRY.name, a, b, Some(weights))?, None)
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
}
