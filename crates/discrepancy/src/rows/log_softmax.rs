//! The logarithm of softmax and its Jacobian.

use super::RowMap;
use super::images::{ImageFormula, Images};
use super::jacobian::{self, Arithmetic, Class, Product, ProductFormula, ProductRow};
use super::softmax::Centred;
use super::shares::{Shares, check_length, check_scores};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::Result;
use crate::number::careful::{Careful, deepening, settled};
use crate::number::{Long, Real};

crate::entry! {
    /// Log-softmax: turns a row of scores into the logarithms of probabilities. A map, not a loss.
    ///
    /// They are exact near probability 1, where the logarithm of a rounded softmax would be 0, and near 0, where it would be
    /// that of an underflow. A score of minus infinity has the logarithm minus infinity.
    ///
    /// With `p` the softmax of the row and a temperature T, `∂(ln p_i)/∂z_j = (δ_ij - p_j)/T`. This Jacobian is not
    /// symmetric: from the left a vector g gives `(g_j - p_j Σ g)/T`, which the chain rule needs; from the right v
    /// gives `(v_i - p·v)/T`.
    LogSoftmax("log_softmax") in Row as Map {
        /// T: the scores are divided by it, large for even, small for sharp probabilities.
        temperature: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
    }
    aliases: ["log_probabilities"];
    formula: r"z_i / T - \ln \sum_k e^{z_k / T}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [OnceDifferentiable, TwiceDifferentiable, Bounded];
    source: "Bridle 1990, doi:10.1007/978-3-642-76153-9_28";
    reference: [
        "": [[1.0, 2.0, 3.0]] => [-2.40760596444438, -1.4076059644443804, -0.4076059644443803];
        "temperature=2": [[4.0, 0.0]] => [-0.1269280110429725, -2.1269280110429727];
    ];
}

impl RowMap for LogSoftmax {
    crate::identity!();
    fn evaluate(&self, row: &[f64], epsilon: f64, out: &mut [f64]) -> Result<()> {
        check_scores(Self::ENTRY.name, row)?;
        check_length(Self::ENTRY.name, "out", out.len(), row.len())?;
        let mut parts = deepening!(epsilon, |R| Shares::<R>::new(Self::ENTRY.name, row, self.temperature));
        for (j, out) in out.iter_mut().enumerate() {
            *out = settled!(parts, |shares| shares.log_probability(j))?;
        }
        Ok(())
    }
    fn product(&self, product: Product, row: &[f64], v: &[f64], epsilon: f64, out: &mut [f64]) -> Result<()> {
        let (name, temperature) = (Self::ENTRY.name, self.temperature);
        match product {
            Product::JacobianVector => jacobian::product::<LessMean>(name, (row, v), temperature, epsilon, out),
            Product::VectorJacobian => jacobian::product::<LessShare>(name, (row, v), temperature, epsilon, out),
        }
    }
    fn images(&self) -> Option<&dyn Images> {
        Some(self)
    }
    fn truth(&self, row: &[f64]) -> Result<Vec<Long>> {
        let shares = Shares::new(Self::ENTRY.name, row, self.temperature)?;
        Ok((0..row.len()).map(|j| shares.log_probability(j)).collect())
    }
    fn product_truth(&self, product: Product, row: &[f64], v: &[f64]) -> Result<Vec<Long>> {
        match product {
            Product::JacobianVector => jacobian::truth::<LessMean>(Self::ENTRY.name, (row, v), self.temperature),
            Product::VectorJacobian => jacobian::truth::<LessShare>(Self::ENTRY.name, (row, v), self.temperature),
        }
    }
}

impl ImageFormula for LogSoftmax {
    const OF_GAPS: bool = true;
    type Forward = LessMean;
    type Backward = LessShare;
    fn temperature(&self) -> f64 {
        self.temperature
    }
    #[inline(always)]
    fn number<R: Real>(&self, rest: R) -> R {
        rest.ln_1p()
    }
}

/// `(J v)_j = v_j - p·v`, as for softmax but for the factor p_j.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LessMean;

