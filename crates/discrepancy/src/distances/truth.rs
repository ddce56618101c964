//! What the distances between rows of truth values share: a number other than 0 is true.

use super::pair::{Gradients, Pair, Wide, wide};
use super::termwise::Sums;
use crate::error::{Error, ErrorKind, Result};
use crate::number::Real;

/// The weights of the coordinates in which both rows, one of them or none is true.
pub(super) struct Truth<R> {
    pub(super) both: R,
    pub(super) first: R,
    pub(super) second: R,
    pub(super) neither: R,
}

impl Truth<Wide> {
    /// Counts; there are no gradients.
    pub(super) fn of(pair: &Pair<'_>, gradients: Option<&Gradients<'_>>) -> Result<Self> {
        if gradients.is_some() {
            return Err(Error::new(ErrorKind::NotDifferentiable, pair.function, "gradient", "values only"));
        }
        let zero = wide(0.0);
        let mut truth = Truth { both: zero, first: zero, second: zero, neither: zero };
        for (i, (a, b)) in pair.a.iter().zip(pair.b).enumerate() {
            let count = match (*a != 0.0, *b != 0.0) {
                (true, true) => &mut truth.both,
                (true, false) => &mut truth.first,
                (false, true) => &mut truth.second,
                (false, false) => &mut truth.neither,
            };
            *count = *count + wide(pair.scaled_weight(i));
        }
        Ok(truth)
    }
}

impl<R: Real> Truth<R> {
    /// From the sums of [`terms`].
    #[inline(always)]
    pub(super) fn of_sums([both, first, second, ..]: Sums<R>, count: f64) -> Self {
        Truth { both, first, second, neither: both.lit(count) - (both + (first + second)) }
    }
    /// The coordinates that differ; the same to the last bit if the rows change places.
    #[inline(always)]
    pub(super) fn unequal(&self) -> R {
        self.first + self.second
    }
}

/// Whether both, the first alone and the second alone are true, and a zero that notices what is not finite.
#[inline(always)]
pub(super) fn terms<R: Real>(a: R, b: R) -> Sums<R> {
    let (zero, one) = (a.lit(0.0), a.lit(1.0));
    let (is_a, is_b) = (R::when(a.same(zero), zero, one), R::when(b.same(zero), zero, one));
    let both = is_a * is_b;
    [both, is_a - both, is_b - both, (a - b) * 0.0, zero]
}

/// `x / y`; nothing out of nothing is nothing.
#[inline(always)]
pub(super) fn share<R: Real>(x: R, y: R) -> R {
    let zero = x.lit(0.0);
    R::when(x.same(zero), zero, x / y)
}

/// Writes what a distance of truth values is but its formula, `fn of<R: Real>(truth: &Truth<R>) -> R`.
macro_rules! truth {
    ($type:ident) => {
        impl Distance for $type {
            termwise!();
            fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
                Ok(Self::of(&Truth::of(pair, gradients.as_ref())?).round_to_machine())
            }
        }

        impl Termwise for $type {
            const COUNT: usize = 4;
            const CHECKED: bool = true;
            const SHAPE: Shape = Shape::Counts;
            fn nearest(&self) -> bool {
                true
            }
            #[inline(always)]
            fn terms<R: Real>(&self, a: R, b: R) -> Sums<R> {
                terms(a, b)
            }
            #[inline(always)]
            fn finish<R: Real>(&self, sums: Sums<R>, count: f64) -> R {
                Self::of(&Truth::of_sums(sums, count)) + sums[3]
            }
        }
    };
}
pub(super) use truth;
