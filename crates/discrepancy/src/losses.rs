//! Losses of one prediction and one target. One file each; this list is the registry.

use crate::batch::elements::Rows;
use crate::catalog::{Arguments, DataDomain, Entry};
use crate::number::{Level, Long, Real, Textbook, Trace};
use std::fmt::Debug;

/// How prediction and target meet; the chain rule lives here, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coupling {
    /// The formula is in the residual `r = prediction - target`.
    Residual,
    /// The formula is in the margin `m = target · prediction`, targets −1 and 1.
    Margin,
    /// The formula is in the prediction, with the target beside it.
    Pair,
}

/// A formula in `u` (residual, margin or prediction) and the target `y`, generic over the number.
pub trait Loss: Clone + Debug + Send + Sync + 'static {
    /// How `u` is made.
    const COUPLING: Coupling;
    /// Whether there is a derivative at all.
    const DIFFERENTIABLE: bool = true;
    /// For value, derivative and second derivative: whether terms may cancel so far that plain precision is too short
    /// even for results stored narrower. Such results are watched by an error bound; a test finds what is not declared.
    const CANCELS: [bool; 3] = [false; 3];
    /// The same where the target is known to be 0 or 1, if that is less.
    const CANCELS_AT_LABELS: [bool; 3] = Self::CANCELS;
    /// The value.
    fn value<R: Real>(&self, u: R, y: R) -> R;
    /// The first derivative in `u`.
    fn derivative<R: Real>(&self, u: R, y: R) -> R;
    /// The second derivative in `u`.
    fn second_derivative<R: Real>(&self, u: R, y: R) -> R;
    /// The places in `u` where the derivative jumps; there the subgradient of least norm is taken.
    fn kinks(&self) -> Vec<f64> {
        Vec::new()
    }
    /// What the size of a residual is compared with, if it is.
    fn threshold(&self) -> Option<f64> {
        None
    }
}

/// What a loss's entry says of the data, for kernels to be compiled with.
pub trait Domains {
    /// Of predictions and of targets.
    const DOMAINS: [DataDomain; 2];
}

/// Where a block's results go; what is not asked for is not computed.
#[derive(Debug, Default)]
pub struct Outputs<'a> {
    /// The values.
    pub value: &'a mut [f64],
    /// The derivatives with respect to the prediction.
    pub gradient: Option<&'a mut [f64]>,
    /// The second derivatives with respect to the prediction.
    pub hessian: Option<&'a mut [f64]>,
}

