//! Losses of a row of scores and a class: softmax cross entropy and its kin.

use crate::catalog::{Arguments, Entry};
use crate::error::{Error, ErrorKind, Result};
use crate::number::Long;
use std::fmt::Debug;

/// What a row should have been.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target<'a> {
    /// A class, counted from 0.
    Label(usize),
    /// A probability for each class; they sum to 1, but for losses that take each class for itself.
    Probabilities(&'a [f64]),
}

/// The targets of many rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowTargets<'a, E = f64> {
    /// A class for each row.
    Labels {
        /// Classes, counted from 0.
        labels: &'a [i64],
        /// Rows of this label contribute nothing: their value and gradient are 0, and they do not count in a mean.
        ignore_index: Option<i64>,
    },
    /// A row of probabilities for each row, N×C.
    Probabilities(&'a [E]),
}

impl<'a, E> RowTargets<'a, E> {
    /// A class for each row, none of them ignored.
    #[must_use]
    pub fn labels(labels: &'a [i64]) -> Self {
        RowTargets::Labels { labels, ignore_index: None }
    }
}

/// Which second derivatives are meant; boosting libraries differ, so they have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HessianKind {
    /// `p (1 - p)`, the diagonal of the exact Hessian (scikit-learn).
    Exact,
    /// The Gauss–Newton or Fisher matrix: `p (1 - p)` too, for softmax with cross entropy is a matching pair; of the
    /// `z_loss` it keeps only the squared gradient.
    GaussNewton,
    /// `2 p (1 - p)`, a diagonal that bounds the whole matrix (Gershgorin): XGBoost until August 2026.
    /// LightGBM takes `K/(K - 1) p (1 - p)`, which is this one only for two classes.
    Majorizer,
    /// `|p - y|`: XGBoost since September 2026.
    Absolute,
}

