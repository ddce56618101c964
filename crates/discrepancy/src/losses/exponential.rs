use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Exponential loss, the loss of AdaBoost.
    ///
    /// It grows fast for misses: one wrong label far from the boundary dominates the sum. Overflow is infinity.
    Exponential("exponential") in Pointwise as Pointwise {
        /// The rate, per unit of score.
        beta: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
    }
    aliases: ["adaboost"];
    formula: r"e^{-\beta y z}";
    prediction: DataDomain::Real;
    target: DataDomain::Signs;
    properties: [Convex, OnceDifferentiable, TwiceDifferentiable, NonNegative, ClassificationCalibrated];
    source: "Freund, Schapire 1997, doi:10.1006/jcss.1997.1504";
    reference: [
        "": [[0.5], [1.0]] => [0.6065306597126334];
        "beta=2": [[0.5], [-1.0]] => [std::f64::consts::E];
    ];
}

impl Loss for Exponential {
    const COUPLING: Coupling = Coupling::Margin;
    #[inline(always)]
    fn value<R: Real>(&self, m: R, _: R) -> R {
        (m * -self.beta).exp()
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, m: R, _: R) -> R {
        (m * -self.beta).exp() * -self.beta
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, m: R, _: R) -> R {
        (m * -self.beta).exp() * self.beta * self.beta
    }
}
