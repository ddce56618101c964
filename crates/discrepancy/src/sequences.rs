//! Losses of a sequence of rows of log-probabilities and a shorter sequence of labels, whose places are not known.

use crate::catalog::{Arguments, Entry};
use crate::error::{Error, ErrorKind, Result};
use std::fmt::Debug;

/// A sequence as it is given.
#[derive(Clone, Copy, Debug)]
pub struct SequenceInput<'a> {
    /// The natural logarithms of the probabilities, step by step: T rows of C.
    pub log_probabilities: &'a [f64],
    /// C.
    pub classes: usize,
    /// The labels in their order, without blanks.
    pub labels: &'a [usize],
    /// The spacing at 1 of the type that results are stored in.
    pub epsilon: f64,
}

impl<'a> SequenceInput<'a> {
    /// A sequence for results in `f64`.
    #[must_use]
    pub fn new(log_probabilities: &'a [f64], classes: usize, labels: &'a [usize]) -> Self {
        SequenceInput { log_probabilities, classes, labels, epsilon: f64::EPSILON }
    }
    /// Whole rows of numbers that are logarithms of something, labels of their classes; gives T.
    fn check(&self, function: &str) -> Result<usize> {
        let SequenceInput { log_probabilities: row, classes, labels, .. } = *self;
        let error = |kind: ErrorKind, argument: &str, allowed: String| Error::new(kind, function, argument, allowed);
        if classes == 0 || row.is_empty() || !row.len().is_multiple_of(classes) {
            let allowed = format!("rows of {classes} numbers, at least one");
            return Err(error(ErrorKind::Shape, "log_probabilities", allowed).value(row.len()));
        }
        if let Some(i) = row.iter().position(|x| x.is_nan() || *x == f64::INFINITY) {
            let allowed = "finite numbers and -inf".to_owned();
            return Err(error(ErrorKind::NonFinite, "log_probabilities", allowed).at(i).value(row[i]));
        }
        if let Some(i) = labels.iter().position(|label| *label >= classes) {
            let allowed = format!("labels 0 to {}", classes - 1);
            return Err(error(ErrorKind::Domain, "labels", allowed).at(i).value(labels[i]));
        }
        Ok(row.len() / classes)
    }
}

/// A loss of a sequence, as an object.
///
/// ```
/// use discrepancy::sequences::{Ctc, SequenceInput, SequenceLoss};
/// // Two steps of two classes, all equally likely: `1`, `1 blank` and `blank 1` are three of four ways.
/// let half = 0.5_f64.ln();
/// let value = Ctc::default().evaluate(SequenceInput::new(&[half; 4], 2, &[1]), None)?;
/// assert!((value - (4.0_f64 / 3.0).ln()).abs() < 1e-15);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub trait SequenceLoss: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// The value of one sequence, and where wanted its gradient with respect to the log-probabilities, T rows of C.
    fn evaluate(&self, input: SequenceInput<'_>, gradient: Option<&mut [f64]>) -> Result<f64>;
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

/// Writes the module list and the registry from one line an entry.
macro_rules! sequences {
    ($($module:ident::$type:ident),* $(,)?) => {
        $(mod $module; pub use $module::$type;)*
        /// The catalogue entries of this family.
        pub const LIST: &[&Entry] = &[$($type::ENTRY),*];
    };
}

sequences! {
    ctc::Ctc,
}
