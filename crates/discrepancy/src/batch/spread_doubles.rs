//! Rows of scores in `f64` with rows of probabilities, for any loss that pulls at classes.
//!
//! ```text
//! for each row
//!     exponentials, pulls and their sums, lanes along the row            (each a head and a tail)
//!     value and factors of the row, with a bound                         (the formula, once)
//!     derivatives: exponential and pull, each times its factor; those that cancel too far are computed again alone
//! ```
//! A derivative is a difference of two numbers that may nearly agree: that is why both are kept with their tails. What
//! differs from the kernel of singles (`batch/spread.rs`) is the number only, and that few classes go along the row too.

use super::doubtful::DoubtfulRow;
use super::labelled::{largest, over};
use super::spread::SpreadRoom;
use crate::number::guarded::power;
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::stored::{First, SURE_DOUBLE, Stored};
use crate::number::{Approximate, Compensated, Guarded, LANES, Level, Machine, Real};
use crate::rows::labelled::LARGEST_FACTOR;
use crate::rows::spread::{Spread, SpreadAnswer, SpreadFormula};
use fearless_simd::Simd;

/// Sums along a row are kept in so many parts, on every processor.
const PARTS: usize = 16;
/// A pull is rounded so many times at most, at 2^-104.
const PULL: f64 = power(-100);
/// What a derivative loses beside the errors of its parts.
const SLOPE: f64 = power(-98);

/// A number of the row with a bound of its error.
type Bounded = Guarded<Compensated<f64>, f64>;

/// Room for a block: row by row.
#[derive(Debug, Default)]
pub(crate) struct Doubles {
    /// Heads and tails of the exponentials; 0 for the first of the largest scores.
    weights: [Vec<f64>; 2],
    /// The same of the pulls.
    pulls: [Vec<f64>; 2],
    answers: Vec<(usize, SpreadAnswer<Bounded>)>,
}

/// Computes the answers to a block of rows.
pub(crate) fn answer<F: SpreadFormula>(
    formula: &F,
    level: Level,
    scores: &[f64],
    targets: &[f64],
    width: usize,
    epsilon: f64,
    room: &mut SpreadRoom,
) {
    let count = scores.len() / width;
    room.rows.resize(count);
    room.sure_gradient.resize(count.next_multiple_of(LANES), 0.0);
    for column in room.doubles.weights.iter_mut().chain(&mut room.doubles.pulls) {
        column.resize(count * width, 0.0);
    }
    room.doubles.answers.clear();
    // Nearly: what is close to it is looked at by itself.
    let tolerance = 7.99 * width as f64 * epsilon;
    run(level, Answers { formula, scores, targets, width, tolerance, room });
}

struct Answers<'a, F> {
    formula: &'a F,
    scores: &'a [f64],
    targets: &'a [f64],
    width: usize,
    tolerance: f64,
    room: &'a mut SpreadRoom,
}

impl<F: SpreadFormula> Block for Answers<'_, F> {
    fn scalar(self) {
        self.rows(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.rows(Several(simd));
    }
}

/// The sums of a row: of exponentials, pulls, costs and probabilities.
#[derive(Clone, Copy)]
struct Found<M> {
    rest: Compensated<M>,
    miss: Compensated<M>,
    cross: Compensated<M>,
    probabilities: M,
}

impl<F: SpreadFormula> Answers<'_, F> {
    #[inline(always)]
    fn rows<L: Load>(self, load: L) {
        let Answers { formula, scores, targets, width, tolerance, room } = self;
        let class_weights = formula.class_weights();
        for (i, (x, y)) in scores.chunks_exact(width).zip(targets.chunks_exact(width)).enumerate() {
            let (most, top) = largest(x);
            let row = i * width..(i + 1) * width;
            let [weights, weight_tails] = &mut room.doubles.weights;
            let [pulls, pull_tails] = &mut room.doubles.pulls;
            let places = [
                &mut weights[row.clone()],
                &mut weight_tails[row.clone()],
                &mut pulls[row.clone()],
                &mut pull_tails[row],
            ];
            let found = sums(load, formula, class_weights, x, y, (most, top), places);
            let rows = &mut room.rows;
            let (value, answer) = answered(formula, width, most, y[top], class_weights.get(top).copied(), found);
            let legal = (found.probabilities - 1.0).abs() <= tolerance && most.is_finite();
            let factor = |x: &Bounded| x.value.sure() && x.value.head.abs() <= LARGEST_FACTOR;
            let sure = First::certified(value) && legal && factor(&answer.by_weight) && factor(&answer.by_pull);
            rows.value[i] = value.value.rounded();
            rows.sure[i] = f64::from(u8::from(sure));
            room.doubles.answers.push((top, answer));
        }
    }
}

