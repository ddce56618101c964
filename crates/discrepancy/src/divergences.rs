//! Divergences between two distributions; `p`, the first argument, is the reference. One file each.
//!
//! Rows are non-negative and sum to 1 up to `8 n ε`; `normalize=true` divides each row by its sum first.

mod simplex;

use crate::catalog::{Arguments, Entry};
use crate::distances::PairFunction;
use crate::distances::pair::length;
use crate::error::Result;
use simplex::{Rows, Sums};

/// A divergence: what its file writes.
trait Divergence {
    /// How rows must sum.
    fn sums(&self) -> Sums;
    /// The value.
    fn compute(&self, rows: &Rows) -> f64;
    /// The gradients in both rows as used.
    fn gradients(&self, rows: &Rows) -> [Vec<crate::distances::pair::Wide>; 2];
}

/// Writes the module list and the registry from one line an entry.
macro_rules! divergences {
    ($($module:ident::$type:ident),* $(,)?) => {
        $(mod $module; pub use $module::$type;)*
        /// The catalogue entries of this family.
        pub const LIST: &[&Entry] = &[$($type::ENTRY),*];
        $(
            impl PairFunction for $type {
                fn entry(&self) -> &'static Entry { Self::ENTRY }
                fn arguments(&self) -> Arguments { self.parameter_values() }
                fn value(&self, a: &[f64], b: &[f64]) -> Result<f64> {
                    Ok(self.compute(&Rows::new(Self::ENTRY.name, a, b, self.sums())?))
                }
                fn value_and_gradient(&self, a: &[f64], b: &[f64], gradient_a: &mut [f64], gradient_b: &mut [f64]) -> Result<f64> {
                    length(Self::ENTRY.name, "gradient_a", gradient_a.len(), a.len())?;
                    length(Self::ENTRY.name, "gradient_b", gradient_b.len(), a.len())?;
                    let rows = Rows::new(Self::ENTRY.name, a, b, self.sums())?;
                    rows.write(self.gradients(&rows), gradient_a, gradient_b);
                    Ok(self.compute(&rows))
                }
            }
        )*
    };
}

divergences! {
    kl_divergence::KlDivergence,
    jensen_shannon::JensenShannon,
    jensen_shannon_distance::JensenShannonDistance,
    hellinger::Hellinger,
    bhattacharyya::Bhattacharyya,
    bhattacharyya_coefficient::BhattacharyyaCoefficient,
}
