//! Exponentials of rows with labels, for any loss of them: the kernel of results of 24 bits or fewer.
//!
//! Few classes: eight rows at a time, each in a place of its own of a lane. Many: along the row. Which of the two is a
//! matter of the number of classes alone, and so is the order of the sums: bits do not depend on the batch, the
//! threads or the processor.

use super::element::Element;
use crate::number::elementary::exp_of_gap_single;
use crate::number::guarded::power;
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::{LANES, Level, Machine, Real};
use crate::rows::labelled::{LabelledLoss, LabelledRows};
use fearless_simd::Simd;

/// Up to so many classes, rows are computed side by side.
const FEW: usize = 64;
/// Sums along a row are kept in so many parts, on every processor.
const PARTS: usize = 32;
/// Numbers of a block, unless one row has more.
const NUMBERS: usize = 8192;

/// How exact exponentials are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exponential {
    /// For results that are rounded to 24 bits: right to 2^-39.
    Single,
    /// For values that are summed in `f64`.
    Double,
}

impl Exponential {
    /// The relative error of an exponential, where the exponent is off by the rounding of a difference below 745.
    fn error(self) -> f64 {
        match self {
            Exponential::Single => power(-39),
            Exponential::Double => power(-42),
        }
    }
}

/// Rows of a block that fits in the caches.
pub(super) fn rows_of_block(width: usize) -> usize {
    match NUMBERS / width {
        0 => 1,
        rows if rows < LANES => rows,
        rows => rows - rows % LANES,
    }
}

/// Room for a block.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// The exponentials: row by row, or of few classes eight rows at a time, class by class.
    weights: Vec<f64>,
    pub(super) rows: LabelledRows,
}

impl Room {
    /// Computes the answers of `loss` to a block of rows; labels are in range.
    pub(super) fn answer<E: Element>(
        &mut self,
        loss: &dyn LabelledLoss,
        level: Level,
        exponential: Exponential,
        block: &[E],
        labels: &[usize],
    ) {
        let width = block.len() / labels.len();
        self.rows.resize(labels.len());
        self.weights.resize(labels.len().next_multiple_of(LANES) * width, 0.0);
        self.rows.relative = exponential.error() + width as f64 * f64::EPSILON;
        self.rows.lost = width as f64 * power(-1021);
        for (weight, label) in self.rows.class_weight.iter_mut().zip(labels) {
            *weight = loss.weight_of(*label);
        }
        let temperature = loss.scale();
        let Room { weights, rows } = self;
        run(level, Exponentials { block, width, labels, temperature, exponential, weights, rows });
        loss.answers(level, rows);
    }

    /// Writes the gradients of the block that was answered.
    pub(super) fn gradients<E: Element>(&self, level: Level, labels: &[usize], out: &mut [E]) {
        let width = out.len() / labels.len();
        run(level, Gradients { weights: &self.weights, rows: &self.rows, width, out });
        for (i, label) in labels.iter().enumerate() {
            out[i * width + label] = E::narrow(self.rows.own[i]);
        }
    }
}

struct Exponentials<'a, E> {
    block: &'a [E],
    width: usize,
    labels: &'a [usize],
    temperature: f64,
    exponential: Exponential,
    weights: &'a mut [f64],
    rows: &'a mut LabelledRows,
}

impl<E: Element> Block for Exponentials<'_, E> {
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}

/// How scores become weights: known when the loops are compiled.
trait Weigh: Copy {
    /// `e^((x - largest)/T)`.
    fn weight<M: Machine>(self, x: M, largest: M) -> M;
}

/// At temperature 1, for results of 24 bits.
#[derive(Clone, Copy)]
struct Plain;

/// Everything else.
#[derive(Clone, Copy)]
struct General {
    temperature: f64,
    exponential: Exponential,
}

impl Weigh for Plain {
    #[inline(always)]
    fn weight<M: Machine>(self, x: M, largest: M) -> M {
        exp_of_gap_single(x - largest)
    }
}

impl Weigh for General {
    #[inline(always)]
    fn weight<M: Machine>(self, x: M, largest: M) -> M {
        let gap = over(x - largest, self.temperature);
        match self.exponential {
            Exponential::Single => exp_of_gap_single(gap),
            Exponential::Double => gap.exp(),
        }
    }
}

#[inline(always)]
fn over<R: Real>(x: R, temperature: f64) -> R {
    if temperature == 1.0 { x } else { x / temperature }
}

