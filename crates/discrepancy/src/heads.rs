//! A linear layer and a loss of its scores in one: the scores of a batch are never held.
//!
//! With `z = W x + b` and the slopes `g = ∂l/∂z` (for softmax cross entropy `p - y`) all gradients come from one
//! pass: `∂l/∂W = g xᵀ`, `∂l/∂b = g`, `∂l/∂x = Wᵀ g`.
//!
//! # How exact
//!
//! The three products are sums of many terms, which are added in plain floats unless it is asked for `exact`. With u = 2^-48:
//!
//! - A score is off by at most u of the sum of the sizes of its terms where results are stored in `f32`, `f16` or `bf16`,
//!   for D terms in `f64` by D² 2^-105 of it; scores, and what they differ by from the largest, are rounded to `f64`.
//! - With δ for that, a slope of a loss of temperature T is off by at most 4 δ/T of the class's probability (times what the row weighs),
//!   and 2^-51 of itself.
//! - A gradient is off by what its slopes are off by, and u of the sum of the sizes of its terms. It is rounded once to the type.
//!
//! The bits are the same on every processor and any number of threads. A row that a kernel is not sure of goes the exact way alone; a
//! batch where something leaves the range of `f64` goes that way as a whole, and so do heads that are more than a
//! linear layer and a loss of its scores (large margins).
//!
//! `exact` adds and multiplies in two floats, with bounds, and in 256 bits where these are not enough: values and `∂l/∂x` are right to
//! the last digit, sums over rows are sums of terms that are right to some 95 bits, rounded once. It takes some hundred times as long.

use crate::batch::Divisor;
use crate::catalog::{Arguments, Entry};
use crate::error::{Error, ErrorKind, Result};
use crate::number::Level;
use crate::number::guarded::power;
use crate::rows::shares::Shares;
use crate::rows::{RowLoss, RowTargets, Target};
use crate::sums::{Fixed, Whole, fixed_dot};
use std::fmt::Debug;

/// What a head acts on.
#[derive(Clone, Copy, Debug)]
pub struct HeadInput<'a> {
    /// The rows, N×D.
    pub x: &'a [f64],
    /// The weights of the layer, C×D.
    pub weights: &'a [f64],
    /// The bias of the layer, C.
    pub bias: Option<&'a [f64]>,
    /// A target for each row.
    pub targets: RowTargets<'a>,
    /// The spacing at 1 of the type the numbers were stored in.
    pub epsilon: f64,
    /// What the gradients are divided by: 1 for those of the sum over rows.
    pub divisor: Divisor,
    /// Whether the slopes in the scores (N×C) are wanted too: the one result that is as large as all scores.
    pub scores: bool,
    /// Whether products are to be exact too; else they carry [the rounding of sums](crate::heads#how-exact).
    pub exact: bool,
    /// The vectors in use; the bits are the same.
    pub level: Level,
}

impl<'a> HeadInput<'a> {
    /// Of `f64` rows (N×D), weights (C×D) and targets, without bias.
    #[must_use]
    pub fn new(x: &'a [f64], weights: &'a [f64], targets: RowTargets<'a>) -> Self {
        HeadInput {
            x,
            weights,
            bias: None,
            targets,
            epsilon: f64::EPSILON,
            divisor: Divisor::ONE,
            scores: false,
            exact: false,
            level: Level::best(),
        }
    }
}

/// What a head gives: each row's value, and the gradients of the sum over rows, or of what the sum was reduced to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeadResult<E = f64> {
    /// The value of each row; 0 for ignored ones.
    pub value: Vec<E>,
    /// `∂l/∂x`, N×D.
    pub gradient_x: Vec<E>,
    /// `∂l/∂W`, C×D.
    pub gradient_weights: Vec<E>,
    /// `∂l/∂b`, C; empty without bias.
    pub gradient_bias: Vec<E>,
    /// `∂l/∂z` in the scores as they enter the softmax, N×C; empty unless asked for.
    pub gradient_scores: Vec<E>,
}

/// A head, as an object.
///
/// ```
/// use discrepancy::heads::{Head, HeadInput, LinearSoftmaxCrossEntropy};
/// use discrepancy::rows::RowTargets;
/// // One row of two features, two classes.
/// let (x, weights) = ([1.0, 2.0], [0.5, 0.0, 0.5, 0.0]);
/// let input = HeadInput { scores: true, ..HeadInput::new(&x, &weights, RowTargets::labels(&[1])) };
/// let result = LinearSoftmaxCrossEntropy::default().evaluate(input)?;
/// assert_eq!(result.value, [std::f64::consts::LN_2]);
/// assert_eq!(result.gradient_scores, [0.5, -0.5]);
/// assert_eq!(result.gradient_weights, [0.5, 1.0, -0.5, -1.0]);
/// assert_eq!(result.gradient_x, [0.0, 0.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
///
/// A few rows at a time; see [how exact](crate::heads#how-exact) results are.
pub trait Head: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// Values and all gradients in one call.
    fn evaluate(&self, input: HeadInput<'_>) -> Result<HeadResult>;
    /// How much a row of this target counts in a mean.
    fn weight(&self, _target: Target<'_>) -> f64 {
        1.0
    }
    /// The head's loss times a power of two, made by other class weights; `None` where it weighs no classes, or not so. Weights
    /// that do not count for targets of such a kind may be any.
    #[doc(hidden)]
    fn scaled_by(&self, _power: i32, _target: Target<'_>) -> Option<Box<dyn Head>> {
        None
    }
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

/// What a head's file writes: one row.
pub(crate) trait HeadFormula: Sync {
    /// Whether the layer may have a bias.
    const BIAS: bool;
    /// The row in the number `R`; the target is in its domain.
    fn row<R: Whole>(&self, layer: Layer<'_>, x: &[f64], target: Target<'_>) -> Result<HeadRow<R>>;
    /// The loss of the scores, where the head is a linear layer and that loss and nothing else.
    fn of_scores(&self) -> Option<LossOfScores> {
        None
    }
}

/// The loss of a head's scores.
pub(crate) struct LossOfScores {
    pub(crate) loss: Box<dyn RowLoss>,
    /// Whether it is a matter of the differences of scores alone.
    pub(crate) of_differences: bool,
}

/// The weights of a layer.
#[derive(Clone, Copy)]
pub(crate) struct Layer<'a> {
    pub(crate) function: &'static str,
    pub(crate) width: usize,
    pub(crate) weights: &'a [f64],
    pub(crate) bias: Option<&'a [f64]>,
}

