//! Statistics of two samples: how far one sample is from another, and whether chance explains it.

pub mod permutation;
pub mod plan;
pub(crate) mod points;

use crate::catalog::{Arguments, Entry};
use crate::error::{Error, ErrorKind, Result};
use std::fmt::Debug;

pub use energy_distance::EnergyDistance;
pub use maximum_mean_discrepancy::{Bandwidth, MaximumMeanDiscrepancy};
pub use permutation::PermutationTest;
pub use plan::Plan;

mod energy_distance;
mod maximum_mean_discrepancy;

/// What is computed between two samples, as an object: kernel statistics and transport alike.
///
/// A sample is rows of `dimension` numbers, one after another; the two may differ in length. All these statistics are
/// symmetric, so the gradient with respect to the second sample is `gradient(y, x, dimension)`.
pub trait SampleStatistic: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// The value.
    fn value(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<f64>;
    /// The gradient with respect to the first sample; a bandwidth taken from the data counts as fixed.
    fn gradient(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<Vec<f64>>;

    /// Whether samples may have weights.
    fn takes_weights(&self) -> bool {
        false
    }
    /// The value of weighted samples; `None` weighs all rows of a sample the same.
    fn value_weighted(
        &self,
        _x: &[f64],
        _x_weights: Option<&[f64]>,
        _y: &[f64],
        _y_weights: Option<&[f64]>,
        _dimension: usize,
    ) -> Result<f64> {
        Err(unsupported(self.entry(), "weights", "samples without weights"))
    }
    /// The gradient with respect to the rows of the first of two weighted samples.
    fn gradient_weighted(
        &self,
        _x: &[f64],
        _x_weights: Option<&[f64]>,
        _y: &[f64],
        _y_weights: Option<&[f64]>,
        _dimension: usize,
    ) -> Result<Vec<f64>> {
        Err(unsupported(self.entry(), "weights", "samples without weights"))
    }
    /// The value between weights `a` and `b` of which only the costs are known: `a.len()` rows of `b.len()` costs.
    fn value_of_costs(&self, _cost: &[f64], _a: &[f64], _b: &[f64]) -> Result<f64> {
        Err(unsupported(self.entry(), "cost", "samples of points"))
    }

    /// Whether there is a plan behind the value: [`plan`](Self::plan) gives it.
    fn has_plan(&self) -> bool {
        false
    }
    /// What goes where between two weighted samples, with its proof.
    fn plan(
        &self,
        _x: &[f64],
        _x_weights: Option<&[f64]>,
        _y: &[f64],
        _y_weights: Option<&[f64]>,
        _dimension: usize,
    ) -> Result<Plan> {
        Err(unsupported(self.entry(), "plan", "value and gradient"))
    }
    /// What goes where between weights `a` and `b` of which only the costs are known: `a.len()` rows of `b.len()` costs.
    fn plan_of_costs(&self, _cost: &[f64], _a: &[f64], _b: &[f64]) -> Result<Plan> {
        Err(unsupported(self.entry(), "plan", "value and gradient"))
    }

    /// Whether the samples could be from one distribution: the value again for random divisions of all rows into two
    /// samples of the same sizes; the seed decides them.
    fn permutation_test(
        &self,
        x: &[f64],
        y: &[f64],
        dimension: usize,
        permutations: usize,
        seed: u64,
    ) -> Result<PermutationTest> {
        permutation::test(self.entry().name, |x, y| self.value(x, y, dimension), (x, y), dimension, permutations, seed)
    }
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

pub(crate) fn unsupported(entry: &Entry, argument: &str, allowed: &str) -> Error {
    Error::new(ErrorKind::Unsupported, entry.name, argument, allowed)
}

/// The catalogue entries of this family.
pub const LIST: &[&Entry] = &[MaximumMeanDiscrepancy::ENTRY, EnergyDistance::ENTRY];
