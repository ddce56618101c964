//! A quadratic form of a difference in whole numbers: where its terms cancel so far that twofold precision keeps too
//! little.

use super::exact_angle::{Far, whole};
use super::mahalanobis::negative;
use super::pair::{Gradients, Pair};
use crate::error::Result;
use num_bigint::{BigInt, Sign};

/// `d · V · d` with what it is made of.
pub(super) struct ExactForm {
    difference: Vec<BigInt>,
    /// Twice the symmetric part of V times the difference.
    rows: Vec<BigInt>,
    /// Of the differences and of the matrix.
    exponents: [i64; 2],
}

impl ExactForm {
    pub(super) fn new(pair: &Pair<'_>, matrix: &[f64]) -> ExactForm {
        let n = pair.a.len();
        // On one exponent, so that differences are whole numbers too.
        let (both, exponent) = whole(pair.a.iter().chain(pair.b).copied());
        let difference: Vec<BigInt> = both[..n].iter().zip(&both[n..]).map(|(a, b)| a - b).collect();
        let (matrix, own) = whole(matrix.iter().copied());
        let row = |i: usize| (0..n).map(|j| (&matrix[i * n + j] + &matrix[j * n + i]) * &difference[j]).sum();
        let rows = (0..n).map(row).collect();
        ExactForm { difference, rows, exponents: [exponent, own] }
    }

    /// The root, and its slopes where wanted.
    pub(super) fn compute(&self, function: &str, gradients: Option<Gradients<'_>>) -> Result<f64> {
        // Twice the form.
        let twice: BigInt = self.difference.iter().zip(&self.rows).map(|(d, row)| d * row).sum();
        if twice.sign() == Sign::Minus {
            return Err(negative(function));
        }
        let [exponent, own] = self.exponents;
        // √(V 2^own · d² 2^2exponent), the exponents brought to an even number.
        let odd = (own - 1).rem_euclid(2);
        let norm = Far::of(&(twice << odd as u64)).root();
        let half = (own - 1 - odd) / 2;
        if let Some(mut gradients) = gradients {
            for (i, row) in self.rows.iter().enumerate() {
                // Σ (V + Vᵀ) d / (2 |d|): the exponent of the differences cancels.
                let slope = if norm.is_zero() { 0.0 } else { Far::of(row).over(norm).round(own - half - 1) };
                gradients.opposite(i, slope);
            }
        }
        Ok(if norm.is_zero() { 0.0 } else { norm.round(exponent + half) })
    }
}
