//! Exponentials of rows with labels, for any loss of them, in the numbers that results of the type are tried in first.
//!
//! Few classes: eight rows at a time, each in a place of its own of a lane. Many: along the row. Which of the two is a
//! matter of the number of classes alone, and so is the order of the sums: bits do not depend on the batch, the
//! threads or the processor.

use super::element::Element;
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::stored::{First, Stored};
use crate::number::{LANES, Level, Machine, Real};
use crate::rows::labelled::{LabelledLoss, LabelledRows};
use fearless_simd::Simd;
use rayon::prelude::*;
use std::marker::PhantomData;

/// Up to so many classes, rows are computed side by side.
pub(super) const FEW: usize = 128;
/// Sums along a row are kept in so many parts, on every processor.
pub(super) const PARTS: usize = 32;
/// Numbers of a block, unless one row has more.
const NUMBERS: usize = 8192;
/// Rows of more scores are cut into parts of so many, which threads share.
const PART: usize = 1 << 16;
/// Bytes of a cache line.
const LINE: usize = 64;

/// Rows of a block that fits in the caches.
pub(super) fn rows_of_block(width: usize) -> usize {
    match NUMBERS / width {
        0 => 1,
        rows if rows < LANES => rows,
        rows => rows - rows % LANES,
    }
}

/// Room for a block.
#[derive(Debug)]
pub(super) struct Room<N> {
    /// The exponentials: row by row, or of few classes eight rows at a time, class by class.
    weights: Vec<f64>,
    pub(super) rows: LabelledRows,
    stored: PhantomData<N>,
}

impl<N> Default for Room<N> {
    fn default() -> Self {
        Room { weights: Vec::new(), rows: LabelledRows::default(), stored: PhantomData }
    }
}

impl<N: Stored> Room<N> {
    /// Computes the answers of `loss` to a block of rows; labels are in range.
    pub(super) fn answer(&mut self, loss: &dyn LabelledLoss, level: Level, block: &[N], soon: &[N], labels: &[usize]) {
        self.exponentials(level, block, soon, labels, loss.scale());
        if loss.weighs() {
            for (weight, label) in self.rows.class_weight.iter_mut().zip(labels) {
                *weight = loss.weight_of(*label);
            }
        } else {
            self.rows.class_weight.fill(1.0);
        }
        loss.answers(level, &mut self.rows);
    }

    /// Computes what answers are made of.
    pub(super) fn exponentials(&mut self, level: Level, block: &[N], soon: &[N], labels: &[usize], temperature: f64) {
        self.cells::<false>(level, block, soon, labels, temperature);
    }

    /// Computes the sums of exponentials, and keeps the gaps `(x - M)/T` instead of them.
    pub(super) fn gaps(&mut self, level: Level, block: &[N], soon: &[N], labels: &[usize], temperature: f64) {
        self.cells::<true>(level, block, soon, labels, temperature);
    }

    fn cells<const GAPS: bool>(&mut self, level: Level, block: &[N], soon: &[N], labels: &[usize], temperature: f64) {
        let width = block.len() / labels.len();
        self.rows.resize(labels.len());
        let rows = if width <= FEW { labels.len().next_multiple_of(LANES) } else { labels.len() };
        self.weights.resize(rows * width, 0.0);
        // An exponential, and the additions that it takes part in.
        let additions = if width <= FEW { width } else { width.min(PART) / PARTS + PARTS + width.div_ceil(PART) };
        self.rows.double = size_of::<N>() == size_of::<f64>();
        self.rows.relative = N::EXPONENTIAL + additions as f64 * N::ADDITION;
        self.rows.lost = width as f64 * N::LOST;
        let Room { weights, rows, .. } = self;
        if width > PART {
            for (i, label) in labels.iter().enumerate() {
                let (row, weights) = (&block[i * width..][..width], &mut weights[i * width..][..width]);
                by_parts::<N, GAPS>(level, row, *label, temperature, weights, rows, i);
            }
        } else {
            run(level, Exponentials::<N, GAPS> { block, soon, width, labels, temperature, weights, rows });
        }
    }

