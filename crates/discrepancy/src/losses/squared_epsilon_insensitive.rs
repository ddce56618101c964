use super::epsilon_insensitive::beyond;
use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Squared ε-insensitive loss: the square of the error beyond a tolerance.
    ///
    /// The second derivative at the edge of the tolerance is that of the inside, 0.
    SquaredEpsilonInsensitive("squared_epsilon_insensitive") in Pointwise as Pointwise {
        /// ε, the error that costs nothing, in the unit of the target.
        epsilon: f64 = Value::Number(0.1), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["l2_epsilon_insensitive"];
    formula: r"\max(0, |z - y| - \varepsilon)^2";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, OnceDifferentiable, NonNegative];
    source: "Smola, Schölkopf 2004, doi:10.1023/B:STCO.0000035301.49549.88";
    reference: [
        "epsilon=0.5": [[3.0], [1.0]] => [2.25];
        "epsilon=0.5": [[3.0], [2.75]] => [0.0];
    ];
}

impl Loss for SquaredEpsilonInsensitive {
    const COUPLING: Coupling = Coupling::Residual;
    // The tolerance is subtracted.
    const CANCELS: [bool; 3] = [true, true, false];
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        beyond(self.epsilon, r).square()
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        beyond(self.epsilon, r) * r.sign() * 2.0
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        R::when(r.lit(self.epsilon).lt(r.abs()), r.lit(2.0), r.lit(0.0))
    }
    fn threshold(&self) -> Option<f64> {
        Some(self.epsilon)
    }
}
