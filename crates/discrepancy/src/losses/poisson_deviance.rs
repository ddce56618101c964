use super::poisson::NOT_NEGATIVE;
use super::poisson_from_means::POSITIVE;
use super::{Coupling, Loss};
use crate::catalog::{Domain, Value};
use crate::number::Real;

crate::entry! {
    /// Poisson deviance: how much less likely a count is with the predicted mean than with its own.
    ///
    /// It is 0 for a prediction that meets its target, and exact for one that nearly does. Predictions are means.
    /// scikit-learn's `mean_poisson_deviance`.
    PoissonDeviance("poisson_deviance") in Pointwise as Pointwise {
        /// Half of the deviance, which is a difference of log-likelihoods.
        half: bool = Value::Word("false"), Domain::flag();
    }
    aliases: [];
    formula: r"2 \left(y \ln \frac{y}{z} - y + z\right)";
    prediction: POSITIVE;
    target: NOT_NEGATIVE;
    properties: [Convex, OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Nelder, Wedderburn 1972, doi:10.2307/2344614";
    reference: [
        "": [[2.0], [3.0]] => [0.4327906486489863];
        "half=true": [[2.0], [0.0]] => [2.0];
    ];
}

/// The deviance is twice the difference of log-likelihoods.
#[inline(always)]
pub(super) fn factor(half: bool) -> f64 {
    if half { 1.0 } else { 2.0 }
}

/// With t = (y - μ)/μ it is μ ((1 + t) ln(1 + t) - t), which does not cancel. Counts are often 0.
#[inline(always)]
pub(super) fn half_poisson<R: Real>(mean: R, y: R) -> R {
    R::when(y.same(y.lit(0.0)), mean, mean * ((y - mean) / mean).phi())
}

impl Loss for PoissonDeviance {
    const COUPLING: Coupling = Coupling::Pair;
    // A logarithm less its argument: next to 0 the difference is what is left of both.
    const CANCELS: [bool; 3] = [true, false, false];
    #[inline(always)]
    fn value<R: Real>(&self, mean: R, y: R) -> R {
        half_poisson(mean, y) * factor(self.half)
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, mean: R, y: R) -> R {
        (mean - y) / mean * factor(self.half)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, mean: R, y: R) -> R {
        y / mean / mean * factor(self.half)
    }
}
