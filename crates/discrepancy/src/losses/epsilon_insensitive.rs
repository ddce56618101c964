use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// ε-insensitive loss: the absolute error beyond a tolerance; the loss of support vector regression.
    ///
    /// At the two kinks the subgradient of least norm, 0, is taken.
    EpsilonInsensitive("epsilon_insensitive") in Pointwise as Pointwise {
        /// ε, the error that costs nothing, in the unit of the target.
        epsilon: f64 = Value::Number(0.1), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["l1_epsilon_insensitive"];
    formula: r"\max(0, |z - y| - \varepsilon)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, NonNegative];
    source: "Smola, Schölkopf 2004, doi:10.1023/B:STCO.0000035301.49549.88";
    reference: [
        "epsilon=0.5": [[3.0], [1.0]] => [1.5];
        "epsilon=0.5": [[3.0], [2.75]] => [0.0];
    ];
}

/// How far the residual is beyond the tolerance; 0 within.
#[inline(always)]
pub(super) fn beyond<R: Real>(epsilon: f64, r: R) -> R {
    r.lit(0.0).max(r.abs() - epsilon)
}

impl Loss for EpsilonInsensitive {
    const COUPLING: Coupling = Coupling::Residual;
    // The tolerance is subtracted.
    const CANCELS: [bool; 3] = [true, false, false];
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        beyond(self.epsilon, r)
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        R::when(r.lit(self.epsilon).lt(r.abs()), r.sign(), r.lit(0.0))
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        r.lit(0.0)
    }
    fn kinks(&self) -> Vec<f64> {
        vec![-self.epsilon, self.epsilon]
    }
    fn threshold(&self) -> Option<f64> {
        Some(self.epsilon)
    }
}