    /// Multiplies the derivatives that were answered, each row's by its factor of two floats.
    pub(super) fn scale(&mut self, factors: &[[f64; 2]]) {
        for column in [&mut self.rows.own, &mut self.rows.other] {
            for ((head, tail), factor) in column.head.iter_mut().zip(&mut column.tail).zip(factors) {
                let scaled = N::First::<f64>::of_parts([*head, *tail]).times(*factor);
                [*head, *tail] = scaled.parts();
            }
        }
    }

    /// Writes the gradients of the block that was answered.
    pub(super) fn gradients<E: Element>(&self, level: Level, labels: &[usize], out: &mut [E]) {
        let width = out.len() / labels.len();
        self.products(level, width, out);
        for (i, label) in labels.iter().enumerate() {
            out[i * width + label] = E::narrow(self.rows.own.head[i] + self.rows.own.tail[i]);
        }
    }

    /// Writes the exponentials, those of a row times its `other`.
    pub(super) fn products<E: Element>(&self, level: Level, width: usize, out: &mut [E]) {
        self.images::<E, false>(level, width, out);
    }

    /// Writes the gaps, those of a row less its `other`.
    pub(super) fn differences<E: Element>(&self, level: Level, width: usize, out: &mut [E]) {
        self.images::<E, true>(level, width, out);
    }

    fn images<E: Element, const GAPS: bool>(&self, level: Level, width: usize, out: &mut [E]) {
        let Room { weights, rows: LabelledRows { other, .. }, .. } = self;
        if width > PART {
            for (i, (out, weights)) in out.chunks_mut(width).zip(weights.chunks(width)).enumerate() {
                let parts = out.par_chunks_mut(PART).zip(weights.par_chunks(PART));
                parts.for_each(|(out, weights)| {
                    let numbers = [&other.head[i..=i], &other.tail[i..=i]];
                    run(
                        level,
                        Images::<E, N, GAPS> { weights, numbers, width: weights.len(), out, stored: PhantomData },
                    );
                });
            }
        } else {
            let numbers = [&other.head[..], &other.tail[..]];
            run(level, Images::<E, N, GAPS> { weights, numbers, width, out, stored: PhantomData });
        }
    }
}

struct Exponentials<'a, N, const GAPS: bool> {
    block: &'a [N],
    /// The scores that are wanted next, or nothing.
    soon: &'a [N],
    width: usize,
    labels: &'a [usize],
    temperature: f64,
    weights: &'a mut [f64],
    rows: &'a mut LabelledRows,
}

impl<N: Stored, const GAPS: bool> Block for Exponentials<'_, N, GAPS> {
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}

/// How scores become gaps: known when the loops are compiled.
trait Weigh: Copy {
    /// `(x - largest)/T`.
    fn gap<R: Real>(self, x: R, largest: R) -> R;
}

/// At temperature 1.
#[derive(Clone, Copy)]
struct Plain;

/// At any other temperature.
#[derive(Clone, Copy)]
struct Tempered(f64);

impl Weigh for Plain {
    #[inline(always)]
    fn gap<R: Real>(self, x: R, largest: R) -> R {
        x - largest
    }
}

impl Weigh for Tempered {
    #[inline(always)]
    fn gap<R: Real>(self, x: R, largest: R) -> R {
        (x - largest) / self.0
    }
}

#[inline(always)]
pub(super) fn over<R: Real>(x: R, temperature: f64) -> R {
    if temperature == 1.0 { x } else { x / temperature }
}

/// Eight scores of eight rows, or of eight classes.
pub(super) type Tile<N = f32> = [[N; LANES]; LANES];

