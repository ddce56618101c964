use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Huber loss: quadratic near zero, linear in the tails.
    ///
    /// Use it where a few targets are badly wrong: each pulls with at most `delta`. Half of the square inside, as in
    /// PyTorch, Keras and Optax; over `delta` it is the smooth L1 loss. The second derivative is that of the inside,
    /// 1, where the two pieces meet.
    Huber("huber") in Pointwise as Pointwise {
        /// δ, where the square turns into a line, in the unit of the target.
        delta: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
    }
    aliases: ["huber_loss"];
    formula: r"\begin{cases} (z - y)^2 / 2 & |z - y| \le \delta \\ \delta (|z - y| - \delta / 2) & \text{otherwise} \end{cases}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, OnceDifferentiable, NonNegative];
    source: "Huber 1964, doi:10.1214/aoms/1177703732";
    reference: [
        "": [[3.0], [2.5]] => [0.125];
        "": [[3.0], [0.0]] => [2.5];
        "delta=2": [[3.0], [0.0]] => [4.0];
    ];
}

impl Loss for Huber {
    const COUPLING: Coupling = Coupling::Residual;
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        let size = r.abs();
        R::when(size.le(r.lit(self.delta)), r.square() * 0.5, (size - self.delta / 2.0) * self.delta)
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        R::when(r.abs().le(r.lit(self.delta)), r, r.sign() * self.delta)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        R::when(r.abs().le(r.lit(self.delta)), r.lit(1.0), r.lit(0.0))
    }
    fn threshold(&self) -> Option<f64> {
        Some(self.delta)
    }
}