impl Layer<'_> {
    /// The weights of class c.
    pub(crate) fn class(&self, c: usize) -> &[f64] {
        &self.weights[c * self.width..(c + 1) * self.width]
    }
    pub(crate) fn classes(&self) -> usize {
        self.weights.len() / self.width
    }
    /// The row of scores `W x + b`, taken apart; the score of one class may be another one. Beyond `f64` scores have no exact
    /// limit.
    pub(crate) fn shares<R: Whole>(&self, x: &[f64], temperature: f64, other: Option<(usize, R)>) -> Result<Shares<R>> {
        let (classes, bias) = (self.classes(), |c: usize| self.bias.map_or(0.0, |b| b[c]));
        // What scores differ by is taken from whole numbers where floats are not enough: they may be very large beside it.
        let whole: Vec<Fixed> = if R::WHOLE {
            (0..classes).map(|c| fixed_dot(self.class(c), x).plus(&Fixed::of_float(bias(c)))).collect()
        } else {
            Vec::new()
        };
        let score = |c: usize| match other {
            Some((class, score)) if class == c => score,
            _ if R::WHOLE => R::of_fixed(&whole[c]),
            _ => R::dot(self.class(c), x) + bias(c),
        };
        let scores: Vec<R> = (0..classes).map(score).collect();
        if !scores.iter().all(|score| score.round().is_finite()) {
            let allowed = "rows whose products with the weights are within f64";
            return Err(Error::new(ErrorKind::NonFinite, self.function, "x", allowed));
        }
        if !R::WHOLE {
            return Shares::of_scores(self.function, &scores, temperature);
        }
        let linear = |c: usize| other.is_none_or(|(class, _)| class != c);
        let gap = |a: usize, b: usize| {
            if linear(a) && linear(b) { R::of_fixed(&whole[a].minus(&whole[b])) } else { scores[a] - scores[b] }
        };
        let zero = R::of(0.0);
        let top = (1..classes).fold(0, |top, c| if zero.lt(gap(c, top)) { c } else { top });
        // A score that is no sum of products is right to so many bits only.
        let least = scores[top].abs() * LOST;
        if other.is_some() && R::of(LOST).lt(least) {
            let allowed = "rows whose scores differ within 256 bits";
            let lost = |c: usize| !(linear(c) && linear(top)) && c != top && gap(c, top).abs().lt(least);
            if (0..classes).any(lost) {
                return Err(Error::new(ErrorKind::NonFinite, self.function, "x", allowed));
            }
        }
        Ok(Shares::of_gaps((0..classes).map(|c| gap(c, top)), top, scores[top], temperature))
    }
}

/// A row of a head before rounding.
pub(crate) struct HeadRow<R> {
    pub(crate) value: R,
    /// `∂l/∂z`.
    pub(crate) slopes: Vec<R>,
    /// Their sum, which is known better than they add up to.
    pub(crate) total: R,
    /// Where the score of one class is not `W·x`: its gradients.
    pub(crate) special: Option<SpecialScore<R>>,
}

/// The gradients of a score that is not linear.
pub(crate) struct SpecialScore<R> {
    pub(crate) class: usize,
    pub(crate) by_x: Vec<R>,
    pub(crate) by_weights: Vec<R>,
}

/// Writes the module list and the registry from one line an entry.
macro_rules! heads {
    ($($module:ident::$type:ident),* $(,)?) => {
        $(mod $module; pub use $module::$type;)*
        /// The catalogue entries of this family.
        pub const LIST: &[&Entry] = &[$($type::ENTRY),*];
        $(
            impl Head for $type {
                fn entry(&self) -> &'static Entry { Self::ENTRY }
                fn arguments(&self) -> Arguments { self.parameter_values() }
                fn evaluate(&self, input: HeadInput<'_>) -> Result<HeadResult> {
                    crate::batch::head::evaluate(self, Self::ENTRY.name, input)
                }
                fn weight(&self, target: Target<'_>) -> f64 { self.target_weight(target) }
                fn scaled_by(&self, power: i32, target: Target<'_>) -> Option<Box<dyn Head>> {
                    self.times_power(power, target).map(|head| Box::new(head) as Box<dyn Head>)
                }
            }
        )*
    };
}

heads! {
    linear_softmax_cross_entropy::LinearSoftmaxCrossEntropy,
    large_margin_softmax::LargeMarginSoftmax,
}

/// What 256 bits may have lost of a score, relative to it.
const LOST: f64 = power(-200);
