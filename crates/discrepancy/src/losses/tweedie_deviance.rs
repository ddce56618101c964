use super::poisson::NOT_NEGATIVE;
use super::gamma_deviance::half_gamma;
use super::poisson_deviance::{factor, half_poisson};
use super::poisson_from_means::POSITIVE;
use super::{Coupling, Loss};
use crate::catalog::{Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Tweedie deviance of a mean: squared error, Poisson and gamma deviance, and what lies between.
    ///
    /// It is 0 for a prediction that meets its target, and exact for one that nearly does. Predictions are means. For
    /// powers from 2 on, a target of 0 is infinitely unlikely. scikit-learn's `mean_tweedie_deviance`; half of it is
    /// its `HalfTweedieLossIdentity`.
    TweedieDeviance("tweedie_deviance") in Pointwise as Pointwise {
        /// p, the power of the mean that the variance is: 0 normal, 1 Poisson, 2 gamma, 3 inverse Gaussian.
        power: f64 = Value::Number(1.5), Domain::number(Interval::from(0.0, f64::INFINITY));
        /// Half of the deviance, which is a difference of log-likelihoods.
        half: bool = Value::Word("false"), Domain::flag();
    }
    aliases: [];
    formula: r"2 \left(\frac{y^{2 - p}}{(1 - p)(2 - p)} - \frac{y z^{1 - p}}{1 - p} + \frac{z^{2 - p}}{2 - p}\right)";
    prediction: POSITIVE;
    target: NOT_NEGATIVE;
    properties: [OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Jørgensen 1987, doi:10.1111/j.2517-6161.1987.tb01685.x";
    reference: [
        "": [[2.0], [3.0]] => [0.28572916317993213];
        "power=3,half=true": [[2.0], [3.0]] => [0.041666666666666664];
        "power=0": [[2.0], [3.0]] => [1.0];
    ];
}

/// `z^e`.
#[inline(always)]
fn power_of<R: Real>(mean: R, exponent: R) -> R {
    (mean.ln() * exponent).exp()
}

impl TweedieDeviance {
    /// With t = (y - μ)/μ and a = 2 - p: μ^a ((1 + t)^a - 1 - a t) / (a (a - 1)). Amounts are often 0.
    #[inline(always)]
    fn half_between<R: Real>(&self, mean: R, y: R) -> R {
        let (t, a) = ((y - mean) / mean, mean.lit(2.0) - self.power);
        // By the ratio itself where t is far from 0.
        let log = R::when(t.abs().lt(t.lit(0.5)), t.ln_1p(), (y / mean).ln());
        let rest = ((log * a).exp_m1() - a * t) / (a - 1.0);
        let at_zero = if self.power < 2.0 { mean.lit(1.0) } else { mean.lit(f64::NEG_INFINITY) };
        power_of(mean, a) * (R::when(y.same(y.lit(0.0)), at_zero, rest) / a)
    }
}

impl Loss for TweedieDeviance {
    const COUPLING: Coupling = Coupling::Pair;
    // The value is what is left of (1 + t)^a where its first terms are taken away; the second derivative changes its
    // sign.
    // Powers of numbers far from 1 lose digits of the logarithm.
    const CANCELS: [bool; 3] = [true; 3];
    #[inline(always)]
    fn value<R: Real>(&self, mean: R, y: R) -> R {
        let half = match self.power {
            0.0 => (mean - y).square() * 0.5,
            1.0 => half_poisson(mean, y),
            2.0 => half_gamma(mean, y),
            _ => self.half_between(mean, y),
        };
        half * factor(self.half)
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, mean: R, y: R) -> R {
        let power = self.power;
        if power == 0.0 {
            return (mean - y) * factor(self.half);
        }
        power_of(mean, mean.lit(-power)) * (mean - y) * factor(self.half)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, mean: R, y: R) -> R {
        let power = self.power;
        // μ^-p (1 - p + p y/μ)
        let (a, ratio) = (mean.lit(1.0) - power, y / mean);
        power_of(mean, mean.lit(-power)) * (a + ratio * power) * factor(self.half)
    }
}
