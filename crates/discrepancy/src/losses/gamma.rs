use super::poisson::near_one;
use super::poisson_from_means::POSITIVE;
use super::{Coupling, Loss};
use crate::catalog::DataDomain;
use crate::number::Real;

crate::entry! {
    /// Gamma loss of a logarithm: the negative log-likelihood of a gamma variable with mean `e^z`, over its shape.
    ///
    /// For positive amounts whose spread grows with their mean. Terms that do not depend on the prediction are left
    /// out, so the value can be negative. scikit-learn's `HalfGammaLoss`; half of the gamma deviance but for a
    /// constant.
    Gamma("gamma") in Pointwise as Pointwise {}
    aliases: [];
    formula: r"z + y e^{-z}";
    prediction: DataDomain::Real;
    target: POSITIVE;
    properties: [Convex, OnceDifferentiable, TwiceDifferentiable];
    source: "Nelder, Wedderburn 1972, doi:10.2307/2344614";
    reference: [
        "": [[0.5], [2.0]] => [1.7130613194252668];
        "": [[-1.0], [0.25]] => [-0.32042954288523867];
    ];
}

impl Loss for Gamma {
    const COUPLING: Coupling = Coupling::Pair;
    // The exponential meets the prediction, and the target.
    const CANCELS: [bool; 3] = [true, true, false];
    #[inline(always)]
    fn value<R: Real>(&self, z: R, y: R) -> R {
        ((-z).exp() * y).outgrowing(-z)
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, z: R, y: R) -> R {
        let one = z.lit(1.0);
        R::when(near_one(z), (one - y) - (-z).exp_m1() * y, one - (-z).exp() * y)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, z: R, y: R) -> R {
        (-z).exp() * y
    }
}