impl<N: Stored, const GAPS: bool> Exponentials<'_, N, GAPS> {
    #[inline(always)]
    fn each<L: Load>(self, load: L) {
        match self.temperature {
            1.0 => self.rows(load, Plain),
            temperature => self.rows(load, Tempered(temperature)),
        }
    }

    #[inline(always)]
    fn rows<L: Load, W: Weigh>(mut self, load: L, weigh: W) {
        // Loops, not closures: what is not inlined here loses the vector instructions.
        if self.width <= FEW {
            let mut columns = [[N::default(); LANES]; FEW];
            for first in (0..self.labels.len()).step_by(LANES) {
                self.side_by_side(load, weigh, first, &mut columns);
            }
        } else {
            for i in 0..self.labels.len() {
                self.along(load, weigh, i);
            }
        }
    }

    /// Eight rows; where there are fewer, the last one again.
    #[inline(always)]
    fn side_by_side<L: Load, W: Weigh>(&mut self, load: L, weigh: W, first: usize, columns: &mut [[N; LANES]; FEW]) {
        let (width, last) = (self.width, self.labels.len() - 1);
        turned(load, self.block, width, first, columns);
        let mut largest = columns[0];
        for column in &columns[1..width] {
            for (largest, x) in largest.iter_mut().zip(column) {
                *largest = largest.larger(*x);
            }
        }
        let largest = wide(&largest);
        let cells = &mut self.weights[first * width..][..LANES * width];
        let soon = self.soon.get(first * width..).unwrap_or_default();
        for part in (0..LANES).step_by(L::WIDTH) {
            let place = first + part..first + part + L::WIDTH;
            let part = part..part + L::WIDTH;
            let top = load.load(&largest[part.clone()]);
            let (none, one) = (top.lit(0.0), top.lit(1.0));
            let (most, nothing) = (N::First::of(top), N::First::of(none));
            let (mut rest, mut tops) = (nothing, none);
            let mut lines = soon.chunks(LINE / size_of::<N>());
            for (k, (column, cells)) in columns[..width].iter().zip(cells.chunks_exact_mut(LANES)).enumerate() {
                // Eight scores.
                if part.start == 0
                    && (k * size_of::<[N; LANES]>()).is_multiple_of(LINE)
                    && let Some([first, ..]) = lines.next()
                {
                    discrepancy_stream::prefetch(first);
                }
                let x = load.load(&wide(column)[part.clone()]);
                let gap = weigh.gap(N::score(x), most);
                let w = N::exp_of_gap(gap);
                let is_top = x.same(top);
                rest = rest + N::First::when(is_top, nothing, w);
                tops = tops + L::Number::when(is_top, one, none);
                load.store(cell::<N, W, L::Number, GAPS>(weigh, x, top, gap, w), &mut cells[part.clone()]);
            }
            // All classes but one of the largest scores; those next to infinity have no gaps: NaN is never sure.
            rest = N::First::when(
                top.abs().le(top.lit(N::LARGEST_SCORE)),
                rest + N::First::of(tops - 1.0),
                N::First::of(top.lit(f64::NAN)),
            );
            self.rows.rest.store::<N, L>(load, place.start, rest);
            self.rows.largest.store::<N, L>(load, place.start, over(most, self.temperature));
        }
        for lane in 0..LANES {
            let (i, label) = (first + lane, self.labels[(first + lane).min(last)]);
            let cell = cells[label * LANES + lane];
            of_label::<N>(self.rows, i, columns[label][lane].widen(), largest[lane], self.temperature, cell);
        }
    }

    /// One row.
    #[inline(always)]
    fn along<L: Load, W: Weigh>(&mut self, load: L, weigh: W, i: usize) {
        let row = &self.block[i * self.width..][..self.width];
        let weights = &mut self.weights[i * self.width..][..self.width];
        let (largest, top) = largest(row);
        let soon = self.soon.get(i * self.width..).unwrap_or_default();
        let rest = part::<L, W, N, GAPS>(load, weigh, largest, Some(top), row, soon, weights);
        note(self.rows, i, row, weights, largest, rest, self.labels[i], self.temperature);
    }
}

/// What an answer to a row needs of its label's score and exponential.
#[inline(always)]
fn of_label<N: Stored>(rows: &mut LabelledRows, i: usize, score: f64, largest: f64, temperature: f64, cell: f64) {
    let largest_number = N::First::<f64>::of(largest);
    let gap = over(N::First::<f64>::of(score) - largest_number, temperature);
    // The exponential once more where its second float is needed; it is one of many.
    let weight = if rows.double { N::exp_of_gap(gap) } else { First::of(cell) };
    rows.shift.store::<N, One>(One, i, gap);
    rows.weight.store::<N, One>(One, i, weight);
    rows.top[i] = f64::from(u8::from(score == largest));
}

