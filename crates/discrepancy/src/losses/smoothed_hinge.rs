use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Smoothed hinge loss: the hinge with its kink rounded off.
    ///
    /// As `gamma` goes to 0 it becomes the hinge of margin 1. The second derivative where two pieces meet is 0.
    SmoothedHinge("smoothed_hinge") in Pointwise as Pointwise {
        /// γ, how long the rounded piece is, in units of the margin.
        gamma: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
    }
    aliases: ["smooth_hinge"];
    formula: r"\begin{cases} 0 & y z \ge 1 \\ (1 - y z)^2 / (2 \gamma) & 1 - \gamma < y z < 1 \\ 1 - y z - \gamma / 2 & \text{otherwise} \end{cases}";
    prediction: DataDomain::Real;
    target: DataDomain::Signs;
    properties: [Convex, Lipschitz, OnceDifferentiable, NonNegative, ClassificationCalibrated];
    source: "Shalev-Shwartz, Zhang 2013, arXiv:1209.1873";
    reference: [
        "": [[0.5], [1.0]] => [0.125];
        "gamma=0.5": [[-1.0], [1.0]] => [1.75];
    ];
}

/// `1 - m`, and 0 beyond the margin.
#[inline(always)]
fn missing<R: Real>(m: R) -> R {
    m.lit(0.0).max(m.lit(1.0) - m)
}

impl Loss for SmoothedHinge {
    const COUPLING: Coupling = Coupling::Margin;
    #[inline(always)]
    fn value<R: Real>(&self, m: R, _: R) -> R {
        let x = missing(m);
        R::when(x.lt(m.lit(self.gamma)), x * (x / self.gamma) * 0.5, x - self.gamma / 2.0)
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, m: R, _: R) -> R {
        let x = missing(m);
        -R::when(x.lt(m.lit(self.gamma)), x / self.gamma, m.lit(1.0))
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, m: R, _: R) -> R {
        // Not by 1 - m, which may have been rounded.
        let inside = m.lt(m.lit(1.0)) & (m.lit(1.0) - self.gamma).lt(m);
        R::when(inside, m.lit(1.0) / self.gamma, m.lit(0.0))
    }
}
