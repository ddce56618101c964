//! Derivatives that `batch/spread.rs` is not sure of, where they are few of many classes: the sums of the row again, in
//! two floats, and by them these derivatives alone.

use super::labelled::{PARTS, over};
use crate::number::careful::{Careful, Checked, sure};
use crate::number::elementary::SHORT_EXP_MIN;
use crate::number::guarded::power;
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::stored::Stored;
use crate::number::{Guarded, LANES, Level, Machine, Real, Twofold};
use crate::rows::spread::{Spread, SpreadAnswer, SpreadFormula};
use fearless_simd::Simd;

/// A row of finite largest score, and what is known of it.
pub(super) struct DoubtfulRow<'a, F, N> {
    pub(super) formula: &'a F,
    pub(super) scores: &'a [N],
    pub(super) targets: &'a [N],
    /// The first of the largest scores.
    pub(super) top: usize,
    pub(super) factor: f64,
}

impl<F: SpreadFormula, N: Stored> DoubtfulRow<'_, F, N> {
    /// Writes the derivatives that are in doubt; whether it is sure of all of them.
    pub(super) fn settle(&self, level: Level, doubtful: impl Iterator<Item = usize>, out: &mut [N]) -> bool {
        if self.scores[self.top].widen().abs() > N::LARGEST_SCORE {
            // Differences with it may leave the range.
            return false;
        }
        let answer = self.answer(level);
        for j in doubtful {
            let slope = if j == self.top { answer.top } else { answer.slope(self.weight(j), self.pull(j)) };
            let slope = slope * Checked::of(self.factor);
            if !sure(slope, N::SPACING) {
                return false;
            }
            out[j] = N::of(slope.round());
        }
        true
    }

    fn weight(&self, j: usize) -> Checked {
        let shift = Checked::of(self.scores[j].widen()) - self.scores[self.top].widen();
        if self.scores[j] == N::NEGATIVE_INFINITY {
            return Checked::of(0.0);
        }
        over(shift, self.formula.temperature()).exp_of_gap()
    }

    fn pull(&self, j: usize) -> Checked {
        let weight = self.formula.class_weights().get(j).map(|weight| Checked::of(*weight));
        self.formula.pull(Checked::of(self.targets[j].widen()), weight, self.targets.len())
    }

    /// All but the value, which was sure.
    fn answer(&self, level: Level) -> SpreadAnswer<Checked> {
        let mut sums = [Checked::of(0.0); 2];
        run(level, Sums { row: self, sums: &mut sums });
        let [mut rest, miss] = sums;
        // What was cut off below.
        rest.error += self.scores.len() as f64 * power(-1020);
        let own = self.pull(self.top);
        let largest = over(Checked::of(self.scores[self.top].widen()), self.formula.temperature());
        self.formula.answer_to_pulls(Spread {
            surprise: Checked::of(0.0),
            own,
            miss,
            pulled: miss + own,
            rest,
            total: rest + 1.0,
            logsumexp: rest.ln_1p() + largest,
        })
    }
}

/// The sums of exponentials and of pulls over all classes but the first of the largest scores.
struct Sums<'a, 'b, F, N> {
    row: &'a DoubtfulRow<'b, F, N>,
    sums: &'a mut [Checked; 2],
}

impl<F: SpreadFormula, N: Stored> Block for Sums<'_, '_, F, N> {
    fn scalar(self) {
        self.along(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.along(Several(simd));
    }
}

pub(super) type Both<M> = Guarded<Twofold<M>, M>;

impl<F: SpreadFormula, N: Stored> Sums<'_, '_, F, N> {
    #[inline(always)]
    fn along<L: Load>(self, load: L) {
        let DoubtfulRow { formula, scores, targets, top, .. } = self.row;
        let (classes, most) = (scores.len(), scores[*top].widen());
        let zero = load.load(&[0.0; LANES][..L::WIDTH]);
        let (none, one) = (Guarded::exact(Twofold::from(zero)), zero.lit(1.0));
        let mut parts = [[none; 2]; PARTS];
        for start in (0..classes).step_by(PARTS) {
            let end = classes.min(start + PARTS);
            let (mut x, mut y) = ([N::of(most); PARTS], [N::default(); PARTS]);
            let (mut keep, mut weights) = ([0.0; PARTS], [1.0; PARTS]);
            x[..end - start].copy_from_slice(&scores[start..end]);
            y[..end - start].copy_from_slice(&targets[start..end]);
            keep[..end - start].fill(1.0);
            if (start..end).contains(top) {
                keep[top - start] = 0.0;
            }
            let weighs = formula.class_weights().get(start..end).map(|own| {
                weights[..own.len()].copy_from_slice(own);
                &weights
            });
            for k in 0..PARTS / L::WIDTH / 2 {
                let place = 2 * k * L::WIDTH..2 * (k + 1) * L::WIDTH;
                let (x, y) = (N::load(load, &x[place.clone()]), N::load(load, &y[place.clone()]));
                for half in 0..2 {
                    let from = place.start + half * L::WIDTH;
                    let place = from..from + L::WIDTH;
                    let kept = load.load(&keep[place.clone()]).same(one);
                    // Minus infinity has no twofold differences; what is as small as a float can be is cut off as well.
                    let x = x[half].max(zero.lit(N::LEAST_SCORE));
                    let shift = over(exact(x) - most, formula.temperature());
                    let least = exact(zero.lit(SHORT_EXP_MIN));
                    let w = Both::when(shift.value.high.lt(least.value.high), least, shift).exp();
                    let weight = loaded(load, weighs, place);
                    let pull = formula.pull(exact(y[half]), weight, classes);
                    let [rest, miss] = &mut parts[2 * k + half];
                    *rest = *rest + Both::when(kept, w, none);
                    *miss = *miss + Both::when(kept, pull, none);
                }
            }
        }
        gather(load, &parts[..PARTS / L::WIDTH], self.sums);
    }
}

/// Adds the lanes of parts of sums to the sums, in their order.
#[inline(always)]
pub(super) fn gather<L: Load>(load: L, parts: &[[Both<L::Number>; 2]], sums: &mut [Checked; 2]) {
    for parts in parts {
        for (sum, part) in sums.iter_mut().zip(parts) {
            let mut numbers = [[0.0; LANES]; 3];
            for (numbers, x) in numbers.iter_mut().zip([part.value.high, part.value.low, part.error]) {
                load.store(x, &mut numbers[..L::WIDTH]);
            }
            let [high, low, error] = &numbers;
            for ((high, low), error) in high.iter().zip(low).zip(error).take(L::WIDTH) {
                *sum = *sum + Guarded { value: Twofold { high: *high, low: *low }, error: *error };
            }
        }
    }
}

#[inline(always)]
fn exact<M: Machine>(x: M) -> Both<M> {
    Guarded::exact(Twofold::from(x))
}

#[inline(always)]
#[allow(clippy::manual_map, reason = "a closure that is not inlined would lose the vector instructions")]
fn loaded<L: Load>(load: L, from: Option<&[f64; PARTS]>, place: std::ops::Range<usize>) -> Option<Both<L::Number>> {
    if let Some(from) = from { Some(exact(load.load(&from[place]))) } else { None }
}
