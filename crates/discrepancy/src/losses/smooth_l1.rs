use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Smooth L1 loss: the absolute error with its tip rounded off.
    ///
    /// It is the Huber loss over its threshold, so its slope in the tails is 1 for every `beta`; with `beta=0` it is
    /// the absolute error, which has a kink. PyTorch's `smooth_l1_loss`.
    SmoothL1("smooth_l1") in Pointwise as Pointwise {
        /// β, where the square turns into a line, in the unit of the target.
        beta: f64 = Value::Number(1.0), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["smooth_l1_loss"];
    formula: r"\begin{cases} (z - y)^2 / (2 \beta) & |z - y| < \beta \\ |z - y| - \beta / 2 & \text{otherwise} \end{cases}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, OnceDifferentiable, NonNegative];
    source: "Girshick 2015, arXiv:1504.08083";
    reference: [
        "": [[3.0], [2.5]] => [0.125];
        "beta=2": [[3.0], [0.0]] => [2.0];
        "beta=0": [[3.0], [0.0]] => [3.0];
    ];
}

impl Loss for SmoothL1 {
    const COUPLING: Coupling = Coupling::Residual;
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        let size = r.abs();
        // r (r/β) and not r²/β: it leaves the range only where the result does.
        R::when(size.lt(r.lit(self.beta)), size * (size / self.beta) * 0.5, size - self.beta / 2.0)
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        R::when(r.abs().lt(r.lit(self.beta)), r / self.beta, r.sign())
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        R::when(r.abs().lt(r.lit(self.beta)), r.lit(1.0) / self.beta, r.lit(0.0))
    }
    fn kinks(&self) -> Vec<f64> {
        if self.beta == 0.0 { vec![0.0] } else { Vec::new() }
    }
    fn threshold(&self) -> Option<f64> {
        Some(self.beta)
    }
}
