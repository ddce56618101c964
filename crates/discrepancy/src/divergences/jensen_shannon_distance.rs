use super::Divergence;
use super::jensen_shannon::{divergence, gradients, in_base};
use super::simplex::{Rows, Sums};
use crate::catalog::{Base, DataDomain, Domain, Interval, Value};
use crate::distances::pair::{Wide, wide};
use crate::number::Real;

crate::entry! {
    /// Jensen–Shannon distance: the root of the divergence, a metric. SciPy's `jensenshannon` with `normalize=true`.
    ///
    /// The gradient at coincidence is taken as zero.
    JensenShannonDistance("jensen_shannon_distance") in Divergence as Pair {
        /// The base of the logarithm: `e` for nats, 2 for bits.
        base: Base = Value::Word("e"), Domain::number(Interval::open(1.0, f64::INFINITY)).or(&["e"]);
        /// Whether each row is divided by its sum first.
        normalize: bool = Value::Word("false"), Domain::flag();
    }
    aliases: ["jensenshannon"];
    formula: r"\sqrt{\mathrm{JS}(p, q)}";
    prediction: DataDomain::Probabilities;
    target: DataDomain::Probabilities;
    properties: [Symmetric, NonNegative, Bounded, Metric];
    source: "Endres, Schindelin 2003, doi:10.1109/TIT.2003.813506";
}

impl Divergence for JensenShannonDistance {
    fn sums(&self) -> Sums {
        Sums::of(self.normalize)
    }
    fn compute(&self, rows: &Rows) -> f64 {
        self.base.scale(divergence(rows)).sqrt().round_to_machine()
    }
    fn gradients(&self, rows: &Rows) -> [Vec<Wide>; 2] {
        let root = self.base.scale(divergence(rows)).sqrt();
        let one = |g: Wide| match () {
            () if root.high == 0.0 => wide(0.0),
            () if !g.high.is_finite() => g,
            () => in_base(self.base, g) / (root * 2.0),
        };
        gradients(rows).map(|g| g.into_iter().map(one).collect())
    }
}
