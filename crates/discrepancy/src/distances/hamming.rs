use super::Distance;
use super::pair::{Gradients, Pair, length, total, wide};
use super::termwise::{Sums, Termwise, termwise};
use crate::catalog::DataDomain;
use crate::error::{Error, ErrorKind, Result};
use crate::number::Real;

crate::entry! {
    /// Hamming distance: the fraction of coordinates that differ. It has no derivative.
    ///
    /// For packed bits there is `hamming_bits`, for labels of any type `hamming_labels`.
    Hamming("hamming") in Distance as Pair {}
    aliases: [];
    formula: r"\frac1n \sum_i [a_i \ne b_i]";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric, NonNegative, Bounded, Metric, NotDifferentiable];
    source: "Hamming 1950, doi:10.1002/j.1538-7305.1950.tb00463.x";
    reference: [
        "": [[1.0, 2.0, 3.0, 4.0], [1.0, 0.0, 3.0, 4.0]] => [0.25];
    ];
}

impl Distance for Hamming {
    termwise!();
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        if gradients.is_some() {
            return Err(Error::new(ErrorKind::NotDifferentiable, pair.function, "gradient", "values only"));
        }
        let weight = |i: usize| wide(pair.scaled_weight(i));
        let differ = total((0..pair.a.len()).filter(|i| pair.a[*i] != pair.b[*i]).map(weight));
        Ok((differ / total((0..pair.a.len()).map(weight))).round_to_machine())
    }
}

/// The fraction of labels that differ.
///
/// ```
/// use discrepancy::distances::hamming_labels;
/// assert_eq!(hamming_labels(&["cat", "dog"], &["cat", "cow"])?, 0.5);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn hamming_labels<T: PartialEq>(a: &[T], b: &[T]) -> Result<f64> {
    length("hamming_labels", "b", b.len(), a.len())?;
    if a.is_empty() {
        return Err(Error::new(ErrorKind::NoContributingRows, "hamming_labels", "a", "at least one label"));
    }
    let differ = a.iter().zip(b).filter(|(a, b)| a != b).count();
    Ok(differ as f64 / a.len() as f64)
}

impl Termwise for Hamming {
    const COUNT: usize = 2;
    #[inline(always)]
    fn terms<R: Real>(&self, a: R, b: R) -> Sums<R> {
        let (zero, one) = (a.lit(0.0), a.lit(1.0));
        // Numbers that are not finite have no difference.
        [R::when(a.same(b), zero, one), (a - b) * 0.0, zero, zero, zero]
    }
    fn finish<R: Real>(&self, sums: Sums<R>, count: f64) -> R {
        sums[0] / count + sums[1]
    }
}
