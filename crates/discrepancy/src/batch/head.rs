//! A linear layer and a row loss over a batch, a few rows at a time.

use super::Reduction;
use super::divisor::Divisor;
use super::element::Element;
use super::fused;
use super::matrix::{Matrix, in_order, narrow};
use super::rows::Targets;
use crate::distances::pair::scaled;
use crate::error::{Error, ErrorKind, Result};
use crate::heads::{Head, HeadFormula, HeadInput, HeadResult, HeadRow, Layer};
use crate::number::careful::{Careful, Checked, sure};
use crate::number::{Level, Long};
use crate::rows::shares::{check_length, check_target, far_power};
use crate::rows::{RowTargets, Target};
use crate::stop::Stop;
use crate::sums::{ExactSum, Moments, Whole};
use ndarray::ArrayView1;
use rayon::prelude::*;

/// Rows whose scores are held at a time.
const BLOCK: usize = 32;

/// A row with all that is its own, before rounding.
struct Row {
    value: Checked,
    by_x: Vec<Checked>,
    slopes: Vec<Checked>,
    /// The class whose score is not linear, and the loss's gradient in the class's weights.
    special: Option<(usize, Vec<Checked>)>,
}

impl Row {
    /// In twofold precision if that is sure of all that is the row's own, else in 256 bits.
    fn new<F: HeadFormula>(formula: &F, layer: Layer<'_>, x: &[f64], target: Target<'_>, epsilon: f64) -> Result<Row> {
        // An error may be of a step that left the range of `f64`, which the deeper precision does not.
        if let Ok(row) = formula.row::<Checked>(layer, x, target) {
            let row = Row::of(row, layer);
            let special = row.special.iter().flat_map(|(_, by_weights)| by_weights);
            let mut all = row.by_x.iter().chain(&row.slopes).chain(special);
            if sure(row.value, epsilon) && all.all(|x| sure(*x, epsilon)) {
                return Ok(row);
            }
        }
        Ok(Row::of(formula.row::<Long>(layer, x, target)?, layer))
    }

    fn of<R: Whole>(row: HeadRow<R>, layer: Layer<'_>) -> Row {
        // Wᵀ g. In the deepest precision slopes pull at what weights differ from those of one class by: their sum is known, and what
        // all weights have in common may be very large.
        let apart = R::WHOLE && row.special.is_none();
        let common = |d: usize| if apart { R::of(layer.class(0)[d]) } else { R::of(0.0) };
        let mut by_x: Vec<R> = (0..layer.width).map(|d| row.total * common(d)).collect();
        for (c, slope) in row.slopes.iter().enumerate() {
            let special = row.special.as_ref().filter(|special| special.class == c);
            for (d, sum) in by_x.iter_mut().enumerate() {
                let by_x = special.map(|special| special.by_x[d]);
                *sum = *sum
                    + by_x.map_or_else(
                        || {
                            if apart {
                                *slope * (R::of(layer.class(c)[d]) - common(d))
                            } else {
                                *slope * layer.class(c)[d]
                            }
                        },
                        |by_x| *slope * by_x,
                    );
            }
        }
        let checked = |numbers: Vec<R>| numbers.into_iter().map(Careful::checked).collect();
        Row {
            value: row.value.checked(),
            by_x: checked(by_x),
            special: row.special.map(|special| {
                let slope = row.slopes[special.class];
                (special.class, special.by_weights.into_iter().map(|by| (slope * by).checked()).collect())
            }),
            slopes: checked(row.slopes),
        }
    }
}

/// A sum of products over the rows.
#[derive(Clone, Copy)]
struct Total {
    sum: Checked,
    /// In plain precision, for sums beyond `f64`: infinities do not survive twofold arithmetic.
    plain: f64,
}

