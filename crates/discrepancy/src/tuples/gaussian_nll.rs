use super::{Formula, Input, Signature};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Negative log-likelihood of a Gaussian whose mean and variance are both predicted.
    ///
    /// A target that is far away costs less under a large variance, and a large variance costs its logarithm. The variance
    /// must be above 0; nothing is added to it and nothing clamps it. PyTorch's `gaussian_nll_loss`, without the lower
    /// bound `eps`.
    GaussianNll("gaussian_nll") in Tuple as Tuple {
        /// Whether the constant ½ ln 2π is added.
        full: bool = Value::Word("false"), Domain::flag();
    }
    aliases: ["gaussian_nll_loss", "gaussian_negative_log_likelihood"];
    formula: r"\tfrac12 \left(\ln v + \frac{(y - \mu)^2}{v}\right)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [];
    source: "Nix, Weigend 1994, doi:10.1109/ICNN.1994.374138";
    reference: [
        "": [[1.0], [2.0], [4.0]] => [2.5965735902799727];
        "full=true": [[0.5], [1.0], [0.5]] => [0.9189385332046728];
    ];
}

/// ½ ln 2π in three floats.
const HALF_LN_TWO_PI: [f64; 3] = [0.918_938_533_204_672_8, -3.878_294_158_067_241_4e-17, -1.323_971_596_849_807e-33];

impl Formula<2> for GaussianNll {
    const SIGNATURE: Signature = Signature {
        inputs: &[
            Input { name: "mean", domain: DataDomain::Real },
            Input { name: "variance", domain: DataDomain::Within(Interval::open(0.0, f64::INFINITY)) },
        ],
        vectors: false,
        target: Some(DataDomain::Real),
    };
    #[inline(always)]
    fn value<R: Real>(&self, [mean, variance]: [R; 2], target: R) -> R {
        let half = (variance.ln() + (target - mean).square() / variance) * 0.5;
        if !self.full {
            return half;
        }
        let [high, low, rest] = HALF_LN_TWO_PI;
        half + (mean.lit2([high, low]) + rest)
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, [mean, variance]: [R; 2], target: R) -> [R; 2] {
        let r = mean - target;
        let by_mean = r / variance;
        [by_mean, (r.lit(1.0) - r * by_mean) / variance * 0.5]
    }
}