/// A loss of a row, as an object.
///
/// ```
/// use discrepancy::rows::{RowLoss, SoftmaxCrossEntropy, Target};
/// let loss = SoftmaxCrossEntropy::default();
/// let mut gradient = [0.0; 2];
/// // A confident row keeps its digits: the other class has a probability of 4.14e-8.
/// let value = loss.value_and_gradient(&[17.0, 0.0], Target::Label(0), &mut gradient)?;
/// assert_eq!((value, gradient[0]), (4.139937633089748e-8, -4.1399375473943306e-8));
/// assert_eq!(loss.logsumexp(&[0.0, 0.0], f64::EPSILON)?, std::f64::consts::LN_2);
/// # Ok::<(), discrepancy::Error>(())
/// ```
/// Rows are `f64`; results are computed in twofold precision and rounded once.
pub trait RowLoss: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// The value of one row, and where wanted its gradient with respect to the row.
    ///
    /// `epsilon` is the spacing at 1 of the type the numbers were stored in: rows of probabilities sum to 1 within
    /// `8 C ε`.
    fn evaluate(&self, row: &[f64], target: Target<'_>, epsilon: f64, gradient: Option<&mut [f64]>) -> Result<f64>;
    /// The value of one row of `f64`.
    fn value(&self, row: &[f64], target: Target<'_>) -> Result<f64> {
        self.evaluate(row, target, f64::EPSILON, None)
    }
    /// The value of one row of `f64`, and the gradient with respect to the row.
    fn value_and_gradient(&self, row: &[f64], target: Target<'_>, gradient: &mut [f64]) -> Result<f64> {
        self.evaluate(row, target, f64::EPSILON, Some(gradient))
    }
    /// The loss of rows with labels, many at once, for results of 24 bits or fewer; `None` where it has no such form.
    fn labelled(&self) -> Option<&dyn LabelledLoss> {
        None
    }
    /// The loss of rows with probabilities, or with labels that it spreads over the classes; as `labelled`.
    fn spread(&self) -> Option<&dyn SpreadLoss> {
        None
    }
    /// The diagonal of the second derivatives with respect to the row, or what stands for it.
    fn hessian_diagonal(
        &self,
        _row: &[f64],
        _target: Target<'_>,
        _epsilon: f64,
        _kind: HessianKind,
    ) -> Result<Vec<f64>> {
        Err(Error::new(ErrorKind::Unsupported, self.entry().name, "hessian", "value and gradient"))
    }
    /// `ln Σ e^z` of the row, as far as the loss has it on its way.
    fn logsumexp(&self, _row: &[f64], _epsilon: f64) -> Result<f64> {
        Err(Error::new(ErrorKind::Unsupported, self.entry().name, "logsumexp", "value and gradient"))
    }
    /// Value, gradient and diagonal of the second derivatives in 256 bits, not rounded: what a search for the worst
    /// inputs measures by. What is empty is not known there.
    #[doc(hidden)]
    fn truth(&self, _row: &[f64], _target: Target<'_>, _epsilon: f64) -> Result<[Vec<Long>; 3]> {
        Ok(Default::default())
    }
    /// How much a row of this target counts in a mean: its class's weight where the loss weighs classes, else 1.
    fn weight(&self, _target: Target<'_>) -> f64 {
        1.0
    }
    /// The loss times a power of two, made by other class weights; `None` where the loss weighs no classes, or not so. Weights
    /// that do not count for such a target may be any.
    #[doc(hidden)]
    fn scaled_by(&self, _power: i32, _target: Target<'_>) -> Option<Box<dyn RowLoss>> {
        None
    }
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

/// A map from a row to a row of the same length, as an object.
///
/// ```
/// use discrepancy::rows::{RowMap, softmax::Softmax};
/// let mut p = [0.0; 2];
/// Softmax::default().apply(&[3.0, 3.0], &mut p)?;
/// assert_eq!(p, [0.5, 0.5]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub trait RowMap: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// Writes the image of the row, for results of a type of this spacing at 1.
    fn evaluate(&self, row: &[f64], epsilon: f64, out: &mut [f64]) -> Result<()>;
    /// Writes the product of the row's Jacobian `∂image_i/∂x_j` and a vector, likewise.
    fn product(&self, product: Product, row: &[f64], v: &[f64], epsilon: f64, out: &mut [f64]) -> Result<()>;
    /// The map of many rows at once, for results of 24 bits or fewer; `None` where it has no such form.
    fn images(&self) -> Option<&dyn Images> {
        None
    }
    /// The image in 256 bits, not rounded.
    #[doc(hidden)]
    fn truth(&self, row: &[f64]) -> Result<Vec<Long>>;
    /// The product likewise.
    #[doc(hidden)]
    fn product_truth(&self, product: Product, row: &[f64], v: &[f64]) -> Result<Vec<Long>>;
    /// Writes the image of a row of `f64`.
    fn apply(&self, row: &[f64], out: &mut [f64]) -> Result<()> {
        self.evaluate(row, f64::EPSILON, out)
    }
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

pub mod images;
mod jacobian;
pub mod labelled;
mod many_margins;
mod margins;
pub(crate) mod shares;
pub mod spread;
mod state;

pub use images::Images;
pub use jacobian::Product;
pub(crate) use jacobian::{Arithmetic, Class, ProductFormula, ProductRow};
pub use labelled::LabelledLoss;
pub use softmax_cross_entropy::SmoothingOver;
pub use spread::SpreadLoss;
pub use state::RowState;

/// Writes the module list and the registry from one line an entry.
macro_rules! rows {
    ($($module:ident::$type:ident),*; $($map:ident::$map_type:ident),*) => {
        $(mod $module; pub use $module::$type;)*
        $(pub mod $map;)*
        /// The catalogue entries of this family.
        pub const LIST: &[&Entry] = &[$($type::ENTRY),*, $($map::$map_type::ENTRY),*];
    };
}

rows! {
    softmax_cross_entropy::SoftmaxCrossEntropy,
    softmax_focal::SoftmaxFocal,
    cross_entropy::CrossEntropy,
    multiclass_zero_one::MulticlassZeroOne,
    multi_margin::MultiMargin,
    multilabel_margin::MultilabelMargin,
    multilabel_soft_margin::MultilabelSoftMargin;
    // Maps, with functions of one row.
    softmax::Softmax,
    log_softmax::LogSoftmax
}
