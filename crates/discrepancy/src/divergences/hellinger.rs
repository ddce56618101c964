use super::Divergence;
use super::simplex::{Rows, Sums};
use crate::distances::termwise::{Slope, Sums as Totals, Termwise, termwise};
use crate::catalog::{DataDomain, Domain, Value};
use crate::number::careful::Careful;
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
    reference: [
        "": [[0.5, 0.5], [0.25, 0.75]] => [0.18459191128251454];
        "": [[1.0, 0.0], [0.0, 1.0]] => [1.0];
    ];
}

/// `1 - √(q/p)`.
fn slope<R: Careful>(p: R, q: R) -> R {
    match (p.is_zero(), q.is_zero()) {
        (true, true) => R::of(0.0),
        (true, false) => R::of(f64::NEG_INFINITY),
        _ => (p - q) / ((p.sqrt() + q.sqrt()) * p.sqrt()),
    }
}

impl Divergence for Hellinger {
    termwise!();
    fn sums(&self) -> Sums {
        Sums::of(self.normalize)
    }
    fn compute<R: Careful>(&self, rows: &Rows<R>) -> R {
        rows.hellinger_squared().sqrt()
    }
    fn gradients<R: Careful>(&self, rows: &Rows<R>) -> [Vec<R>; 2] {
        let distance = rows.hellinger_squared().sqrt();
        let one = |g: R| match () {
            () if distance.is_zero() => R::of(0.0),
            () if g.leading().is_infinite() => g,
            () => g / (distance * 4.0),
        };
        [
            rows.pairs().map(|(p, q)| one(slope(p, q))).collect(),
            rows.pairs().map(|(p, q)| one(slope(q, p))).collect(),
        ]
    }
}

/// `slope` of ordinary numbers.
#[inline(always)]
fn difference<R: Real>(p: R, q: R) -> R {
    let (zero, root, sum) = (p.lit(0.0), p.sqrt(), p.sqrt() + q.sqrt());
    let limit = R::when(sum.same(zero), zero, p.lit(f64::NEG_INFINITY));
    R::when(p.same(zero), limit, (p - q) / (sum * root))
}

impl Termwise for Hellinger {
    const COUNT: usize = 3;
    const DISTRIBUTIONS: bool = true;
    const ROUNDINGS: f64 = 16.0;
    const SLOPES: bool = true;
    #[inline(always)]
    fn terms<R: Real>(&self, p: R, q: R) -> Totals<R> {
        let (sum, zero) = (p.sqrt() + q.sqrt(), p.lit(0.0));
        [R::when(sum.same(zero), zero, ((p - q) / sum).square()), p, q, zero, zero]
    }
    fn finish<R: Real>(&self, sums: Totals<R>, _: f64) -> R {
        (sums[0] * 0.5).sqrt()
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, p: R, q: R) -> [Slope<R>; 2] {
        [Slope::of(difference(p, q)), Slope::of(difference(q, p))]
    }
    fn factor<R: Real>(&self, sums: Totals<R>, count: f64) -> Option<R> {
        Some(sums[0].lit(0.25) / self.finish(sums, count))
    }
}
