use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Squared hinge loss: quadratic below the margin, zero above.
    ///
    /// Smoother than the hinge, and harder on gross misses. The second derivative at the margin is that of the side
    /// above, 0.
    SquaredHinge("squared_hinge") in Pointwise as Pointwise {
        /// μ, the margin from which on a score costs nothing.
        margin: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
    }
    aliases: ["l2_hinge"];
    formula: r"\max(0, \mu - y z)^2";
    prediction: DataDomain::Real;
    target: DataDomain::Signs;
    properties: [Convex, OnceDifferentiable, NonNegative, ClassificationCalibrated];
    source: "Cortes, Vapnik 1995, doi:10.1007/BF00994018";
    reference: [
        "": [[0.25], [1.0]] => [0.5625];
        "": [[1.5], [1.0]] => [0.0];
    ];
}

impl SquaredHinge {
    #[inline(always)]
    fn missing<R: Real>(&self, m: R) -> R {
        m.lit(0.0).max(m.lit(self.margin) - m)
    }
}

impl Loss for SquaredHinge {
    const COUPLING: Coupling = Coupling::Margin;
    #[inline(always)]
    fn value<R: Real>(&self, m: R, _: R) -> R {
        self.missing(m).square()
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, m: R, _: R) -> R {
        self.missing(m) * -2.0
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, m: R, _: R) -> R {
        R::when(m.lt(m.lit(self.margin)), m.lit(2.0), m.lit(0.0))
    }
}
