//! Rows of scores with rows of probabilities, for any loss that pulls at classes: the kernel of results of 24 bits or
//! fewer.
//!
//! A derivative is a difference, of the class's exponential and its pull. Where the two nearly agree, it has fewer digits
//! than they, so exponentials and sums are as exact here as plain floats are; a bound says of each derivative whether
//! that is enough. The order of sums is a matter of the number of classes alone, as in `batch/labelled.rs`.

use super::doubtful::DoubtfulRow;
use super::labelled::{FEW, Tile, largest, over, put_rows, turned, wide};
use super::spread_doubles::Doubles;
use crate::number::elementary::{SHORT_EXP_MIN, exp_of_normal};
use crate::number::guarded::{SURE_SINGLE, UNSEEN, power};
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::stored::Stored;
use crate::number::{LANES, Level, Machine, Real, Twofold};
use crate::rows::spread::{EXPONENTIAL, LARGEST_GAP, OF_PULL, SpreadFormula, SpreadRows, UNIT, answers};
use fearless_simd::Simd;
use std::ops::Range;

/// Sums along a row are kept in so many parts, on every processor; fewer than for labels, for there are four sums.
const PARTS: usize = 16;
/// Pieces that are summed before their sum goes into a longer one.
const PIECES: usize = 16;
const CHUNK: usize = PIECES * PARTS;

/// Room for a block.
#[derive(Debug, Default)]
pub struct SpreadRoom {
    /// The exponentials, as in `batch/labelled.rs`; 0 for the first of the largest scores.
    weights: Vec<f64>,
    /// Of few classes, the pulls likewise.
    pulls: Vec<f64>,
    /// The first of the largest scores.
    top: Vec<usize>,
    pub(crate) rows: SpreadRows,
    /// 1 where rounding all derivatives gives the right numbers.
    pub(crate) sure_gradient: Vec<f64>,
    /// What rows of doubles have instead.
    pub(crate) doubles: Doubles,
}

/// Computes the answers to a block of rows.
pub(crate) fn answer<F: SpreadFormula>(
    formula: &F,
    level: Level,
    scores: &[f32],
    targets: &[f32],
    width: usize,
    epsilon: f64,
    room: &mut SpreadRoom,
) {
    let count = scores.len() / width;
    let few = width <= FEW;
    let rows = if few { count.next_multiple_of(LANES) } else { count };
    room.rows.resize(count);
    room.weights.resize(rows * width, 0.0);
    if few {
        room.pulls.resize(rows * width, 0.0);
    }
    room.top.resize(rows, 0);
    room.sure_gradient.resize(rows, 0.0);
    // Long sums are kept in two floats, so only those of a chunk count, and the last rounding.
    room.rows.additions = if few { width } else { PIECES + 2 } as f64;
    room.rows.cross_additions = if few { width } else { PIECES + width / CHUNK + PARTS + 1 } as f64;
    room.rows.of_gap = if formula.temperature() == 1.0 { 1.0 } else { 2.0 };
    room.rows.log_classes = (width as f64).ln();
    room.rows.lost = width as f64 * power(-1020);
    // Nearly: what is close to it is looked at by itself.
    room.rows.tolerance = 7.99 * width as f64 * epsilon;
    run(level, Sums { formula, scores, targets, width, room });
    answers(formula, level, &mut room.rows);
}

