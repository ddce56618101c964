use super::{Coupling, Loss, UNIT};
use crate::number::Real;

crate::entry! {
    /// Brier score of a probability: the squared error of the probability.
    ///
    /// Strictly proper and bounded by 1; a confident miss costs 1 where log loss costs infinity.
    Brier("brier") in Pointwise as Pointwise {}
    aliases: ["brier_score"];
    formula: r"(p - y)^2";
    prediction: UNIT;
    target: UNIT;
    properties: [Convex, Symmetric, Lipschitz, OnceDifferentiable, TwiceDifferentiable, NonNegative, Bounded, StrictlyProper];
    source: "Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2";
    reference: [
        "": [[0.75], [1.0]] => [0.0625];
    ];
}

impl Loss for Brier {
    const COUPLING: Coupling = Coupling::Residual;
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        r.square()
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        r * 2.0
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        r.lit(2.0)
    }
}
