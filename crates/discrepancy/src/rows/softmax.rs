//! Softmax, its logarithm and its Jacobian.

use super::RowMap;
use super::shares::{Shares, Wide, check_length, settle, wide};
use crate::catalog::{Arguments, DataDomain, Domain, Entry, Interval, Value};
use crate::error::Result;

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
}

impl RowMap for Softmax {
    fn entry(&self) -> &'static Entry {
        Self::ENTRY
    }
    fn arguments(&self) -> Arguments {
        self.parameter_values()
    }
    fn apply(&self, row: &[f64], out: &mut [f64]) -> Result<()> {
        check_length(Self::ENTRY.name, "out", out.len(), row.len())?;
        out.copy_from_slice(&softmax(row, self.temperature)?);
        Ok(())
    }
}

/// Takes the row apart after checking the temperature.
fn shares(row: &[f64], temperature: f64) -> Result<Shares> {
    Softmax::new(temperature)?;
    Shares::new(Softmax::ENTRY.name, row, temperature)
}

/// The probabilities `e^(z_i/T) / Σ e^(z_k/T)`.
pub fn softmax(row: &[f64], temperature: f64) -> Result<Vec<f64>> {
    let shares = shares(row, temperature)?;
    Ok((0..row.len()).map(|j| shares.probability(j).round_to_machine()).collect())
}

/// The logarithms of the probabilities, exact near probability 1 and minus infinity at 0.
pub fn log_softmax(row: &[f64], temperature: f64) -> Result<Vec<f64>> {
    let shares = shares(row, temperature)?;
    Ok((0..row.len()).map(|j| settle(-shares.surprise(j), || f64::NEG_INFINITY)).collect())
}

/// The Jacobian `p_i (δ_ij - p_j) / T`, C×C, row by row; it is symmetric.
pub fn jacobian(row: &[f64], temperature: f64) -> Result<Vec<f64>> {
    let shares = shares(row, temperature)?;
    let classes = row.len();
    let p: Vec<Wide> = (0..classes).map(|j| shares.probability(j)).collect();
    let entry = |i: usize, j: usize| if i == j { p[i] * shares.complement(i) } else { -(p[i] * p[j]) };
    Ok((0..classes * classes).map(|k| over(entry(k / classes, k % classes), temperature)).collect())
}

/// The Jacobian times a vector (from either side), without the matrix.
pub fn jacobian_vector_product(row: &[f64], temperature: f64, v: &[f64]) -> Result<Vec<f64>> {
    check_length(Softmax::ENTRY.name, "v", v.len(), row.len())?;
    let shares = shares(row, temperature)?;
    Ok(product(&shares, v).0.into_iter().map(|x| over(x, temperature)).collect())
}

fn over(x: Wide, temperature: f64) -> f64 {
    if temperature == 1.0 { x.round_to_machine() } else { (x / temperature).round_to_machine() }
}

/// `(diag(p) - p pᵀ) v`, and `p · v`.
pub(super) fn product(shares: &Shares, v: &[f64]) -> (Vec<Wide>, Wide) {
    // (J v)_i = p_i (v_i - p·v). Taking v of the top class from all of v first leaves nothing to cancel.
    let top = v[shares.top];
    let relative: Vec<Wide> = v.iter().map(|&x| Wide::sum(x, -top)).collect();
    let mean = relative.iter().enumerate().fold(wide(0.0), |sum, (j, &u)| sum + shares.probability(j) * u);
    let product = relative.iter().enumerate().map(|(j, &u)| shares.probability(j) * (u - mean)).collect();
    (product, mean.plus(top))
}
