use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Value};
use crate::number::Real;

crate::entry! {
    /// Squared error; its mean is the mean squared error.
    ///
    /// In the squared unit of the target. It elicits the mean, and one gross outlier can dominate it.
    Squared("squared") in Pointwise as Pointwise {
        /// Half of the square, whose derivative is the residual itself.
        half: bool = Value::Word("false"), Domain::flag();
    }
    aliases: ["mse", "l2_loss", "squared_error"];
    formula: r"(z - y)^2";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Legendre 1805; Gauss 1809";
    reference: [
        "": [[3.0], [1.0]] => [4.0];
        "half=true": [[3.0], [1.0]] => [2.0];
    ];
}

impl Squared {
    #[inline(always)]
    fn factor(&self) -> f64 {
        if self.half { 0.5 } else { 1.0 }
    }
}

impl Loss for Squared {
    const COUPLING: Coupling = Coupling::Residual;
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        r.square() * self.factor()
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        r * (2.0 * self.factor())
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        r.lit(2.0 * self.factor())
    }
}