impl ProductFormula for LessMean {
    const OF_SHARES: bool = false;
    #[inline(always)]
    fn term<R: Arithmetic>(class: Class<R>) -> R {
        Centred::term(class)
    }
    #[inline(always)]
    fn number<R: Arithmetic>(row: ProductRow<R>) -> R {
        Centred::number(row)
    }
    #[inline(always)]
    fn difference<R: Arithmetic>(class: Class<R>, mean: R) -> R {
        Centred::difference(class, mean)
    }
    #[inline(always)]
    fn difference_at_top<R: Arithmetic>(row: ProductRow<R>, mean: R) -> R {
        Centred::difference_at_top(row, mean)
    }
}

/// `(Jᵀ v)_j = v_j - p_j Σ v`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LessShare;

impl ProductFormula for LessShare {
    const OF_SHARES: bool = false;
    #[inline(always)]
    fn term<R: Arithmetic>(class: Class<R>) -> R {
        class.v
    }
    // `Σ v` over the total, of which each class has as much as its exponential.
    #[inline(always)]
    fn number<R: Arithmetic>(row: ProductRow<R>) -> R {
        (row.sum + row.v) / row.total
    }
    #[inline(always)]
    fn difference<R: Arithmetic>(class: Class<R>, share: R) -> R {
        class.v - class.weight * share
    }
    // `v (1 - p) - p Σ v`, the sum without this class.
    #[inline(always)]
    fn difference_at_top<R: Arithmetic>(row: ProductRow<R>, _: R) -> R {
        (row.v * row.rest - row.sum) / row.total
    }
}

/// The logarithms of the probabilities, exact near probability 1 and minus infinity at 0.
///
/// ```
/// use discrepancy::rows::log_softmax::log_softmax;
/// assert_eq!(log_softmax(&[40.0, 0.0], 1.0)?, [-4.248354255291589e-18, -40.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn log_softmax(row: &[f64], temperature: f64) -> Result<Vec<f64>> {
    let mut out = vec![0.0; row.len()];
    LogSoftmax::new(temperature)?.apply(row, &mut out)?;
    Ok(out)
}

/// The Jacobian `(δ_ij - p_j) / T`, C×C, row by row; it is not symmetric.
///
/// ```
/// use discrepancy::rows::log_softmax::jacobian;
/// assert_eq!(jacobian(&[0.0, 0.0], 1.0)?, [0.5, -0.5, -0.5, 0.5]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn jacobian(row: &[f64], temperature: f64) -> Result<Vec<f64>> {
    LogSoftmax::new(temperature)?;
    check_scores(LogSoftmax::ENTRY.name, row)?;
    let mut parts = deepening!(f64::EPSILON, |R| Shares::<R>::new(LogSoftmax::ENTRY.name, row, temperature));
    let classes = row.len();
    let entry = |k: usize| settled!(parts, |shares| slope(shares, k / classes, k % classes).over_number(temperature));
    (0..classes * classes).map(entry).collect()
}

/// `∂(ln p_i)/∂z_j` at temperature 1.
fn slope<R: Careful>(shares: &Shares<R>, i: usize, j: usize) -> R {
    if i == j { shares.complement(j) } else { -shares.probability(j) }
}

/// The Jacobian times a vector: how the logarithms move when the scores move along it.
///
/// ```
/// use discrepancy::rows::log_softmax::jacobian_vector_product;
/// assert_eq!(jacobian_vector_product(&[0.0, 0.0], 1.0, &[1.0, 0.0])?, [0.5, -0.5]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn jacobian_vector_product(row: &[f64], temperature: f64, v: &[f64]) -> Result<Vec<f64>> {
    let mut out = vec![0.0; row.len()];
    LogSoftmax::new(temperature)?.product(Product::JacobianVector, row, v, f64::EPSILON, &mut out)?;
    Ok(out)
}

/// The transposed Jacobian times a vector: the gradient in the scores, of one in the logarithms.
///
/// ```
/// use discrepancy::rows::log_softmax::vector_jacobian_product;
/// assert_eq!(vector_jacobian_product(&[0.0, 0.0], 1.0, &[1.0, 1.0])?, [0.0, 0.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn vector_jacobian_product(row: &[f64], temperature: f64, v: &[f64]) -> Result<Vec<f64>> {
    let mut out = vec![0.0; row.len()];
    LogSoftmax::new(temperature)?.product(Product::VectorJacobian, row, v, f64::EPSILON, &mut out)?;
    Ok(out)
}
