use super::Distance;
use super::exact_form::ExactForm;
use super::pair::{Gradients, Pair, Wide, length, normalise, scaled, wide};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::number::Real;

crate::entry! {
    /// Mahalanobis distance: in units of the spread in each direction, with correlations taken out.
    ///
    /// The matrix is given row by row, n numbers n times; only its symmetric part counts. It must not be negative
    /// along the difference, which is an error. Where numbers cancel, as they do with strong correlations, whole
    /// numbers are used. Coordinates have no weights of their own here.
    Mahalanobis("mahalanobis") in Distance as Pair {
        /// V, the inverse of the covariance matrix, row by row; the vectors have as many coordinates as it has rows.
        inverse_covariance: Vec<f64> = Value::List(Vec::new()), Domain::list(Interval::open(f64::NEG_INFINITY, f64::INFINITY));
    }
    aliases: [];
    formula: r"\sqrt{\sum_{i,j} (a_i - b_i) V_{ij} (a_j - b_j)}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, NonNegative, Metric];
    source: "Mahalanobis 1936, Proceedings of the National Institute of Sciences of India 2 (1)";
    reference: [
        "inverse_covariance=[2 -1 -1 2]": [[0.0, 0.0], [1.0, 3.0]] => [3.7416573867739413];
    ];
}

/// Twofold sums keep some 100 bits and results need 54: beyond a cancellation of so much, whole numbers are used.
const SPARE: f64 = 1.0 / 17_592_186_044_416.0;
/// Sums of terms below this may have lost bits.
const TINY: f64 = 1e-200;

/// A sum and the sum of the sizes of its terms.
fn both(terms: impl Iterator<Item = Wide>) -> (Wide, f64) {
    terms.fold((wide(0.0), 0.0), |(sum, size), term| (sum + term, size + term.high.abs()))
}
/// Whether too much of it cancelled.
fn lost((sum, size): &(Wide, f64)) -> bool {
    *size < TINY || sum.high.abs() < size * SPARE
}

impl Distance for Mahalanobis {
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let n = pair.a.len();
        length(pair.function, "inverse_covariance", self.inverse_covariance.len(), n * n)?;
        if pair.weighted() {
            let allowed = "no weights; put them into the matrix";
            return Err(Error::new(ErrorKind::Unsupported, pair.function, "weights", allowed));
        }
        let (d, exponent) = pair.differences();
        let mut matrix: Vec<Wide> = self.inverse_covariance.iter().map(|v| wide(*v)).collect();
        let own = normalise(&mut matrix);
        // An even exponent, for the root.
        let odd = own & 1;
        let half = (own - odd) / 2;
        // (V + Vᵀ) d / 2
        let row = |i: usize| {
            both((0..n).flat_map(|j| [matrix[i * n + j], matrix[j * n + i]].map(|v| v * d[j] * (0.5 * f64::from(1 + odd)))))
        };
        let rows: Vec<(Wide, f64)> = (0..n).map(row).collect();
        let square = both((0..n).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| {
            d[i] * matrix[i * n + j] * d[j] * f64::from(1 + odd)
        }));
        if d.iter().all(|d| d.high == 0.0) {
            if let Some(mut gradients) = gradients {
                (0..n).for_each(|i| gradients.opposite(i, 0.0));
            }
            return Ok(0.0);
        }
        if lost(&square) || gradients.is_some() && rows.iter().any(lost) {
            return ExactForm::new(pair, &self.inverse_covariance).compute(pair.function, gradients);
        }
        if square.0.high < 0.0 {
            return Err(negative(pair.function));
        }
        let norm = square.0.sqrt();
        if let Some(mut gradients) = gradients {
            for (i, (slope, _)) in rows.iter().enumerate() {
                gradients.opposite(i, scaled((*slope / norm).round_to_machine(), half));
            }
        }
        Ok(scaled(norm.round_to_machine(), exponent + half))
    }
}

/// What is wrong with a matrix that is negative in some direction.
pub(super) fn negative(function: &str) -> Error {
    let allowed = "a matrix that is not negative in any direction";
    Error::new(ErrorKind::Domain, function, "inverse_covariance", allowed)
}