/// Writes the gradients of the block that was answered, each row's times its factor.
pub(crate) fn gradients<F: SpreadFormula>(
    formula: &F,
    level: Level,
    (scores, targets): (&[f32], &[f32]),
    factors: &[f64],
    room: &mut SpreadRoom,
    out: &mut [f32],
) {
    let width = out.len() / factors.len();
    run(level, Gradients { formula, targets, factors, width, room, out });
    for (i, factor) in factors.iter().enumerate() {
        let (row, top) = (i * width..(i + 1) * width, room.top[i]);
        let out = &mut out[row.clone()];
        out[top] = (room.rows.top[i] * factor) as f32;
        if width > FEW && room.rows.sure[i] == 1.0 && room.sure_gradient[i] != 1.0 {
            let weights = &room.weights[row.clone()];
            let (scores, targets) = (&scores[row.clone()], &targets[row]);
            let slope = Slope::new(One, &room.rows, &[*factor], i);
            let class_weights = formula.class_weights();
            let in_doubt = |j: &usize| {
                let pull = formula.pull(f64::from(targets[*j]), class_weights.get(*j).copied(), width);
                *j == top || slope.at(weights[*j], pull).1 < 0.0
            };
            let doubtful = DoubtfulRow { formula, scores, targets, top, factor: *factor };
            if doubtful.settle(level, (0..width).filter(in_doubt), out) {
                room.sure_gradient[i] = 1.0;
            }
        }
    }
}

struct Sums<'a, F> {
    formula: &'a F,
    scores: &'a [f32],
    targets: &'a [f32],
    width: usize,
    room: &'a mut SpreadRoom,
}

impl<F: SpreadFormula> Block for Sums<'_, F> {
    fn scalar(self) {
        self.rows(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.rows(Several(simd));
    }
}

/// The sums of a row, or of rows side by side.
#[derive(Clone, Copy)]
struct Found<N> {
    rest: N,
    miss: N,
    cross: N,
    probabilities: N,
}

