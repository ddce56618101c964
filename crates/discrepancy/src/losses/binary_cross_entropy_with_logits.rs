use super::{Coupling, Loss, UNIT};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Binary cross entropy of a logit, exact in both tails.
    ///
    /// At logit −20 and target 0 the value is 2.061e-9, also in `f32`. The gradient is `σ(z) − y`.
    BinaryCrossEntropyWithLogits("binary_cross_entropy_with_logits") in Pointwise as Pointwise {
        /// w, the weight of the positive part, for rare positives.
        pos_weight: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
    }
    aliases: ["bce_with_logits", "sigmoid_cross_entropy", "log_loss_with_logits"];
    formula: r"w y \operatorname{softplus}(-z) + (1 - y) \operatorname{softplus}(z)";
    prediction: DataDomain::Real;
    target: UNIT;
    properties: [Convex, Lipschitz, OnceDifferentiable, TwiceDifferentiable, NonNegative, StrictlyProper, ClassificationCalibrated];
    source: "Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x";
    reference: [
        "": [[-20.0], [0.0]] => [2.061153620314381e-09];
        "pos_weight=3": [[0.5], [1.0]] => [1.42223095254032];
    ];
}

impl Loss for BinaryCrossEntropyWithLogits {
    const COUPLING: Coupling = Coupling::Pair;
    // σ(z) − y cancels where a fractional target is nearly met.
    const CANCELS: [bool; 3] = [false, true, false];
    const CANCELS_AT_LABELS: [bool; 3] = [false; 3];
    #[inline(always)]
    fn value<R: Real>(&self, z: R, y: R) -> R {
        // Only non-negative terms: nothing cancels, and a term of weight zero vanishes at infinity.
        (-z).softplus().weighted(y * self.pos_weight) + z.softplus().weighted(y.lit(1.0) - y)
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, z: R, y: R) -> R {
        z.sigmoid() * (y.lit(1.0) - y) - (-z).sigmoid() * (y * self.pos_weight)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, z: R, y: R) -> R {
        z.sigmoid() * (-z).sigmoid() * (y * self.pos_weight + (y.lit(1.0) - y))
    }
}
