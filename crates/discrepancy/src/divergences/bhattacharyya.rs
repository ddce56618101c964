use super::Divergence;
use super::bhattacharyya_coefficient::{coefficient, gradients};
use super::simplex::{Rows, Sums};
use crate::catalog::{DataDomain, Domain, Value};
use crate::distances::pair::{Wide, total};
use crate::number::Real;

crate::entry! {
    /// Bhattacharyya distance: minus the logarithm of the coefficient; `inf` for disjoint distributions.
    ///
    /// Of two equal rows it is exactly 0, even if they sum to 1 only up to rounding.
    Bhattacharyya("bhattacharyya") in Divergence as Pair {
        /// Whether each row is divided by its sum first.
        normalize: bool = Value::Word("false"), Domain::flag();
    }
    aliases: ["bhattacharyya_distance"];
    formula: r"-\ln \sum_i \sqrt{p_i q_i}";
    prediction: DataDomain::Probabilities;
    target: DataDomain::Probabilities;
    properties: [Symmetric];
    source: "Bhattacharyya 1943, Bull. Calcutta Math. Soc. 35";
}

impl Divergence for Bhattacharyya {
    fn sums(&self) -> Sums {
        Sums::of(self.normalize)
    }
    fn compute(&self, rows: &Rows) -> f64 {
        if rows.equal {
            return 0.0;
        }
        let overlap = coefficient(rows);
        if overlap.high == 0.0 {
            return f64::INFINITY;
        }
        if overlap.high < 0.5 {
            return (-overlap.ln()).round_to_machine();
        }
        // The coefficient less 1 is (Σp + Σq)/2 - 1 - H²; normalised rows sum to 1.
        let rest = -rows.hellinger_squared();
        let rest = if self.normalize { rest } else { total(rows.pairs().map(|(p, q)| (p + q) * 0.5)) - 1.0 + rest };
        (-rest.ln_1p()).round_to_machine()
    }
    fn gradients(&self, rows: &Rows) -> [Vec<Wide>; 2] {
        let overlap = coefficient(rows);
        let one = |g: Wide| match () {
            // No overlap: the logarithm falls without bound wherever a little would make one.
            () if g.high == 0.0 => g,
            () if !g.high.is_finite() || overlap.high == 0.0 => super::simplex::infinite(false),
            () => -g / overlap,
        };
        gradients(rows).map(|g| g.into_iter().map(one).collect())
    }
}
