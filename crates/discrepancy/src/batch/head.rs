//! A linear layer and a row loss over a batch, a few rows at a time.

use super::element::Element;
use super::matrix::{Matrix, in_order, narrow};
use crate::error::{Error, ErrorKind, Result};
use crate::heads::{Head, HeadFormula, HeadInput, HeadResult, HeadRow, Layer};
use crate::rows::shares::{Deep, Tracked, Wide, Wider, check_length, check_target, settle};
use crate::rows::{RowTargets, Target};
use crate::sums::Moments;
use ndarray::ArrayView1;
use rayon::prelude::*;

/// Rows whose scores are held at a time.
const BLOCK: usize = 32;

/// Gradients of a batch before rounding.
struct Sums<R> {
    value: Vec<Tracked<R>>,
    x: Vec<Tracked<R>>,
    weights: Vec<Tracked<R>>,
    bias: Vec<Tracked<R>>,
    scores: Vec<Tracked<R>>,
}

/// Values and gradients of a checked batch of `f64`.
pub(crate) fn evaluate<F: HeadFormula>(formula: &F, name: &'static str, input: HeadInput<'_>) -> Result<HeadResult> {
    if !F::BIAS && input.bias.is_some() {
        return Err(Error::new(ErrorKind::Unsupported, name, "bias", "no bias"));
    }
    let (layer, targets) = check(name, input)?;
    let sums = accumulate::<F, Wide>(formula, layer, input, &targets)?;
    let lost = |x: &Tracked<Wide>| x.lost(input.epsilon);
    let parts = [&sums.value, &sums.x, &sums.weights, &sums.bias, &sums.scores];
    // Where too much cancels, a number is taken from a second run in a deeper precision; the others stay, so that no
    // row's result depends on what else is in the batch.
    let deep = match parts.iter().any(|part| part.iter().any(lost)) {
        true => Some(accumulate::<F, Deep>(formula, layer, input, &targets)?),
        false => None,
    };
    let round = |part: &[Tracked<Wide>], deep: Option<&[Tracked<Deep>]>| -> Vec<f64> {
        let one = |(i, x): (usize, &Tracked<Wide>)| match deep {
            Some(deep) if lost(x) => deep[i].value.round(),
            _ => settle(x.value, || x.value.high),
        };
        part.iter().enumerate().map(one).collect()
    };
    let deep = deep.as_ref();
    Ok(HeadResult {
        value: round(&sums.value, deep.map(|d| d.value.as_slice())),
        gradient_x: round(&sums.x, deep.map(|d| d.x.as_slice())),
        gradient_weights: round(&sums.weights, deep.map(|d| d.weights.as_slice())),
        gradient_bias: round(&sums.bias, deep.map(|d| d.bias.as_slice())),
        gradient_scores: round(&sums.scores, deep.map(|d| d.scores.as_slice())),
    })
}

