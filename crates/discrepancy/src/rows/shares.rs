//! What every softmax needs: the row's exponentials relative to its largest score.

use super::Target;
use super::labelled::{Answer, Labelled};
use crate::distances::pair::{exponent, scaled};
use crate::error::{Error, ErrorKind, Result};
use crate::number::Twofold;
use crate::number::careful::Careful;
use crate::number::guarded::power;
use crate::stop::look_at;

/// A row of scores `x/T`, taken apart so that nothing cancels.
///
/// With M the largest score and `w_j = e^(z_j - M)`, `Σ w = 1 + rest`: the 1 of the largest score is kept apart,
/// so a confident row keeps all digits of `rest`, be it 1e-17.
#[derive(Debug)]
pub(crate) struct Shares<R> {
    /// `z_j - M`, minus infinity for a score of minus infinity.
    pub(crate) shift: Vec<R>,
    /// `e^(z_j - M)`.
    pub(crate) weight: Vec<R>,
    /// The first of the largest scores.
    pub(crate) top: usize,
    /// The largest score, over the temperature.
    pub(crate) largest: R,
    /// The sum of all weights but the top's.
    pub(crate) rest: R,
    /// `1 + rest`.
    pub(crate) total: R,
    /// `ln(1 + rest)`.
    log: R,
}

impl<R: Careful> Shares<R> {
    /// Of a row of `f64` scores.
    pub(crate) fn new(function: &str, row: &[f64], temperature: f64) -> Result<Self> {
        check_scores(function, row)?;
        let scores: Vec<R> = row.iter().map(|&x| R::of(x)).collect();
        Self::of_scores(function, &scores, temperature)
    }

    /// Of scores that are finite or minus infinity.
    pub(crate) fn of_scores(function: &str, scores: &[R], temperature: f64) -> Result<Self> {
        let mut top = 0;
        for (j, x) in scores.iter().enumerate() {
            look_at(j);
            if scores[top].lt(*x) {
                top = j;
            }
        }
        let Some(&largest) = scores.get(top).filter(|x| x.leading().is_finite()) else {
            let allowed = "a row with at least one finite score";
            let error = Error::new(ErrorKind::NonFinite, function, "prediction", allowed);
            return Err(error.value("a row of -inf"));
        };
        // A difference beyond `f64` is not a number in twofold precision; the deeper one has no such limit.
        let gap = |x: R| if x.leading() == f64::NEG_INFINITY { x } else { x - largest };
        Ok(Self::of_gaps(scores.iter().map(|x| gap(*x)), top, largest, temperature))
    }
    /// Of what scores differ from the largest by, which is that of class `top`.
    pub(crate) fn of_gaps(gaps: impl Iterator<Item = R>, top: usize, largest: R, temperature: f64) -> Self {
        let none = |x: R| x.leading() == f64::NEG_INFINITY;
        let shift: Vec<R> = gaps.map(|gap| if none(gap) { gap } else { gap.over_number(temperature) }).collect();
        let weight = |(j, s): (usize, &R)| {
            look_at(j);
            if none(*s) { R::of(0.0) } else { s.exp_of_gap() }
        };
        let weight: Vec<R> = shift.iter().enumerate().map(weight).collect();
        let mut rest = R::of(0.0);
        for (j, &w) in weight.iter().enumerate() {
            look_at(j);
            if j != top {
                rest = rest + w;
            }
        }
        let largest = largest.over_number(temperature);
        Shares { shift, weight, top, largest, rest, total: rest + 1.0, log: rest.ln_1p() }
    }

    /// How many classes.
    pub(crate) fn classes(&self) -> usize {
        self.weight.len()
    }
    /// The probability of class j.
    pub(crate) fn probability(&self, j: usize) -> R {
        self.weight[j] / self.total
    }
    /// The sum of the weights of all other classes, without cancellation.
    pub(crate) fn others(&self, j: usize) -> R {
        // A weight other than the top's is at most 1, and the total is at least 1 more.
        if j == self.top { self.rest } else { self.total - self.weight[j] }
    }
    /// One minus the probability of class j.
    pub(crate) fn complement(&self, j: usize) -> R {
        self.others(j) / self.total
    }
    /// `-ln p_j`; infinity where the probability is 0.
    pub(crate) fn surprise(&self, j: usize) -> R {
        let shift = self.shift[j];
        if shift.leading() == f64::NEG_INFINITY { R::of(f64::INFINITY) } else { self.log - shift }
    }
    /// `ln p_j`, two terms of one sign; minus infinity where the probability is 0.
    pub(crate) fn log_probability(&self, j: usize) -> R {
        let shift = self.shift[j];
        if shift.leading() == f64::NEG_INFINITY { R::of(f64::NEG_INFINITY) } else { shift - self.log }
    }
    /// `ln Σ e^z`.
    pub(crate) fn logsumexp(&self) -> R {
        self.log + self.largest
    }
    /// The row as a loss of a label sees it.
    pub(crate) fn labelled(&self, label: usize) -> Labelled<R> {
        Labelled {
            surprise: self.surprise(label),
            weight: self.weight[label],
            others: self.others(label),
            total: self.total,
            logsumexp: self.logsumexp(),
        }
    }
}

