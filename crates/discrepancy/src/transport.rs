//! Optimal transport: what it costs to move one distribution onto another.
//!
//! | question | answer | how |
//! |---|---|---|
//! | samples or histograms on a line | [`Wasserstein`] | sorting, any order p ≥ 1, with gradient |
//! | points in space, exactly | [`OptimalTransport`], [`earth_movers_distance`] | network simplex in integer arithmetic |
//! | any cost matrix, exactly | [`optimal_transport()`] | the same |
//! | smoothly, or approximately with bounds | [`Sinkhorn`] | Newton's method on the dual in the log domain |
//! | smoothly, 0 between equal samples | [`SinkhornDivergence`] | three times the same |
//!
//! Weights need not sum to 1, but both sides must weigh the same up to `8 n ε` relative, n being the longer side and
//! ε = 2⁻⁵² or what [`stored_in`] says; otherwise the error names both totals. Within that tolerance the lighter side is scaled up to the heavier one.
//! [`Wasserstein`] alone divides each side by its own total.
//! Nothing else is repaired: NaN, infinities and negative weights are errors that name argument and index.
//!
//! Sources: C. Villani, *Optimal Transport, Old and New*, 2009; G. Peyré and M. Cuturi, *Computational Optimal
//! Transport*, 2019, doi:10.1561/2200000073.

mod cloud;
mod costs;
mod entropic;
mod exact;
mod integer;
mod masses;
mod pricing;
mod quantiles;
mod simplex;
mod tree;

use crate::catalog::{Arguments, Entry};
use crate::error::{Error, Result};
use crate::samples::{Plan, SampleStatistic, unsupported};
use cloud::Cloud;

pub use costs::Ground;
pub use masses::stored_in;
pub use optimal_transport::{TransportPlan, earth_movers_distance, optimal_transport};
pub use sinkhorn::{SinkhornPlan, TransportGradient};

/// Transport between two sets of weighted points: what its file writes.
trait Transport {
    /// The value.
    fn value(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Result<f64>;
    /// The gradient with respect to the points of `x`.
    fn gradient(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Result<Vec<f64>>;
    /// The value where only the costs are known.
    fn value_of_costs(&self, cost: &[f64], a: &[f64], b: &[f64]) -> Result<f64>;
    /// Whether there is a plan.
    const HAS_PLAN: bool = false;
    /// The plan, where there is one.
    fn plan(&self, _x: &Cloud<'_>, _y: &Cloud<'_>) -> Option<Result<Plan>> {
        None
    }
    /// The plan where only the costs are known, where there is one.
    fn plan_of_costs(&self, _cost: &[f64], _a: &[f64], _b: &[f64]) -> Option<Result<Plan>> {
        None
    }
}

fn no_plan(entry: &Entry) -> Error {
    unsupported(entry, "plan", "value and gradient")
}

/// Writes the module list and the registry from one line an entry.
macro_rules! transports {
    ($($module:ident::$type:ident),* $(,)?) => {
        $(mod $module; pub use $module::$type;)*
        /// The catalogue entries of this family.
        pub const LIST: &[&Entry] = &[$($type::ENTRY),*];
        $(
            impl SampleStatistic for $type {
                fn entry(&self) -> &'static Entry { Self::ENTRY }
                fn arguments(&self) -> Arguments { self.parameter_values() }
                fn takes_weights(&self) -> bool {
                    true
                }
                fn value(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<f64> {
                    self.value_weighted(x, None, y, None, dimension)
                }
                fn gradient(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<Vec<f64>> {
                    self.gradient_weighted(x, None, y, None, dimension)
                }
                fn value_weighted(&self, x: &[f64], x_weights: Option<&[f64]>, y: &[f64], y_weights: Option<&[f64]>, dimension: usize) -> Result<f64> {
                    let x = Cloud::new(Self::ENTRY.name, ("x", "x_weights"), x, x_weights, dimension)?;
                    let y = Cloud::new(Self::ENTRY.name, ("y", "y_weights"), y, y_weights, dimension)?;
                    Transport::value(self, &x, &y)
                }
                fn gradient_weighted(&self, x: &[f64], x_weights: Option<&[f64]>, y: &[f64], y_weights: Option<&[f64]>, dimension: usize) -> Result<Vec<f64>> {
                    let x = Cloud::new(Self::ENTRY.name, ("x", "x_weights"), x, x_weights, dimension)?;
                    let y = Cloud::new(Self::ENTRY.name, ("y", "y_weights"), y, y_weights, dimension)?;
                    Transport::gradient(self, &x, &y)
                }
                fn value_of_costs(&self, cost: &[f64], a: &[f64], b: &[f64]) -> Result<f64> {
                    Transport::value_of_costs(self, cost, a, b)
                }
                fn has_plan(&self) -> bool {
                    <Self as Transport>::HAS_PLAN
                }
                fn plan(&self, x: &[f64], x_weights: Option<&[f64]>, y: &[f64], y_weights: Option<&[f64]>, dimension: usize) -> Result<Plan> {
                    let x = Cloud::new(Self::ENTRY.name, ("x", "x_weights"), x, x_weights, dimension)?;
                    let y = Cloud::new(Self::ENTRY.name, ("y", "y_weights"), y, y_weights, dimension)?;
                    Transport::plan(self, &x, &y).unwrap_or_else(|| Err(no_plan(Self::ENTRY)))
                }
                fn plan_of_costs(&self, cost: &[f64], a: &[f64], b: &[f64]) -> Result<Plan> {
                    Transport::plan_of_costs(self, cost, a, b).unwrap_or_else(|| Err(no_plan(Self::ENTRY)))
                }
            }
        )*
    };
}

transports! {
    wasserstein::Wasserstein,
    optimal_transport::OptimalTransport,
    sinkhorn::Sinkhorn,
    sinkhorn_divergence::SinkhornDivergence,
}