/// Shapes, finiteness, targets. A target that is ignored is `None`.
fn check<'a>(name: &'static str, input: HeadInput<'a>) -> Result<(Layer<'a>, Vec<Option<Target<'a>>>)> {
    let HeadInput { x, weights, bias, targets, epsilon, .. } = input;
    let wrong = |argument: &str, allowed: &str, length: usize| {
        Err(Error::new(ErrorKind::Shape, name, argument, allowed).value(length))
    };
    // With labels the number of rows is known, and so their width; else the classes are, if there is a bias.
    let (rows, classes) = match (targets, bias) {
        (RowTargets::Labels { labels, .. }, _) => (labels.len(), 0),
        (RowTargets::Probabilities(y), Some(bias)) if !bias.is_empty() => (y.len() / bias.len(), bias.len()),
        (RowTargets::Probabilities(y), _) => soft_shape(x.len(), weights.len(), y.len()),
    };
    if rows == 0 || x.is_empty() || !x.len().is_multiple_of(rows) {
        return wrong("x", "one row of at least one number for each target, at least one target", x.len());
    }
    let width = x.len() / rows;
    if weights.is_empty() || !weights.len().is_multiple_of(width) {
        return wrong("weights", &format!("whole rows of {width} weights, at least one"), weights.len());
    }
    let layer = Layer { function: name, width, weights, bias };
    if classes != 0 && classes != layer.classes() {
        return wrong("weights", &format!("{classes} rows of {width} weights"), weights.len());
    }
    if let Some(b) = bias.filter(|b| b.len() != layer.classes()) {
        return wrong("bias", &format!("{} numbers", layer.classes()), b.len());
    }
    for (argument, data) in [("x", x), ("weights", weights), ("bias", bias.unwrap_or(&[]))] {
        if let Some(i) = data.iter().position(|v| !v.is_finite()) {
            return Err(Error::new(ErrorKind::NonFinite, name, argument, "finite numbers").at(i).value(data[i]));
        }
    }
    let classes = layer.classes();
    let target = |i: usize| match targets {
        RowTargets::Labels { labels, ignore_index } if ignore_index == Some(labels[i]) => Ok(None),
        RowTargets::Labels { labels, .. } => {
            let label = usize::try_from(labels[i]).ok().filter(|label| *label < classes);
            label.map(|label| Some(Target::Label(label))).ok_or_else(|| {
                let allowed = format!("labels 0 to {}", classes - 1);
                Error::new(ErrorKind::Domain, name, "target", allowed).at(i).value(labels[i])
            })
        }
        RowTargets::Probabilities(y) => {
            check_length(name, "target", y.len(), rows * classes)?;
            let target = Target::Probabilities(&y[i * classes..(i + 1) * classes]);
            check_target(name, classes, target, epsilon).map_err(|error| {
                let index = error.index().map_or(i, |j| i * classes + j);
                error.at(index)
            })?;
            Ok(Some(target))
        }
    };
    let targets = (0..rows).map(target).collect::<Result<_>>()?;
    Ok((layer, targets))
}

/// Rows and classes from `N·D`, `C·D` and `N·C`: N² is the product of the outer two over the middle one.
fn soft_shape(x: usize, weights: usize, targets: usize) -> (usize, usize) {
    let square = (x as u128 * targets as u128).checked_div(weights as u128).unwrap_or(0);
    let rows = square.isqrt() as usize;
    (rows, targets.checked_div(rows).unwrap_or(0))
}

fn accumulate<F: HeadFormula, R: Wider + Send + Sync>(
    formula: &F,
    layer: Layer<'_>,
    input: HeadInput<'_>,
    targets: &[Option<Target<'_>>],
) -> Result<Sums<R>> {
    let (width, classes, rows) = (layer.width, layer.classes(), targets.len());
    let zero = Tracked::zero();
    let mut sums = Sums {
        value: Vec::with_capacity(rows),
        x: Vec::with_capacity(rows * width),
        weights: vec![zero; classes * width],
        bias: vec![zero; input.bias.map_or(0, <[f64]>::len)],
        scores: Vec::new(),
    };
    for start in (0..rows).step_by(BLOCK) {
        let block = start..rows.min(start + BLOCK);
        let one = |i: usize| {
            let x = &input.x[i * width..(i + 1) * width];
            let Some(target) = targets[i] else { return Ok(None) };
            let mut row = formula.row::<R>(layer, x, target).map_err(|error| error.at(i))?;
            row.doubt(input.epsilon);
            Ok(Some((by_x(&row, layer), row)))
        };
        let parts = in_order(block.clone().into_par_iter().map(one).collect())?;
        // Each class sums its rows in order, whatever the threads do.
        let class = |(c, out): (usize, &mut [Tracked<R>])| {
            for (i, part) in block.clone().zip(&parts) {
                let Some((_, row)) = part else { continue };
                let (slope, x) = (row.slopes[c], &input.x[i * width..(i + 1) * width]);
                for (d, sum) in out.iter_mut().enumerate() {
                    *sum = sum.plus(match &row.special {
                        Some(special) if special.class == c => slope.product(special.by_weights[d]),
                        _ => slope.times(R::of(x[d])),
                    });
                }
            }
        };
        sums.weights.par_chunks_mut(width).enumerate().for_each(class);
        for part in parts {
            let Some((by_x, row)) = part else {
                sums.value.push(zero);
                sums.x.extend(std::iter::repeat_n(zero, width));
                sums.scores.extend(std::iter::repeat_n(zero, if input.scores { classes } else { 0 }));
                continue;
            };
            sums.value.push(row.value);
            sums.x.extend(by_x);
            sums.bias.iter_mut().zip(&row.slopes).for_each(|(sum, slope)| *sum = sum.plus(*slope));
            if input.scores {
                sums.scores.extend(row.slopes);
            }
        }
    }
    Ok(sums)
}

/// `Wᵀ g`.
fn by_x<R: Wider>(row: &HeadRow<R>, layer: Layer<'_>) -> Vec<Tracked<R>> {
    let mut sum = vec![Tracked::zero(); layer.width];
    for (c, slope) in row.slopes.iter().enumerate() {
        for (d, sum) in sum.iter_mut().enumerate() {
            *sum = sum.plus(match &row.special {
                Some(special) if special.class == c => slope.product(special.by_x[d]),
                _ => slope.times(R::of(layer.class(c)[d])),
            });
        }
    }
    sum
}

/// A head over a batch in any storage type.
///
/// ```
/// use discrepancy::batch::HeadEvaluation;
/// use discrepancy::heads::LinearSoftmaxCrossEntropy;
/// use discrepancy::rows::RowTargets;
/// let head = LinearSoftmaxCrossEntropy::default();
/// // Two rows of one feature, three classes.
/// let (x, weights, labels) = ([1.0_f32, -1.0], [0.0, 0.0, 0.0], [0, 2]);
/// let batch = HeadEvaluation::new(&head, &x, &weights, 1, RowTargets::labels(&labels))?;
/// let result = batch.bias(&[0.0; 3])?.evaluate()?;
/// assert_eq!(result.value, [1.0986123, 1.0986123]);
/// assert_eq!(result.gradient_weights, [-1.0, 0.0, 1.0]);
/// assert_eq!(result.gradient_bias, [-0.33333334, 0.6666667, -0.33333334]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HeadEvaluation<'a, E> {
    head: &'a dyn Head,
    x: Matrix<'a, E>,
    weights: Matrix<'a, E>,
    bias: Option<ArrayView1<'a, E>>,
    targets: super::rows::Targets<'a, E>,
    scores: bool,
}

