//! A linear layer and a loss of its scores in one: the scores of a batch are never held.

use crate::catalog::{Arguments, Entry};
use crate::error::{Error, ErrorKind, Result};
use crate::number::Twofold;
use std::fmt::Debug;

/// What a head gives: each row's value, and the gradients of the sum over rows.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadResult {
    /// The value of each row.
    pub value: Vec<f64>,
    /// With respect to the rows, N×D.
    pub dx: Vec<f64>,
    /// With respect to the weights, C×D.
    pub dw: Vec<f64>,
    /// With respect to the bias, C; empty without bias.
    pub db: Vec<f64>,
}

/// A head, as an object. Computed in twofold precision, one row at a time, and rounded once.
pub trait Head: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// Values and gradients of rows `x` (N×D) under `weights` (C×D), an optional bias (C), and N labels.
    fn evaluate(&self, x: &[f64], weights: &[f64], bias: Option<&[f64]>, labels: &[usize]) -> Result<HeadResult>;
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

mod large_margin_softmax;
mod linear_softmax_cross_entropy;
pub use large_margin_softmax::LargeMarginSoftmax;
pub use linear_softmax_cross_entropy::LinearSoftmaxCrossEntropy;

/// The catalogue entries of this family.
pub const LIST: &[&Entry] = &[LinearSoftmaxCrossEntropy::ENTRY, LargeMarginSoftmax::ENTRY];

type Wide = Twofold<f64>;

/// Checks everything; gives D and C.
fn shape(name: &str, x: &[f64], weights: &[f64], bias: Option<&[f64]>, labels: &[usize]) -> Result<(usize, usize)> {
    let wrong = |argument: &str, allowed: &str, length: usize| {
        Err(Error::new(ErrorKind::Shape, name, argument, allowed).value(length))
    };
    let rows = labels.len();
    if rows == 0 || x.is_empty() || !x.len().is_multiple_of(rows) {
        return wrong("x", "one row of at least one number for each label, at least one label", x.len());
    }
    let width = x.len() / rows;
    if weights.is_empty() || !weights.len().is_multiple_of(width) {
        return wrong("weights", &format!("whole rows of {width} weights, at least one"), weights.len());
    }
    let classes = weights.len() / width;
    if let Some(b) = bias.filter(|b| b.len() != classes) {
        return wrong("bias", &format!("{classes} numbers"), b.len());
    }
    for (argument, data) in [("x", x), ("weights", weights), ("bias", bias.unwrap_or(&[]))] {
        if let Some(i) = data.iter().position(|v| !v.is_finite()) {
            return Err(Error::new(ErrorKind::NonFinite, name, argument, "finite numbers").at(i).value(data[i]));
        }
    }
    if let Some(i) = labels.iter().position(|&label| label >= classes) {
        let allowed = format!("labels 0 to {}", classes - 1);
        return Err(Error::new(ErrorKind::Domain, name, "labels", allowed).at(i).value(labels[i]));
    }
    Ok((width, classes))
}

/// `Σ a_i b_i`.
fn dot(a: &[f64], b: &[f64]) -> Wide {
    a.iter().zip(b).fold(Wide::from(0.0), |sum, (&a, &b)| sum + Wide::product(a, b))
}

/// Scores must be numbers: products beyond `f64` have no exact limit.
fn check_scores(name: &str, scores: &[Wide], row: usize) -> Result<()> {
    if scores.iter().all(|s| s.round_to_machine().is_finite()) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::NonFinite, name, "x", "rows whose products with the weights are within f64").at(row))
}

fn round(sums: &[Wide]) -> Vec<f64> {
    sums.iter().map(|s| s.round_to_machine()).collect()
}
