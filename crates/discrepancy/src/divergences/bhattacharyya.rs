use super::Divergence;
use super::bhattacharyya_coefficient::{coefficient, gradients};
use super::simplex::{Rows, Sums, exact_total, squared_difference};
use crate::catalog::{DataDomain, Domain, Value};
use crate::distances::pair::{Wide, wide};
use crate::number::Real;

crate::entry! {
    /// Bhattacharyya distance: minus the logarithm of the coefficient; `inf` for disjoint distributions.
    ///
    /// It is the value of the formula at the floats as given: rows that sum to 1 only up to rounding may be as far
    /// below zero as their sums are above 1. With `normalize=true` equal rows are exactly 0 apart.
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

/// The coefficient less 1, of rows as given.
fn excess(rows: &Rows) -> Wide {
    // √(pq) = (p + q)/2 - (√p - √q)²/2, whose first part sums exactly to nearly 1, where p and q are near each other.
    let (mut halves, mut rest) = (vec![-1.0], wide(0.0));
    for (p, q) in rows.pairs() {
        if p.high.max(q.high) > 4.0 * p.high.min(q.high) {
            rest = rest + p.sqrt() * q.sqrt();
        } else {
            halves.extend([p.high * 0.5, q.high * 0.5]);
            rest = rest - squared_difference(p, q) * 0.5;
        }
    }
    exact_total(&halves) + rest
}

impl Divergence for Bhattacharyya {
    fn sums(&self) -> Sums {
        Sums::of(self.normalize)
    }
    fn compute(&self, rows: &Rows) -> f64 {
        let overlap = coefficient(rows);
        if overlap.high == 0.0 {
            return f64::INFINITY;
        }
        if overlap.high < 0.5 {
            return (-overlap.ln()).round_to_machine();
        }
        let rest = if self.normalize { -rows.hellinger_squared() } else { excess(rows) };
        0.0 - rest.ln_1p().round_to_machine()
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
