use super::{Coupling, Loss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Hinge embedding loss of a distance: similar pairs should be near, others at least a margin apart.
    ///
    /// The prediction is a distance, the target 1 for similar pairs and −1 for others. A similar pair costs its
    /// distance, whatever its sign. The subgradient at the kink is 0. PyTorch's `hinge_embedding_loss`.
    HingeEmbedding("hinge_embedding") in Pointwise as Pointwise {
        /// μ, how far apart pairs that are not similar should be.
        margin: f64 = Value::Number(1.0), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["hinge_embedding_loss"];
    formula: r"\begin{cases} z & y = 1 \\ \max(0, \mu - z) & y = -1 \end{cases}";
    prediction: DataDomain::Real;
    target: DataDomain::Signs;
    properties: [Convex, Lipschitz];
    source: "after Chopra, Hadsell, LeCun 2005, doi:10.1109/CVPR.2005.202";
    reference: [
        "": [[0.75], [1.0]] => [0.75];
        "margin=2": [[0.75], [-1.0]] => [1.25];
    ];
}

impl Loss for HingeEmbedding {
    const COUPLING: Coupling = Coupling::Pair;
    #[inline(always)]
    fn value<R: Real>(&self, z: R, y: R) -> R {
        R::when(y.same(y.lit(1.0)), z, (z.lit(self.margin) - z).max(z.lit(0.0)))
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, z: R, y: R) -> R {
        let apart = R::when(z.lt(z.lit(self.margin)), z.lit(-1.0), z.lit(0.0));
        R::when(y.same(y.lit(1.0)), z.lit(1.0), apart)
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, z: R, _: R) -> R {
        z.lit(0.0)
    }
    fn kinks(&self) -> Vec<f64> {
        vec![self.margin]
    }
}
