//! Softmax and its Jacobian.

use super::images::{ImageFormula, Images};
use super::jacobian::{self, Arithmetic, Class, Product, ProductFormula, ProductRow};
use super::RowMap;
use super::shares::{Shares, check_length, check_scores};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::Result;
use crate::number::careful::{Careful, deepening, settled};
use crate::number::{Long, Real};

crate::entry! {
    /// Softmax: turns a row of scores into probabilities. A map, not a loss.
    ///
    /// With `p_i = e^(z_i) / S`, `S = Σ e^(z_k)`, the quotient rule gives the Jacobian in two cases.
    ///
    /// Diagonal: both numerator and S depend on `z_i`, so
    /// `∂p_i/∂z_i = (e^(z_i) S - e^(z_i) e^(z_i)) / S² = p_i - p_i² = p_i (1 - p_i)`.
    ///
    /// Off the diagonal: only S depends on `z_j`, so
    /// `∂p_i/∂z_j = (0 · S - e^(z_i) e^(z_j)) / S² = -p_i p_j`.
    ///
    /// Both in one: `∂p_i/∂z_j = p_i (δ_ij - p_j)`; over a temperature T, everything is divided by T.
    ///
    /// Cross entropy on top, `l = -Σ_i y_i ln p_i`, has `∂l/∂p_i = -y_i/p_i`, and by the chain rule
    /// `∂l/∂z_j = Σ_i -(y_i/p_i) p_i (δ_ij - p_j) = -y_j + p_j Σ_i y_i = p_j - y_j`. Even if a single `y_i` is 1,
    /// the off-diagonal entries of that row are needed: they are the gradients of all the other scores.
    Softmax("softmax") in Row as Map {
        /// T: the scores are divided by it, large for even, small for sharp probabilities.
        temperature: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
    }
    aliases: ["normalized_exponential"];
    formula: r"\frac{e^{z_i / T}}{\sum_k e^{z_k / T}}";
    prediction: DataDomain::Real;
    target: DataDomain::Probabilities;
    properties: [OnceDifferentiable, TwiceDifferentiable, NonNegative, Bounded];
    source: "Boltzmann 1868; Bridle 1990, doi:10.1007/978-3-642-76153-9_28";
    reference: [
        "": [[1.0, 2.0, 3.0]] => [0.09003057317038046, 0.24472847105479764, 0.6652409557748219];
        "temperature=2": [[4.0, 0.0]] => [0.8807970779778824, 0.11920292202211756];
    ];
}

impl RowMap for Softmax {
    crate::identity!();
    fn evaluate(&self, row: &[f64], epsilon: f64, out: &mut [f64]) -> Result<()> {
        check_length(Self::ENTRY.name, "out", out.len(), row.len())?;
        out.copy_from_slice(&probabilities(row, self.temperature, epsilon)?);
        Ok(())
    }
    // The Jacobian is symmetric.
    fn product(&self, _: Product, row: &[f64], v: &[f64], epsilon: f64, out: &mut [f64]) -> Result<()> {
        jacobian::product::<Centred>(Self::ENTRY.name, (row, v), self.temperature, epsilon, out)
    }
    fn images(&self) -> Option<&dyn Images> {
        Some(self)
    }
    fn truth(&self, row: &[f64]) -> Result<Vec<Long>> {
        let shares = Shares::new(Self::ENTRY.name, row, self.temperature)?;
        Ok((0..row.len()).map(|j| shares.probability(j)).collect())
    }
    fn product_truth(&self, _: Product, row: &[f64], v: &[f64]) -> Result<Vec<Long>> {
        jacobian::truth::<Centred>(Self::ENTRY.name, (row, v), self.temperature)
    }
}

impl ImageFormula for Softmax {
    const OF_GAPS: bool = false;
    type Forward = Centred;
    type Backward = Centred;
    fn temperature(&self) -> f64 {
        self.temperature
    }
    #[inline(always)]
    fn number<R: Real>(&self, rest: R) -> R {
        rest.lit(1.0) / (rest + 1.0)
    }
}

/// `((diag(p) - p pᵀ) v)_j = p_j (v_j - p·v)`, with v less its value at the largest score.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Centred;

impl ProductFormula for Centred {
    const OF_SHARES: bool = true;
    #[inline(always)]
    fn term<R: Arithmetic>(class: Class<R>) -> R {
        class.weight * class.relative
    }
    #[inline(always)]
    fn number<R: Arithmetic>(row: ProductRow<R>) -> R {
        row.sum / row.total
    }
    #[inline(always)]
    fn difference<R: Arithmetic>(class: Class<R>, mean: R) -> R {
        class.relative - mean
    }
    #[inline(always)]
    fn difference_at_top<R: Arithmetic>(row: ProductRow<R>, mean: R) -> R {
        row.zero - mean
    }
}

/// The row taken apart in the precisions that are needed, after checking the temperature.
macro_rules! parts {
    ($row:expr, $temperature:expr, $epsilon:expr) => {{
        Softmax::new($temperature)?;
        check_scores(Softmax::ENTRY.name, $row)?;
        deepening!($epsilon, |R| Shares::<R>::new(Softmax::ENTRY.name, $row, $temperature))
    }};
}

/// The probabilities `e^(z_i/T) / Σ e^(z_k/T)`.
///
/// ```
/// use discrepancy::rows::softmax::softmax;
/// assert_eq!(softmax(&[1e300, 1e300], 1.0)?, [0.5, 0.5]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn softmax(row: &[f64], temperature: f64) -> Result<Vec<f64>> {
    probabilities(row, temperature, f64::EPSILON)
}

fn probabilities(row: &[f64], temperature: f64, epsilon: f64) -> Result<Vec<f64>> {
    let mut parts = parts!(row, temperature, epsilon);
    (0..row.len()).map(|j| settled!(parts, |shares| shares.probability(j))).collect()
}

/// The Jacobian `p_i (δ_ij - p_j) / T`, C×C, row by row; it is symmetric.
///
/// ```
/// use discrepancy::rows::softmax::jacobian;
/// assert_eq!(jacobian(&[0.0, 0.0], 1.0)?, [0.25, -0.25, -0.25, 0.25]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn jacobian(row: &[f64], temperature: f64) -> Result<Vec<f64>> {
    let mut parts = parts!(row, temperature, f64::EPSILON);
    let classes = row.len();
    let entry = |k: usize| settled!(parts, |shares| slope(shares, k / classes, k % classes).over_number(temperature));
    (0..classes * classes).map(entry).collect()
}

/// `∂p_i/∂z_j` at temperature 1.
fn slope<R: Careful>(shares: &Shares<R>, i: usize, j: usize) -> R {
    let p = shares.probability(i);
    if i == j { p * shares.complement(i) } else { -(p * shares.probability(j)) }
}

/// The Jacobian times a vector (from either side), without the matrix.
///
/// ```
/// use discrepancy::rows::softmax::jacobian_vector_product;
/// assert_eq!(jacobian_vector_product(&[0.0, 0.0], 1.0, &[1.0, 0.0])?, [0.25, -0.25]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn jacobian_vector_product(row: &[f64], temperature: f64, v: &[f64]) -> Result<Vec<f64>> {
    let mut out = vec![0.0; row.len()];
    Softmax::new(temperature)?.product(Product::JacobianVector, row, v, f64::EPSILON, &mut out)?;
    Ok(out)
}
