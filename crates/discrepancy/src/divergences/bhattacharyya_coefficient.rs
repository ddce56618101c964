use super::Divergence;
use super::simplex::{Rows, Sums, infinite};
use crate::catalog::{DataDomain, Domain, Value};
use crate::distances::pair::{Wide, total, wide};
use crate::number::Real;

crate::entry! {
    /// Bhattacharyya coefficient: the overlap of two distributions, 1 for equal ones and 0 for disjoint ones.
    BhattacharyyaCoefficient("bhattacharyya_coefficient") in Divergence as Pair {
        /// Whether each row is divided by its sum first.
        normalize: bool = Value::Word("false"), Domain::flag();
    }
    aliases: [];
    formula: r"\sum_i \sqrt{p_i q_i}";
    prediction: DataDomain::Probabilities;
    target: DataDomain::Probabilities;
    properties: [Symmetric, NonNegative, Bounded];
    source: "Bhattacharyya 1943, Bull. Calcutta Math. Soc. 35";
}

/// The coefficient.
pub(super) fn coefficient(rows: &Rows) -> Wide {
    total(rows.pairs().map(|(p, q)| p.sqrt() * q.sqrt()))
}

/// Its gradients: `√(q/p) / 2`.
pub(super) fn gradients(rows: &Rows) -> [Vec<Wide>; 2] {
    let slope = |p: Wide, q: Wide| match (p.high == 0.0, q.high == 0.0) {
        (_, true) => wide(0.0),
        (true, false) => infinite(true),
        _ => q.sqrt() / p.sqrt() * 0.5,
    };
    [rows.pairs().map(|(p, q)| slope(p, q)).collect(), rows.pairs().map(|(p, q)| slope(q, p)).collect()]
}

impl Divergence for BhattacharyyaCoefficient {
    fn sums(&self) -> Sums {
        Sums::of(self.normalize)
    }
    fn compute(&self, rows: &Rows) -> f64 {
        coefficient(rows).round_to_machine()
    }
    fn gradients(&self, rows: &Rows) -> [Vec<Wide>; 2] {
        gradients(rows)
    }
}
