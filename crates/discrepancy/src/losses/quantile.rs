use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Quantile loss, also called pinball loss: its mean is least at a quantile.
    ///
    /// A prediction below the target costs `level` per unit, one above it `1 - level`; at 0.5 it is half of the
    /// absolute error. The subgradient at the kink is 0, the second derivative 0 everywhere. scikit-learn's
    /// `mean_pinball_loss(alpha=level)`.
    Quantile("quantile") in Pointwise as Pointwise {
        /// τ, the quantile that is sought: 0.9 for what nine of ten targets stay below.
        level: f64 = Value::Number(0.5), Domain::number(Interval::closed(0.0, 1.0));
    }
    aliases: ["pinball"];
    formula: r"\max(\tau (y - z), (1 - \tau) (z - y))";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Lipschitz, NonNegative];
    source: "Koenker, Bassett 1978, doi:10.2307/1913643";
    reference: [
        "": [[3.0], [1.0]] => [1.0];
        "level=0.75": [[1.0], [3.0]] => [1.5];
        "level=0.75": [[3.0], [1.0]] => [0.5];
    ];
}

/// The weight of a residual: `level` below the target, `1 - level` above it.
#[inline(always)]
pub(super) fn side<R: Real>(level: f64, r: R) -> R {
    R::when(r.lit(0.0).lt(r), r.lit(1.0) - level, r.lit(level))
}

impl Loss for Quantile {
    const COUPLING: Coupling = Coupling::Residual;
    #[inline(always)]
    fn value<R: Real>(&self, r: R, _: R) -> R {
        // A side of weight 0 costs nothing, even at infinity.
        r.abs().weighted(side(self.level, r))
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, r: R, _: R) -> R {
        r.sign() * side(self.level, r)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, r: R, _: R) -> R {
        r.lit(0.0)
    }
    fn kinks(&self) -> Vec<f64> {
        vec![0.0]
    }
}
