use super::{Coupling, Loss};
use crate::catalog::DataDomain;
use crate::number::Real;

crate::entry! {
    /// Log-cosh loss: half of the square near zero, the absolute error less ln 2 far out.
    ///
    /// It has all derivatives; its slope is the hyperbolic tangent of the residual. The unit of the target is built
    /// in: divide by a scale first where 1 is not what an ordinary residual is.
    LogCosh("log_cosh") in Pointwise as Pointwise {}
    aliases: ["logcosh"];
    formula: r"\ln \cosh(z - y)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Green 1990, doi:10.1109/42.52985";
    reference: [
        "": [[3.0], [1.0]] => [1.3250027473578644];
        "": [[0.00000003], [0.0]] => [4.499999999999998e-16];
    ];
}

/// The size of the residual, up to where nothing is left of its exponential.
#[inline(always)]
fn near<R: Real>(r: R) -> R {
    r.abs().min(r.lit(64.0))
}

impl Loss for LogCosh {
    const COUPLING: Coupling = Coupling::Residual;
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        // With u = e^-|r| - 1, cosh r - 1 = u²/(2 (1 + u)): near zero nothing cancels. Far out
        // ln cosh r = |r| - ln 2 + ln(1 + (1 + u)²): nothing overflows.
        let size = r.abs();
        let u = (-near(r)).exp_m1();
        let small = size.lt(r.lit(1.0));
        let inner = R::when(small, u.square() / (u + 1.0) * 0.5, (u + 1.0).square());
        R::when(small, r.lit(0.0), size - r.lit(2.0).ln()) + inner.ln_1p()
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        let e = (near(r) * -2.0).exp_m1();
        r.sign() * (-e / (e + 2.0))
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        // 1 - tanh² without the difference.
        let e = (r.abs() * -2.0).exp();
        e / (e + 1.0).square() * 4.0
    }
}