impl<F: SpreadFormula> Sums<'_, F> {
    #[inline(always)]
    fn rows<L: Load>(mut self, load: L) {
        let count = self.scores.len() / self.width;
        if self.width <= FEW {
            let mut columns = [[[0.0; LANES]; FEW]; 2];
            for first in (0..count).step_by(LANES) {
                self.side_by_side(load, first, &mut columns);
            }
        } else {
            // Known when the loop is compiled.
            match (self.formula.temperature(), self.formula.class_weights().is_empty()) {
                (1.0, true) => self.all_along::<L, false, false>(load),
                (1.0, false) => self.all_along::<L, false, true>(load),
                (_, true) => self.all_along::<L, true, false>(load),
                (_, false) => self.all_along::<L, true, true>(load),
            }
        }
    }

    #[inline(always)]
    fn all_along<L: Load, const TEMPERED: bool, const WEIGHS: bool>(&mut self, load: L) {
        for i in 0..self.scores.len() / self.width {
            self.along::<L, TEMPERED, WEIGHS>(load, i);
        }
    }

    /// Eight rows; where there are fewer, the last one again.
    #[inline(always)]
    fn side_by_side<L: Load>(&mut self, load: L, first: usize, columns: &mut [[[f32; LANES]; FEW]; 2]) {
        let Sums { formula, scores, targets, width, room } = self;
        let (width, temperature, class_weights) = (*width, formula.temperature(), formula.class_weights());
        let [x_columns, y_columns] = columns;
        turned(load, scores, width, first, x_columns);
        turned(load, targets, width, first, y_columns);
        let mut largest = x_columns[0];
        for column in &x_columns[1..width] {
            for (largest, x) in largest.iter_mut().zip(column) {
                *largest = largest.larger(*x);
            }
        }
        let largest = wide(&largest);
        let cells = first * width..(first + LANES) * width;
        let (weights, pulls) = (&mut room.weights[cells.clone()], &mut room.pulls[cells]);
        let mut tops = [0.0; LANES];
        for part in (0..LANES).step_by(L::WIDTH) {
            let place = first + part..first + part + L::WIDTH;
            let part = part..part + L::WIDTH;
            let top = load.load(&largest[part.clone()]);
            let none = top.lit(0.0);
            let mut found = Found { rest: none, miss: none, cross: none, probabilities: none };
            let (mut own, mut at) = (none, top.lit(-1.0));
            for (k, (x, y)) in x_columns[..width].iter().zip(&y_columns[..width]).enumerate() {
                let x = load.load(&wide(x)[part.clone()]);
                let y = load.load(&wide(y)[part.clone()]);
                let pull = formula.pull(y, same(y, class_weights.get(k)), width);
                let gap = over(top - x, temperature);
                let w = exp_of_normal((-gap).max(gap.lit(SHORT_EXP_MIN)));
                let is_first = x.same(top) & at.lt(none);
                at = L::Number::when(is_first, at.lit(k as f64), at);
                own = L::Number::when(is_first, pull, own);
                found = found.with(w, pull, y, gap, Some(!is_first));
                load.store(w, &mut weights[k * LANES..][part.clone()]);
                load.store(pull, &mut pulls[k * LANES..][part.clone()]);
            }
            // Infinite scores have no exponentials: NaN is never sure.
            let rest = L::Number::when(top.finite(), found.rest, top.lit(f64::NAN));
            let rows = &mut room.rows;
            load.store(rest, &mut rows.rest[place.clone()]);
            load.store(found.miss, &mut rows.miss[place.clone()]);
            load.store(own, &mut rows.own[place.clone()]);
            load.store(found.cross, &mut rows.cross[place.clone()]);
            load.store(found.probabilities, &mut rows.probabilities[place.clone()]);
            load.store(over(top, temperature), &mut rows.largest[place]);
            load.store(at, &mut tops[part]);
        }
        for lane in 0..LANES {
            let top = tops[lane].max(0.0) as usize;
            room.top[first + lane] = top;
            weights[top * LANES + lane] = 0.0;
        }
    }

    /// One row.
    #[inline(always)]
    fn along<L: Load, const TEMPERED: bool, const WEIGHS: bool>(&mut self, load: L, i: usize) {
        let Sums { formula, scores, targets, width, room } = self;
        let (width, temperature, class_weights) = (*width, formula.temperature(), formula.class_weights());
        let row = i * width..(i + 1) * width;
        let (x, y, weights) = (&scores[row.clone()], &targets[row.clone()], &mut room.weights[row]);
        let (most, top) = largest(x);
        let zero = load.load(&[0.0; LANES][..L::WIDTH]);
        let none = Found { rest: zero, miss: zero, cross: zero, probabilities: zero };
        let wide_most = zero.lit(f64::from(most));
        // In two floats for the row, in one for a chunk.
        let mut sums = [(Twofold::from(zero), Twofold::from(zero), zero, zero); PARTS];
        for start in (0..width).step_by(CHUNK) {
            let end = width.min(start + CHUNK);
            let mut parts = [none; PARTS];
            for from in (start..end).step_by(PARTS) {
                let to = end.min(from + PARTS);
                let place = from..to;
                let plain = place.len() == PARTS && !place.contains(&top);
                if plain {
                    let (x, y) = (&x[place.clone()], &y[place.clone()]);
                    let classes = class_weights.get(place.clone());
                    let out = &mut weights[place];
                    piece::<F, L, TEMPERED, WEIGHS, false>(
                        load,
                        formula,
                        width,
                        wide_most,
                        temperature,
                        (x, y, classes, None),
                        out,
                        &mut parts,
                    );
                } else {
                    // What is beyond the end, and the largest score, do not count.
                    let (mut own_x, mut own_y, mut keep) = ([most; PARTS], [0.0; PARTS], [0.0; PARTS]);
                    let (mut classes, mut out) = ([1.0; PARTS], [0.0; PARTS]);
                    own_x[..to - from].copy_from_slice(&x[place.clone()]);
                    own_y[..to - from].copy_from_slice(&y[place.clone()]);
                    keep[..to - from].fill(1.0);
                    if place.contains(&top) {
                        keep[top - from] = 0.0;
                    }
                    let weighs = class_weights.get(place.clone()).map(|own| {
                        classes[..to - from].copy_from_slice(own);
                        &classes[..]
                    });
                    let numbers = (&own_x[..], &own_y[..], weighs, Some(&keep[..]));
                    piece::<F, L, TEMPERED, WEIGHS, true>(
                        load,
                        formula,
                        width,
                        wide_most,
                        temperature,
                        numbers,
                        &mut out,
                        &mut parts,
                    );
                    weights[place].copy_from_slice(&out[..to - from]);
                }
            }
            for (sum, part) in sums.iter_mut().zip(&parts).take(PARTS / L::WIDTH) {
                *sum = (sum.0.plus(part.rest), sum.1.plus(part.miss), sum.2 + part.cross, sum.3 + part.probabilities);
            }
        }
        let (mut rest, mut miss) = (Twofold::from(0.0), Twofold::from(0.0));
        let (mut cross, mut probabilities) = (0.0, 0.0);
        for (a, b, c, d) in &sums[..PARTS / L::WIDTH] {
            let mut lanes = [[0.0; LANES]; 6];
            for (lanes, x) in lanes.iter_mut().zip([a.high, a.low, b.high, b.low, *c, *d]) {
                load.store(x, &mut lanes[..L::WIDTH]);
            }
            let [rest_high, rest_low, miss_high, miss_low, costs, found] = &lanes;
            for (high, low) in rest_high.iter().zip(rest_low).take(L::WIDTH) {
                rest = rest + Twofold { high: *high, low: *low };
            }
            for (high, low) in miss_high.iter().zip(miss_low).take(L::WIDTH) {
                miss = miss + Twofold { high: *high, low: *low };
            }
            for (cost, found) in costs.iter().zip(found).take(L::WIDTH) {
                (cross, probabilities) = (cross + cost, probabilities + found);
            }
        }
        let classes = class_weights.get(top).copied();
        let rows = &mut room.rows;
        rows.rest[i] = if most.is_finite() { rest.round_to_machine() } else { f64::NAN };
        rows.miss[i] = miss.round_to_machine();
        rows.own[i] = formula.pull(f64::from(y[top]), classes, width);
        rows.cross[i] = cross;
        rows.probabilities[i] = probabilities;
        rows.largest[i] = over(f64::from(most), temperature);
        room.top[i] = top;
        weights[top] = 0.0;
    }
}

