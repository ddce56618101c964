use super::Divergence;
use super::simplex::{Rows, Sums, infinite};
use crate::catalog::{DataDomain, Domain, Value};
use crate::distances::pair::{Wide, wide};
use crate::number::Real;

crate::entry! {
    /// Hellinger distance, from 0 to 1: a metric. The gradient at coincidence is taken as zero.
    Hellinger("hellinger") in Divergence as Pair {
        /// Whether each row is divided by its sum first.
        normalize: bool = Value::Word("false"), Domain::flag();
    }
    aliases: [];
    formula: r"\sqrt{\tfrac12 \sum_i (\sqrt{p_i} - \sqrt{q_i})^2}";
    prediction: DataDomain::Probabilities;
    target: DataDomain::Probabilities;
    properties: [Symmetric, NonNegative, Bounded, Metric];
    source: "Hellinger 1909, doi:10.1515/crll.1909.136.210";
}

/// `1 - √(q/p)`.
fn slope(p: Wide, q: Wide) -> Wide {
    match (p.high == 0.0, q.high == 0.0) {
        (true, true) => wide(0.0),
        (true, false) => infinite(false),
        _ => (p - q) / ((p.sqrt() + q.sqrt()) * p.sqrt()),
    }
}

impl Divergence for Hellinger {
    fn sums(&self) -> Sums {
        Sums::of(self.normalize)
    }
    fn compute(&self, rows: &Rows) -> f64 {
        rows.hellinger_squared().sqrt().round_to_machine()
    }
    fn gradients(&self, rows: &Rows) -> [Vec<Wide>; 2] {
        let distance = rows.hellinger_squared().sqrt();
        let one = |g: Wide| match () {
            () if distance.high == 0.0 => wide(0.0),
            () if !g.high.is_finite() => g,
            () => g / (distance * 4.0),
        };
        [
            rows.pairs().map(|(p, q)| one(slope(p, q))).collect(),
            rows.pairs().map(|(p, q)| one(slope(q, p))).collect(),
        ]
    }
}