/// A pointwise loss with its parameters, as an object: what [`crate::catalog::find`] gives.
pub trait PointwiseLoss: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// How prediction and target meet.
    fn coupling(&self) -> Coupling;
    /// Whether there is a derivative.
    fn differentiable(&self) -> bool;
    /// The places where the derivative jumps, in residual, margin or prediction.
    fn kinks(&self) -> Vec<f64>;
    /// Computes a block in two floats or more, each number rounded once; lengths are equal, data are in their domains.
    fn block(&self, prediction: &[f64], target: &[f64], outputs: Outputs<'_>);
    /// Computes rows stored in single precision in the vectors that are tried first; says whether the values were summed.
    fn singles(&self, level: Level, rows: Rows<'_, f32>) -> bool;
    /// The same of rows stored in double precision.
    fn doubles(&self, level: Level, rows: Rows<'_, f64>) -> bool;
    /// Value, derivative and second derivative as TeX, in `r` (residual), `m` (margin), or the prediction (`z`, of a
    /// probability `p`), and the target: `y`, or this number.
    fn trace(&self, target: Option<f64>) -> [String; 3];
    /// Value, derivative and second derivative as people type them from a book, in single precision: to be shown beside
    /// what is exact.
    fn textbook(&self, prediction: f32, target: f32) -> [f32; 3];
    /// Derivative and second derivative by dual numbers, for tests: at one point, in twofold precision.
    fn dual(&self, prediction: f64, target: f64) -> [f64; 2];
    /// Value, derivative and second derivative in 256 bits, rounded once, for tests: at one point.
    fn witness(&self, prediction: f64, target: f64) -> [f64; 3];
    /// The same, not rounded: what a search for the worst inputs measures by.
    #[doc(hidden)]
    fn truth(&self, prediction: f64, target: f64) -> [Long; 3];
    /// For value, derivative and second derivative: the error that the first numbers may have at one point, as a part of what
    /// is allowed, and whether [`Loss::CANCELS`] has it watched.
    fn doubts(&self, prediction: f64, target: f64) -> [(f64, bool); 3];

    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
    /// Value, derivative and second derivative at one point; NaN where there is no derivative.
    fn at(&self, prediction: f64, target: f64) -> [f64; 3] {
        let (mut v, mut g, mut h) = ([0.0], [f64::NAN], [f64::NAN]);
        let (gradient, hessian) =
            if self.differentiable() { (Some(&mut g[..]), Some(&mut h[..])) } else { (None, None) };
        self.block(&[prediction], &[target], Outputs { value: &mut v, gradient, hessian });
        [v[0], g[0], h[0]]
    }
}

/// `u` of a prediction and a target.
#[inline(always)]
pub(crate) fn join<R: Real>(coupling: Coupling, prediction: R, target: R) -> R {
    match coupling {
        Coupling::Residual => prediction - target,
        Coupling::Margin => target * prediction,
        Coupling::Pair => prediction,
    }
}
/// The factor of the first derivative: du/d(prediction). Its square is 1 in all three cases.
#[inline(always)]
pub(crate) fn slope<R: Real>(coupling: Coupling, derivative: R, target: R) -> R {
    if coupling == Coupling::Margin { target * derivative } else { derivative }
}

/// Value, derivative and second derivative in the prediction.
fn derivatives<L: Loss, R: Real>(loss: &L, prediction: R, target: R) -> [R; 3] {
    let u = join(L::COUPLING, prediction, target);
    [loss.value(u, target), slope(L::COUPLING, loss.derivative(u, target), target), loss.second_derivative(u, target)]
}

/// Symbols for the trace: the letter of `u`, and the target.
fn symbols(coupling: Coupling, entry: &Entry, target: Option<f64>) -> (Trace, Trace) {
    let letter = match coupling {
        Coupling::Residual => "r",
        Coupling::Margin => "m",
        Coupling::Pair if entry.prediction == UNIT => "p",
        Coupling::Pair => "z",
    };
    (Trace::variable(letter), target.map_or(Trace::variable("y"), Trace::number))
}

/// Writes the module list and the registry from one line an entry.
macro_rules! losses {
    ($($module:ident::$type:ident),* $(,)?) => {
        $(mod $module; pub use $module::$type;)*
        /// The catalogue entries of this family.
        pub const LIST: &[&Entry] = &[$($type::ENTRY),*];
        $(
            impl Domains for $type {
                const DOMAINS: [DataDomain; 2] = [Self::ENTRY.prediction, Self::ENTRY.target];
            }
            impl PointwiseLoss for $type {
                fn entry(&self) -> &'static Entry { Self::ENTRY }
                fn arguments(&self) -> Arguments { self.parameter_values() }
                fn coupling(&self) -> Coupling { <Self as Loss>::COUPLING }
                fn differentiable(&self) -> bool { <Self as Loss>::DIFFERENTIABLE }
                fn kinks(&self) -> Vec<f64> { Loss::kinks(self) }
                fn block(&self, prediction: &[f64], target: &[f64], outputs: Outputs<'_>) {
                    crate::batch::block::evaluate(self, prediction, target, outputs);
                }
                fn singles(&self, level: Level, rows: Rows<'_, f32>) -> bool {
                    crate::batch::elements::evaluate(self, level, rows)
                }
                fn doubles(&self, level: Level, rows: Rows<'_, f64>) -> bool {
                    crate::batch::elements::evaluate(self, level, rows)
                }
                fn trace(&self, target: Option<f64>) -> [String; 3] {
                    let (u, y) = symbols(<Self as Loss>::COUPLING, Self::ENTRY, target);
                    [Loss::value(self, u, y).tex(), Loss::derivative(self, u, y).tex(), Loss::second_derivative(self, u, y).tex()]
                }
                fn textbook(&self, prediction: f32, target: f32) -> [f32; 3] {
                    derivatives(self, Textbook(prediction), Textbook(target)).map(|x| x.0)
                }
                fn dual(&self, prediction: f64, target: f64) -> [f64; 2] {
                    crate::batch::block::dual(self, prediction, target)
                }
                fn witness(&self, prediction: f64, target: f64) -> [f64; 3] {
                    crate::batch::block::long(self, prediction, target, [true; 3])
                }
                fn truth(&self, prediction: f64, target: f64) -> [Long; 3] {
                    derivatives(self, Long::from(prediction), Long::from(target))
                }
                fn doubts(&self, prediction: f64, target: f64) -> [(f64, bool); 3] {
                    crate::batch::block::doubts(self, prediction, target)
                }
            }
        )*
    };
}

losses! {
    zero_one::ZeroOne,
    binary_cross_entropy::BinaryCrossEntropy,
    binary_cross_entropy_with_logits::BinaryCrossEntropyWithLogits,
    focal::Focal,
    focal_from_probabilities::FocalFromProbabilities,
    brier::Brier,
    brier_with_logits::BrierWithLogits,
    hinge::Hinge,
    squared_hinge::SquaredHinge,
    smoothed_hinge::SmoothedHinge,
    modified_huber::ModifiedHuber,
    perceptron::Perceptron,
    hinge_embedding::HingeEmbedding,
    exponential::Exponential,
    logistic::Logistic,
    squared::Squared,
    absolute::Absolute,
    huber::Huber,
    smooth_l1::SmoothL1,
    pseudo_huber::PseudoHuber,
    log_cosh::LogCosh,
    fair::Fair,
    tukey_biweight::TukeyBiweight,
    quantile::Quantile,
    expectile::Expectile,
    epsilon_insensitive::EpsilonInsensitive,
    squared_epsilon_insensitive::SquaredEpsilonInsensitive,
    squared_log_error::SquaredLogError,
    poisson::Poisson,
    poisson_from_means::PoissonFromMeans,
    gamma::Gamma,
    tweedie::Tweedie,
    poisson_deviance::PoissonDeviance,
    gamma_deviance::GammaDeviance,
    tweedie_deviance::TweedieDeviance,
}

/// Probabilities of one event as targets.
pub(crate) const UNIT: DataDomain = DataDomain::UNIT;