/// Scores may be finite or minus infinity.
pub(crate) fn check_scores(function: &str, row: &[f64]) -> Result<()> {
    if row.is_empty() {
        return Err(Error::new(ErrorKind::Shape, function, "prediction", "at least one class").value(0));
    }
    match row.iter().position(|x| x.is_nan() || *x == f64::INFINITY) {
        Some(i) => {
            Err(Error::new(ErrorKind::NonFinite, function, "prediction", "finite numbers and -inf").at(i).value(row[i]))
        }
        None => Ok(()),
    }
}

/// Probabilities may sum to what rounding explains: 1 within 8 C ε.
pub(crate) fn check_probabilities(function: &str, argument: &str, row: &[f64], epsilon: f64) -> Result<()> {
    if let Some(i) = row.iter().position(|p| p.is_nan()) {
        return Err(Error::new(ErrorKind::NonFinite, function, argument, "numbers in [0, 1]").at(i).value(row[i]));
    }
    if let Some(i) = row.iter().position(|p| !(0.0..=2.0).contains(p)) {
        return Err(Error::new(ErrorKind::Domain, function, argument, "numbers in [0, 1]").at(i).value(row[i]));
    }
    let sum = row.iter().fold(Twofold::from(0.0), |sum, &p| sum.plus(p));
    let tolerance = 8.0 * row.len() as f64 * epsilon;
    if (sum - 1.0).round_to_machine().abs() > tolerance {
        let sum = sum.round_to_machine();
        let allowed = format!("a row that sums to 1 within {tolerance:e}");
        return Err(Error::new(ErrorKind::Domain, function, argument, allowed).value(format!("a row sum of {sum}")));
    }
    Ok(())
}

/// Whether the target fits a row of so many classes.
pub(crate) fn check_target(function: &str, classes: usize, target: Target<'_>, epsilon: f64) -> Result<()> {
    match target {
        Target::Label(label) if label < classes => Ok(()),
        Target::Label(label) => {
            Err(Error::new(ErrorKind::Domain, function, "target", format!("labels 0 to {}", classes.saturating_sub(1)))
                .value(label))
        }
        Target::Probabilities(y) if y.len() == classes => check_probabilities(function, "target", y, epsilon),
        Target::Probabilities(y) => {
            Err(Error::new(ErrorKind::Shape, function, "target", format!("{classes} probabilities")).value(y.len()))
        }
    }
}

/// Whether a list with one number a class is empty or complete.
pub(crate) fn check_classes(function: &str, argument: &str, length: usize, classes: usize) -> Result<()> {
    if length == 0 || length == classes {
        return Ok(());
    }
    let allowed = format!("no weights or one for each of {classes} classes");
    Err(Error::new(ErrorKind::Shape, function, argument, allowed).value(length))
}

/// Beyond these, products with a class's weight may leave the range of floats, or that in which a result stored in 24 bits shows.
const NEAR: std::ops::RangeInclusive<f64> = power(-60)..=power(60);

/// Whether no class weight is so far from 1 that its products need a power of two of their own.
pub(crate) fn all_near(weights: &[f64]) -> bool {
    // Without a branch for each: it is asked for every block.
    weights.iter().fold(true, |near, weight| near & ((*weight == 0.0) | NEAR.contains(weight)))
}

/// The power of two of what a target weighs, if it is so far from 1. A sum that is 0 may be what is left of very small terms.
pub(crate) fn far_power(weight: f64, target: Target<'_>) -> Option<i32> {
    let none = weight == 0.0 && matches!(target, Target::Label(_));
    let far = weight.is_finite() && !NEAR.contains(&weight) && !none;
    far.then(|| if weight == 0.0 { -1074 } else { exponent(weight) })
}

/// Class weights times a power of two; `None` where there are none, or where one that counts becomes infinite. Where only the
/// label's counts, others may.
pub(crate) fn scaled_weights(weights: &[f64], power: i32, label_alone: bool) -> Option<Vec<f64>> {
    let times = |weight: &f64| match scaled(*weight, power) {
        f64::INFINITY if label_alone => Some(0.0),
        f64::INFINITY => None,
        weight => Some(weight),
    };
    if weights.is_empty() { None } else { weights.iter().map(times).collect() }
}

/// Whether a result has the row's length.
pub(crate) fn check_length(function: &str, argument: &str, length: usize, wanted: usize) -> Result<()> {
    if length == wanted {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Shape, function, argument, format!("length {wanted}")).value(length))
}

impl<R: Careful> Answer<R> {
    /// The derivative by score j of a row with this label.
    pub(crate) fn slope(&self, shares: &Shares<R>, label: usize, j: usize) -> R {
        if j == label { self.own } else { self.other * shares.weight[j] }
    }
}

impl Target<'_> {
    /// The target's probability of class j, which is in range.
    pub(crate) fn probability(&self, j: usize) -> f64 {
        match self {
            Target::Label(label) => f64::from(u8::from(*label == j)),
            Target::Probabilities(y) => y[j],
        }
    }
}
