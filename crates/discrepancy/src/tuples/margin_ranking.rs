use super::{Formula, Input, Signature};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;
use crate::sums::ExactSum;

crate::entry! {
    /// Margin ranking loss: one of two scores should be above the other, the target says which.
    ///
    /// What is missing of the margin: nothing where the first score is higher by it and the target is 1, or the second
    /// where it is −1. The subgradient at the kink is 0. PyTorch's `margin_ranking_loss`.
    MarginRanking("margin_ranking") in Tuple as Tuple {
        /// μ, by how much the right score should be above, in the unit of the scores.
        margin: f64 = Value::Number(0.0), Domain::number(Interval::open(f64::NEG_INFINITY, f64::INFINITY));
    }
    aliases: ["margin_ranking_loss"];
    formula: r"\max(0, \mu - y (x_1 - x_2))";
    prediction: DataDomain::Real;
    target: DataDomain::Signs;
    properties: [Convex, Lipschitz, NonNegative];
    source: "Herbrich, Graepel, Obermayer 2000, Large Margin Rank Boundaries for Ordinal Regression";
    reference: [
        "margin=0.5": [[2.0], [1.75], [1.0]] => [0.25];
        "": [[2.0], [1.0], [-1.0]] => [1.0];
    ];
}

impl MarginRanking {
    /// What is missing. The difference is rounded to one side of the margin or to it, never past it; so what is missing
    /// has the right sign, or is 0 with an error.
    #[inline(always)]
    fn missing<R: Real>(&self, [first, second]: [R; 2], target: R) -> R {
        first.lit(self.margin) - target * (first - second)
    }
}

impl Formula<2> for MarginRanking {
    const SIGNATURE: Signature = Signature {
        inputs: &[
            Input { name: "first", domain: DataDomain::Real },
            Input { name: "second", domain: DataDomain::Real },
        ],
        vectors: false,
        target: Some(DataDomain::Signs),
    };
    #[inline(always)]
    fn value<R: Real>(&self, inputs: [R; 2], target: R) -> R {
        self.missing(inputs, target).max(target.lit(0.0))
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, inputs: [R; 2], target: R) -> [R; 2] {
        let (missing, zero) = (self.missing(inputs, target), target.lit(0.0));
        // At 0 the number itself, with the error that it may have.
        let otherwise = R::when(missing.lt(zero), zero, missing);
        let pull = |slope: R| R::when(zero.lt(missing), slope, otherwise);
        [pull(-target), pull(target)]
    }
    /// The sum of three floats, exact however far apart they are: its sign decides.
    fn deep(&self, [first, second]: [f64; 2], target: f64) -> (f64, [f64; 2]) {
        let mut missing = ExactSum::new();
        [self.margin, -target * first, target * second].into_iter().for_each(|term| missing.add(term));
        let missing = missing.to_f64();
        if missing > 0.0 {
            return (missing, [-target, target]);
        }
        // NaN, where there is no limit, stays.
        (if missing.is_nan() { missing } else { 0.0 }, [0.0; 2])
    }
}
