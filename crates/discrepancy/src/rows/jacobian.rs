//! Products of a vector and the Jacobian of a map of rows, `J_ij = ∂image_i/∂x_j`, without the matrix.
//!
//! One formula serves all numbers: the careful ones of a row by itself (here), and the vectors of many rows at once
//! (`batch/products.rs`).

use super::shares::{Shares, check_length, check_scores};
use crate::error::{Error, ErrorKind, Result};
use crate::number::careful::{Careful, deepening, settled};
use crate::number::{Long, Real};
use std::ops::{Add, Div, Mul, Sub};

/// From which side a vector meets the Jacobian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// `J v`, the Jacobian-vector product: how the images move when the scores move along v.
    JacobianVector,
    /// `Jᵀ v`, the vector-Jacobian product: the gradient in the scores, where v is the gradient in the images.
    VectorJacobian,
}

/// Numbers that products are made of; more than [`Real`] numbers are.
pub(crate) trait Arithmetic:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
}
impl<R: Real> Arithmetic for R {}

/// What a product needs of a class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Class<R> {
    /// `e^((x - M)/T)`, with M the largest score.
    pub(crate) weight: R,
    /// v there …
    pub(crate) v: R,
    /// … and less v at the largest score, which leaves little to cancel.
    pub(crate) relative: R,
}

/// What a product needs of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProductRow<R> {
    pub(crate) zero: R,
    /// The sum of all weights but that of the largest score, which is 1 …
    pub(crate) rest: R,
    /// … and with it.
    pub(crate) total: R,
    /// The sum of the formula's terms over the same classes.
    pub(crate) sum: R,
    /// v at the largest score.
    pub(crate) v: R,
}

/// A product, but for the division by T: a difference, which may cancel, and where it says so times the probability of
/// the class. The largest score's class has a difference of its own: its probability may be next to 1, where only the
/// others have digits.
pub(crate) trait ProductFormula {
    /// Whether the difference is multiplied by the probability.
    const OF_SHARES: bool;
    /// What is summed.
    fn term<R: Arithmetic>(class: Class<R>) -> R;
    /// A number of the row, computed once.
    fn number<R: Arithmetic>(row: ProductRow<R>) -> R;
    /// The difference at a class, by that number.
    fn difference<R: Arithmetic>(class: Class<R>, number: R) -> R;
    /// The difference at the first of the largest scores.
    fn difference_at_top<R: Arithmetic>(row: ProductRow<R>, number: R) -> R;
}

/// The numbers of a row that its product needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers<R> {
    row: ProductRow<R>,
    /// The formula's own.
    pub(super) number: R,
    inverse: R,
}

fn class<R: Careful>(shares: &Shares<R>, v: &[f64], k: usize) -> Class<R> {
    Class { weight: shares.weight[k], v: R::of(v[k]), relative: R::of(v[k]) - v[shares.top] }
}

/// Of a row taken apart; there is a v for each class.
pub(super) fn numbers<F: ProductFormula, R: Careful>(shares: &Shares<R>, v: &[f64]) -> Numbers<R> {
    let others = (0..v.len()).filter(|k| *k != shares.top);
    let sum = others.fold(R::of(0.0), |sum, k| {
        crate::stop::look_at(k);
        sum + F::term(class(shares, v, k))
    });
    let (rest, total) = (shares.rest, shares.total);
    let row = ProductRow { zero: R::of(0.0), rest, total, sum, v: R::of(v[shares.top]) };
    Numbers { row, number: F::number(row), inverse: R::of(1.0) / row.total }
}

/// The product at class j, but for the division by T.
pub(super) fn at<F: ProductFormula, R: Careful>(shares: &Shares<R>, numbers: &Numbers<R>, v: &[f64], j: usize) -> R {
    let difference = if j == shares.top {
        F::difference_at_top(numbers.row, numbers.number)
    } else {
        F::difference(class(shares, v, j), numbers.number)
    };
    // The difference first: a weight below the range of floats, which is 0 with a bound, may be lifted into it.
    if F::OF_SHARES { difference * shares.weight[j] * numbers.inverse } else { difference }
}

/// The product of a row in 256 bits, not rounded.
pub(super) fn truth<F: ProductFormula>(
    function: &str,
    (row, v): (&[f64], &[f64]),
    temperature: f64,
) -> Result<Vec<Long>> {
    let shares = Shares::<Long>::new(function, row, temperature)?;
    let numbers = numbers::<F, Long>(&shares, v);
    Ok((0..v.len()).map(|j| at::<F, _>(&shares, &numbers, v, j).over_number(temperature)).collect())
}

/// Writes the product of a row, for results of a type of this spacing at 1.
pub(super) fn product<F: ProductFormula>(
    function: &str,
    (row, v): (&[f64], &[f64]),
    temperature: f64,
    epsilon: f64,
    out: &mut [f64],
) -> Result<()> {
    check_scores(function, row)?;
    check_length(function, "v", v.len(), row.len())?;
    check_length(function, "out", out.len(), row.len())?;
    if let Some(i) = v.iter().position(|v| !v.is_finite()) {
        return Err(Error::new(ErrorKind::NonFinite, function, "v", "finite numbers").at(i).value(v[i]));
    }
    let mut parts = deepening!(epsilon, |R| {
        let shares = Shares::<R>::new(function, row, temperature)?;
        let numbers = numbers::<F, R>(&shares, v);
        Ok((shares, numbers))
    });
    for (j, out) in out.iter_mut().enumerate() {
        *out = settled!(parts, |(shares, numbers)| at::<F, _>(shares, numbers, v, j).over_number(temperature))?;
    }
    Ok(())
}