/// Eight rows from `first` on as columns; where there are fewer, the last one again.
#[inline(always)]
pub(super) fn turned<L: Load, N: Stored>(
    load: L,
    block: &[N],
    width: usize,
    first: usize,
    columns: &mut [[N; LANES]; FEW],
) {
    let last = block.len() / width - 1;
    for (k, tile) in columns.as_chunks_mut::<LANES>().0[..width.div_ceil(LANES)].iter_mut().enumerate() {
        for (lane, tile) in tile.iter_mut().enumerate() {
            let from = (first + lane).min(last) * width + k * LANES;
            // Beyond the row's end there are numbers of the next one, which nobody looks at.
            if let Some(numbers) = block[from..].first_chunk::<LANES>() {
                *tile = *numbers;
            } else {
                for (tile, x) in tile.iter_mut().zip(&block[from..]) {
                    *tile = *x;
                }
            }
        }
        N::transpose(load, tile);
    }
}

/// What an answer to a row needs.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "numbers of one row")]
fn note<N: Stored>(
    rows: &mut LabelledRows,
    i: usize,
    row: &[N],
    weights: &[f64],
    largest: N,
    rest: N::First<f64>,
    label: usize,
    temperature: f64,
) {
    let largest = largest.widen();
    rows.largest.store::<N, One>(One, i, over(First::of(largest), temperature));
    // Those next to infinity have no gaps: NaN is never sure.
    rows.rest.store::<N, One>(One, i, if largest.abs() <= N::LARGEST_SCORE { rest } else { First::of(f64::NAN) });
    of_label::<N>(rows, i, row[label].widen(), largest, temperature, weights[label]);
}

/// One long row, on all threads; its parts are added in their order.
fn by_parts<N: Stored, const GAPS: bool>(
    level: Level,
    row: &[N],
    label: usize,
    temperature: f64,
    weights: &mut [f64],
    rows: &mut LabelledRows,
    i: usize,
) {
    let search = |scores| {
        let mut found = (N::default(), 0);
        run(level, Search { scores, found: &mut found });
        found
    };
    let tops: Vec<(N, usize)> = row.par_chunks(PART).map(search).collect();
    let (mut largest, mut place) = (N::NEGATIVE_INFINITY, 0);
    for (k, (top, at)) in tops.into_iter().enumerate() {
        if largest.widen() < top.widen() {
            (largest, place) = (top, k * PART + at);
        }
    }
    let nothing = N::First::<f64>::of(0.0);
    let sum = |(k, (scores, weights)): (usize, (&[N], &mut [f64]))| {
        let (top, mut sum) = ((place / PART == k).then_some(place % PART), [0.0; 2]);
        run(level, Part::<N, GAPS> { scores, largest, top, temperature, weights, sum: &mut sum });
        sum
    };
    let parts = row.par_chunks(PART).zip(weights.par_chunks_mut(PART)).enumerate();
    let sums: Vec<[f64; 2]> = parts.map(sum).collect();
    let sum = sums.into_iter().fold(nothing, |sum, part| sum + N::First::<f64>::of_parts(part));
    note(rows, i, row, weights, largest, sum, label, temperature);
}

struct Search<'a, N> {
    scores: &'a [N],
    found: &'a mut (N, usize),
}

impl<N: Stored> Block for Search<'_, N> {
    #[inline(always)]
    fn scalar(self) {
        *self.found = largest(self.scores);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, _: S) {
        self.scalar();
    }
}

struct Part<'a, N, const GAPS: bool> {
    scores: &'a [N],
    largest: N,
    top: Option<usize>,
    temperature: f64,
    weights: &'a mut [f64],
    sum: &'a mut [f64; 2],
}

impl<N: Stored, const GAPS: bool> Part<'_, N, GAPS> {
    #[inline(always)]
    fn each<L: Load>(self, load: L) {
        let Part { scores, largest, top, temperature, weights, sum } = self;
        let found = match temperature {
            1.0 => part::<L, Plain, N, GAPS>(load, Plain, largest, top, scores, &[], weights),
            temperature => {
                part::<L, Tempered, N, GAPS>(load, Tempered(temperature), largest, top, scores, &[], weights)
            }
        };
        *sum = found.parts();
    }
}

