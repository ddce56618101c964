use super::Divergence;
use super::simplex::{Rows, Sums, homogeneous, infinite};
use crate::catalog::{Base, DataDomain, Domain, Interval, Value};
use crate::distances::pair::{Wide, total, wide};
use crate::number::Real;

crate::entry! {
    /// Jensen–Shannon divergence: the mean Kullback–Leibler divergence of both rows from their midpoint.
    ///
    /// Positive whenever the rows differ, however little. Its root is `jensen_shannon_distance`, a metric.
    JensenShannon("jensen_shannon") in Divergence as Pair {
        /// The base of the logarithm: `e` for nats, 2 for bits.
        base: Base = Value::Word("e"), Domain::number(Interval::open(1.0, f64::INFINITY)).or(&["e"]);
        /// Whether each row is divided by its sum first.
        normalize: bool = Value::Word("false"), Domain::flag();
    }
    aliases: ["js_divergence"];
    formula: r"\frac12 \sum_i \left(p_i \ln \frac{2 p_i}{p_i + q_i} + q_i \ln \frac{2 q_i}{p_i + q_i}\right)";
    prediction: DataDomain::Probabilities;
    target: DataDomain::Probabilities;
    properties: [Convex, Symmetric, NonNegative, Bounded];
    source: "Lin 1991, doi:10.1109/18.61115";
}

/// The divergence in nats.
pub(super) fn divergence(rows: &Rows) -> Wide {
    let term = |p: Wide, q: Wide| {
        let sum = p + q;
        if sum.high == 0.0 { sum } else { sum * ((p - q) / sum).psi() }
    };
    // The halves: of the sum, of the mean, and of psi over both rows.
    total(rows.pairs().map(|(p, q)| homogeneous(p, q, term))) * 0.25
}

/// `ln(2p / (p + q)) / 2`.
fn slope(p: Wide, q: Wide) -> Wide {
    match (p.high == 0.0, q.high == 0.0) {
        (true, true) => wide(0.0),
        (true, false) => infinite(false),
        _ if p.high < 0.25 * q.high => ((p * 2.0).ln() - (p + q).ln()) * 0.5,
        _ => ((p - q) / (p + q)).ln_1p() * 0.5,
    }
}

/// The gradients in nats.
pub(super) fn gradients(rows: &Rows) -> [Vec<Wide>; 2] {
    [rows.pairs().map(|(p, q)| slope(p, q)).collect(), rows.pairs().map(|(p, q)| slope(q, p)).collect()]
}

/// In a base; infinities stay.
pub(super) fn in_base(base: Base, x: Wide) -> Wide {
    if x.high.is_finite() { base.scale(x) } else { x }
}

impl Divergence for JensenShannon {
    fn sums(&self) -> Sums {
        Sums::of(self.normalize)
    }
    fn compute(&self, rows: &Rows) -> f64 {
        self.base.scale(divergence(rows)).round_to_machine()
    }
    fn gradients(&self, rows: &Rows) -> [Vec<Wide>; 2] {
        gradients(rows).map(|g| g.into_iter().map(|g| in_base(self.base, g)).collect())
    }
}
