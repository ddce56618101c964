use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Hinge loss: linear below the margin, zero above; the loss of support vector machines.
    ///
    /// At the kink the subgradient of least norm, 0, is taken.
    Hinge("hinge") in Pointwise as Pointwise {
        /// μ, the margin from which on a score costs nothing.
        margin: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
    }
    aliases: ["l1_hinge"];
    formula: r"\max(0, \mu - y z)";
    prediction: DataDomain::Real;
    target: DataDomain::Signs;
    properties: [Convex, Lipschitz, NonNegative, ClassificationCalibrated];
    source: "Cortes, Vapnik 1995, doi:10.1007/BF00994018";
    reference: [
        "": [[0.25], [1.0]] => [0.75];
        "": [[1.5], [1.0]] => [0.0];
    ];
}

impl Loss for Hinge {
    const COUPLING: Coupling = Coupling::Margin;
    #[inline(always)]
    fn value<R: Real>(&self, m: R, _: R) -> R {
        (m.lit(self.margin) - m).max(m.lit(0.0))
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, m: R, _: R) -> R {
        R::when(m.lt(m.lit(self.margin)), m.lit(-1.0), m.lit(0.0))
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, m: R, _: R) -> R {
        m.lit(0.0)
    }
    fn kinks(&self) -> Vec<f64> {
        vec![self.margin]
    }
}