impl<N: Stored, const GAPS: bool> Block for Part<'_, N, GAPS> {
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}

/// The exponentials of a row or of a part of it, in pieces of [`PARTS`], and their sum without the one at `top`; or the
/// gaps, and that sum.
#[inline(always)]
fn part<L: Load, W: Weigh, N: Stored, const GAPS: bool>(
    load: L,
    weigh: W,
    largest: N,
    top: Option<usize>,
    row: &[N],
    soon: &[N],
    weights: &mut [f64],
) -> N::First<f64> {
    let mut lines = soon.chunks(LINE / size_of::<N>());
    // In registers for the whole row.
    let zero = load.load(&[0.0; LANES][..L::WIDTH]);
    let mut parts: [N::First<L::Number>; PARTS] = [N::First::of(zero); PARTS];
    let wide = N::First::of(zero.lit(largest.widen()));
    let (pieces, rest) = row.as_chunks::<PARTS>();
    let (out, out_rest) = weights.as_chunks_mut::<PARTS>();
    let special = top.map_or(usize::MAX, |top| top / PARTS);
    let (before, after) = pieces.split_at(special.min(pieces.len()));
    let (out_before, out_after) = out.split_at_mut(before.len());
    for (piece, out) in before.iter().zip(out_before) {
        fetch::<N>(&mut lines);
        exponentials::<L, W, N, GAPS>(load, weigh, wide, piece, out, &mut parts);
    }
    // The largest score's own exponential is 1 and left out of the sum.
    let place = top.unwrap_or(0) % PARTS;
    if let ([piece, after @ ..], [out, out_after @ ..]) = (after, out_after) {
        let mut piece = *piece;
        piece[place] = N::NEGATIVE_INFINITY;
        exponentials::<L, W, N, GAPS>(load, weigh, wide, &piece, out, &mut parts);
        for (piece, out) in after.iter().zip(out_after) {
            fetch::<N>(&mut lines);
            exponentials::<L, W, N, GAPS>(load, weigh, wide, piece, out, &mut parts);
        }
    }
    if !rest.is_empty() {
        let (mut piece, mut out) = ([N::NEGATIVE_INFINITY; PARTS], [0.0; PARTS]);
        piece[..rest.len()].copy_from_slice(rest);
        if pieces.len() == special {
            piece[place] = N::NEGATIVE_INFINITY;
        }
        exponentials::<L, W, N, GAPS>(load, weigh, wide, &piece, &mut out, &mut parts);
        out_rest.copy_from_slice(&out[..rest.len()]);
    }
    let mut sum = N::First::<f64>::of(0.0);
    for part in parts.iter().take(PARTS / L::WIDTH) {
        let mut places = [[0.0; LANES]; 2];
        for (place, float) in places.iter_mut().zip(part.parts()) {
            load.store(float, &mut place[..L::WIDTH]);
        }
        for (head, tail) in places[0].iter().zip(&places[1]).take(L::WIDTH) {
            sum = sum + N::First::<f64>::of_parts([*head, *tail]);
        }
    }
    if let Some(top) = top {
        weights[top] = if GAPS { 0.0 } else { 1.0 };
    }
    sum
}

/// Asks for the lines of the next [`PARTS`] scores, if there are some.
#[inline(always)]
fn fetch<N>(lines: &mut std::slice::Chunks<'_, N>) {
    for _ in 0..PARTS * size_of::<N>() / LINE {
        if let Some([first, ..]) = lines.next() {
            discrepancy_stream::prefetch(first);
        }
    }
}

#[inline(always)]
pub(super) fn wide<N: Stored>(numbers: &[N; LANES]) -> [f64; LANES] {
    let mut wide = [0.0; LANES];
    for (wide, x) in wide.iter_mut().zip(numbers) {
        *wide = x.widen();
    }
    wide
}

