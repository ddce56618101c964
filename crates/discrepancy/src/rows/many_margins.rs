//! Margins of many pairs of classes at once: sorted by score, the classes that lack a margin to a class are those from some place
//! on, so that sums over pairs are sums over classes. They are taken in whole numbers and rounded once.

use super::margins::{Lead, Margins};
use crate::distances::pair::wide;
use crate::error::Result;
use crate::stop;
use crate::sums::Fixed;

/// Sums over the classes from a place on (or up to it): of their weights, times their scores, times the squares of these.
type Moments = [Fixed; 3];

/// Sums over the first 0, 1, … of these classes.
fn running(order: impl Iterator<Item = usize>, weights: &[Fixed], scores: &[Fixed]) -> Vec<Moments> {
    let mut sums = vec![[Fixed::zero(), Fixed::zero(), Fixed::zero()]];
    let mut last = sums[0].clone();
    for class in order {
        stop::look_at(class);
        last = with(&last, &weights[class], &scores[class], Fixed::plus);
        sums.push(last.clone());
    }
    sums
}

/// The sums with one class more, or without it.
fn with(sums: &Moments, weight: &Fixed, score: &Fixed, change: impl Fn(&Fixed, &Fixed) -> Fixed) -> Moments {
    let first = weight.times(score);
    [change(&sums[0], weight), change(&sums[1], &first), change(&sums[2], &first.times(score))]
}

/// The sums of the classes that a class, as the one behind, is too near to, and of those that are too near to it.
struct Lacking {
    ahead: Moments,
    behind: Moments,
}

impl Margins<'_> {
    /// As [`Margins::evaluate`], where the lack of class i's lead over class j weighs `ahead[i] · behind[j]`.
    pub(super) fn evaluate_many(&self, ahead: &[Fixed], behind: &[Fixed], gradient: Option<&mut [f64]>) -> Result<f64> {
        let classes = self.row.len();
        let impossible = |class: usize| self.row[class] == f64::NEG_INFINITY;
        let scores: Vec<Fixed> =
            self.row.iter().map(|x| Fixed::of_float(if x.is_finite() { *x } else { 0.0 })).collect();
        let mut order: Vec<usize> = (0..classes).collect();
        order.sort_by(|i, j| self.row[*i].total_cmp(&self.row[*j]));
        let before = running(order.iter().copied(), ahead, &scores);
        let mut after = running(order.iter().rev().copied(), behind, &scores);
        after.reverse();
        // Which classes lack a margin grows with the score: both ends only move on.
        let lacks = |ahead: usize, behind: usize| self.missing(&Lead { ahead, behind, weight: wide(0.0) }).high > 0.0;
        let (mut first, mut last) = (0, 0);
        let lacking = order.iter().enumerate().map(|(place, &class)| {
            stop::look_at(place);
            while first < classes && !lacks(class, order[first]) {
                first += 1;
            }
            while last < classes && lacks(order[last], class) {
                last += 1;
            }
            let without = |sums: &Moments, weights: &[Fixed], own: bool| {
                if own { with(sums, &weights[class], &scores[class], Fixed::minus) } else { sums.clone() }
            };
            let behind = without(&after[first], behind, first <= place);
            let ahead = without(&before[last], ahead, place < last);
            (class, Lacking { ahead, behind })
        });
        let lacking: Vec<(usize, Lacking)> = lacking.collect();

        let divisor = Fixed::units(classes as i128, 0);
        let margin = Fixed::of_float(self.margin);
        // Σ v (t + x) and Σ v (t + x)², from the sums.
        let shifted = |t: &Fixed, [v, vx, _]: &Moments| v.times(t).plus(vx);
        let squared = |t: &Fixed, [v, vx, vxx]: &Moments| {
            let twice = vx.times(t).times(&Fixed::units(2, 0));
            v.times(t).times(t).plus(&twice).plus(vxx)
        };
        let mut sum = Fixed::zero();
        let mut endless = Vec::new();
        for (class, Lacking { behind, .. }) in &lacking {
            let weight = &ahead[*class];
            if weight.is_zero() || behind[0].is_zero() {
                continue;
            }
            if impossible(*class) {
                endless.push(*class);
                continue;
            }
            let t = margin.minus(&scores[*class]);
            let own = if self.power == 1 { shifted(&t, behind) } else { squared(&t, behind) };
            sum = sum.plus(&weight.times(&own));
        }
        if let Some(gradient) = gradient {
            for (class, Lacking { ahead: leaders, behind: followers }) in &lacking {
                let (u, v, x) = (&ahead[*class], &behind[*class], &scores[*class]);
                let slope = if self.power == 1 {
                    v.times(&leaders[0]).minus(&u.times(&followers[0]))
                } else {
                    // An impossible class pulls without end, below.
                    let pushed = if impossible(*class) { Fixed::zero() } else { shifted(&margin.minus(x), followers) };
                    let [w, wx, _] = leaders;
                    let pulled = w.times(&margin.plus(x)).minus(wx);
                    v.times(&pulled).minus(&u.times(&pushed)).times(&Fixed::units(2, 0))
                };
                gradient[*class] = slope.over(&divisor);
            }
            if self.power == 2
                && let Some(last) = endless.iter().max()
            {
                for (class, slope) in gradient.iter_mut().enumerate() {
                    if class == *last || endless.contains(&class) && behind[class].is_zero() {
                        *slope = f64::NEG_INFINITY;
                    } else if !behind[class].is_zero() {
                        *slope = f64::INFINITY;
                    }
                }
            }
        }
        Ok(if endless.is_empty() { sum.over(&divisor) } else { f64::INFINITY })
    }
}
