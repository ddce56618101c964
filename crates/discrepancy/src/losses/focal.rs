use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::{Real, by_multiplication};

crate::entry! {
    /// Focal loss of a logit: cross entropy in which easy rows count little.
    ///
    /// With `gamma=0, alpha=none` it is binary cross entropy with logits. It is **not convex**: with gamma 2 the
    /// second derivative is negative for margins below −2.79, so Newton steps and boosting need a surrogate.
    Focal("focal") in Pointwise as Pointwise {
        /// The weight of the positive class; the negative class has `1 - alpha`; `none` weighs both by 1.
        alpha: Option<f64> = Value::Number(0.25), Domain::number(Interval::closed(0.0, 1.0)).or(&["none"]);
        /// How strongly easy rows are weighed down.
        gamma: f64 = Value::Number(2.0), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["sigmoid_focal", "binary_focal"];
    formula: r"-\alpha_y (1 - p_y)^\gamma \ln p_y, \quad p_1 = \sigma(z)";
    prediction: DataDomain::Real;
    target: DataDomain::Binary;
    properties: [OnceDifferentiable, TwiceDifferentiable, NonNegative, ClassificationCalibrated];
    source: "Lin, Goyal, Girshick, He, Dollár 2017, arXiv:1708.02002";
    reference: [
        "": [[2.0], [1.0]] => [0.00045089070881009386];
        "alpha=none,gamma=0": [[-2.0], [1.0]] => [2.1269280110429727];
    ];
}

/// The weight of the class of `y`.
#[inline(always)]
pub(super) fn class_weight<R: Real>(alpha: Option<f64>, y: R) -> R {
    match alpha {
        None => y.lit(1.0),
        Some(alpha) => R::when(y.same(y.lit(1.0)), y.lit(alpha), y.lit(1.0) - y.lit(alpha)),
    }
}

/// The margin `±z` of the true class.
#[inline(always)]
fn margin<R: Real>(z: R, y: R) -> R {
    R::when(y.same(y.lit(1.0)), z, -z)
}

impl Focal {
    /// `(1 - p_y)^γ`; where that needs a logarithm, through the one that does not underflow early.
    #[inline(always)]
    fn easiness<R: Real>(&self, m: R) -> R {
        if by_multiplication(self.gamma) {
            (-m).sigmoid().power(self.gamma)
        } else {
            (m.softplus() * -self.gamma).exp_nonpositive()
        }
    }
}

impl Loss for Focal {
    const COUPLING: Coupling = Coupling::Pair;
    // The second derivative changes its sign.
    const CANCELS: [bool; 3] = [false, false, true];
    #[inline(always)]
    fn value<R: Real>(&self, z: R, y: R) -> R {
        let m = margin(z, y);
        (-m).softplus().weighted(self.easiness(m)) * class_weight(self.alpha, y)
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, z: R, y: R) -> R {
        // With q = 1 - p_y and s = -ln p_y: d/dm q^γ s = -q^γ (γ p s + q).
        let m = margin(z, y);
        let (p, q, s) = (m.sigmoid(), (-m).sigmoid(), (-m).softplus());
        let inner = s.weighted(p * self.gamma) + q;
        -margin(inner.weighted(self.easiness(m)) * class_weight(self.alpha, y), y)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, z: R, y: R) -> R {
        let m = margin(z, y);
        let (p, q, s) = (m.sigmoid(), (-m).sigmoid(), (-m).softplus());
        let gamma = self.gamma;
        // q^γ p (γ s (γ p - q) + (2γ + 1) q)
        let inner = s.weighted((p * gamma - q) * gamma) + q * (2.0 * gamma + 1.0);
        inner.weighted(p).weighted(self.easiness(m)) * class_weight(self.alpha, y)
    }
}