impl Total {
    fn new() -> Self {
        Total { sum: Checked::of(0.0), plain: 0.0 }
    }
    fn add(&mut self, slope: Checked, by: f64) {
        self.sum = self.sum + slope * by;
        // No slope, however large, pulls at a zero.
        self.plain += if by == 0.0 { 0.0 } else { slope.leading() * by };
    }
    fn over(self, divisor: Divisor) -> f64 {
        let rounded = over(self.sum, divisor);
        if rounded.is_finite() { rounded } else { divisor.share(self.plain, 1.0) }
    }
}

/// The quotient, rounded once.
fn over(x: Checked, divisor: Divisor) -> f64 {
    match divisor.plain() {
        Some(divisor) if x.leading().is_finite() => x.over_number(divisor).round(),
        // Infinities do not survive a twofold division.
        Some(divisor) => x.round() / divisor,
        None => divisor.share_of(Long::from(x.value.high) + x.value.low, 0),
    }
}

/// Values and gradients of a batch of `f64`, by products of matrices where that may and can be.
///
/// Else: what belongs to one row is right to the last digit. The sums over rows (gradients in weights and bias) are sums of
/// terms that are right to some 95 bits, rounded once.
pub(crate) fn evaluate<F: HeadFormula>(formula: &F, name: &'static str, input: HeadInput<'_>) -> Result<HeadResult> {
    if !F::BIAS && input.bias.is_some() {
        return Err(Error::new(ErrorKind::Unsupported, name, "bias", "no bias"));
    }
    let (layer, targets) = check(name, input)?;
    let (width, classes) = (layer.width, layer.classes());
    if let Some(loss) = formula.of_scores().filter(|_| !input.exact) {
        let alone = |i: usize| {
            let target = targets[i].unwrap_or(Target::Label(0));
            let row = Row::new(formula, layer, &input.x[i * width..][..width], target, f64::EPSILON)?;
            Ok((row.value.round(), row.slopes.iter().map(|slope| slope.round()).collect()))
        };
        if let Some(result) = fused::evaluate(&loss, layer, &targets, input, &alone) {
            return Ok(result);
        }
    }
    let mut weights = vec![Total::new(); classes * width];
    let mut bias = vec![Total::new(); input.bias.map_or(0, <[f64]>::len)];
    let mut result = HeadResult::default();
    let stop = Stop::current();
    for (block, targets) in targets.chunks(BLOCK).enumerate() {
        let x = |k: usize| &input.x[(block * BLOCK + k) * width..][..width];
        let one = |(k, target): (usize, &Option<Target<'_>>)| match target {
            None => Ok(None),
            Some(target) => {
                stop.iter().for_each(Stop::look);
                Row::new(formula, layer, x(k), *target, input.epsilon).map(Some).map_err(|error| {
                    let row = block * BLOCK + k;
                    let index = if error.argument() == "x" { row * width } else { row };
                    error.at(index)
                })
            }
        };
        let rows: Vec<Option<Row>> = in_order(targets.par_iter().enumerate().map(one).collect())?;
        // Each class sums its rows in order, whatever the threads do.
        weights.par_chunks_mut(width).enumerate().for_each(|(c, sums)| {
            stop.iter().for_each(Stop::look);
            for (k, row) in rows.iter().enumerate() {
                let Some(row) = row else { continue };
                let special = row.special.as_ref().filter(|(class, _)| *class == c);
                for (d, sum) in sums.iter_mut().enumerate() {
                    match special {
                        Some((_, terms)) => sum.add(terms[d], 1.0),
                        None => sum.add(row.slopes[c], x(k)[d]),
                    }
                }
            }
        });
        for row in &rows {
            let Some(row) = row else {
                result.value.push(0.0);
                result.gradient_x.extend(std::iter::repeat_n(0.0, width));
                result.gradient_scores.extend(std::iter::repeat_n(0.0, if input.scores { classes } else { 0 }));
                continue;
            };
            result.value.push(row.value.round());
            result.gradient_x.extend(row.by_x.iter().map(|x| over(*x, input.divisor)));
            bias.iter_mut().zip(&row.slopes).for_each(|(sum, slope)| sum.add(*slope, 1.0));
            if input.scores {
                result.gradient_scores.extend(row.slopes.iter().map(|x| over(*x, input.divisor)));
            }
        }
    }
    result.gradient_weights = weights.into_iter().map(|sum| sum.over(input.divisor)).collect();
    result.gradient_bias = bias.into_iter().map(|sum| sum.over(input.divisor)).collect();
    Ok(result)
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
                let index = i * classes + error.index().unwrap_or(0);
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

/// A head over a batch in any storage type. By default results carry
/// [the rounding of the sums of products](crate::heads#how-exact); [`exact`](Self::exact) ones do not.
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
    targets: Targets<'a, E>,
    scores: bool,
    exact: bool,
    level: Level,
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
            RowTargets::Labels { labels, ignore_index } => Targets::Labels { labels: labels.into(), ignore_index },
            RowTargets::Probabilities(y) => Targets::Probabilities(Matrix::new(name, "target", y, weights.rows())?),
        };
        Self::of(head, x, weights, targets)
    }

    pub(super) fn of(
        head: &'a dyn Head,
        x: Matrix<'a, E>,
        weights: Matrix<'a, E>,
        targets: Targets<'a, E>,
    ) -> Result<Self> {
        let name = head.entry().name;
        check_length(name, "weights", weights.width(), x.width())?;
        let found = match targets {
            Targets::Labels { labels, .. } => labels.len(),
            Targets::Probabilities(y) => y.rows(),
        };
        check_length(name, "target", found, x.rows())?;
        Ok(HeadEvaluation { head, x, weights, bias: None, targets, scores: false, exact: false, level: Level::best() })
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

    /// With products that are exact too, some hundred times as slow; else they carry
    /// [the rounding of sums](crate::heads#how-exact).
    ///
    /// ```
    /// use discrepancy::batch::HeadEvaluation;
    /// use discrepancy::heads::LinearSoftmaxCrossEntropy;
    /// use discrepancy::rows::RowTargets;
    /// let head = LinearSoftmaxCrossEntropy::default();
    /// let (x, weights) = ([1e8_f64, 1.0, -1e8], [1.0, 1e-8, 1.0, 2.0, 0.0, 2.0]);
    /// let batch = HeadEvaluation::new(&head, &x, &weights, 3, RowTargets::labels(&[0]))?;
    /// let (plain, exact) = (batch.evaluate()?, batch.exact(true).evaluate()?);
    /// assert!((plain.value[0] - exact.value[0]).abs() <= 1e-15 * exact.value[0]);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    #[must_use]
    pub fn exact(mut self, exact: bool) -> Self {
        self.exact = exact;
        self
    }

    /// At this vector level instead of the best; the bits are the same.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Values and all gradients, of the sum over rows.
    pub fn evaluate(&self) -> Result<HeadResult<E>> {
        self.wide(self.head, Divisor::ONE).map(narrowed)
    }

    /// The reduced value, from the exact sum of the rows' values before they are rounded to the storage type; each row's
    /// value; and the gradients of the reduced value. Ignored rows do not count.
    ///
    /// ```
    /// use discrepancy::batch::{HeadEvaluation, Reduction};
    /// use discrepancy::heads::LinearSoftmaxCrossEntropy;
    /// use discrepancy::rows::RowTargets;
    /// let head = LinearSoftmaxCrossEntropy::default();
    /// let (x, weights) = ([1.0_f32, -1.0, 8.0], [0.0, 0.0]);
    /// let targets = RowTargets::Labels { labels: &[0, 1, -1], ignore_index: Some(-1) };
    /// let batch = HeadEvaluation::new(&head, &x, &weights, 1, targets)?;
    /// let (mean, result) = batch.reduce_and_gradients(Reduction::Mean)?;
    /// assert_eq!(mean, std::f64::consts::LN_2);
    /// assert_eq!(result.gradient_weights, [-0.5, 0.5]);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn reduce_and_gradients(&self, reduction: Reduction) -> Result<(f64, HeadResult<E>)> {
        let (name, counts) = (self.head.entry().name, self.counts());
        let divisor = match reduction {
            Reduction::Sum => Divisor::ONE,
            Reduction::MeanByCount => Divisor::of_count(name, counts.iter().flatten().count())?,
            Reduction::Mean => {
                let mut sum = ExactSum::new();
                counts.iter().flatten().for_each(|(count, power)| sum.add_product_times(*count, 1.0, *power));
                Divisor::of_sum(name, &sum)?
            }
        };
        // A mean and its gradients stay what they are if all classes weigh a power of two more.
        let kind = match self.targets {
            Targets::Labels { .. } => Target::Label(0),
            Targets::Probabilities(_) => Target::Probabilities(&[]),
        };
        let lifted =
            divisor.lifted().and_then(|(lifted, power)| Some((self.head.scaled_by(-power, kind)?, lifted, power)));
        let (mut wide, power) = match &lifted {
            Some((head, divisor, power)) => (self.wide(&**head, *divisor)?, *power),
            None => (self.wide(self.head, divisor)?, 0),
        };
        let mut moments = Moments::new();
        for (value, count) in wide.value.iter_mut().zip(counts) {
            match count {
                None => {}
                Some((1.0, 0)) if power == 0 => moments.push(*value),
                Some(count) => moments.push_times((*value, power.into()), count, 1.0),
            }
            *value = scaled(*value, power);
        }
        let value = reduction.of(name, &moments)?;
        Ok((value, narrowed(wide)))
    }

    /// What each row counts in a mean, as a float times a power of two; nothing where it is ignored. Labels out of their domain
    /// are an error later.
    fn counts(&self) -> Vec<Option<(f64, i64)>> {
        let weight = |target: Target<'_>| {
            let weight = self.head.weight(target);
            let eased = far_power(weight, target).and_then(|power| Some((self.head.scaled_by(-power, target)?, power)));
            eased.map_or((weight, 0), |(head, power)| (head.weight(target), power.into()))
        };
        let mut target = Vec::new();
        let one = |i: usize| match self.targets {
            Targets::Labels { labels, ignore_index } if ignore_index == Some(labels[i]) => None,
            Targets::Labels { labels, .. } => Some(weight(Target::Label(labels[i] as usize))),
            Targets::Probabilities(y) => {
                y.widen(i, &mut target);
                Some(weight(Target::Probabilities(&target)))
            }
        };
        (0..self.x.rows()).map(one).collect()
    }

    fn wide(&self, head: &dyn Head, divisor: Divisor) -> Result<HeadResult> {
        let (x, weights) = (self.x.widen_all(), self.weights.widen_all());
        let bias: Option<Vec<f64>> = self.bias.map(|bias| bias.iter().map(|b| b.widen()).collect());
        // Labels may stand apart in memory, soft targets in another type.
        let (labels, soft): (Vec<i64>, Vec<f64>) = match self.targets {
            Targets::Labels { labels, .. } => (labels.to_vec(), Vec::new()),
            Targets::Probabilities(y) => (Vec::new(), y.widen_all()),
        };
        let targets = match self.targets {
            Targets::Labels { ignore_index, .. } => RowTargets::Labels { labels: &labels, ignore_index },
            Targets::Probabilities(_) => RowTargets::Probabilities(&soft),
        };
        head.evaluate(HeadInput {
            x: &x,
            weights: &weights,
            bias: bias.as_deref(),
            targets,
            epsilon: E::EPSILON,
            divisor,
            scores: self.scores,
            exact: self.exact,
            level: self.level,
        })
    }
}

fn narrowed<E: Element>(wide: HeadResult) -> HeadResult<E> {
    HeadResult {
        value: narrow(&wide.value),
        gradient_x: narrow(&wide.gradient_x),
        gradient_weights: narrow(&wide.gradient_weights),
        gradient_bias: narrow(&wide.gradient_bias),
        gradient_scores: narrow(&wide.gradient_scores),
    }
}
