use super::{Coupling, Loss, UNIT};
use crate::catalog::DataDomain;
use crate::number::Real;

crate::entry! {
    /// Brier score of a logit: the squared error of the probability σ(z).
    ///
    /// Proper, but in the logit not convex: far misses have almost no gradient.
    BrierWithLogits("brier_with_logits") in Pointwise as Pointwise {}
    aliases: ["brier_score_with_logits"];
    formula: r"(\sigma(z) - y)^2";
    prediction: DataDomain::Real;
    target: UNIT;
    properties: [OnceDifferentiable, TwiceDifferentiable, NonNegative, Bounded, StrictlyProper, Lipschitz];
    source: "Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2";
    reference: [
        "": [[1.5], [0.0]] => [0.6684280241233108];
        "": [[40.0], [1.0]] => [1.804851387845415e-35];
    ];
}

/// `σ(z) − y`, as `(1−y) σ(z) − y σ(−z)`: exact where y is 0 or 1.
#[inline(always)]
fn residual<R: Real>(z: R, y: R) -> R {
    z.sigmoid() * (y.lit(1.0) - y) - (-z).sigmoid() * y
}

impl Loss for BrierWithLogits {
    const COUPLING: Coupling = Coupling::Pair;
    // σ(z) − y cancels where a fractional target is nearly met.
    const CANCELS: [bool; 3] = [true, true, true];
    // The second derivative still changes its sign.
    const CANCELS_AT_LABELS: [bool; 3] = [false, false, true];
    #[inline(always)]
    fn value<R: Real>(&self, z: R, y: R) -> R {
        residual(z, y).square()
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, z: R, y: R) -> R {
        residual(z, y) * z.sigmoid() * (-z).sigmoid() * 2.0
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, z: R, y: R) -> R {
        let (p, q) = (z.sigmoid(), (-z).sigmoid());
        let v = p * q;
        (v + residual(z, y) * (q - p)) * v * 2.0
    }
}