/// What is kept of a score: its exponential, or its gap.
#[inline(always)]
fn cell<N: Stored, W: Weigh, M: Machine, const GAPS: bool>(
    weigh: W,
    x: M,
    largest: M,
    gap: N::First<M>,
    exponential: N::First<M>,
) -> M {
    match (GAPS, N::ROUNDS_DIFFERENCES) {
        (false, _) => exponential.rounded(),
        (true, true) => gap.rounded(),
        // The gap is one to the least score there.
        (true, false) => M::when(x.lt(x.lit(N::LEAST_SCORE)), weigh.gap(x, largest), gap.rounded()),
    }
}

/// Exponentials or gaps, and sums of exponentials.
#[inline(always)]
fn exponentials<L: Load, W: Weigh, N: Stored, const GAPS: bool>(
    load: L,
    weigh: W,
    largest: N::First<L::Number>,
    scores: &[N; PARTS],
    out: &mut [f64; PARTS],
    sums: &mut [N::First<L::Number>; PARTS],
) {
    let width = L::WIDTH;
    for (k, scores) in scores.chunks_exact(2 * width).enumerate() {
        for (half, x) in N::load(load, scores).into_iter().enumerate() {
            let gap = weigh.gap(N::score(x), largest);
            let w = N::exp_of_gap(gap);
            let sum = &mut sums[2 * k + half];
            *sum = *sum + w;
            load.store(
                cell::<N, W, L::Number, GAPS>(weigh, x, largest.rounded(), gap, w),
                &mut out[(2 * k + half) * width..][..width],
            );
        }
    }
}

/// The largest score and where it first stands; NaN is none.
#[inline(always)]
pub(super) fn largest<N: Stored>(row: &[N]) -> (N, usize) {
    const WIDE: usize = 2 * PARTS;
    let mut parts = [N::NEGATIVE_INFINITY; WIDE];
    let (pieces, rest) = row.as_chunks::<WIDE>();
    for piece in pieces {
        for (m, x) in parts.iter_mut().zip(piece) {
            *m = m.larger(*x);
        }
    }
    for (m, x) in parts.iter_mut().zip(rest) {
        *m = m.larger(*x);
    }
    // By halves, not one after the other: each comparison would wait for the one before.
    let mut count = WIDE / 2;
    while count > 0 {
        let (low, high) = parts.split_at_mut(count);
        for (m, x) in low.iter_mut().zip(high) {
            *m = m.larger(*x);
        }
        count /= 2;
    }
    let largest = parts[0];
    // Piece by piece, for the same reason.
    let mut start = pieces.len() * WIDE;
    for (k, piece) in pieces.iter().enumerate() {
        let mut here = false;
        for x in piece {
            here |= *x == largest;
        }
        if here {
            start = k * WIDE;
            break;
        }
    }
    let place = row[start..].iter().position(|x| *x == largest);
    (largest, place.map_or(0, |place| start + place))
}

struct Images<'a, E, N, const GAPS: bool> {
    weights: &'a [f64],
    /// What a row's exponentials are multiplied by, or its gaps are reduced by: heads and tails.
    numbers: [&'a [f64]; 2],
    width: usize,
    out: &'a mut [E],
    stored: PhantomData<N>,
}

/// An exponential times the number of its row, or a gap less it.
#[inline(always)]
fn image<N: Stored, M: Machine, const GAPS: bool>(cell: M, number: [M; 2]) -> M {
    let number = First::of_parts(number);
    if GAPS { N::difference(cell, number) } else { N::product(cell, number) }
}

impl<E: Element, N: Stored, const GAPS: bool> Images<'_, E, N, GAPS> {
    #[inline(always)]
    fn each<L: Load>(self, load: L) {
        let Images { weights, numbers, width, out, .. } = self;
        if width > FEW {
            for (i, (out, weights)) in out.chunks_mut(width).zip(weights.chunks(width)).enumerate() {
                let number = [numbers[0][i], numbers[1][i]];
                for (out, w) in out.iter_mut().zip(weights) {
                    *out = E::narrow(image::<N, f64, GAPS>(*w, number));
                }
            }
        } else if let Some(out) = E::as_singles_mut(out) {
            tiles::<L, GAPS>(load, weights, numbers[0], width, out);
        } else {
            for (i, out) in out.chunks_mut(width).enumerate() {
                let cells = &weights[i / LANES * LANES * width..][..LANES * width];
                let number = [numbers[0][i], numbers[1][i]];
                for (out, cells) in out.iter_mut().zip(cells.chunks_exact(LANES)) {
                    *out = E::narrow(image::<N, f64, GAPS>(cells[i % LANES], number));
                }
            }
        }
    }
}