impl<E: Element> Exponentials<'_, E> {
    #[inline(always)]
    fn each<L: Load>(self, load: L) {
        let (temperature, exponential) = (self.temperature, self.exponential);
        if temperature == 1.0 && exponential == Exponential::Single {
            self.rows(load, Plain);
        } else {
            self.rows(load, General { temperature, exponential });
        }
    }

    #[inline(always)]
    fn rows<L: Load, W: Weigh>(mut self, load: L, weigh: W) {
        // Loops, not closures: what is not inlined here loses the vector instructions.
        if self.width <= FEW {
            for first in (0..self.labels.len()).step_by(LANES) {
                self.side_by_side(load, weigh, first);
            }
        } else {
            for i in 0..self.labels.len() {
                self.along(load, weigh, i);
            }
        }
    }

    /// Eight rows; where there are fewer, the last one again.
    #[inline(always)]
    fn side_by_side<L: Load, W: Weigh>(&mut self, load: L, weigh: W, first: usize) {
        let (width, last) = (self.width, self.labels.len() - 1);
        let cells = &mut self.weights[first * width..][..LANES * width];
        for lane in 0..LANES {
            let row = &self.block[(first + lane).min(last) * width..][..width];
            for (cell, x) in cells.chunks_exact_mut(LANES).zip(row) {
                cell[lane] = x.widen();
            }
        }
        let label = |lane: usize| self.labels[(first + lane).min(last)];
        for lane in 0..LANES {
            // The score now, the exponential below.
            self.rows.shift[first + lane] = cells[label(lane) * LANES + lane];
        }
        let mut top = [0.0; LANES];
        for part in (0..LANES).step_by(L::WIDTH) {
            let at = |class: usize| class * LANES + part..class * LANES + part + L::WIDTH;
            let mut largest = load.load(&cells[at(0)]);
            for class in 1..width {
                largest = largest.max(load.load(&cells[at(class)]));
            }
            let (none, one) = (largest.lit(0.0), largest.lit(1.0));
            let (mut rest, mut found, mut first_top) = (none, none, none);
            for class in 0..width {
                let x = load.load(&cells[at(class)]);
                let w = weigh.weight(x, largest);
                let is_top = x.same(largest) & found.same(none);
                found = L::Number::when(is_top, one, found);
                first_top = L::Number::when(is_top, largest.lit(class as f64), first_top);
                rest = rest + L::Number::when(is_top, none, w);
                load.store(w, &mut cells[at(class)]);
            }
            // Infinite scores have no exponentials: NaN is never sure.
            rest = L::Number::when(largest.finite(), rest, largest.lit(f64::NAN));
            let place = first + part..first + part + L::WIDTH;
            load.store(rest, &mut self.rows.rest[place.clone()]);
            let shift = load.load(&self.rows.shift[place.clone()]);
            load.store(over(shift - largest, self.temperature), &mut self.rows.shift[place.clone()]);
            load.store(over(largest, self.temperature), &mut self.rows.largest[place]);
            load.store(first_top, &mut top[part..part + L::WIDTH]);
        }
        for (lane, top) in top.iter().enumerate() {
            let i = first + lane;
            self.rows.weight[i] = cells[label(lane) * LANES + lane];
            self.rows.top[i] = f64::from(u8::from(*top == label(lane) as f64));
        }
    }

    /// One row, in pieces of [`PARTS`].
    #[inline(always)]
    fn along<L: Load, W: Weigh>(&mut self, load: L, weigh: W, i: usize) {
        let row = &self.block[i * self.width..][..self.width];
        let weights = &mut self.weights[i * self.width..][..self.width];
        let (largest, label) = (largest(row), self.labels[i]);
        self.rows.largest[i] = over(largest, self.temperature);
        if !largest.is_finite() {
            self.rows.rest[i] = f64::NAN;
            return;
        }
        let top = position(row, largest);
        let mut sums = [0.0; PARTS];
        // In registers for the whole row.
        let mut parts: [L::Number; PARTS] = [load.load(&sums[..L::WIDTH]); PARTS];
        let wide = parts[0].lit(largest);
        let (pieces, rest) = row.as_chunks::<PARTS>();
        let (out, out_rest) = weights.as_chunks_mut::<PARTS>();
        let special = top / PARTS;
        for (piece, (row, out)) in pieces.iter().zip(out).enumerate() {
            for (x, from) in out.iter_mut().zip(row) {
                *x = from.widen();
            }
            if piece == special {
                out[top % PARTS] = f64::NEG_INFINITY;
            }
            exponentials(load, weigh, wide, out, &mut parts);
        }
        if !rest.is_empty() {
            let mut out = [f64::NEG_INFINITY; PARTS];
            for (x, from) in out.iter_mut().zip(rest) {
                *x = from.widen();
            }
            if pieces.len() == special {
                out[top % PARTS] = f64::NEG_INFINITY;
            }
            exponentials(load, weigh, wide, &mut out, &mut parts);
            out_rest.copy_from_slice(&out[..rest.len()]);
        }
        for (sums, part) in sums.chunks_exact_mut(L::WIDTH).zip(parts) {
            load.store(part, sums);
        }
        weights[top] = 1.0;
        self.rows.rest[i] = sums.iter().sum();
        self.rows.shift[i] = over(row[label].widen() - largest, self.temperature);
        self.rows.weight[i] = weights[label];
        self.rows.top[i] = f64::from(u8::from(top == label));
    }
}

