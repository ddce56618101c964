use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Fair loss: quadratic near zero, nearly linear in the tails, with a second derivative everywhere.
    ///
    /// The slope tends to `scale`. LightGBM's `fair` has the same value; its Hessian is the exact one too.
    Fair("fair") in Pointwise as Pointwise {
        /// c, about where the square turns into a line, in the unit of the target.
        scale: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
    }
    aliases: [];
    formula: r"c^2 \left(\frac{|z - y|}{c} - \ln\left(1 + \frac{|z - y|}{c}\right)\right)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Fair 1974, Annals of Economic and Social Measurement 3 (4)";
    reference: [
        "": [[3.0], [1.0]] => [0.9013877113318903];
        "scale=2": [[3.0], [1.0]] => [1.2274112777602189];
    ];
}

impl Loss for Fair {
    const COUPLING: Coupling = Coupling::Residual;
    // A logarithm less its argument: next to 0 the difference is what is left of both.
    const CANCELS: [bool; 3] = [true, false, false];
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        -(r.abs() / self.scale).log1p_minus() * self.scale * self.scale
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        // t/(1 + t), which is 1 at infinity.
        let (t, one) = (r.abs() / self.scale, r.lit(1.0));
        let near = t.lt(one);
        let share = R::when(near, t, one) / (R::when(near, t, one / t) + 1.0);
        r.sign() * share * self.scale
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        let t = r.abs() / self.scale + 1.0;
        r.lit(1.0) / t / t
    }
}
