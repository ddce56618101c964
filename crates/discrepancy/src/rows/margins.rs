//! Margins between the scores of two classes, of which the multiclass and the multilabel hinge are made; and targets
//! that say of each class for itself whether it is meant.

use super::Target;
use super::shares::{check_length, check_scores};
use crate::distances::pair::{Wide, exponent, normalise, scaled, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::number::stored::ORDINARY;
use crate::number::{Real, Twofold};
use crate::sums::{ExactSum, Fixed};

/// A class that should be ahead of another one, and what a lack of it weighs.
pub(super) struct Lead {
    pub(super) ahead: usize,
    pub(super) behind: usize,
    pub(super) weight: Wide,
}

/// `Σ w max(0, μ - x_ahead + x_behind)^p / C`.
#[derive(Debug)]
pub(super) struct Margins<'a> {
    pub(super) function: &'static str,
    pub(super) row: &'a [f64],
    pub(super) margin: f64,
    /// 1 or 2.
    pub(super) power: u32,
    /// What scores are divided by the power of two of: only where a difference could leave the range.
    exponent: i32,
}

/// Twofold sums of three floats keep so much unless they cancel further.
const SPARE: f64 = 1.0 / 1_099_511_627_776.0;

impl<'a> Margins<'a> {
    /// Of a row of scores.
    pub(super) fn new(function: &'static str, row: &'a [f64], margin: f64, power: u32) -> Self {
        let sizes = row.iter().map(|x| x.abs()).filter(|x| x.is_finite());
        let largest = sizes.fold(margin, f64::max);
        Margins { function, row, margin, power, exponent: if exponent(largest) > 1000 { 4 } else { 0 } }
    }

    /// Where class `ahead` alone should lead over all others, and every lack weighs the same. `None` where a lack is next to 0,
    /// scores are not ordinary or lacks are squared: [`Margins::of_products`] knows.
    pub(super) fn of_label(&self, ahead: usize, weight: f64, mut gradient: Option<&mut [f64]>) -> Option<f64> {
        let (row, classes) = (self.row, self.row.len() as f64);
        let far = self.margin.max(row.get(ahead)?.abs());
        let ordinary = (ORDINARY..=1.0 / ORDINARY).contains(&weight) && far <= 1.0 / ORDINARY && self.power == 1;
        if !ordinary || gradient.as_ref().is_some_and(|gradient| gradient.len() != row.len()) {
            return None;
        }
        let own = wide(self.margin) - row[ahead];
        let share = wide(weight) / classes;
        let slope = share.round_to_machine();
        let (mut sum, mut count, mut certain) = (wide(0.0), 0.0, true);
        for (j, &x) in row.iter().enumerate() {
            let lack = own.plus(x);
            let missing = lack.high > 0.0 && j != ahead;
            // Minus infinity and what is not a number are not certain either.
            let largest = far.max(x.abs());
            certain &= (lack.high.abs() > largest * SPARE && largest <= 1.0 / ORDINARY) || j == ahead;
            sum = sum + if missing { lack } else { wide(0.0) };
            count += f64::from(u8::from(missing));
            if let Some(gradient) = &mut gradient {
                gradient[j] = if missing { slope } else { 0.0 };
            }
        }
        if !certain {
            return None;
        }
        if let Some(gradient) = gradient {
            gradient[ahead] = 0.0 - (share * count).round_to_machine();
        }
        Some((sum * share).round_to_machine())
    }

    /// Where the lack of class i's lead over class j weighs `ahead[i] · (1 - y[j])`: the factors of `ahead` are given.
    pub(super) fn of_products(
        &self,
        ahead: &[[f64; 2]],
        y: Option<&[f64]>,
        gradient: Option<&mut [f64]>,
    ) -> Result<f64> {
        check_scores(self.function, self.row)?;
        if let Some(gradient) = &gradient {
            check_length(self.function, "gradient", gradient.len(), self.row.len())?;
        }
        let less = |j: usize| y.map_or(0.0, |y| y[j]);
        let leading: Vec<usize> = (0..self.row.len()).filter(|i| ahead[*i][0] > 0.0).collect();
        if let [] | [_] = leading.as_slice() {
            let mut leads = Vec::with_capacity(self.row.len());
            for i in leading {
                let own = wide(ahead[i][0]) * wide(ahead[i][1]);
                for j in (0..self.row.len()).filter(|j| *j != i && less(*j) < 1.0) {
                    leads.push(Lead { ahead: i, behind: j, weight: (-wide(less(j)) + 1.0) * own });
                }
            }
            return self.evaluate(&leads, gradient);
        }
        let ahead: Vec<Fixed> = ahead.iter().map(|[y, w]| Fixed::of_float(*y).times(&Fixed::of_float(*w))).collect();
        let one = Fixed::units(1, 0);
        let behind: Vec<Fixed> = (0..self.row.len()).map(|j| one.minus(&Fixed::of_float(less(j)))).collect();
        self.evaluate_many(&ahead, &behind, gradient)
    }

