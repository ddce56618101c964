//! Losses of a row of scores and a class: softmax cross entropy and its kin.

use crate::catalog::{Arguments, Entry};
use crate::error::Result;
use std::fmt::Debug;

/// What a row should have been.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target<'a> {
    /// A class, counted from 0.
    Label(usize),
    /// A probability for each class.
    Probabilities(&'a [f64]),
}

/// A loss of a row, as an object. Rows are `f64`; results are computed in twofold precision and rounded once.
pub trait RowLoss: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// The value of one row.
    fn value(&self, row: &[f64], target: Target<'_>) -> Result<f64>;
    /// The value, and the gradient with respect to the row.
    fn value_and_gradient(&self, row: &[f64], target: Target<'_>, gradient: &mut [f64]) -> Result<f64>;
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

/// A map from a row to a row of the same length, as an object.
pub trait RowMap: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// Writes the image of the row.
    fn apply(&self, row: &[f64], out: &mut [f64]) -> Result<()>;
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

mod batch;
pub(crate) mod shares;
pub mod softmax;

pub use batch::{RowTargets, evaluate_rows};
pub use softmax_cross_entropy::HessianKind;

/// Writes the module list and the registry from one line an entry.
macro_rules! rows {
    ($($module:ident::$type:ident),* $(,)?) => {
        $(mod $module; pub use $module::$type;)*
        /// The catalogue entries of this family.
        pub const LIST: &[&Entry] = &[$($type::ENTRY),*, softmax::Softmax::ENTRY];
    };
}

rows! {
    softmax_cross_entropy::SoftmaxCrossEntropy,
    softmax_focal::SoftmaxFocal,
    cross_entropy::CrossEntropy,
    multiclass_zero_one::MulticlassZeroOne,
}
