use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Tukey's biweight loss: quadratic near zero, constant in the tails.
    ///
    /// Residuals beyond `scale` do not pull at all. It is **not convex**: begin with a fit of a convex loss. The
    /// default is 95 % efficient on normal residuals of standard deviation 1; scale them so.
    TukeyBiweight("tukey_biweight") in Pointwise as Pointwise {
        /// c, from where on the loss is constant, in the unit of the target.
        scale: f64 = Value::Number(4.685), Domain::number(Interval::open(0.0, f64::INFINITY));
    }
    aliases: ["bisquare"];
    formula: r"\frac{c^2}{6} \left(1 - \max\left(0, 1 - \left(\frac{z - y}{c}\right)^2\right)^3\right)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric, Lipschitz, OnceDifferentiable, TwiceDifferentiable, NonNegative, Bounded];
    source: "Beaton, Tukey 1974, doi:10.1080/00401706.1974.10489171";
    reference: [
        "scale=2": [[3.0], [2.0]] => [0.3854166666666667];
        "scale=2": [[3.0], [0.0]] => [0.6666666666666666];
    ];
}

impl Loss for TukeyBiweight {
    const COUPLING: Coupling = Coupling::Residual;
    // The slope ends in a zero, and the second derivative changes its sign.
    const CANCELS: [bool; 3] = [false, true, true];
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        // 1 - (1 - q)³ = q (3 - q (3 - q)), in which little cancels.
        let c = r.lit(self.scale);
        let q = (r / self.scale).square();
        let inside = r.square() * (q.lit(3.0) - q * (q.lit(3.0) - q));
        R::when(r.abs().le(c), inside, c.square()) / 6.0
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        let rest = self.rest(r);
        R::when(r.abs().le(r.lit(self.scale)), r * rest.square(), r.lit(0.0))
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        let q = (r / self.scale).square();
        let inside = self.rest(r) * (q.lit(1.0) - q * 5.0);
        R::when(r.abs().le(r.lit(self.scale)), inside, r.lit(0.0))
    }
    fn threshold(&self) -> Option<f64> {
        Some(self.scale)
    }
}

impl TukeyBiweight {
    /// `1 - (r/c)²`.
    #[inline(always)]
    fn rest<R: Real>(&self, r: R) -> R {
        let ratio = r.abs() / self.scale;
        (r.lit(1.0) - ratio) * (ratio + 1.0)
    }
}
