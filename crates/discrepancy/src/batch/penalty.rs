//! A penalty on weights in any storage type.

use super::element::Element;
use super::matrix::narrow;
use crate::error::Result;
use crate::penalties::Penalty;
use ndarray::ArrayView1;

/// A penalty on a vector of weights.
///
/// ```
/// use discrepancy::{batch::PenaltyEvaluation, penalties::L1};
/// let lasso = L1::new(0.5)?;
/// let penalty = PenaltyEvaluation::new(&lasso, &[3.0_f32, -4.0, 0.0]);
/// assert_eq!(penalty.value()?, 3.5);
/// assert_eq!(penalty.gradient()?, [0.5, -0.5, 0.0]);
/// assert_eq!(penalty.proximal(7.0)?, [0.0, -0.5, 0.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PenaltyEvaluation<'a, E> {
    penalty: &'a dyn Penalty,
    weights: Vec<f64>,
    storage: std::marker::PhantomData<E>,
}

impl<'a, E: Element> PenaltyEvaluation<'a, E> {
    /// Of these weights.
    pub fn new(penalty: &'a dyn Penalty, weights: &[E]) -> Self {
        Self::of_view(penalty, weights.into())
    }
    pub(super) fn of_view(penalty: &'a dyn Penalty, weights: ArrayView1<'_, E>) -> Self {
        let weights = weights.iter().map(|w| w.widen()).collect();
        PenaltyEvaluation { penalty, weights, storage: std::marker::PhantomData }
    }
    /// The value: an exact sum, rounded once.
    pub fn value(&self) -> Result<f64> {
        self.penalty.value(&self.weights)
    }
    /// The gradient; the subgradient of least norm at kinks.
    pub fn gradient(&self) -> Result<Vec<E>> {
        self.penalty.gradient(&self.weights).map(|g| narrow(&g))
    }
    /// `argmin_x f(x) + ‖x − w‖² / (2 step)`.
    pub fn proximal(&self, step: f64) -> Result<Vec<E>> {
        self.penalty.proximal(&self.weights, step).map(|x| narrow(&x))
    }
}
