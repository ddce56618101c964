//! Softmax, its logarithm and its Jacobian.

use super::RowMap;
use super::shares::{Deep, Deepening, Shares, Tracked, Wide, Wider, check_length, settle, settled};
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
        /// The scores are divided by it: large for even, small for sharp probabilities.
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

/// The row taken apart, after checking the temperature.
fn parts(row: &[f64], temperature: f64) -> Result<Shares<Wide>> {
    Softmax::new(temperature)?;
    Shares::new(Softmax::ENTRY.name, row, temperature)
}

/// The probabilities `e^(z_i/T) / Σ e^(z_k/T)`.
pub fn softmax(row: &[f64], temperature: f64) -> Result<Vec<f64>> {
    let shares = parts(row, temperature)?;
    Ok((0..row.len()).map(|j| shares.probability(j).round()).collect())
}

/// The logarithms of the probabilities, exact near probability 1 and minus infinity at 0.
pub fn log_softmax(row: &[f64], temperature: f64) -> Result<Vec<f64>> {
    let shares = parts(row, temperature)?;
    Ok((0..row.len()).map(|j| settle(-shares.surprise(j), || f64::NEG_INFINITY)).collect())
}

/// The Jacobian `p_i (δ_ij - p_j) / T`, C×C, row by row; it is symmetric.
pub fn jacobian(row: &[f64], temperature: f64) -> Result<Vec<f64>> {
    let shares = parts(row, temperature)?;
    let classes = row.len();
    let p: Vec<Wide> = (0..classes).map(|j| shares.probability(j)).collect();
    let entry = |i: usize, j: usize| if i == j { p[i] * shares.complement(i) } else { -(p[i] * p[j]) };
    Ok((0..classes * classes).map(|k| (entry(k / classes, k % classes) / temperature).round()).collect())
}

/// The Jacobian times a vector (from either side), without the matrix.
pub fn jacobian_vector_product(row: &[f64], temperature: f64, v: &[f64]) -> Result<Vec<f64>> {
    check_length(Softmax::ENTRY.name, "v", v.len(), row.len())?;
    Softmax::new(temperature)?;
    let deep = || Ok(with_mean(Shares::<Deep>::new(Softmax::ENTRY.name, row, temperature)?, v));
    let plain = with_mean(Shares::<Wide>::new(Softmax::ENTRY.name, row, temperature)?, v);
    let mut parts = Deepening::new(plain, deep, f64::EPSILON);
    let one = |j: usize| settled!(parts, |(shares, mean)| product(shares, *mean, v, j).over_number(temperature), || f64::NAN);
    (0..row.len()).map(one).collect()
}

/// With the mean of v, less its value at the top class.
pub(super) fn with_mean<R: Wider>(shares: Shares<R>, v: &[f64]) -> (Shares<R>, Tracked<R>) {
    let term = |k: usize| Tracked::of(shares.probability(k) * relative(&shares, v, k));
    let mean = (0..v.len()).fold(Tracked::zero(), |sum, k| sum.plus(term(k)));
    (shares, mean)
}

/// `v_k` less its value at the top class, which leaves little to cancel.
fn relative<R: Wider>(shares: &Shares<R>, v: &[f64], k: usize) -> R {
    R::of(v[k]) - v[shares.top]
}

/// `((diag(p) - p pᵀ) v)_j = p_j (v_j - p·v)`.
pub(super) fn product<R: Wider>(shares: &Shares<R>, mean: Tracked<R>, v: &[f64], j: usize) -> Tracked<R> {
    Tracked::of(relative(shares, v, j)).plus(mean.times(R::of(-1.0))).times(shares.probability(j))
}
