use super::Divergence;
use super::simplex::{Rows, Sums};
use crate::distances::termwise::{Slope, Sums as Totals, Termwise, termwise};
use crate::catalog::{DataDomain, Domain, Value};
use crate::number::careful::Careful;
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
    reference: [
        "": [[0.5, 0.5], [0.25, 0.75]] => [0.9659258262890683];
        "": [[1.0, 0.0], [0.0, 1.0]] => [0.0];
    ];
}

/// The coefficient.
pub(super) fn coefficient<R: Careful>(rows: &Rows<R>) -> R {
    rows.total(|p, q| p.sqrt() * q.sqrt())
}

/// Its gradients: `√(q/p) / 2`.
pub(super) fn gradients<R: Careful>(rows: &Rows<R>) -> [Vec<R>; 2] {
    let slope = |p: R, q: R| match (p.is_zero(), q.is_zero()) {
        (_, true) => R::of(0.0),
        (true, false) => R::of(f64::INFINITY),
        _ => q.sqrt() / p.sqrt() * 0.5,
    };
    [rows.pairs().map(|(p, q)| slope(p, q)).collect(), rows.pairs().map(|(p, q)| slope(q, p)).collect()]
}

/// A coordinate's part of the coefficient, and both probabilities.
#[inline(always)]
pub(super) fn terms<R: Real>(p: R, q: R) -> Totals<R> {
    [p.sqrt() * q.sqrt(), p, q, p.lit(0.0), p.lit(0.0)]
}

/// The same as `gradients` of one coordinate.
#[inline(always)]
pub(super) fn slopes<R: Real>(p: R, q: R) -> [Slope<R>; 2] {
    [Slope::of(slope(p, q)), Slope::of(slope(q, p))]
}

#[inline(always)]
fn slope<R: Real>(p: R, q: R) -> R {
    R::when(q.same(q.lit(0.0)), q.lit(0.0), q.sqrt() / p.sqrt() * 0.5)
}

impl Divergence for BhattacharyyaCoefficient {
    termwise!();
    fn sums(&self) -> Sums {
        Sums::of(self.normalize)
    }
    fn compute<R: Careful>(&self, rows: &Rows<R>) -> R {
        coefficient(rows)
    }
    fn gradients<R: Careful>(&self, rows: &Rows<R>) -> [Vec<R>; 2] {
        gradients(rows)
    }
}

impl Termwise for BhattacharyyaCoefficient {
    const COUNT: usize = 3;
    const DISTRIBUTIONS: bool = true;
    const ROUNDINGS: f64 = 16.0;
    const SLOPES: bool = true;
    #[inline(always)]
    fn terms<R: Real>(&self, p: R, q: R) -> Totals<R> {
        terms(p, q)
    }
    fn finish<R: Real>(&self, sums: Totals<R>, _: f64) -> R {
        sums[0]
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, p: R, q: R) -> [Slope<R>; 2] {
        slopes(p, q)
    }
}
