use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Pseudo-Huber loss: the Huber loss with a smooth passage from the square to the line.
    ///
    /// Near zero it is half of the square, far out a line of slope `delta`, and it has all derivatives. SciPy's
    /// `special.pseudo_huber`, and what `optimize.least_squares(loss="soft_l1", f_scale=delta)` sums.
    PseudoHuber("pseudo_huber") in Pointwise as Pointwise {
        /// δ, about where the square turns into a line, in the unit of the target.
        delta: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
    }
    aliases: [];
    formula: r"\delta^2 \left(\sqrt{1 + \left(\frac{z - y}{\delta}\right)^2} - 1\right)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Charbonnier, Blanc-Féraud, Aubert, Barlaud 1997, doi:10.1109/83.551699";
    reference: [
        "": [[3.0], [1.0]] => [1.2360679774997898];
        "delta=2": [[3.0], [0.0]] => [3.211102550927979];
        "": [[0.00000001], [0.0]] => [5e-17];
    ];
}

/// From here on 1 is nothing beside the square, even in two floats.
const FAR: f64 = 1e18;

impl PseudoHuber {
    /// `|r|/δ`, and whether it is less than 10^18: beyond, the loss is the line, and squares might leave the range.
    #[inline(always)]
    fn ratio<R: Real>(&self, r: R) -> (R, R::Mask) {
        let ratio = r.abs() / self.delta;
        (ratio, ratio.lt(r.lit(FAR)))
    }
}

/// `√(1 + x²)`.
#[inline(always)]
fn root<R: Real>(ratio: R) -> R {
    (ratio.square() + 1.0).sqrt()
}

impl Loss for PseudoHuber {
    const COUPLING: Coupling = Coupling::Residual;
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        // δ² (s - 1) = r² / (s + 1), which does not cancel.
        let ((ratio, near), size) = (self.ratio(r), r.abs());
        R::when(near, size * (size / (root(ratio) + 1.0)), (size - self.delta) * self.delta)
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        let (ratio, near) = self.ratio(r);
        R::when(near, r / root(ratio), r.sign() * self.delta)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        let (ratio, near) = self.ratio(r);
        let root = R::when(near, root(ratio), ratio);
        r.lit(1.0) / root / root / root
    }
}
