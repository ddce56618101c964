use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Zero-one loss: 1 for a miss, 0 for a hit.
    ///
    /// A margin of at most `threshold` is a miss. The mean is the error rate. It has no derivative: asking
    /// for one is an error, never a row of zeros.
    ZeroOne("zero_one") in Pointwise as Pointwise {
        /// t: scores whose margin does not exceed it are misses.
        threshold: f64 = Value::Number(0.0), Domain::number(Interval::open(f64::NEG_INFINITY, f64::INFINITY));
    }
    aliases: ["error_rate", "misclassification"];
    formula: r"1 \text{ if } y z \le t \text{ else } 0";
    prediction: DataDomain::Real;
    target: DataDomain::Signs;
    properties: [NonNegative, Bounded, NotDifferentiable];
    source: "Hastie, Tibshirani, Friedman 2009, The Elements of Statistical Learning, 2.4";
    reference: [
        "": [[2.0], [1.0]] => [0.0];
        "": [[-0.5], [1.0]] => [1.0];
    ];
}

impl Loss for ZeroOne {
    const COUPLING: Coupling = Coupling::Margin;
    const DIFFERENTIABLE: bool = false;
    #[inline(always)]
    fn value<R: Real>(&self, m: R, _: R) -> R {
        R::when(m.le(m.lit(self.threshold)), m.lit(1.0), m.lit(0.0))
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, m: R, _: R) -> R {
        m.lit(f64::NAN)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, m: R, _: R) -> R {
        m.lit(f64::NAN)
    }
    fn kinks(&self) -> Vec<f64> {
        vec![self.threshold]
    }
}