impl<N: Real> Found<N> {
    /// With another class; where it is not to be kept, only its probability counts.
    #[inline(always)]
    fn with(self, w: N, pull: N, y: N, gap: N, keep: Option<N::Mask>) -> Self {
        let none = y.lit(0.0);
        // A class that cannot be does not cost anything unless it was.
        let cost = N::when(pull.same(none), none, pull * gap);
        let (w, pull) = match keep {
            Some(keep) => (N::when(keep, w, none), N::when(keep, pull, none)),
            None => (w, pull),
        };
        let legal = N::when(none.le(y), y, y.lit(f64::NAN));
        Found {
            rest: self.rest + w,
            miss: self.miss + pull,
            cross: self.cross + cost,
            probabilities: self.probabilities + legal,
        }
    }
}

/// Scores, probabilities, weights of classes, and 1 for what counts, of a piece of a row.
type Numbers<'a> = (&'a [f32], &'a [f32], Option<&'a [f64]>, Option<&'a [f64]>);

/// Where there is a 1.
#[inline(always)]
#[allow(clippy::manual_map, reason = "a closure that is not inlined would lose the vector instructions")]
fn kept<N: Real>(keep: Option<N>) -> Option<N::Mask> {
    if let Some(keep) = keep { Some(keep.same(keep.lit(1.0))) } else { None }
}

/// The same number in all places.
#[inline(always)]
#[allow(clippy::manual_map, reason = "a closure that is not inlined would lose the vector instructions")]
fn same<N: Real>(like: N, number: Option<&f64>) -> Option<N> {
    if let Some(number) = number { Some(like.lit(*number)) } else { None }
}