impl<'a, E: Element> HeadEvaluation<'a, E> {
    /// Rows `x` (N×D) under `weights` (C×D), D features each, and a target for each row.
    pub fn new(
        head: &'a dyn Head,
        x: &'a [E],
        weights: &'a [E],
        features: usize,
        targets: RowTargets<'a, E>,
    ) -> Result<Self> {
        let name = head.entry().name;
        let (x, weights) = (Matrix::new(name, "x", x, features)?, Matrix::new(name, "weights", weights, features)?);
        let targets = match targets {
            RowTargets::Labels { labels, ignore_index } => {
                super::rows::Targets::Labels { labels: labels.into(), ignore_index }
            }
            RowTargets::Probabilities(y) => {
                super::rows::Targets::Probabilities(Matrix::new(name, "target", y, weights.rows())?)
            }
        };
        Self::of(head, x, weights, targets)
    }

    pub(super) fn of(
        head: &'a dyn Head,
        x: Matrix<'a, E>,
        weights: Matrix<'a, E>,
        targets: super::rows::Targets<'a, E>,
    ) -> Result<Self> {
        let name = head.entry().name;
        check_length(name, "weights", weights.width(), x.width())?;
        let found = match targets {
            super::rows::Targets::Labels { labels, .. } => labels.len(),
            super::rows::Targets::Probabilities(y) => y.rows(),
        };
        check_length(name, "target", found, x.rows())?;
        Ok(HeadEvaluation { head, x, weights, bias: None, targets, scores: false })
    }

    /// With a bias for each class.
    pub fn bias(self, bias: &'a [E]) -> Result<Self> {
        self.bias_view(bias.into())
    }

    pub(super) fn bias_view(mut self, bias: ArrayView1<'a, E>) -> Result<Self> {
        check_length(self.head.entry().name, "bias", bias.len(), self.weights.rows())?;
        self.bias = Some(bias);
        Ok(self)
    }

    /// With the slopes in the scores among the results: the one gradient that is as large as all scores.
    #[must_use]
    pub fn with_scores(mut self) -> Self {
        self.scores = true;
        self
    }

    /// Values and all gradients.
    pub fn evaluate(&self) -> Result<HeadResult<E>> {
        let wide = self.run()?;
        Ok(HeadResult {
            value: narrow(&wide.value),
            gradient_x: narrow(&wide.gradient_x),
            gradient_weights: narrow(&wide.gradient_weights),
            gradient_bias: narrow(&wide.gradient_bias),
            gradient_scores: narrow(&wide.gradient_scores),
        })
    }
}
