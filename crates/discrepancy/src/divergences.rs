//! Divergences between two distributions; `p`, the first argument, is the reference. One file each.
//!
//! Rows are non-negative and sum to 1 up to `8 n ε`; `normalize=true` divides each row by its sum first.

mod simplex;

use crate::catalog::{Arguments, Entry};
use crate::distances::{Gradients, PairFunction, PairInput};
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
                fn evaluate(&self, input: PairInput<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
                    let rows = Rows::new(Self::ENTRY.name, input, self.sums())?;
                    if let Some(gradients) = gradients {
                        gradients.check(Self::ENTRY.name, input.a.len())?;
                        rows.write(self.gradients(&rows), gradients);
                    }
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