#[inline(always)]
#[allow(clippy::manual_map, reason = "a closure that is not inlined would lose the vector instructions")]
fn loaded<L: Load>(load: L, from: Option<&[f64]>, place: Range<usize>) -> Option<L::Number> {
    if let Some(from) = from { Some(load.load(&from[place])) } else { None }
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "numbers of one piece")]
fn piece<F: SpreadFormula, L: Load, const TEMPERED: bool, const WEIGHS: bool, const KEEPS: bool>(
    load: L,
    formula: &F,
    classes: usize,
    most: L::Number,
    temperature: f64,
    (x, y, weights, keep): Numbers<'_>,
    out: &mut [f64],
    parts: &mut [Found<L::Number>; PARTS],
) {
    let (weights, keep) = (if WEIGHS { weights } else { None }, if KEEPS { keep } else { None });
    // Said once here, the lengths need not be looked at again below.
    let (x, y, out) = (&x[..PARTS], &y[..PARTS], &mut out[..PARTS]);
    for k in 0..PARTS / L::WIDTH / 2 {
        let start = 2 * k * L::WIDTH;
        let (x, y) =
            (load.load_single(&x[start..start + 2 * L::WIDTH]), load.load_single(&y[start..start + 2 * L::WIDTH]));
        for half in 0..2 {
            let place = start + half * L::WIDTH..start + (half + 1) * L::WIDTH;
            let (x, y) = (x[half], y[half]);
            let pull = formula.pull(y, loaded(load, weights, place.clone()), classes);
            let gap = if TEMPERED { (most - x) / temperature } else { most - x };
            let w = exp_of_normal((-gap).max(gap.lit(SHORT_EXP_MIN)));
            load.store(w, &mut out[place.clone()]);
            let part = &mut parts[2 * k + half];
            let keep = kept(loaded(load, keep, place));
            // What is beyond the end has no gap: it costs nothing.
            *part = part.with(w, pull, y, gap, keep);
        }
    }
}

struct Gradients<'a, F> {
    formula: &'a F,
    targets: &'a [f32],
    factors: &'a [f64],
    width: usize,
    room: &'a mut SpreadRoom,
    out: &'a mut [f32],
}

impl<F: SpreadFormula> Block for Gradients<'_, F> {
    fn scalar(self) {
        self.rows(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.rows(Several(simd));
    }
}

/// What a row makes of weights and pulls.
#[derive(Clone, Copy)]
struct Slope<N> {
    by_weight: N,
    by_pull: N,
    /// Bounds of the errors that each brings, in units of what may be lost of a result: for small exponentials …
    small: N,
    /// … for others, whose gaps are lost less of …
    large: N,
    /// … and for pulls.
    pull: N,
}

/// Exponentials of gaps up to 17 are larger.
const SMALL: f64 = power(-25);
const SMALL_GAP: f64 = 17.4;
/// Roundings of a slope itself, beside those of its parts: of the factor, of both products, of the difference.
const OF_SLOPE: f64 = 4.0;

/// Of the errors that a factor of that size, times the row's, brings to a result.
#[inline(always)]
fn bound<N: Real>(factor: N, error: N, size: N, roundings: f64) -> N {
    (error * factor + size.abs() * (roundings * UNIT)) * (1.0 / SURE_SINGLE)
}

impl<N: Real> Slope<N> {
    #[inline(always)]
    fn new<L: Load<Number = N>>(load: L, rows: &SpreadRows, factors: &[f64], i: usize) -> Self {
        let part = i..i + L::WIDTH;
        let factor = load.load(factors);
        let by_weight = load.load(&rows.by_weight[part.clone()]) * factor;
        let by_pull = load.load(&rows.by_pull[part.clone()]) * factor;
        let (weight_error, pull_error) =
            (load.load(&rows.by_weight_error[part.clone()]), load.load(&rows.by_pull_error[part]));
        let factor = factor.abs();
        let plain = EXPONENTIAL + OF_SLOPE;
        Slope {
            small: bound(factor, weight_error, by_weight, plain + rows.of_gap * LARGEST_GAP),
            large: bound(factor, weight_error, by_weight, plain + rows.of_gap * SMALL_GAP),
            pull: bound(factor, pull_error, by_pull, OF_PULL + OF_SLOPE),
            by_weight,
            by_pull,
        }
    }
    /// The derivative, and a number that is negative where it is not sure.
    #[inline(always)]
    fn at(&self, w: N, pull: N) -> (N, N) {
        let slope = w.mul_add(self.by_weight, -(pull * self.by_pull));
        let error = w * N::when(w.lt(w.lit(SMALL)), self.small, self.large);
        let error = pull.mul_add(self.pull, error);
        (slope, slope.abs().max(w.lit(UNSEEN / SURE_SINGLE)) - error)
    }
}

