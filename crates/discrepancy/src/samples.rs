//! Statistics of two samples: how far one sample is from another, and whether chance explains it.

pub mod permutation;

use crate::catalog::{Arguments, Entry};
use crate::error::Result;
use std::fmt::Debug;

pub use maximum_mean_discrepancy::MaximumMeanDiscrepancy;

mod maximum_mean_discrepancy;

/// The result of a permutation test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PermutationTest {
    /// The statistic of the samples as given.
    pub statistic: f64,
    /// `(1 + k) / (1 + permutations)`, k of which reached the statistic.
    pub p_value: f64,
    /// The bandwidth that was used.
    pub bandwidth: f64,
}

/// A statistic of two samples, as an object. Samples are rows of `dimension` numbers.
pub trait SampleStatistic: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// The value.
    fn value(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<f64>;
    /// The gradient with respect to the first sample; a bandwidth taken from the data counts as fixed.
    fn gradient(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<Vec<f64>>;
    /// Whether the samples could be from one distribution; the seed decides the permutations.
    fn permutation_test(
        &self,
        x: &[f64],
        y: &[f64],
        dimension: usize,
        permutations: usize,
        seed: u64,
    ) -> Result<PermutationTest>;
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

/// The catalogue entries of this family.
pub const LIST: &[&Entry] = &[MaximumMeanDiscrepancy::ENTRY];
