//! What the gradients of a reduction are divided by.

use crate::error::{Error, ErrorKind, Result};
use crate::number::Long;
use crate::number::careful::Careful;
use crate::number::guarded::power;
use crate::sums::ExactSum;

/// A positive number: a float times a power of two, because a sum of weights may lie beyond the range of floats.
///
/// ```
/// use discrepancy::{batch::{Evaluation, Reduction}, losses::Squared};
/// let squared = Squared::default();
/// let batch = Evaluation::new(&squared, &[1.0, 2.0], &[0.0, 0.0])?.weights(&[1e308, 1e308])?;
/// let mut gradient = [0.0; 2];
/// batch.part_and_gradient_into(batch.divisor(Reduction::Mean)?, &mut gradient)?;
/// assert_eq!(gradient, [1.0, 2.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divisor {
    significand: f64,
    /// 0 where the number is a float well inside the range.
    exponent: i64,
}

/// Between these, neither products nor quotients of floats leave the range.
const LEAST: f64 = power(-900);
const MOST: f64 = power(900);

impl From<f64> for Divisor {
    fn from(divisor: f64) -> Divisor {
        Divisor { significand: divisor, exponent: 0 }
    }
}

impl Divisor {
    /// Of gradients that are not divided.
    pub const ONE: Divisor = Divisor { significand: 1.0, exponent: 0 };

    /// A sum of weights; a mean over nothing is an error.
    pub(super) fn of_sum(function: &str, sum: &ExactSum) -> Result<Divisor> {
        let plain = sum.to_f64();
        if (LEAST..=MOST).contains(&plain) {
            return Ok(plain.into());
        }
        let (significand, exponent) = sum.to_scaled();
        if significand == 0.0 {
            return Err(Self::nothing(function));
        }
        Ok(Divisor { significand, exponent })
    }

    /// A number of rows.
    pub(super) fn of_count(function: &str, count: usize) -> Result<Divisor> {
        if count == 0 { Err(Self::nothing(function)) } else { Ok((count as f64).into()) }
    }

    fn nothing(function: &str) -> Error {
        Error::new(ErrorKind::NoContributingRows, function, "rows", "rows of a positive weight")
    }

    /// The number as a float, where that is well inside the range.
    #[inline(always)]
    pub(super) fn plain(self) -> Option<f64> {
        (self.exponent == 0 && (LEAST..=MOST).contains(&self.significand)).then_some(self.significand)
    }

    /// The number over a power of two, well inside the range of floats, and that power, where the number is not there itself.
    pub(super) fn lifted(self) -> Option<(Divisor, i32)> {
        let power = i32::try_from(self.exponent).ok().filter(|_| self.plain().is_none())?;
        Some((self.significand.into(), power))
    }

    /// `slope · weight / self`. A weight of 0 wins over any slope.
    #[inline(always)]
    pub(super) fn share(self, slope: f64, weight: f64) -> f64 {
        let product = slope * weight;
        match self.plain() {
            Some(divisor) if weight == 1.0 || safe(slope, product) => product / divisor,
            _ => self.share_times(slope, 0, weight),
        }
    }

    /// The same of a slope times a power of two, whatever leaves the range on the way.
    #[cold]
    pub(super) fn share_times(self, slope: f64, power: i64, weight: f64) -> f64 {
        if weight == 0.0 && !slope.is_nan() {
            return 0.0_f64.copysign(slope);
        }
        self.share_of(Long::of(slope) * weight, power)
    }

    /// `x · 2^power / self`.
    pub(super) fn share_of(self, x: Long, power: i64) -> f64 {
        (x / self.significand).scaled(power - self.exponent).to_f64()
    }
}

/// Whether a slope's product with a weight lost nothing for the range of floats.
#[inline(always)]
pub(super) fn safe(slope: f64, product: f64) -> bool {
    (LEAST..=MOST).contains(&product.abs()) || slope == 0.0
}
