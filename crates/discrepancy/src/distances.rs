//! Distances between two vectors.

use crate::catalog::{Arguments, Entry};
use crate::error::Result;
use std::fmt::Debug;

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
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

/// The catalogue entries of this family.
pub const LIST: &[&Entry] = &[];
