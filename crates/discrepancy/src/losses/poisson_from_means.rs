use super::poisson::NOT_NEGATIVE;
use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Interval};
use crate::number::Real;

crate::entry! {
    /// Poisson loss of a mean: the negative log-likelihood of a count with this mean.
    ///
    /// As `poisson`, but for predictions that are means and not their logarithms. PyTorch's
    /// `poisson_nll_loss(log_input=False, eps=0)`: no small number is added to the mean, which must be positive.
    PoissonFromMeans("poisson_from_means") in Pointwise as Pointwise {}
    aliases: [];
    formula: r"z - y \ln z";
    prediction: POSITIVE;
    target: NOT_NEGATIVE;
    properties: [Convex, OnceDifferentiable, TwiceDifferentiable];
    source: "Nelder, Wedderburn 1972, doi:10.2307/2344614";
    reference: [
        "": [[2.0], [3.0]] => [-0.07944154167983593];
        "": [[2.0], [0.0]] => [2.0];
    ];
}

/// Means of what is not negative.
pub(super) const POSITIVE: DataDomain = DataDomain::Within(Interval::open(0.0, f64::INFINITY));

impl Loss for PoissonFromMeans {
    const COUPLING: Coupling = Coupling::Pair;
    // The logarithm meets the mean.
    const CANCELS: [bool; 3] = [true, false, false];
    #[inline(always)]
    fn value<R: Real>(&self, mean: R, y: R) -> R {
        mean - mean.ln() * y
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, mean: R, y: R) -> R {
        (mean - y) / mean
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, mean: R, y: R) -> R {
        y / mean / mean
    }
}