impl<F: SpreadFormula> Gradients<'_, F> {
    #[inline(always)]
    fn rows<L: Load>(self, load: L) {
        if self.width <= FEW {
            self.side_by_side(load);
        } else {
            self.along(load);
        }
    }

    #[inline(always)]
    fn side_by_side<L: Load>(self, load: L) {
        let Gradients { factors, width, room, out, .. } = self;
        let mut tiles: [Tile; FEW / LANES] = [[[0.0; LANES]; LANES]; FEW / LANES];
        let cells = room.weights.chunks_exact(LANES * width).zip(room.pulls.chunks_exact(LANES * width));
        for (group, (weights, pulls)) in cells.enumerate().take(factors.len().div_ceil(LANES)) {
            let first = group * LANES;
            let mut own = [0.0; LANES];
            let count = LANES.min(factors.len() - first);
            own[..count].copy_from_slice(&factors[first..first + count]);
            let mut slopes = [Slope::new(load, &room.rows, &own[..L::WIDTH], first); LANES];
            for (k, slope) in slopes[..LANES / L::WIDTH].iter_mut().enumerate() {
                let part = k * L::WIDTH;
                *slope = Slope::new(load, &room.rows, &own[part..part + L::WIDTH], first + part);
            }
            let mut margins = [slopes[0].by_weight.lit(0.0); LANES];
            for (k, tile) in tiles[..width.div_ceil(LANES)].iter_mut().enumerate() {
                let flat = tile.as_flattened_mut();
                let cells = (width * LANES - k * LANES * LANES).min(LANES * LANES);
                for start in (0..cells).step_by(2 * L::WIDTH) {
                    // An odd number of classes ends in the middle of two registers.
                    let next = if start + L::WIDTH < cells { start + L::WIDTH } else { start };
                    let mut numbers = [margins[0]; 2];
                    for (number, cell) in numbers.iter_mut().zip([start, next]) {
                        let place = k * LANES * LANES + cell..k * LANES * LANES + cell + L::WIDTH;
                        let lane = cell % LANES / L::WIDTH;
                        let (w, pull) = (load.load(&weights[place.clone()]), load.load(&pulls[place]));
                        let (slope, margin) = slopes[lane].at(w, pull);
                        margins[lane] = margins[lane].min(margin);
                        *number = slope;
                    }
                    load.store_single(numbers, &mut flat[start..start + 2 * L::WIDTH]);
                }
                load.transpose(tile);
            }
            put_rows(&tiles, first, width, out);
            for (k, margin) in margins[..LANES / L::WIDTH].iter().enumerate() {
                let from = first + k * L::WIDTH..first + (k + 1) * L::WIDTH;
                settle(load, *margin, &room.rows.sure_top[from.clone()], &mut room.sure_gradient[from]);
            }
        }
    }

    #[inline(always)]
    fn along<L: Load>(self, load: L) {
        let Gradients { formula, targets, factors, width, room, out } = self;
        let class_weights = formula.class_weights();
        for (i, factor) in factors.iter().enumerate() {
            let row = i * width..(i + 1) * width;
            let (weights, y, out) = (&room.weights[row.clone()], &targets[row.clone()], &mut out[row]);
            let one = Slope::new(One, &room.rows, &[*factor], i);
            let zero = load.load(&[0.0; LANES][..L::WIDTH]);
            let slope = Slope {
                by_weight: zero.lit(one.by_weight),
                by_pull: zero.lit(one.by_pull),
                small: zero.lit(one.small),
                large: zero.lit(one.large),
                pull: zero.lit(one.pull),
            };
            let (mut margin, mut other) = (zero, zero);
            let whole = width - width % (2 * LANES);
            let (mut last_w, mut last_y) = ([0.0; 2 * LANES], [0.0; 2 * LANES]);
            let (mut last_class, mut last_out) = ([0.0; 2 * LANES], [0.0; 2 * LANES]);
            let rest = width - whole;
            last_w[..rest].copy_from_slice(&weights[whole..]);
            last_y[..rest].copy_from_slice(&y[whole..]);
            if let Some(classes) = class_weights.get(whole..) {
                last_class[..classes.len()].copy_from_slice(classes);
            }
            let (out, out_rest) = out.split_at_mut(whole);
            let first = (&weights[..whole], &y[..whole], class_weights.get(..whole), out);
            let weighs = (!class_weights.is_empty()).then_some(&last_class[..]);
            let last = (&last_w[..], &last_y[..], weighs, &mut last_out[..]);
            // A loop over both, so that the formula stands here once.
            for (weights, y, classes, out) in [first, last] {
                for start in (0..weights.len()).step_by(2 * L::WIDTH) {
                    let place = [start..start + L::WIDTH, start + L::WIDTH..start + 2 * L::WIDTH];
                    let y = load.load_single(&y[start..start + 2 * L::WIDTH]);
                    let [low, high] = place;
                    let low_pull = formula.pull(y[0], loaded(load, classes, low.clone()), width);
                    let high_pull = formula.pull(y[1], loaded(load, classes, high.clone()), width);
                    let (low, sure) = slope.at(load.load(&weights[low]), low_pull);
                    let (high, also) = slope.at(load.load(&weights[high]), high_pull);
                    (margin, other) = (margin.min(sure), other.min(also));
                    load.store_single([low, high], &mut out[start..start + 2 * L::WIDTH]);
                }
            }
            out_rest.copy_from_slice(&last_out[..rest]);
            let mut sure = [0.0; LANES];
            let top = [room.rows.sure_top[i]; LANES];
            settle(load, margin.min(other), &top[..L::WIDTH], &mut sure[..L::WIDTH]);
            room.sure_gradient[i] = sure[..L::WIDTH].iter().fold(1.0, |all, one| f64::min(all, *one));
        }
    }
}

