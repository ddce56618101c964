use super::{Coupling, Loss};
use crate::catalog::DataDomain;
use crate::number::Real;

crate::entry! {
    /// Modified Huber loss of a margin: the squared hinge, linear for gross misses.
    ///
    /// Robust, and its minimum gives class probabilities, `(1 + z) / 2` between −1 and 1. scikit-learn's
    /// `SGDClassifier(loss="modified_huber")`. The second derivative is 0 at margin 1 and 2 at margin −1.
    ModifiedHuber("modified_huber") in Pointwise as Pointwise {}
    aliases: [];
    formula: r"\begin{cases} \max(0, 1 - y z)^2 & y z \ge -1 \\ -4 y z & \text{otherwise} \end{cases}";
    prediction: DataDomain::Real;
    target: DataDomain::Signs;
    properties: [Convex, Lipschitz, OnceDifferentiable, NonNegative, ClassificationCalibrated];
    source: "Zhang 2004, doi:10.1214/aos/1079120130";
    reference: [
        "": [[0.5], [1.0]] => [0.25];
        "": [[3.0], [-1.0]] => [12.0];
    ];
}

impl Loss for ModifiedHuber {
    const COUPLING: Coupling = Coupling::Margin;
    #[inline(always)]
    fn value<R: Real>(&self, m: R, _: R) -> R {
        let missing = m.lit(0.0).max(m.lit(1.0) - m);
        R::when(m.lt(m.lit(-1.0)), m * -4.0, missing.square())
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, m: R, _: R) -> R {
        let missing = m.lit(0.0).max(m.lit(1.0) - m);
        R::when(m.lt(m.lit(-1.0)), m.lit(-4.0), missing * -2.0)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, m: R, _: R) -> R {
        let curved = m.lit(-1.0).le(m) & m.lt(m.lit(1.0));
        R::when(curved, m.lit(2.0), m.lit(0.0))
    }
}
