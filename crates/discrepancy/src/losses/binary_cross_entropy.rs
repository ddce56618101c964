use super::{Coupling, Loss, UNIT};
use crate::catalog::{Base, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Binary cross entropy of a probability (log loss), without any clamp.
    ///
    /// `0 ln 0 = 0`; a probability of 0 for what happened costs infinity. Where logits are at hand use
    /// `binary_cross_entropy_with_logits`: a probability near 1 has already lost its digits.
    BinaryCrossEntropy("binary_cross_entropy") in Pointwise as Pointwise {
        /// The base of the logarithm: `e` for nats, 2 for bits.
        base: Base = Value::Word("e"), Domain::number(Interval::open(1.0, f64::INFINITY)).or(&["e"]);
    }
    aliases: ["log_loss", "bce", "binary_cross_entropy_from_probabilities"];
    formula: r"-\left(y \ln p + (1 - y) \ln(1 - p)\right)";
    prediction: UNIT;
    target: UNIT;
    properties: [Convex, NonNegative, StrictlyProper];
    source: "Good 1952, doi:10.1111/j.2517-6161.1952.tb00104.x";
    reference: [
        "": [[0.75], [1.0]] => [0.2876820724517809];
        "": [[0.001], [0.0]] => [0.0010005003335835335];
        "base=2": [[0.25], [0.5]] => [1.207518749639422];
    ];
}

impl Loss for BinaryCrossEntropy {
    const COUPLING: Coupling = Coupling::Pair;
    #[inline(always)]
    fn value<R: Real>(&self, p: R, y: R) -> R {
        let miss = y.lit(1.0) - y;
        self.base.scale((-p.ln()).weighted(y) + (-(-p).ln_1p()).weighted(miss))
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, p: R, y: R) -> R {
        // A term of weight zero vanishes also at the edge, where the common fraction would be 0/0.
        let one = p.lit(1.0);
        let common = (p - y) / (p * (one - p));
        let pure = R::when(y.same(one), -(one / p), one / (one - p));
        self.base.scale(R::when(y.same(one) | y.same(p.lit(0.0)), pure, common))
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, p: R, y: R) -> R {
        let one = p.lit(1.0);
        let miss = one - p;
        // Divided twice: the square of a small probability would underflow.
        let (zero, other) = (p.lit(0.0), one - y);
        let hit = R::when(y.same(zero), zero, y / p / p);
        self.base.scale(hit + R::when(other.same(zero), zero, other / miss / miss))
    }
}