/// The sums of one row, whose exponentials and pulls are written down.
#[inline(always)]
fn sums<F: SpreadFormula, L: Load>(
    load: L,
    formula: &F,
    class_weights: &[f64],
    x: &[f64],
    y: &[f64],
    (most, top): (f64, usize),
    mut places: [&mut [f64]; 4],
) -> Found<f64> {
    let (width, temperature) = (x.len(), formula.temperature());
    let zero = load.load(&[0.0; LANES][..L::WIDTH]);
    let (none, wide_most) = (Compensated::from(zero), Compensated::from(zero.lit(most)));
    let mut parts = [Found { rest: none, miss: none, cross: none, probabilities: zero }; PARTS];
    for start in (0..width).step_by(PARTS) {
        let count = PARTS.min(width - start);
        // What is beyond the end, and the largest score, do not count.
        let (mut own_x, mut own_y, mut keep, mut classes) = ([most; PARTS], [0.0; PARTS], [0.0; PARTS], [1.0; PARTS]);
        own_x[..count].copy_from_slice(&x[start..start + count]);
        own_y[..count].copy_from_slice(&y[start..start + count]);
        keep[..count].fill(1.0);
        if (start..start + count).contains(&top) {
            keep[top - start] = 0.0;
        }
        if let Some(own) = class_weights.get(start..start + count) {
            classes[..count].copy_from_slice(own);
        }
        let mut out = [[0.0; PARTS]; 4];
        for (k, part) in parts.iter_mut().enumerate().take(PARTS / L::WIDTH) {
            let place = k * L::WIDTH..(k + 1) * L::WIDTH;
            let (x, y) = (load.load(&own_x[place.clone()]), load.load(&own_y[place.clone()]));
            let keep = load.load(&keep[place.clone()]).same(zero.lit(1.0));
            let mut class_weight = None;
            if !class_weights.is_empty() {
                class_weight = Some(Compensated::from(load.load(&classes[place.clone()])));
            }
            let pull = formula.pull(Compensated::from(y), class_weight, width);
            let gap = over(wide_most - Compensated::from(x), temperature);
            let w = Compensated::when(keep, f64::exp_of_gap(-gap), none);
            // A class that cannot be does not cost anything unless it was.
            let cost = Compensated::when(pull.same(none), none, pull * gap);
            *part = Found {
                rest: part.rest + w,
                miss: part.miss + Compensated::when(keep, pull, none),
                cross: part.cross + cost,
                probabilities: part.probabilities + L::Number::when(zero.le(y), y, y.lit(f64::NAN)),
            };
            for (out, float) in out.iter_mut().zip([w.head, w.tail, pull.head, pull.tail]) {
                load.store(float, &mut out[place.clone()]);
            }
        }
        for (place, out) in places.iter_mut().zip(&out) {
            place[start..start + count].copy_from_slice(&out[..count]);
        }
    }
    let nothing = Compensated::from(0.0);
    let mut found = Found { rest: nothing, miss: nothing, cross: nothing, probabilities: 0.0 };
    for part in parts.iter().take(PARTS / L::WIDTH) {
        let mut lanes = [[0.0; LANES]; 7];
        let Found { rest, miss, cross, probabilities } = part;
        let floats = [rest.head, rest.tail, miss.head, miss.tail, cross.head, cross.tail, *probabilities];
        for (lanes, float) in lanes.iter_mut().zip(floats) {
            load.store(float, &mut lanes[..L::WIDTH]);
        }
        #[allow(clippy::needless_range_loop, reason = "the same lane of several arrays")]
        for lane in 0..L::WIDTH {
            let pair = |k: usize| Compensated { head: lanes[k][lane], tail: lanes[k + 1][lane] };
            found = Found {
                rest: found.rest + pair(0),
                miss: found.miss + pair(2),
                cross: found.cross + pair(4),
                probabilities: found.probabilities + lanes[6][lane],
            };
        }
    }
    found
}

/// What the formula makes of a row: its value, and the answer.
#[inline(always)]
fn answered<F: SpreadFormula>(
    formula: &F,
    width: usize,
    most: f64,
    own: f64,
    class_weight: Option<f64>,
    found: Found<f64>,
) -> (Bounded, SpreadAnswer<Bounded>) {
    let bounded = |value: Compensated<f64>, relative: f64, lost: f64| Guarded {
        value,
        error: value.head.abs().mul_add(relative + width as f64 * power(-104), lost),
    };
    let rest = bounded(found.rest, f64::EXPONENTIAL, width as f64 * f64::LOST);
    let (miss, cross) = (bounded(found.miss, PULL, 0.0), bounded(found.cross, PULL, 0.0));
    let own = formula.pull(Compensated::from(own), class_weight.map(Compensated::from), width);
    let own = bounded(own, PULL, 0.0);
    let log = rest.ln_1p();
    let pulled = miss + own;
    let largest = over(Guarded::exact(Compensated::from(most)), formula.temperature());
    let answer = formula.answer_to_pulls(Spread {
        surprise: log * pulled + cross,
        own,
        miss,
        pulled,
        rest,
        total: rest + 1.0,
        logsumexp: log + largest,
    });
    (answer.value, answer)
}

