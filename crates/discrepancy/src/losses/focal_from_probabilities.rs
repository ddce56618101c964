use super::{Coupling, Loss, UNIT, focal::class_weight};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Focal loss of a probability.
    ///
    /// Prefer `focal` where logits are at hand: a probability near 1 has already lost its digits.
    FocalFromProbabilities("focal_from_probabilities") in Pointwise as Pointwise {
        /// The weight of the positive class; the negative class has `1 - alpha`; `none` weighs both by 1.
        alpha: Option<f64> = Value::Number(0.25), Domain::number(Interval::closed(0.0, 1.0)).or(&["none"]);
        /// How strongly easy rows are weighed down.
        gamma: f64 = Value::Number(2.0), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: [];
    formula: r"-\alpha_y (1 - p_y)^\gamma \ln p_y, \quad p_1 = p";
    prediction: UNIT;
    target: DataDomain::Binary;
    properties: [NonNegative];
    source: "Lin, Goyal, Girshick, He, Dollár 2017, arXiv:1708.02002";
    reference: [
        "": [[0.75], [1.0]] => [0.004495032382059077];
        "gamma=1": [[0.75], [0.0]] => [0.7797905781299385];
    ];
}

/// p_y, 1 − p_y and −ln p_y, each without cancellation.
#[inline(always)]
fn parts<R: Real>(p: R, y: R) -> (R, R, R) {
    let positive = y.same(y.lit(1.0));
    let miss = p.lit(1.0) - p;
    let s = R::when(positive, -p.ln(), -(-p).ln_1p());
    (R::when(positive, p, miss), R::when(positive, miss, p), s)
}

/// s / q, which tends to 1 where q does to 0.
#[inline(always)]
fn ratio<R: Real>(q: R, s: R) -> R {
    R::when(q.same(q.lit(0.0)), q.lit(1.0), s / q)
}

impl Loss for FocalFromProbabilities {
    const COUPLING: Coupling = Coupling::Pair;
    // The second derivative changes its sign.
    const CANCELS: [bool; 3] = [false, false, true];
    #[inline(always)]
    fn value<R: Real>(&self, p: R, y: R) -> R {
        let (_, q, s) = parts(p, y);
        s.weighted(q.power(self.gamma)).weighted(class_weight(self.alpha, y))
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, p: R, y: R) -> R {
        // d/dp_y of q^γ s = -γ q^(γ-1) s - q^γ / p_y
        let (hit, q, s) = parts(p, y);
        let easiness = q.power(self.gamma);
        let first = if self.gamma == 0.0 {
            p.lit(0.0)
        } else if self.gamma < 1.0 {
            // s / q tends to 1 where q^(γ-1) has no end.
            ratio(q, s) * easiness * self.gamma
        } else {
            s.weighted(q.power(self.gamma - 1.0)) * self.gamma
        };
        let d = -(first + easiness / hit).weighted(class_weight(self.alpha, y));
        R::when(y.same(y.lit(1.0)), d, -d)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, p: R, y: R) -> R {
        // γ(γ-1) q^(γ-2) s + 2γ q^(γ-1) / p_y + q^γ / p_y²
        let (hit, q, s) = parts(p, y);
        let (gamma, zero) = (self.gamma, p.lit(0.0));
        if gamma > 0.0 && gamma < 1.0 {
            // q^(γ-1) is taken out of the sum, which has no end where it has none; nor has that of 1 / p_y².
            let inner = ratio(q, s) * (gamma * (gamma - 1.0)) + q.lit(2.0 * gamma) / hit;
            let whole = inner * q.power(gamma - 1.0) + q.power(gamma) / hit.square();
            let endless = q.lit(f64::INFINITY);
            return R::when(hit.same(zero), endless, whole).weighted(class_weight(self.alpha, y));
        }
        // The power of q alone stays in range.
        let first = if gamma == 0.0 || gamma == 1.0 { zero } else { ratio(q, s) * q.power(gamma - 1.0) * (gamma * (gamma - 1.0)) };
        let second = if gamma == 0.0 { zero } else { q.power(gamma - 1.0) / hit * (2.0 * gamma) };
        (first + second + q.power(gamma) / hit.square()).weighted(class_weight(self.alpha, y))
    }
}
