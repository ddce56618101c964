use super::quantile::side;
use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Expectile loss: a square that weighs the two sides differently.
    ///
    /// What quantiles are to the median, expectiles are to the mean: at 0.5 it is half of the squared error. The
    /// second derivative at 0 is that of a prediction below its target.
    Expectile("expectile") in Pointwise as Pointwise {
        /// τ, the weight of predictions below their target; those above weigh `1 - level`.
        level: f64 = Value::Number(0.5), Domain::number(Interval::closed(0.0, 1.0));
    }
    aliases: ["asymmetric_squared"];
    formula: r"|\tau - [z > y]| \, (z - y)^2";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, OnceDifferentiable, NonNegative];
    source: "Newey, Powell 1987, doi:10.2307/1911031";
    reference: [
        "": [[3.0], [1.0]] => [2.0];
        "level=0.75": [[1.0], [3.0]] => [3.0];
        "level=0.75": [[3.0], [1.0]] => [1.0];
    ];
}

impl Loss for Expectile {
    const COUPLING: Coupling = Coupling::Residual;
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        r.square().weighted(side(self.level, r))
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        r.weighted(side(self.level, r)) * 2.0
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        side(self.level, r) * 2.0
    }
}
