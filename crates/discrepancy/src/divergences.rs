//! Divergences between two distributions; `p`, the first argument, is the reference. One file each.
//!
//! Rows are non-negative and sum to 1 up to `8 n ε`; `normalize=true` divides each row by its sum first.

mod simplex;

use crate::catalog::{Arguments, Entry};
use crate::distances::termwise::Found;
use crate::distances::{Gradients, PairFunction, PairInput};
use crate::error::Result;
use crate::number::careful::{Careful, deepening, settled};
use simplex::{Rows, Sums};

/// A divergence: what its file writes, in any number.
trait Divergence: Sync {
    /// How rows must sum.
    fn sums(&self) -> Sums;
    /// The value.
    fn compute<R: Careful>(&self, rows: &Rows<R>) -> R;
    /// The gradients in both rows as used.
    fn gradients<R: Careful>(&self, rows: &Rows<R>) -> [Vec<R>; 2];
    /// Value and gradients of an ordinary pair, from sums over its coordinates, if it has that form.
    fn termwise(&self, _input: PairInput<'_>, _gradients: Option<&mut Gradients<'_>>) -> Option<Found> {
        None
    }
    /// The same of a pair in single precision.
    fn straight(&self, _input: PairInput<'_, f32>, _gradients: Option<&mut Gradients<'_, f32>>) -> Option<Found> {
        None
    }
}

/// The value and the gradients of checked rows, each number in the first precision that is sure of it.
fn evaluate<D: Divergence>(
    divergence: &D,
    name: &'static str,
    input: PairInput<'_>,
    mut gradients: Option<Gradients<'_>>,
) -> Result<f64> {
    // Sums over rows as they are say nothing of rows that are divided by theirs.
    let as_given = divergence.sums() != Sums::Normalised;
    let found = if as_given { divergence.termwise(input, gradients.as_mut()) } else { None };
    if let Some(found) = found.filter(|found| found.complete) {
        return Ok(found.value);
    }
    simplex::check(name, input, divergence.sums())?;
    let (a, b, epsilon) = (input.a, input.b, input.epsilon);
    let mut rows = deepening!(epsilon, |R| Ok(Rows::<R>::new(a, b, divergence.sums())));
    let value = settled!(rows, |rows| divergence.compute(rows))?;
    if let Some(out) = gradients {
        out.check(name, input.a.len())?;
        let mut both = deepening!(epsilon, |R| {
            let rows = Rows::<R>::new(a, b, divergence.sums());
            Ok(rows.through_sums(divergence.gradients(&rows)))
        });
        for (side, out) in [out.a, out.b].into_iter().enumerate() {
            for (i, out) in out.iter_mut().enumerate() {
                *out = settled!(both, |both| both[side][i])?;
            }
        }
    }
    Ok(found.map_or(value, |found| found.value))
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
                fn straight(&self, input: PairInput<'_, f32>, mut by: Option<Gradients<'_, f32>>) -> Option<f64> {
                    if self.sums() == Sums::Normalised {
                        return None;
                    }
                    Divergence::straight(self, input, by.as_mut()).filter(|found| found.complete).map(|found| found.value)
                }
                fn evaluate(&self, input: PairInput<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
                    evaluate(self, Self::ENTRY.name, input, gradients)
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