/// Images of few classes, eight rows at a time.
#[inline(always)]
fn tiles<L: Load, const GAPS: bool>(load: L, weights: &[f64], numbers: &[f64], width: usize, out: &mut [f32]) {
    let mut rows: [Tile; FEW / LANES] = [[[0.0; LANES]; LANES]; FEW / LANES];
    for (group, cells) in weights.chunks_exact(LANES * width).enumerate() {
        let numbers = &numbers[group * LANES..][..LANES];
        for (tile, cells) in rows.iter_mut().zip(cells.chunks(LANES * LANES)) {
            let flat = tile.as_flattened_mut();
            for start in (0..cells.len()).step_by(2 * L::WIDTH) {
                let low = of_register::<L, GAPS>(load, cells, numbers, start);
                // An odd number of classes ends in the middle of two registers.
                let next = start + L::WIDTH;
                let next = if next < cells.len() { next } else { start };
                let high = of_register::<L, GAPS>(load, cells, numbers, next);
                load.store_single([low, high], &mut flat[start..start + 2 * L::WIDTH]);
            }
            load.transpose(tile);
        }
        put_rows(&rows, group * LANES, width, out);
    }
}

/// Writes eight rows from `first` on, as far as there are so many.
#[inline(always)]
pub(super) fn put_rows(rows: &[Tile; FEW / LANES], first: usize, width: usize, out: &mut [f32]) {
    for lane in 0..LANES {
        let from = (first + lane) * width;
        if from >= out.len() {
            return;
        }
        for (k, rows) in rows[..width.div_ceil(LANES)].iter().enumerate() {
            // What is written beyond the row's end is overwritten by the next row.
            if let Some(place) = out[from + k * LANES..].first_chunk_mut::<LANES>() {
                *place = rows[lane];
            } else {
                for (out, x) in out[from + k * LANES..].iter_mut().zip(&rows[lane]) {
                    *out = *x;
                }
            }
        }
    }
}

/// The images of a register of cells, eight rows to a class.
#[inline(always)]
fn of_register<L: Load, const GAPS: bool>(load: L, cells: &[f64], numbers: &[f64], start: usize) -> L::Number {
    let (cells, numbers) = (&cells[start..start + L::WIDTH], &numbers[start % LANES..][..L::WIDTH]);
    let number = load.load(numbers);
    image::<f32, L::Number, GAPS>(load.load(cells), [number, number.lit(0.0)])
}

impl<E: Element, N: Stored, const GAPS: bool> Block for Images<'_, E, N, GAPS> {
    #[inline(always)]
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{RowLoss, SoftmaxCrossEntropy};

    /// Results would stay right if a kernel settled nothing, only slow: each row would be computed again by itself.
    fn settles_ordinary_rows<N: Stored>() {
        let loss = SoftmaxCrossEntropy::default();
        let loss = loss.labelled().unwrap_or_else(|| unreachable!("labels without smoothing"));
        // The error bound of a sum must not grow with the number of classes.
        for width in [2, FEW, FEW + 1, 1000, PART + 1, 1_000_003] {
            let rows = if width < PART { 24 } else { 1 };
            let scores: Vec<N> = (0..rows * width).map(|i| N::of((i * 37 % 101) as f64 * 0.3 - 15.0)).collect();
            let labels: Vec<usize> = (0..rows).map(|i| i % width).collect();
            for level in Level::available() {
                let mut room = Room::default();
                room.answer(loss, level, &scores, &[], &labels);
                assert_eq!(room.rows.sure[..rows], vec![1.0; rows], "{width} classes at {level:?}");
            }
        }
    }

    #[test]
    fn kernels_settle_ordinary_rows() {
        settles_ordinary_rows::<f32>();
        settles_ordinary_rows::<f64>();
    }
}
