//! What every softmax needs: the row's exponentials relative to its largest score, in twofold precision.

use super::Target;
use crate::error::{Error, ErrorKind, Result};
use crate::number::{Real, Twofold};

/// Twofold `f64`.
pub(crate) type Wide = Twofold<f64>;

/// Exactly `x`.
pub(crate) fn wide(x: f64) -> Wide {
    Wide::from(x)
}

/// Rounds once; where twofold arithmetic met an infinity, the plain result is the limit.
pub(crate) fn settle(x: Wide, plain: impl FnOnce() -> f64) -> f64 {
    let rounded = x.round_to_machine();
    if rounded.is_finite() { rounded } else { plain() }
}

/// A row of scores `x/T`, taken apart so that nothing cancels.
///
/// With M the largest score and `w_j = e^(z_j - M)`, `Σ w = 1 + rest`: the 1 of the largest score is kept apart,
/// so a confident row keeps all digits of `rest`, be it 1e-17.
#[derive(Debug)]
pub(crate) struct Shares {
    /// `z_j - M`, minus infinity for a score of minus infinity.
    pub(crate) shift: Vec<Wide>,
    /// `e^(z_j - M)`.
    pub(crate) weight: Vec<Wide>,
    /// The first of the largest scores.
    pub(crate) top: usize,
    /// The largest score, over the temperature.
    pub(crate) largest: Wide,
    /// The sum of all weights but the top's.
    pub(crate) rest: Wide,
    /// `1 + rest`.
    pub(crate) total: Wide,
}

impl Shares {
    /// Of a row of `f64` scores.
    pub(crate) fn new(function: &str, row: &[f64], temperature: f64) -> Result<Self> {
        check_scores(function, row)?;
        let scores: Vec<Wide> = row.iter().map(|&x| wide(x)).collect();
        Self::of_scores(function, &scores, temperature)
    }

    /// Of scores that are finite or minus infinity.
    pub(crate) fn of_scores(function: &str, scores: &[Wide], temperature: f64) -> Result<Self> {
        let mut top = 0;
        for (j, x) in scores.iter().enumerate() {
            if scores[top].lt(*x) {
                top = j;
            }
        }
        let Some(&largest) = scores.get(top).filter(|x| x.high.is_finite()) else {
            return Err(Error::new(
                ErrorKind::NonFinite,
                function,
                "prediction",
                "a row with at least one finite score",
            ));
        };
        let shift: Vec<Wide> = scores.iter().map(|&x| difference(x, largest, temperature)).collect();
        let weight: Vec<Wide> = shift.iter().map(|s| s.exp()).collect();
        let mut rest = wide(0.0);
        for (j, &w) in weight.iter().enumerate() {
            if j != top {
                rest = rest + w;
            }
        }
        let largest = if temperature == 1.0 { largest } else { largest / temperature };
        Ok(Shares { shift, weight, top, largest, rest, total: rest + 1.0 })
    }

    /// The probability of class j.
    pub(crate) fn probability(&self, j: usize) -> Wide {
        self.weight[j] / self.total
    }
    /// The sum of the weights of all other classes, without cancellation.
    pub(crate) fn others(&self, j: usize) -> Wide {
        // A weight other than the top's is at most 1, and the total is at least 1 more.
        if j == self.top { self.rest } else { self.total - self.weight[j] }
    }
    /// One minus the probability of class j.
    pub(crate) fn complement(&self, j: usize) -> Wide {
        self.others(j) / self.total
    }
    /// `-ln p_j`; infinity where the probability is 0.
    pub(crate) fn surprise(&self, j: usize) -> Wide {
        let shift = self.shift[j];
        if shift.high == f64::NEG_INFINITY { wide(f64::INFINITY) } else { self.rest.ln_1p() - shift }
    }
    /// `ln Σ e^z`.
    pub(crate) fn logsumexp(&self) -> Wide {
        self.rest.ln_1p() + self.largest
    }
    /// `p_j - y`, given y and 1 − y: the difference is taken before the division, where it is most exact.
    pub(crate) fn residual(&self, j: usize, y: Wide, miss: Wide) -> Wide {
        let numerator = if j == self.top { miss * self.total - self.rest } else { self.weight[j] - y * self.total };
        numerator / self.total
    }
}

/// `(x - largest) / temperature`, also where the difference alone is beyond `f64`.
fn difference(x: Wide, largest: Wide, temperature: f64) -> Wide {
    let d = x - largest;
    let scaled = if !(x.high - largest.high).is_finite() {
        (x * 0.5 - largest * 0.5) / (temperature * 0.5)
    } else if temperature == 1.0 {
        d
    } else {
        d / temperature
    };
    if scaled.high.is_finite() { scaled } else { wide(f64::NEG_INFINITY) }
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
    let sum = row.iter().fold(wide(0.0), |sum, &p| sum.plus(p));
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

/// Whether a result has the row's length.
pub(crate) fn check_length(function: &str, argument: &str, length: usize, wanted: usize) -> Result<()> {
    if length == wanted {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Shape, function, argument, format!("length {wanted}")).value(length))
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
