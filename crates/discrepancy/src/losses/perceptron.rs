use super::{Coupling, Loss};
use crate::catalog::DataDomain;
use crate::number::Real;

crate::entry! {
    /// Perceptron loss: a miss costs its distance from the boundary, a hit nothing.
    ///
    /// A hinge without a margin. Of a difference of two scores it is the margin ranking loss of margin 0. The
    /// subgradient at the kink is 0.
    Perceptron("perceptron") in Pointwise as Pointwise {}
    aliases: [];
    formula: r"\max(0, -y z)";
    prediction: DataDomain::Real;
    target: DataDomain::Signs;
    properties: [Convex, Lipschitz, NonNegative];
    source: "Rosenblatt 1958, doi:10.1037/h0042519";
    reference: [
        "": [[0.75], [-1.0]] => [0.75];
        "": [[0.75], [1.0]] => [0.0];
    ];
}

impl Loss for Perceptron {
    const COUPLING: Coupling = Coupling::Margin;
    #[inline(always)]
    fn value<R: Real>(&self, m: R, _: R) -> R {
        (-m).max(m.lit(0.0))
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, m: R, _: R) -> R {
        R::when(m.lt(m.lit(0.0)), m.lit(-1.0), m.lit(0.0))
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, m: R, _: R) -> R {
        m.lit(0.0)
    }
    fn kinks(&self) -> Vec<f64> {
        vec![0.0]
    }
}
