//! Heads that are a linear layer and a loss of its scores, over a batch, by products of matrices.
//!
//! ```text
//! for each block of rows: some million scores, or 64 rows
//!     on all threads, 32 rows each
//!         scores = x Wᵀ + b                     (batch/panels.rs)
//!         values and slopes                     (the kernels of rows; a row they are not sure of goes the exact way)
//!         ∂l/∂x = slopes W
//!     on all threads, 64 classes each
//!         ∂l/∂W += slopesᵀ x,  ∂l/∂b += slopesᵀ 1
//! ```
//! The scores of 32 rows a thread live at a time, and the slopes of a block. Sums over rows go in the order of rows, in chains that
//! are whole in each block: bits do not depend on the threads. How exact this is stands in `heads.rs`; 2^-53 of the
//! difference of a score from the row's largest is lost where the difference is rounded, but for very small ones no
//! probability is left that could show it.

use super::deal::deal;
use super::labelled::{Room, largest, rows_of_block};
use super::panels::{CHAIN, Left, Right, Sums, Way, add, stride};
use super::spread::SpreadRoom;
use crate::error::Result;
use crate::heads::{HeadInput, HeadResult, Layer, LossOfScores};
use crate::number::Twofold;
use crate::rows::{LabelledLoss, SpreadLoss, Target};
use rayon::prelude::*;

/// Scores of a block.
const SCORES: usize = 1 << 20;
/// A block has so many rows at least, and a multiple of it: whole chains.
const LEAST: usize = 2 * CHAIN;
/// Rows that a thread takes at a time.
const ROWS: usize = 32;
/// Classes that a thread takes at a time: whole tiles.
const CLASSES: usize = 64;

/// What a row that goes the exact way gives: its value and slopes.
type Alone<'a> = &'a (dyn Fn(usize) -> Result<(f64, Vec<f64>)> + Sync);

enum Kind<'a> {
    Labelled(&'a dyn LabelledLoss),
    Spread(&'a dyn SpreadLoss),
}

/// What all rows have in common.
struct Fused<'a> {
    kind: Kind<'a>,
    of_differences: bool,
    layer: Layer<'a>,
    input: HeadInput<'a>,
    targets: &'a [Option<Target<'a>>],
    /// The weights as the right factors of scores and of gradients in x.
    forward: Right,
    backward: Right,
    divisor: f64,
    alone: Alone<'a>,
}

/// Room for the rows of a thread.
#[derive(Default)]
struct Scratch {
    left: Left,
    sums: Sums,
    scores: Vec<f64>,
    targets: Vec<f64>,
    labels: Vec<usize>,
    room: Room<f64>,
    spread: SpreadRoom,
}

/// The rows of a thread: the first, and where their results go.
struct Part<'a> {
    first: usize,
    value: &'a mut [f64],
    slopes: &'a mut [f64],
    by_x: &'a mut [f64],
}

/// Slices that go together, such as heads and tails.
type Two<'a> = (&'a mut [f64], &'a mut [f64]);

