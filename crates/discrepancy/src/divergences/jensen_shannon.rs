use super::Divergence;
use super::simplex::{Rows, Sums};
use crate::distances::termwise::{Slope, Sums as Totals, Termwise, termwise};
use crate::catalog::{Base, DataDomain, Domain, Interval, Value};
use crate::number::careful::Careful;
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
    reference: [
        "": [[0.5, 0.5], [0.25, 0.75]] => [0.03382207556860523];
        "": [[1.0, 0.0], [0.0, 1.0]] => [std::f64::consts::LN_2];
    ];
}

/// A quotient of probabilities below this counts as far apart.
const FAR: f64 = 1.0 / 1_048_576.0;

/// `ln(2x / sum)` with its limit; 0 where both are.
#[inline(always)]
fn logarithm<R: Real>(x: R, sum: R) -> R {
    let zero = x.lit(0.0);
    let limit = R::when(sum.same(zero), zero, x.lit(f64::NEG_INFINITY));
    R::when(x.same(zero), limit, (x * 2.0).ln_quotient(sum))
}

/// Twice a coordinate's part of the divergence in nats, both probabilities, and the size of the part.
#[inline(always)]
pub(super) fn totals<R: Real>(p: R, q: R) -> Totals<R> {
    let (of_p, of_q) = (logarithm(p, p + q).weighted(p), logarithm(q, p + q).weighted(q));
    [of_p + of_q, p, q, of_p.abs() + of_q.abs(), p.lit(0.0)]
}

/// The derivatives in nats.
#[inline(always)]
pub(super) fn slopes<R: Real>(base: Base, p: R, q: R) -> [Slope<R>; 2] {
    [Slope::of(base.scale(logarithm(p, p + q) * 0.5)), Slope::of(base.scale(logarithm(q, p + q) * 0.5))]
}

/// Where the lesser of the two is not lost beside the other.
#[inline(always)]
fn near<R: Real>(p: R, q: R) -> R {
    let sum = p + q;
    sum * ((p - q) / sum).psi()
}

/// The divergence in nats.
pub(super) fn divergence<R: Careful>(rows: &Rows<R>) -> R {
    let term = |p: R, q: R| {
        let sum = p + q;
        let (less, more) = if p.lt(q) { (p, q) } else { (q, p) };
        if sum.is_zero() {
            sum
        } else if less.leading() < FAR * more.leading() {
            // 1 - |d| would lose the lesser one, and nothing cancels here.
            let log = |x: R| (x * 2.0 / sum).ln().weighted(x);
            (log(less) + log(more)) * 2.0
        } else {
            near(p, q)
        }
    };
    // The halves: of the sum, of the mean, and of psi over both rows.
    rows.total(term) * 0.25
}

/// `ln(2p / (p + q)) / 2`.
fn slope<R: Careful>(p: R, q: R) -> R {
    match (p.is_zero(), q.is_zero()) {
        (true, true) => R::of(0.0),
        (true, false) => R::of(f64::NEG_INFINITY),
        _ if p.leading() < 0.25 * q.leading() => ((p * 2.0).ln() - (p + q).ln()) * 0.5,
        _ => ((p - q) / (p + q)).ln_1p() * 0.5,
    }
}

/// The gradients in nats.
pub(super) fn gradients<R: Careful>(rows: &Rows<R>) -> [Vec<R>; 2] {
    [rows.pairs().map(|(p, q)| slope(p, q)).collect(), rows.pairs().map(|(p, q)| slope(q, p)).collect()]
}

/// In a base; infinities stay.
pub(super) fn in_base<R: Careful>(base: Base, x: R) -> R {
    if x.leading().is_infinite() { x } else { base.scale(x) }
}

impl Divergence for JensenShannon {
    termwise!();
    fn sums(&self) -> Sums {
        Sums::of(self.normalize)
    }
    fn compute<R: Careful>(&self, rows: &Rows<R>) -> R {
        self.base.scale(divergence(rows))
    }
    fn gradients<R: Careful>(&self, rows: &Rows<R>) -> [Vec<R>; 2] {
        gradients(rows).map(|g| g.into_iter().map(|g| in_base(self.base, g)).collect())
    }
}

impl Termwise for JensenShannon {
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
        // Cancels for rows that are nearly equal.
        self.base.scale(sums[0] * 0.5)
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, p: R, q: R) -> [Slope<R>; 2] {
        slopes(self.base, p, q)
    }
}
