use super::Divergence;
use super::jensen_shannon::{divergence, gradients, in_base, slopes, totals};
use super::simplex::{Rows, Sums};
use crate::distances::termwise::{Slope, Sums as Totals, Termwise, termwise};
use crate::catalog::{Base, DataDomain, Domain, Interval, Value};
use crate::number::careful::Careful;
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
    reference: [
        "": [[0.5, 0.5], [0.25, 0.75]] => [0.18390779094047438];
        "": [[1.0, 0.0], [0.0, 1.0]] => [0.8325546111576978];
    ];
}

impl Divergence for JensenShannonDistance {
    termwise!();
    fn sums(&self) -> Sums {
        Sums::of(self.normalize)
    }
    fn compute<R: Careful>(&self, rows: &Rows<R>) -> R {
        self.base.scale(divergence(rows)).sqrt()
    }
    fn gradients<R: Careful>(&self, rows: &Rows<R>) -> [Vec<R>; 2] {
        let root = self.base.scale(divergence(rows)).sqrt();
        let one = |g: R| match () {
            () if root.is_zero() => R::of(0.0),
            () if g.leading().is_infinite() => g,
            () => in_base(self.base, g) / (root * 2.0),
        };
        gradients(rows).map(|g| g.into_iter().map(one).collect())
    }
}

impl Termwise for JensenShannonDistance {
    const COUNT: usize = 4;
    const DISTRIBUTIONS: bool = true;
    const SIGNED: bool = true;
    const FUNCTIONS: f64 = 1.0;
    const SLOPES: bool = true;
    #[inline(always)]
    fn terms<R: Real>(&self, p: R, q: R) -> Totals<R> {
        totals(p, q)
    }
    fn finish<R: Real>(&self, sums: Totals<R>, _: f64) -> R {
        self.base.scale(sums[0] * 0.5).sqrt()
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, p: R, q: R) -> [Slope<R>; 2] {
        slopes(self.base, p, q)
    }
    fn factor<R: Real>(&self, sums: Totals<R>, count: f64) -> Option<R> {
        Some(sums[0].lit(0.5) / self.finish(sums, count))
    }
}
