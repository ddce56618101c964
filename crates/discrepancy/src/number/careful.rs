//! Formulas of whole rows in three precisions: one float and two floats with a bound of their errors, and 256 bits where
//! the bound is too wide. What the blocks of pointwise losses do inside, for formulas that make a vector of results.

use super::guarded::power;
use super::{Guarded, Long, Real, Twofold};
use crate::error::Result;
use std::cmp::Ordering;

/// One float, with a bound of its errors.
pub(crate) type Quick = Guarded<f64, f64>;

/// Twofold, with a bound of its errors.
pub(crate) type Checked = Guarded<Twofold<f64>, f64>;

/// A number of more digits than `f64` has.
pub(crate) trait Careful: Real<Mask = bool> + Send + Sync {
    /// Exactly `x`.
    fn of(x: f64) -> Self;
    /// About as large as it is; infinite or NaN where the range of `f64` was left.
    fn leading(self) -> f64;
    /// The number as one float, rounded once.
    fn round(self) -> f64;
    /// Exactly the head, and how far the truth may be from it.
    fn checked(self) -> Checked;
    /// `e^self` for `self <= 0`; what is certainly too small to be seen need not be computed.
    fn exp_of_gap(self) -> Self;
    /// Whether it is certainly 0.
    fn is_zero(self) -> bool {
        self.same(self.lit(0.0))
    }
    /// On which side of 0 it is, if that is certain.
    fn side(self) -> Option<Ordering>;
    /// `self - other`; 0 where all that is left is what 256 bits round away, so that equal numbers are equal however they were
    /// come by.
    fn apart(self, other: Self) -> Self {
        self - other
    }
    /// Over a number; 1 leaves all bits as they are.
    fn over_number(self, divisor: f64) -> Self {
        if divisor == 1.0 { self } else { self / divisor }
    }
}

impl Careful for Checked {
    fn of(x: f64) -> Checked {
        Guarded::exact(Twofold::from(x))
    }
    fn leading(self) -> f64 {
        self.value.high
    }
    fn round(self) -> f64 {
        if self.value.high.is_infinite() { self.value.high } else { self.value.round_to_machine() }
    }
    fn checked(self) -> Checked {
        self
    }
    fn exp_of_gap(self) -> Checked {
        if self.value.high < -750.0 {
            // Below half the smallest subnormal, 2^-1075; masks of -1e9 are common.
            return Guarded { value: Twofold::from(0.0), error: power(-1022) * power(-52) };
        }
        self.exp()
    }
    fn side(self) -> Option<Ordering> {
        let (size, zero) = (self.value.high, self.error == 0.0);
        let certain = size.abs() > self.error || size == 0.0 && zero;
        certain.then(|| size.partial_cmp(&0.0)).flatten()
    }
}

impl Careful for Quick {
    fn of(x: f64) -> Quick {
        Guarded::exact(x)
    }
    fn leading(self) -> f64 {
        self.value
    }
    fn round(self) -> f64 {
        self.value
    }
    fn checked(self) -> Checked {
        Guarded { value: Twofold::from(self.value), error: self.error }
    }
    fn exp_of_gap(self) -> Quick {
        if self.value < -708.0 {
            return Guarded { value: 0.0, error: power(-1021) };
        }
        self.exp()
    }
    fn side(self) -> Option<Ordering> {
        let (size, zero) = (self.value, self.error == 0.0);
        let certain = size.abs() > self.error || size == 0.0 && zero;
        certain.then(|| size.partial_cmp(&0.0)).flatten()
    }
}

impl Careful for Long {
    fn of(x: f64) -> Long {
        Long::from(x)
    }
    fn leading(self) -> f64 {
        self.to_f64()
    }
    fn round(self) -> f64 {
        self.to_f64()
    }
    fn checked(self) -> Checked {
        let high = self.to_f64();
        let value = Twofold { high, low: if high.is_finite() { (self - high).to_f64() } else { 0.0 } };
        Guarded { value, error: high.abs() * power(-104) + f64::MIN_POSITIVE * f64::EPSILON }
    }
    fn exp_of_gap(self) -> Long {
        self.exp()
    }
    fn apart(self, other: Long) -> Long {
        // Elementary functions are right to some 230 bits.
        let (rest, least) = (self - other, self.abs().max(other.abs()) * power(-200));
        if rest.abs().lt(least) { Long::of(0.0) } else { rest }
    }
    fn side(self) -> Option<Ordering> {
        let zero = self.lit(0.0);
        Some(if self.lt(zero) {
            Ordering::Less
        } else if zero.lt(self) {
            Ordering::Greater
        } else {
            Ordering::Equal
        })
    }
}

