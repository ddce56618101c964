//! Optimal transport: what it costs to move one distribution onto another.
//!
//! | question | answer | how |
//! |---|---|---|
//! | samples or histograms on a line | [`Wasserstein`] | sorting, any order p ≥ 1, with gradient |
//! | any cost matrix, exactly | [`optimal_transport`], [`earth_movers_distance`] | network simplex in integer arithmetic |
//!
//! Weights need not sum to 1, but both sides must weigh the same up to `8 n ε` relative, n being the longer side and
//! ε = 2⁻⁵²; otherwise the error names both totals. Within that tolerance the lighter side is scaled up to the heavier one.
//! Nothing else is repaired: NaN, infinities and negative weights are errors that name argument and index.
//!
//! Sources: C. Villani, *Optimal Transport, Old and New*, 2009; G. Peyré and M. Cuturi, *Computational Optimal
//! Transport*, 2019, doi:10.1561/2200000073.

mod exact;
mod integer;
mod masses;
pub mod network;
mod points;
mod pricing;
mod quantiles;
mod simplex;
mod tree;
pub mod wasserstein;

pub use network::{Ground, TransportPlan, earth_movers_distance, optimal_transport};
pub use wasserstein::Wasserstein;
