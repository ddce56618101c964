//! Penalties on a vector of weights, with gradient and proximal operator.

use crate::catalog::{Arguments, Entry};
use crate::error::Result;
use std::fmt::Debug;

/// A penalty, as an object.
///
/// ```
/// use discrepancy::penalties::{ElasticNet, Penalty};
/// let net = ElasticNet::new(2.0, 0.25)?;
/// assert_eq!(net.value(&[3.0, -4.0, 0.0])?, 22.25);
/// assert_eq!(net.gradient(&[3.0, -4.0, 0.0])?, [5.0, -6.5, 0.0]);
/// // The proximal operator shrinks, and sets what is small to zero.
/// assert_eq!(net.proximal(&[3.0, -4.0, 0.25], 1.0)?, [1.0, -1.4, 0.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub trait Penalty: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// The value: an exact sum, rounded once.
    fn value(&self, weights: &[f64]) -> Result<f64>;
    /// The gradient; the subgradient of least norm at kinks.
    fn gradient(&self, weights: &[f64]) -> Result<Vec<f64>>;
    /// `argmin_x f(x) + ‖x − w‖² / (2 step)`.
    fn proximal(&self, weights: &[f64], step: f64) -> Result<Vec<f64>>;
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

mod sums;

/// Writes the module list and the registry from one line an entry.
macro_rules! penalties {
    ($($module:ident::$type:ident),* $(,)?) => {
        $(mod $module; pub use $module::$type;)*
        /// The catalogue entries of this family.
        pub const LIST: &[&Entry] = &[$($type::ENTRY),*];
    };
}

penalties! {
    l1::L1,
    l2::L2,
    elastic_net::ElasticNet,
}