/// Whether rounding to a type of this spacing at 1 gives the right number, to 0.508 units in the last place.
pub(crate) fn sure(x: Checked, epsilon: f64) -> bool {
    let size = x.value.high.abs();
    if !size.is_finite() || x.error.is_nan() {
        // Only a limit that was written as one has no error.
        return size == f64::INFINITY && x.error == 0.0;
    }
    // What certainly rounds to 0: 2^-1075 and 2^-150 are halves of the smallest subnormals.
    let nothing = if epsilon > power(-30) { size + x.error < power(-200) } else { size == 0.0 && x.error < LEAST };
    nothing || x.error <= size * (epsilon / 256.0) && (size >= power(-900) || epsilon > power(-30))
}

/// The smallest number of all: an error below it is of a number that is 0 in `f64`.
const LEAST: f64 = f64::from_bits(1);

/// Something in three precisions, each made when it is first needed: one float, for results of 24 bits or fewer, two
/// floats, and 256 bits. Made by [`deepening!`].
pub(crate) struct Deepening<Q, C, D, MakeQ, MakeC, MakeD> {
    quick: (Option<Q>, MakeQ),
    checked: (Option<C>, MakeC),
    deep: (Option<D>, MakeD),
    /// The spacing at 1 of the type that results are rounded to.
    pub(crate) epsilon: f64,
}

fn made<T>((kept, make): &mut (Option<T>, impl FnMut() -> Result<T>)) -> Result<&T> {
    if kept.is_none() {
        *kept = Some(make()?);
    }
    Ok(kept.as_ref().unwrap_or_else(|| unreachable!("made above")))
}

impl<Q, C, D, MakeQ, MakeC, MakeD> Deepening<Q, C, D, MakeQ, MakeC, MakeD>
where
    MakeQ: FnMut() -> Result<Q>,
    MakeC: FnMut() -> Result<C>,
    MakeD: FnMut() -> Result<D>,
{
    pub(crate) fn new(epsilon: f64, quick: MakeQ, checked: MakeC, deep: MakeD) -> Self {
        Deepening { quick: (None, quick), checked: (None, checked), deep: (None, deep), epsilon }
    }
    /// Whether one float may be enough.
    pub(crate) fn is_quick(&self) -> bool {
        self.epsilon > power(-30)
    }
    pub(crate) fn quick(&mut self) -> Result<&Q> {
        made(&mut self.quick)
    }
    pub(crate) fn checked(&mut self) -> Result<&C> {
        made(&mut self.checked)
    }
    pub(crate) fn deep(&mut self) -> Result<&D> {
        made(&mut self.deep)
    }
}

/// `deepening!(epsilon, |R| expression)`: an expression with a number type in it, a `Result`, in three precisions.
macro_rules! deepening {
    ($epsilon:expr, |$number:ident| $expression:expr) => {
        $crate::number::careful::Deepening::new(
            $epsilon,
            || {
                type $number = $crate::number::careful::Quick;
                $expression
            },
            || {
                type $number = $crate::number::careful::Checked;
                $expression
            },
            || {
                type $number = $crate::number::Long;
                $expression
            },
        )
    };
}
pub(crate) use deepening;

/// An expression of what a [`Deepening`] holds, rounded once, in the first precision that is sure of it.
macro_rules! settled {
    ($parts:expr, |$part:pat_param| $expression:expr) => {{
        use $crate::number::careful::Careful;
        'settled: {
            $crate::stop::look();
            if $parts.is_quick() {
                match $parts.quick().map(|$part| $expression) {
                    Ok(quick) if quick.sure_single() => break 'settled Ok(quick.value),
                    Ok(_) => {}
                    Err(error) => break 'settled Err(error),
                }
            }
            let epsilon = $parts.epsilon;
            match $parts.checked().map(|$part| $expression) {
                Ok(checked) if $crate::number::careful::sure(checked, epsilon) => Ok(Careful::round(checked)),
                Ok(_) => $parts.deep().map(|$part| Careful::round($expression)),
                Err(error) => Err(error),
            }
        }
    }};
}
pub(crate) use settled;

/// On which side of 0 an expression of what a [`Deepening`] holds is, in the first precision that is certain of it: one float
/// is tried for every type.
macro_rules! decided {
    ($parts:expr, |$part:pat_param| $expression:expr) => {{
        use $crate::number::careful::Careful;
        'decided: {
            match $parts.quick().map(|$part| $expression.side()) {
                Ok(Some(side)) => break 'decided Ok(side),
                Ok(None) => {}
                Err(error) => break 'decided Err(error),
            }
            match $parts.checked().map(|$part| $expression.side()) {
                Ok(Some(side)) => Ok(side),
                Ok(None) => $parts.deep().map(|$part| $expression.side().unwrap_or(std::cmp::Ordering::Equal)),
                Err(error) => Err(error),
            }
        }
    }};
}
pub(crate) use decided;
