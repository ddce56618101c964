use super::{Coupling, Loss};
use crate::catalog::{Base, DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Logistic loss of a margin: the gentle relative of the exponential loss.
    ///
    /// With base 2 it is 1 at margin 0 and bounds the zero-one loss; `base=e` is the natural form, PyTorch's
    /// `soft_margin_loss`, equal to binary cross entropy with logits on targets 0 and 1.
    Logistic("logistic") in Pointwise as Pointwise {
        /// b, the base of the logarithm.
        base: Base = Value::Number(2.0), Domain::number(Interval::open(1.0, f64::INFINITY)).or(&["e"]);
    }
    aliases: ["soft_margin", "logit_margin"];
    formula: r"\frac{1}{\ln b} \ln\left(1 + e^{-y z}\right)";
    prediction: DataDomain::Real;
    target: DataDomain::Signs;
    properties: [Convex, Lipschitz, OnceDifferentiable, TwiceDifferentiable, NonNegative, ClassificationCalibrated];
    source: "Friedman, Hastie, Tibshirani 2000, doi:10.1214/aos/1016218223";
    reference: [
        "": [[0.0], [1.0]] => [1.0];
        "base=e": [[40.0], [1.0]] => [4.248354255291589e-18];
    ];
}

impl Loss for Logistic {
    const COUPLING: Coupling = Coupling::Margin;
    #[inline(always)]
    fn value<R: Real>(&self, m: R, _: R) -> R {
        self.base.scale((-m).softplus())
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, m: R, _: R) -> R {
        -self.base.scale((-m).sigmoid())
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, m: R, _: R) -> R {
        self.base.scale(m.sigmoid() * (-m).sigmoid())
    }
}
