use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Interval};
use crate::number::Real;

crate::entry! {
    /// Squared difference of logarithms of 1 + x; its mean is the mean squared logarithmic error.
    ///
    /// For counts and amounts, where a factor matters and not a difference. It is **not convex**: the second
    /// derivative is negative where the prediction is more than e times the target. XGBoost's `reg:squaredlogerror`
    /// is half of it.
    SquaredLogError("squared_log_error") in Pointwise as Pointwise {}
    aliases: ["msle"];
    formula: r"\left(\ln(1 + z) - \ln(1 + y)\right)^2";
    prediction: ABOVE_MINUS_ONE;
    target: ABOVE_MINUS_ONE;
    properties: [Symmetric, OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Törnqvist, Vartia, Vartia 1985, doi:10.1080/00031305.1985.10479385";
    reference: [
        "": [[3.0], [1.0]] => [0.48045301391820144];
        "": [[0.0], [0.0]] => [0.0];
    ];
}

/// Where the logarithm of 1 + x is finite.
const ABOVE_MINUS_ONE: DataDomain = DataDomain::Within(Interval::open(-1.0, f64::INFINITY));

/// `ln((1 + z) / (1 + y))`, by the difference of the two, over the smaller: nothing cancels.
#[inline(always)]
fn log_ratio<R: Real>(z: R, y: R) -> R {
    let r = z - y;
    r.sign() * (r.abs() / (z.min(y) + 1.0)).ln_1p()
}

impl Loss for SquaredLogError {
    const COUPLING: Coupling = Coupling::Pair;
    // The second derivative changes its sign.
    const CANCELS: [bool; 3] = [false, false, true];
    #[inline(always)]
    fn value<R: Real>(&self, z: R, y: R) -> R {
        log_ratio(z, y).square()
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, z: R, y: R) -> R {
        log_ratio(z, y) / (z + 1.0) * 2.0
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, z: R, y: R) -> R {
        (z.lit(1.0) - log_ratio(z, y)) / (z + 1.0) / (z + 1.0) * 2.0
    }
}