/// Writes the gradients of the block that was answered, each row's times its factor of two floats.
pub(crate) fn gradients<F: SpreadFormula>(
    formula: &F,
    level: Level,
    (scores, targets): (&[f64], &[f64]),
    factors: &[[f64; 2]],
    room: &mut SpreadRoom,
    out: &mut [f64],
) {
    let width = out.len() / factors.len();
    let mut doubts = Vec::new();
    for (i, factor) in factors.iter().enumerate() {
        room.sure_gradient[i] = 0.0;
        if room.rows.sure[i] != 1.0 {
            continue;
        }
        let (top, answer) = room.doubles.answers[i];
        let row = i * width..(i + 1) * width;
        let out = &mut out[row.clone()];
        let [weights, weight_tails] = &room.doubles.weights;
        let [pulls, pull_tails] = &room.doubles.pulls;
        let parts = [&weights[row.clone()], &weight_tails[row.clone()], &pulls[row.clone()], &pull_tails[row.clone()]];
        doubts.clear();
        run(level, Slopes { answer, factor: *factor, parts, out, doubts: &mut doubts });
        doubts.retain(|j| *j != top);
        out[top] = answer.top.value.times(*factor).round_to_machine();
        if !<Compensated<f64> as First<f64>>::certified(answer.top) {
            doubts.push(top);
        }
        room.sure_gradient[i] = 1.0;
        if !doubts.is_empty() {
            let (scores, targets) = (&scores[row.clone()], &targets[row]);
            let doubtful = DoubtfulRow { formula, scores, targets, top, factor: factor[0] };
            if !doubtful.settle(level, doubts.iter().copied(), out) {
                room.sure_gradient[i] = 0.0;
            }
        }
    }
}

/// The derivatives of one row.
struct Slopes<'a> {
    answer: SpreadAnswer<Bounded>,
    factor: [f64; 2],
    /// Heads and tails of exponentials and of pulls.
    parts: [&'a [f64]; 4],
    out: &'a mut [f64],
    doubts: &'a mut Vec<usize>,
}

impl Block for Slopes<'_> {
    fn scalar(self) {
        self.along(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.along(Several(simd));
    }
}

impl Slopes<'_> {
    #[inline(always)]
    fn along<L: Load>(self, load: L) {
        let Slopes { answer, factor, parts, out, doubts } = self;
        let width = out.len();
        let one = load.load(&[1.0; LANES][..L::WIDTH]);
        // A factor of the row times that of the batch, and its relative error.
        let by = |x: Bounded| (x.value.times(factor), x.error / x.value.head.abs());
        let ((by_weight, weight_error), (by_pull, pull_error)) = (by(answer.by_weight), by(answer.by_pull));
        let weight_error =
            if answer.by_weight.value.head == 0.0 { 0.0 } else { weight_error + f64::EXPONENTIAL + SLOPE };
        let pull_error = if answer.by_pull.value.head == 0.0 { 0.0 } else { pull_error + PULL + SLOPE };
        let wide = |x: Compensated<f64>| Compensated { head: one.lit(x.head), tail: one.lit(x.tail) };
        let (by_weight, by_pull) = (wide(by_weight), wide(by_pull));
        for start in (0..width).step_by(L::WIDTH) {
            let count = L::WIDTH.min(width - start);
            let mut floats = [one; 4];
            for (float, part) in floats.iter_mut().zip(parts) {
                *float = if count == L::WIDTH {
                    load.load(&part[start..start + count])
                } else {
                    let mut own = [0.0; LANES];
                    own[..count].copy_from_slice(&part[start..]);
                    load.load(&own[..L::WIDTH])
                };
            }
            let [head, tail, pull_head, pull_tail] = floats;
            let attracted = by_weight * Compensated { head, tail };
            let pulled = by_pull * Compensated { head: pull_head, tail: pull_tail };
            let slope = attracted - pulled;
            let error = attracted.size() * weight_error + pulled.size() * pull_error;
            let rounded = slope.round_to_machine();
            let sure = error.le(rounded.abs() * SURE_DOUBLE) & slope.sure();
            let bits = L::Number::bits_of(sure);
            if bits != (1 << L::WIDTH) - 1 {
                doubts.extend((0..count).filter(|lane| bits >> lane & 1 == 0).map(|lane| start + lane));
            }
            let mut all = [0.0; LANES];
            load.store(rounded, &mut all[..L::WIDTH]);
            out[start..start + count].copy_from_slice(&all[..count]);
        }
    }
}