/// Exponentials in place, added to the sums.
#[inline(always)]
fn exponentials<L: Load, W: Weigh>(
    load: L,
    weigh: W,
    largest: L::Number,
    numbers: &mut [f64; PARTS],
    sums: &mut [L::Number; PARTS],
) {
    for (numbers, sum) in numbers.chunks_exact_mut(L::WIDTH).zip(sums) {
        let w = weigh.weight(load.load(numbers), largest);
        *sum = *sum + w;
        load.store(w, numbers);
    }
}

/// The largest number; NaN is none.
#[inline(always)]
fn largest<E: Element>(row: &[E]) -> f64 {
    let mut parts = [f64::NEG_INFINITY; PARTS];
    let (pieces, rest) = row.as_chunks::<PARTS>();
    for piece in pieces {
        for (m, x) in parts.iter_mut().zip(piece) {
            *m = larger(*m, x.widen());
        }
    }
    for (m, x) in parts.iter_mut().zip(rest) {
        *m = larger(*m, x.widen());
    }
    let mut largest = f64::NEG_INFINITY;
    for x in parts {
        largest = larger(largest, x);
    }
    largest
}

#[inline(always)]
fn larger(m: f64, x: f64) -> f64 {
    if m < x { x } else { m }
}

/// Where the row first has this number, which it has.
#[inline(always)]
fn position<E: Element>(row: &[E], number: f64) -> usize {
    let mut start = 0;
    for numbers in row.chunks(PARTS) {
        // Without a branch for each.
        let mut found = false;
        for x in numbers {
            found |= x.widen() == number;
        }
        if found {
            break;
        }
        start += numbers.len();
    }
    row[start..].iter().position(|x| x.widen() == number).map_or(0, |place| start + place)
}

struct Gradients<'a, E> {
    weights: &'a [f64],
    rows: &'a LabelledRows,
    width: usize,
    out: &'a mut [E],
}

impl<E: Element> Block for Gradients<'_, E> {
    #[inline(always)]
    fn scalar(self) {
        let Gradients { weights, rows, width, out } = self;
        if width > FEW {
            for ((out, weights), factor) in out.chunks_mut(width).zip(weights.chunks(width)).zip(&rows.other) {
                for (out, w) in out.iter_mut().zip(weights) {
                    *out = E::narrow(w * factor);
                }
            }
            return;
        }
        let mut narrow = [[E::default(); LANES]; FEW];
        for (group, out) in out.chunks_mut(LANES * width).enumerate() {
            let cells = &weights[group * LANES * width..][..LANES * width];
            let factors = &rows.other[group * LANES..][..LANES];
            for (narrow, cells) in narrow.iter_mut().zip(cells.chunks_exact(LANES)) {
                for ((narrow, w), factor) in narrow.iter_mut().zip(cells).zip(factors) {
                    *narrow = E::narrow(w * factor);
                }
            }
            for (lane, out) in out.chunks_mut(width).enumerate() {
                for (out, narrow) in out.iter_mut().zip(&narrow) {
                    *out = narrow[lane];
                }
            }
        }
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, _: S) {
        self.scalar();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{RowLoss, SoftmaxCrossEntropy};

    /// Results would stay right if a kernel settled nothing, only slow: each row would be computed again by itself.
    #[test]
    fn kernels_settle_ordinary_rows() {
        let loss = SoftmaxCrossEntropy::default();
        let loss = loss.labelled().unwrap_or_else(|| unreachable!("labels without smoothing"));
        for width in [2, FEW, FEW + 1, 1000] {
            let rows = 24;
            let scores: Vec<f32> = (0..rows * width).map(|i| (i * 37 % 101) as f32 * 0.3 - 15.0).collect();
            let labels: Vec<usize> = (0..rows).map(|i| i % width).collect();
            for level in Level::available() {
                for exponential in [Exponential::Single, Exponential::Double] {
                    let mut room = Room::default();
                    room.answer(loss, level, exponential, &scores, &labels);
                    assert_eq!(room.rows.sure[..rows], vec![1.0; rows], "{width} classes at {level:?}");
                }
            }
        }
    }
}