/// Values and gradients; `None` where they are to be found the exact way.
pub(super) fn evaluate<'a>(
    loss: &'a LossOfScores,
    layer: Layer<'a>,
    targets: &'a [Option<Target<'a>>],
    input: HeadInput<'a>,
    alone: Alone<'a>,
) -> Option<HeadResult> {
    let (rows, width, classes) = (targets.len(), layer.width, layer.classes());
    let labels = !targets.iter().any(|target| matches!(target, Some(Target::Probabilities(_))));
    let labelled = || loss.loss.labelled().filter(|loss| labels && loss.fits(classes)).map(Kind::Labelled);
    let spread = || loss.loss.spread().filter(|loss| loss.takes_classes(classes)).map(Kind::Spread);
    let fused = Fused {
        kind: labelled().or_else(spread)?,
        of_differences: loss.of_differences,
        layer,
        input,
        targets,
        forward: Right::of_columns(layer.weights, width),
        backward: Right::of_rows(layer.weights, width),
        divisor: input.divisor.plain()?,
        alone,
    };
    let mut result =
        HeadResult { value: vec![0.0; rows], gradient_x: vec![0.0; rows * width], ..HeadResult::default() };
    let (mut weights, mut bias) = (Sums::default(), [vec![0.0; classes], vec![0.0; classes]]);
    weights.begin(classes, width, &[]);
    let block = (SCORES / classes / LEAST).max(1) * LEAST;
    let mut slopes = vec![0.0; block.min(rows) * classes];
    for first in (0..rows).step_by(block) {
        let count = block.min(rows - first);
        let slopes = &mut slopes[..count * classes];
        let values = result.value[first..first + count].par_chunks_mut(ROWS);
        let by_x = result.gradient_x[first * width..(first + count) * width].par_chunks_mut(ROWS * width);
        let parts = values.zip(slopes.par_chunks_mut(ROWS * classes)).zip(by_x).enumerate();
        let one = |scratch: &mut Scratch, (k, ((value, slopes), by_x)): (usize, (Two<'_>, &mut [f64]))| {
            Ok(fused.rows(Part { first: first + k * ROWS, value, slopes, by_x }, scratch))
        };
        let done = deal(count * classes * width, parts, one).ok()?;
        if done.contains(&None) {
            return None;
        }
        fused.by_weights(first, slopes, &mut weights, &mut bias)?;
        if input.scores {
            result.gradient_scores.extend(slopes.iter().map(|slope| slope / fused.divisor));
        }
    }
    let over = |head: f64, tail: f64| (head + tail) / fused.divisor;
    let lines = weights.head.chunks(stride(width)).zip(weights.tail.chunks(stride(width))).take(classes);
    result.gradient_weights = Vec::with_capacity(classes * width);
    for (head, tail) in lines {
        result.gradient_weights.extend(head[..width].iter().zip(tail).map(|(head, tail)| over(*head, *tail)));
    }
    if input.bias.is_some() {
        result.gradient_bias = bias[0].iter().zip(&bias[1]).map(|(head, tail)| over(*head, *tail)).collect();
    }
    let all =
        [&result.value, &result.gradient_x, &result.gradient_weights, &result.gradient_bias, &result.gradient_scores];
    all.iter().all(|all| all.iter().all(|x| x.is_finite())).then_some(result)
}

impl Fused<'_> {
    /// Values, slopes and gradients in x of some rows; `None` where something is not finite.
    fn rows(&self, part: Part<'_>, scratch: &mut Scratch) -> Option<()> {
        let Part { first, value, slopes, by_x } = part;
        let (width, classes, count) = (self.layer.width, self.layer.classes(), value.len());
        let x = &self.input.x[first * width..][..count * width];
        scratch.left.fill(count, width, |i, k| x[i * width + k]);
        self.scores(count, scratch)?;
        for (k, value) in value.chunks_mut(rows_of_block(classes)).enumerate() {
            let (at, size) = (k * rows_of_block(classes), value.len());
            let slopes = &mut slopes[at * classes..][..size * classes];
            self.of_scores(first + at, at, value, slopes, scratch)?;
        }
        scratch.left.fill(count, classes, |i, c| slopes[i * classes + c]);
        let Scratch { left, sums, .. } = scratch;
        sums.begin(count, width, &[]);
        let stride = stride(width);
        add(self.input.level, Way::Chains, left, &self.backward, [&mut sums.head, &mut sums.tail], stride);
        for (i, by_x) in by_x.chunks_exact_mut(width).enumerate() {
            for (k, by_x) in by_x.iter_mut().enumerate() {
                *by_x = (sums.head[i * stride + k] + sums.tail[i * stride + k]) / self.divisor;
            }
        }
        Some(())
    }

    /// The scores of some rows, less their largest where only differences count.
    fn scores(&self, count: usize, scratch: &mut Scratch) -> Option<()> {
        let (classes, Scratch { left, sums, scores, .. }) = (self.layer.classes(), scratch);
        sums.begin(count, classes, self.layer.bias.unwrap_or_default());
        let way = if self.input.epsilon > f64::EPSILON { Way::Chains } else { Way::Carried };
        let stride = stride(classes);
        add(self.input.level, way, left, &self.forward, [&mut sums.head, &mut sums.tail], stride);
        scores.resize(count * classes, 0.0);
        let lines = sums.head.chunks_exact(stride).zip(sums.tail.chunks_exact(stride));
        for ((head, tail), scores) in lines.zip(scores.chunks_exact_mut(classes)) {
            let (head, tail) = (&head[..classes], &tail[..classes]);
            let (mut high, mut low) = (0.0, 0.0);
            if self.of_differences {
                let (_, top) = largest(head);
                (high, low) = (head[top], tail[top]);
            }
            let mut sum = 0.0;
            for ((score, head), tail) in scores.iter_mut().zip(head).zip(tail) {
                *score = (head - high) + (tail - low);
                // Not a number where one of them is not finite.
                sum += *score * 0.0;
            }
            if sum != 0.0 {
                return None;
            }
        }
        Some(())
    }

    /// Values and slopes of the rows from `first` on, the `at`-th of the scratch.
    fn of_scores(
        &self,
        first: usize,
        at: usize,
        value: &mut [f64],
        slopes: &mut [f64],
        scratch: &mut Scratch,
    ) -> Option<()> {
        let (classes, count, level) = (self.layer.classes(), value.len(), self.input.level);
        let (targets, factors) = (&self.targets[first..first + count], vec![[1.0, 0.0]; count]);
        let Scratch { scores, targets: soft, labels, room, spread, .. } = scratch;
        let scores = &scores[at * classes..][..count * classes];
        // Rows that are ignored have any label.
        labels.clear();
        labels.extend(targets.iter().map(|target| if let Some(Target::Label(label)) = target { *label } else { 0 }));
        let (values, [sure, sure_slopes]) = match self.kind {
            Kind::Labelled(loss) => {
                room.answer(loss, level, scores, &[], labels);
                room.scale(&factors);
                room.gradients(level, labels, slopes);
                (&room.rows.value, [&room.rows.sure; 2])
            }
            Kind::Spread(loss) => {
                soft.clear();
                soft.resize(count * classes, 0.0);
                for ((soft, target), label) in soft.chunks_exact_mut(classes).zip(targets).zip(labels) {
                    match target {
                        Some(Target::Probabilities(y)) => soft.copy_from_slice(y),
                        _ => soft[*label] = 1.0,
                    }
                }
                loss.spread_doubles(level, (scores, soft), classes, self.input.epsilon, spread);
                loss.gradients_of_doubles(level, (scores, soft), &factors, spread, slopes);
                (&spread.rows.value, [&spread.rows.sure, &spread.sure_gradient])
            }
        };
        for (i, (value, slopes)) in value.iter_mut().zip(slopes.chunks_exact_mut(classes)).enumerate() {
            *value = values[i];
            if targets[i].is_none() {
                *value = 0.0;
                slopes.fill(0.0);
            } else if sure[i] != 1.0 || sure_slopes[i] != 1.0 {
                let (exact, own) = (self.alone)(first + i).ok()?;
                *value = exact;
                slopes.copy_from_slice(&own);
            }
        }
        Some(())
    }

    /// Adds the terms of a block of rows to the gradients in weights and bias.
    fn by_weights(&self, first: usize, slopes: &[f64], weights: &mut Sums, bias: &mut [Vec<f64>; 2]) -> Option<()> {
        let (width, classes, level) = (self.layer.width, self.layer.classes(), self.input.level);
        let count = slopes.len() / classes;
        let x = Right::of_rows(&self.input.x[first * width..][..count * width], width);
        let stride = stride(width);
        let [bias_head, bias_tail] = bias;
        let lines = weights.head.par_chunks_mut(CLASSES * stride).zip(weights.tail.par_chunks_mut(CLASSES * stride));
        let own = bias_head.par_chunks_mut(CLASSES).zip(bias_tail.par_chunks_mut(CLASSES));
        let one = |left: &mut Left, (k, ((head, tail), (bias_head, bias_tail))): (usize, (Two<'_>, Two<'_>))| {
            let from = k * CLASSES;
            left.fill_columns(slopes, classes, from, bias_head.len());
            add(level, Way::Chains, left, &x, [head, tail], stride);
            if self.layer.bias.is_some() {
                for chain in slopes.chunks(CHAIN * classes) {
                    let mut sums = [0.0; CLASSES];
                    for row in chain.chunks_exact(classes) {
                        sums.iter_mut().zip(&row[from..from + bias_head.len()]).for_each(|(sum, slope)| *sum += slope);
                    }
                    for ((head, tail), sum) in bias_head.iter_mut().zip(bias_tail.iter_mut()).zip(sums) {
                        let next = Twofold::sum(*head, sum);
                        (*head, *tail) = (next.high, *tail + next.low);
                    }
                }
            }
            Ok(())
        };
        deal(count * classes * width, lines.zip(own).enumerate(), one).ok().map(|_| ())
    }
}
