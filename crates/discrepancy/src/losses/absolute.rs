use super::{Coupling, Loss};
use crate::catalog::DataDomain;
use crate::number::Real;

crate::entry! {
    /// Absolute error; its mean is the mean absolute error.
    ///
    /// In the unit of the target. It elicits the median. The subgradient at 0 is 0, the second derivative 0
    /// everywhere, so boosting needs a surrogate.
    Absolute("absolute") in Pointwise as Pointwise {}
    aliases: ["mae", "l1_loss", "absolute_error"];
    formula: r"|z - y|";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, NonNegative];
    source: "Boscovich 1757; Laplace 1786";
    reference: [
        "": [[3.0], [5.5]] => [2.5];
    ];
}

impl Loss for Absolute {
    const COUPLING: Coupling = Coupling::Residual;
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        r.abs()
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        r.sign()
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        r.lit(0.0)
    }
    fn kinks(&self) -> Vec<f64> {
        vec![0.0]
    }
}
