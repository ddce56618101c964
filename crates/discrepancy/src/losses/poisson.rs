use super::{Coupling, Loss};
use crate::catalog::DataDomain;
use crate::number::Real;

crate::entry! {
    /// Poisson loss of a logarithm: the negative log-likelihood of a count with mean `e^z`.
    ///
    /// The term `ln y!`, which does not depend on the prediction, is left out, so the value can be negative. PyTorch's
    /// `poisson_nll_loss` and scikit-learn's `HalfPoissonLoss`; half of the Poisson deviance but for a constant.
    Poisson("poisson") in Pointwise as Pointwise {}
    aliases: ["poisson_nll"];
    formula: r"e^z - y z";
    prediction: DataDomain::Real;
    target: NOT_NEGATIVE;
    properties: [Convex, OnceDifferentiable, TwiceDifferentiable];
    source: "Nelder, Wedderburn 1972, doi:10.2307/2344614";
    reference: [
        "": [[0.5], [2.0]] => [0.6487212707001282];
        "": [[f64::NEG_INFINITY], [0.0]] => [0.0];
    ];
}

/// Counts and amounts.
pub(super) const NOT_NEGATIVE: DataDomain = DataDomain::Within(crate::catalog::Interval::from(0.0, f64::INFINITY));

/// From here on the exponential is not looked at through what it is more than 1.
const NEAR: f64 = 0.5;

/// Whether the mean is near 1, where `e^z - 1` knows more digits than `e^z`.
#[inline(always)]
pub(super) fn near_one<R: Real>(z: R) -> R::Mask {
    z.abs().lt(z.lit(NEAR))
}

impl Loss for Poisson {
    const COUPLING: Coupling = Coupling::Pair;
    // The exponential meets the target.
    const CANCELS: [bool; 3] = [true, true, false];
    #[inline(always)]
    fn value<R: Real>(&self, z: R, y: R) -> R {
        z.exp().outgrowing(z.weighted(y))
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, z: R, y: R) -> R {
        R::when(near_one(z), z.exp_m1() + (z.lit(1.0) - y), z.exp() - y)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, z: R, _: R) -> R {
        z.exp()
    }
}
