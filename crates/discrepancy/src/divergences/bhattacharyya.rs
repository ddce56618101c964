use super::Divergence;
use super::bhattacharyya_coefficient::{coefficient, gradients, slopes, terms};
use super::simplex::{Rows, Sums, exact_total, squared_difference};
use crate::catalog::{DataDomain, Domain, Value};
use crate::distances::termwise::{Slope, Sums as Totals, Termwise, termwise};
use crate::number::Real;
use crate::number::careful::Careful;

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
    reference: [
        "": [[0.5, 0.5], [0.25, 0.75]] => [0.03466823209753696];
        "": [[1.0, 0.0], [0.0, 1.0]] => [f64::INFINITY];
    ];
}

/// The coefficient less 1, of rows as given.
fn excess<R: Careful>(rows: &Rows<R>) -> R {
    // √(pq) = (p + q)/2 - (√p - √q)²/2, whose first part sums exactly to nearly 1, where p and q are near each other.
    let (mut halves, mut rest) = (vec![-1.0], R::of(0.0));
    for (p, q) in rows.pairs() {
        let (a, b) = (p.leading(), q.leading());
        if a.max(b) > 4.0 * a.min(b) {
            rest = rest + p.sqrt() * q.sqrt();
        } else {
            halves.extend([a * 0.5, b * 0.5]);
            rest = rest - squared_difference(p, q) * 0.5;
        }
    }
    exact_total::<R>(&halves) + rest
}

impl Divergence for Bhattacharyya {
    termwise!();
    fn sums(&self) -> Sums {
        Sums::of(self.normalize)
    }
    fn compute<R: Careful>(&self, rows: &Rows<R>) -> R {
        let overlap = coefficient(rows);
        if overlap.is_zero() {
            return R::of(f64::INFINITY);
        }
        if overlap.leading() < 0.5 {
            return -overlap.ln();
        }
        let rest = if self.normalize { -rows.hellinger_squared() } else { excess(rows) };
        R::of(0.0) - rest.ln_1p()
    }
    fn gradients<R: Careful>(&self, rows: &Rows<R>) -> [Vec<R>; 2] {
        let overlap = coefficient(rows);
        let one = |g: R| match () {
            // No overlap: the logarithm falls without bound wherever a little would make one.
            () if g.is_zero() => g,
            () if g.leading().is_infinite() || overlap.is_zero() => R::of(f64::NEG_INFINITY),
            () => -g / overlap,
        };
        gradients(rows).map(|g| g.into_iter().map(one).collect())
    }
}

impl Termwise for Bhattacharyya {
    const COUNT: usize = 3;
    const DISTRIBUTIONS: bool = true;
    const ROUNDINGS: f64 = 16.0;
    const SLOPES: bool = true;
    #[inline(always)]
    fn terms<R: Real>(&self, p: R, q: R) -> Totals<R> {
        terms(p, q)
    }
    fn finish<R: Real>(&self, sums: Totals<R>, _: f64) -> R {
        // Cancels for rows that are nearly equal.
        -sums[0].ln()
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, p: R, q: R) -> [Slope<R>; 2] {
        slopes(p, q)
    }
    fn factor<R: Real>(&self, sums: Totals<R>, _: f64) -> Option<R> {
        Some(sums[0].lit(-1.0) / sums[0])
    }
}
