//! One formula straight through rows stored in single precision: loaded, checked, computed and rounded without a stop.
//!
//! It gives up where anything needs a closer look: a number outside its domain, a result that is not sure, a limit that
//! does not exist. `batch/block.rs` and `batch/pass.rs` then take the same rows again, with all that a message needs.

use super::block::{BLOCK, both, element};
use crate::catalog::DataDomain;
use crate::losses::{Domains, Loss, Precision};
use crate::number::lane::{Block, Load, Several, run};
use crate::number::{LANES, Level, Machine, Real};
use crate::sums::ExactSum;
use crate::sums::registers::Registers;
use fearless_simd::Simd;

/// Where a result goes: to slices of the length of the rows, or of no length where it is not wanted so.
#[derive(Debug, Default)]
pub struct Place<'a> {
    /// Before it is rounded: where more is to be done with it.
    pub wide: &'a mut [f64],
    /// Rounded.
    pub narrow: &'a mut [f32],
}

impl Place<'_> {
    /// Of the first so many rows.
    fn first(&mut self, count: usize) -> Place<'_> {
        let (wide, narrow) = (count.min(self.wide.len()), count.min(self.narrow.len()));
        Place { wide: &mut self.wide[..wide], narrow: &mut self.narrow[..narrow] }
    }
    fn wanted(&self) -> bool {
        !self.wide.is_empty() || !self.narrow.is_empty()
    }
}

/// Rows, and what of them is wanted; all slices have one length, [`BLOCK`] at most.
#[derive(Debug)]
pub struct Rows<'a> {
    /// The predictions.
    pub prediction: &'a [f32],
    /// The targets.
    pub target: &'a [f32],
    /// Predictions and targets that are wanted soon, or nothing.
    pub next: [&'a [f32]; 2],
    /// The values.
    pub value: Place<'a>,
    /// The derivatives, times `factor`.
    pub gradient: Place<'a>,
    /// The second derivatives.
    pub hessian: Place<'a>,
    /// What the derivatives are multiplied by before they are rounded.
    pub factor: f64,
    /// What the values are added to, exactly, if they are not too large, too small or too far apart for that. Where they
    /// are, nothing is added, and the rows are not done.
    pub sum: Option<&'a mut ExactSum>,
}

struct Straight<'a, 'b, L> {
    loss: &'a L,
    rows: Rows<'b>,
    done: &'a mut bool,
}

/// Computes rows if nothing about them is special; says whether it did.
pub fn evaluate<L: Loss + Domains>(loss: &L, level: Level, rows: Rows<'_>) -> bool {
    let mut done = false;
    run(level, Straight { loss, rows, done: &mut done });
    done
}

/// As [`DataDomain::contains`], of all numbers of a vector; `None` where all numbers are legal that are numbers.
#[inline(always)]
fn legal<M: Machine>(domain: DataDomain, x: M) -> Option<M::Mask> {
    Some(match domain {
        DataDomain::Real | DataDomain::Truth => return None,
        DataDomain::Within(i) => {
            let (low, high) = (x.lit(i.low), x.lit(i.high));
            let low = if i.low_included { low.le(x) } else { low.lt(x) };
            let inside = low & if i.high_included { x.le(high) } else { x.lt(high) };
            if i.whole { inside & x.round().same(x) } else { inside }
        }
        DataDomain::Signs => x.abs().same(x.lit(1.0)),
        DataDomain::Binary => x.same(x.lit(0.0)) | x.same(x.lit(1.0)),
        DataDomain::ClassOrProbabilities | DataDomain::Probabilities => x.lit(0.0).le(x),
    })
}

/// Numbers that are taken at once, at least.
const STEP: usize = 2 * LANES;

impl<L: Loss + Domains> Block for Straight<'_, '_, L> {
    fn scalar(self) {
        // Without vectors there is nothing to gain.
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        let load = Several(simd);
        match (self.rows.gradient.wanted(), self.rows.hessian.wanted()) {
            (false, false) => self.through::<_, 0>(load),
            (_, false) => self.through::<_, 1>(load),
            (_, true) => self.through::<_, 2>(load),
        }
    }
}

