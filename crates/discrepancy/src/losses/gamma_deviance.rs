use super::poisson_deviance::factor;
use super::poisson_from_means::POSITIVE;
use super::{Coupling, Loss};
use crate::catalog::{Domain, Value};
use crate::number::Real;

crate::entry! {
    /// Gamma deviance: of the ratio of a positive amount to its predicted mean.
    ///
    /// It is 0 for a prediction that meets its target, and exact for one that nearly does; it does not change with
    /// the unit. Predictions are means. It is **not convex** in them beyond twice the target. scikit-learn's
    /// `mean_gamma_deviance`.
    GammaDeviance("gamma_deviance") in Pointwise as Pointwise {
        /// Half of the deviance, which is a difference of log-likelihoods.
        half: bool = Value::Word("false"), Domain::flag();
    }
    aliases: [];
    formula: r"2 \left(\frac{y}{z} - 1 - \ln \frac{y}{z}\right)";
    prediction: POSITIVE;
    target: POSITIVE;
    properties: [OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Nelder, Wedderburn 1972, doi:10.2307/2344614";
    reference: [
        "": [[2.0], [3.0]] => [0.18906978378367123];
        "half=true": [[2.0], [2.0]] => [0.0];
    ];
}

/// t - ln(1 + t) with t = (y - μ)/μ, by the ratio itself where t is far from 0.
#[inline(always)]
pub(super) fn half_gamma<R: Real>(mean: R, y: R) -> R {
    let (t, ratio) = ((y - mean) / mean, y / mean);
    R::when(t.abs().lt(t.lit(0.5)), -t.log1p_minus(), ratio - 1.0 - ratio.ln())
}

impl Loss for GammaDeviance {
    const COUPLING: Coupling = Coupling::Pair;
    // A logarithm less its argument: next to 0 the difference is what is left of both.
    const CANCELS: [bool; 3] = [true, false, false];
    #[inline(always)]
    fn value<R: Real>(&self, mean: R, y: R) -> R {
        half_gamma(mean, y) * factor(self.half)
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, mean: R, y: R) -> R {
        (mean - y) / mean / mean * factor(self.half)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, mean: R, y: R) -> R {
        (y * 2.0 - mean) / mean / mean / mean * factor(self.half)
    }
}