    /// The value, and the gradient where wanted; at a kink the subgradient of least norm of that lead, 0. A score of minus
    /// infinity is a class that cannot be: behind it costs nothing, ahead of others everything.
    pub(super) fn evaluate(&self, leads: &[Lead], gradient: Option<&mut [f64]>) -> Result<f64> {
        check_scores(self.function, self.row)?;
        let classes = self.row.len() as f64;
        let missing: Vec<(&Lead, Wide)> = leads
            .iter()
            .filter(|lead| lead.weight.high > 0.0)
            .map(|lead| (lead, self.missing(lead)))
            .filter(|(_, x)| x.high > 0.0)
            .collect();
        let endless = missing.iter().filter(|(_, x)| x.high.is_infinite());
        let finite = || missing.iter().filter(|(_, x)| x.high.is_finite());
        let mut sizes: Vec<Wide> = finite().map(|(_, x)| *x).collect();
        let k = normalise(&mut sizes) + self.exponent;
        if let Some(gradient) = gradient {
            check_length(self.function, "gradient", gradient.len(), self.row.len())?;
            let mut slopes = vec![wide(0.0); gradient.len()];
            let mut add = |lead: &Lead, slope: Wide| {
                slopes[lead.ahead] = slopes[lead.ahead] - slope;
                slopes[lead.behind] = slopes[lead.behind] + slope;
            };
            if self.power == 1 {
                missing.iter().for_each(|(lead, _)| add(lead, lead.weight));
            } else {
                finite().zip(&sizes).for_each(|((lead, _), size)| add(lead, lead.weight * *size * 2.0));
            }
            let k = if self.power == 1 { 0 } else { k };
            for (out, slope) in gradient.iter_mut().zip(slopes) {
                *out = scaled((slope / classes).round_to_machine(), k);
            }
            if self.power == 2 {
                for (lead, _) in endless.clone() {
                    (gradient[lead.ahead], gradient[lead.behind]) = (f64::NEG_INFINITY, f64::INFINITY);
                }
            }
        }
        if endless.count() > 0 {
            return Ok(f64::INFINITY);
        }
        let sum = finite().zip(&sizes).fold(wide(0.0), |sum, ((lead, _), size)| {
            sum + lead.weight * if self.power == 1 { *size } else { Real::square(*size) }
        });
        Ok(scaled((sum / classes).round_to_machine(), k * self.power as i32))
    }

    /// `μ - x_ahead + x_behind`, with the right sign however much cancels.
    pub(super) fn missing(&self, lead: &Lead) -> Wide {
        if self.row[lead.ahead] == f64::NEG_INFINITY {
            return wide(f64::INFINITY);
        }
        if self.row[lead.behind] == f64::NEG_INFINITY {
            return wide(0.0);
        }
        let k = self.exponent;
        let terms = [self.margin, -self.row[lead.ahead], self.row[lead.behind]].map(|x| scaled(x, -k));
        let sum = Twofold::sum(terms[1], terms[2]).plus(terms[0]);
        let largest = terms.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        if sum.high.abs() > largest * SPARE {
            return sum;
        }
        let mut exact = ExactSum::new();
        terms.iter().for_each(|x| exact.add(*x));
        let high = exact.to_f64();
        exact.add(-high);
        Twofold::new(high, exact.to_f64())
    }
}

/// A probability of each class for itself: a label is a class alone.
pub(super) fn each_class(function: &str, classes: usize, target: Target<'_>) -> Result<Vec<f64>> {
    let error = |kind: ErrorKind, allowed: String| Error::new(kind, function, "target", allowed);
    match target {
        Target::Label(label) if label >= classes => {
            Err(error(ErrorKind::Domain, format!("labels 0 to {}", classes.saturating_sub(1))).value(label))
        }
        Target::Probabilities(y) if y.len() != classes => {
            Err(error(ErrorKind::Shape, format!("{classes} probabilities")).value(y.len()))
        }
        target => {
            let row: Vec<f64> = (0..classes).map(|class| target.probability(class)).collect();
            match row.iter().position(|y| !(0.0..=1.0).contains(y)) {
                None => Ok(row),
                Some(i) => {
                    let kind = if row[i].is_nan() { ErrorKind::NonFinite } else { ErrorKind::Domain };
                    Err(error(kind, "numbers in [0, 1]".to_owned()).at(i).value(row[i]))
                }
            }
        }
    }
}