impl<L: Loss + Domains> Straight<'_, '_, L> {
    /// Up to derivative number `ORDER`.
    #[inline(always)]
    fn through<C: Load, const ORDER: usize>(self, load: C) {
        let Straight { loss, rows, done } = self;
        // Its own copy cannot change while results are written, so what depends on parameters only is computed once.
        let loss = &loss.clone();
        let Rows { prediction, target, next, mut value, mut gradient, mut hessian, factor, sum } = rows;
        let n = prediction.len();
        assert!(n <= BLOCK && target.len() == n);
        let mut labels = L::CANCELS != L::CANCELS_AT_LABELS;
        if labels {
            for y in target {
                labels &= *y == 0.0 || *y == 1.0;
            }
        }
        let one = load.load(&[1.0; LANES][..C::WIDTH]);
        let mut all = one.same(one);
        // Not a number as soon as anything is not that should be; a difference of infinities is as rare.
        let mut trail = one.lit(0.0);
        let mut registers = Registers::new(one);
        let (whole, rest) = (n - n % STEP, n % STEP);
        // The last few, padded with the last element, which is data like others.
        let (mut z, mut y) = ([0.0; STEP], [0.0; STEP]);
        if rest > 0 {
            (z, y) = ([prediction[n - 1]; STEP], [target[n - 1]; STEP]);
            z[..rest].copy_from_slice(&prediction[whole..]);
            y[..rest].copy_from_slice(&target[whole..]);
        }
        let (mut wide, mut narrow) = ([[0.0; STEP]; 3], [[0.0; STEP]; 3]);
        let [wide_value, wide_gradient, wide_hessian] = &mut wide;
        let [narrow_value, narrow_gradient, narrow_hessian] = &mut narrow;
        let first = Part {
            prediction: &prediction[..whole],
            target: &target[..whole],
            places: [value.first(whole), gradient.first(whole), hessian.first(whole)],
            summed: sum.is_some(),
        };
        let last = Part {
            prediction: &z[..if rest > 0 { STEP } else { 0 }],
            target: &y,
            places: [
                Place { wide: wide_value, narrow: narrow_value },
                Place { wide: wide_gradient, narrow: narrow_gradient },
                Place { wide: wide_hessian, narrow: narrow_hessian },
            ],
            summed: false,
        };
        // A loop over both, so that the formula stands here once.
        for Part { prediction, target, mut places, summed } in [first, last] {
            for start in (0..prediction.len()).step_by(2 * C::WIDTH) {
                let part = start..start + 2 * C::WIDTH;
                let (Some(z), Some(y)) = (prediction.get(part.clone()), target.get(part.clone())) else { break };
                for soon in next {
                    if let Some(place) = soon.get(start) {
                        discrepancy_stream::prefetch(place);
                    }
                }
                let (z, y) = (load.load_single(z), load.load_single(y));
                let low = one_of::<L, C, ORDER>(loss, labels, factor, z[0], y[0]);
                let high = one_of::<L, C, ORDER>(loss, labels, factor, z[1], y[1]);
                if let Some(sure) = both::<C::Number>(low.sure, high.sure) {
                    all = all & sure;
                }
                trail = trail + (low.trail + high.trail);
                if summed {
                    registers.push(low.results[0]);
                    registers.push(high.results[0]);
                }
                for (order, place) in places.iter_mut().enumerate().take(ORDER + 1) {
                    put(load, place, part.clone(), [low.results[order], high.results[order]]);
                }
            }
        }
        for (k, place) in [&mut value, &mut gradient, &mut hessian].into_iter().enumerate() {
            if let Some(out) = place.wide.get_mut(whole..) {
                out.copy_from_slice(&wide[k][..out.len()]);
            }
            if let Some(out) = place.narrow.get_mut(whole..) {
                out.copy_from_slice(&narrow[k][..out.len()]);
            }
        }
        let mut sure = [1.0; LANES];
        load.store(C::Number::when(all & trail.same(trail), one, one.lit(0.0)), &mut sure[..C::WIDTH]);
        *done = sure == [1.0; LANES];
        if let Some(sum) = sum
            && *done
        {
            let settled = registers.finish(C::WIDTH, |number, to| load.store(number, to), whole / C::WIDTH);
            *done = settled.fits();
            if settled.fits() {
                settled.add_to(sum);
                wide[0][..rest].iter().for_each(|value| sum.add(*value));
            }
        }
    }
}

/// Some of the rows.
struct Part<'a> {
    prediction: &'a [f32],
    target: &'a [f32],
    /// Of the value and its derivatives.
    places: [Place<'a>; 3],
    /// Whether values are summed.
    summed: bool,
}

/// The results of a vector.
struct Computed<M: Machine> {
    results: [M; 3],
    /// Which of them nothing is special about; `None` if that is so of all.
    sure: Option<M::Mask>,
    /// Not a number where anything is not that should be.
    trail: M,
}

#[inline(always)]
fn one_of<L: Loss + Domains, C: Load, const ORDER: usize>(
    loss: &L,
    labels: bool,
    factor: f64,
    z: C::Number,
    y: C::Number,
) -> Computed<C::Number> {
    let (mut results, mut sure) = element(loss, Precision::Plain, labels, z, y, ORDER >= 1, ORDER >= 2);
    // A value without a limit, and what is not looked at otherwise: a loss that only compares carries nothing through.
    let mut trail = results[0];
    for (domain, x) in L::DOMAINS.into_iter().zip([z, y]) {
        match legal(domain, x) {
            None => trail = trail + x,
            legal => sure = both::<C::Number>(sure, legal),
        }
    }
    if ORDER >= 1 {
        results[1] = results[1] * factor;
    }
    Computed { results, sure, trail }
}

#[inline(always)]
fn put<C: Load>(load: C, place: &mut Place<'_>, part: std::ops::Range<usize>, numbers: [C::Number; 2]) {
    if let Some(out) = place.wide.get_mut(part.clone()) {
        let (low, high) = out.split_at_mut(C::WIDTH);
        load.store(numbers[0], low);
        load.store(numbers[1], high);
    }
    if let Some(out) = place.narrow.get_mut(part) {
        load.store_single(numbers, out);
    }
}