/// Writes 1 where no margin was negative and the largest score's derivative is sure.
#[inline(always)]
fn settle<L: Load>(load: L, margin: L::Number, sure_top: &[f64], out: &mut [f64]) {
    let (none, one) = (margin.lit(0.0), margin.lit(1.0));
    let sure = none.le(margin) & load.load(sure_top).same(one);
    load.store(L::Number::when(sure, one, none), out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{RowLoss, SoftmaxCrossEntropy};

    /// As in `batch/labelled.rs`: a kernel that settled nothing would be right, and slow.
    #[test]
    fn kernels_settle_ordinary_rows() {
        let loss = SoftmaxCrossEntropy::default();
        let loss = loss.spread().unwrap_or_else(|| unreachable!("has a kernel"));
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        for width in [2, 10, FEW, FEW + 1, 1000, 32_000] {
            let rows = if width < 1000 { 1000 } else { 200 };
            let scores: Vec<f32> = (0..rows * width).map(|_| (16.0 * next() - 8.0) as f32).collect();
            let mut targets: Vec<f32> = (0..rows * width).map(|_| (8.0 * next() - 4.0).exp() as f32).collect();
            for row in targets.chunks_mut(width) {
                let sum: f32 = row.iter().sum();
                row.iter_mut().for_each(|y| *y /= sum);
            }
            let mut out = vec![0.0; scores.len()];
            for level in Level::available() {
                let mut room = SpreadRoom::default();
                loss.spread(level, &scores, &targets, width, f64::from(f32::EPSILON), &mut room);
                loss.spread_gradients(level, (&scores, &targets), &vec![1.0; rows], &mut room, &mut out);
                assert_eq!(room.rows.sure[..rows], vec![1.0; rows], "{width} classes at {level:?}");
                let sure: f64 = room.sure_gradient[..rows].iter().sum();
                println!("{width} {level:?} {}", sure / rows as f64);
                assert!(sure >= 0.99 * rows as f64, "{width} classes at {level:?}: {sure} of {rows}");
            }
        }
    }
}
