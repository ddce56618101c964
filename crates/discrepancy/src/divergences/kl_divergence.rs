use super::Divergence;
use super::simplex::{Rows, Sums};
use crate::distances::termwise::{Slope, Sums as Totals, Termwise, termwise};
use crate::catalog::{Base, DataDomain, Domain, Interval, Value};
use crate::number::careful::Careful;
use crate::number::Real;

crate::entry! {
    /// Kullback–Leibler divergence of q from the reference p; `inf` where q is 0 and p is not.
    ///
    /// It is the value of the formula at the floats as given: rows whose sums differ by rounding have a divergence
    /// that may be as far below zero as the sums are apart. `generalized` adds that difference and is never negative.
    KlDivergence("kl_divergence") in Divergence as Pair {
        /// The base of the logarithm: `e` for nats, 2 for bits.
        base: Base = Value::Word("e"), Domain::number(Interval::open(1.0, f64::INFINITY)).or(&["e"]);
        /// Whether `Σq - Σp` is added; rows may then have any sums.
        generalized: bool = Value::Word("false"), Domain::flag();
        /// Whether each row is divided by its sum first.
        normalize: bool = Value::Word("false"), Domain::flag();
    }
    aliases: ["kullback_leibler", "kl", "relative_entropy"];
    formula: r"\sum_i p_i \ln \frac{p_i}{q_i}";
    prediction: DataDomain::Probabilities;
    target: DataDomain::Probabilities;
    properties: [Convex];
    source: "Kullback, Leibler 1951, doi:10.1214/aoms/1177729694";
    reference: [
        "": [[0.5, 0.5], [0.25, 0.75]] => [0.14384103622589045];
        "": [[1.0, 0.0], [0.0, 1.0]] => [f64::INFINITY];
        "base=2": [[1.0, 0.0], [0.5, 0.5]] => [1.0];
    ];
}

/// `p ln(p/q) - p + q >= 0`.
fn term<R: Careful>(p: R, q: R) -> R {
    if p.is_zero() {
        return q;
    }
    if p.leading() > q.leading() * 1_048_576.0 || p.leading() * 1_048_576.0 < q.leading() {
        // The quotient may overflow or lose the lesser of the two, and nothing cancels here.
        return p * (p.ln() - q.ln()) - p + q;
    }
    near(p, q)
}

/// The same where the quotient is in range.
#[inline(always)]
fn near<R: Real>(p: R, q: R) -> R {
    q * ((p - q) / q).phi()
}

/// `ln(p/q)` with its limits; 0 where both are.
#[inline(always)]
fn logarithm<R: Real>(p: R, q: R) -> R {
    let zero = p.lit(0.0);
    let (no_p, no_q) = (p.same(zero), q.same(zero));
    let limit = R::when(no_p & no_q, zero, R::when(no_p, p.lit(f64::NEG_INFINITY), p.lit(f64::INFINITY)));
    R::when(no_p | no_q, limit, p.ln_quotient(q))
}

impl Divergence for KlDivergence {
    termwise!();
    fn sums(&self) -> Sums {
        if self.generalized && !self.normalize { Sums::Free } else { Sums::of(self.normalize) }
    }
    fn compute<R: Careful>(&self, rows: &Rows<R>) -> R {
        if rows.pairs().any(|(p, q)| q.is_zero() && !p.is_zero()) {
            return R::of(f64::INFINITY);
        }
        let sum = rows.total(term);
        // Rows that were divided by their sums have equal sums.
        let correction = if self.generalized || self.normalize { R::of(0.0) } else { rows.total(|p, q| p - q) };
        self.base.scale(sum + correction)
    }
    fn gradients<R: Careful>(&self, rows: &Rows<R>) -> [Vec<R>; 2] {
        let shift = if self.generalized { 0.0 } else { 1.0 };
        let in_p = |(p, q): (R, R)| match (p.is_zero(), q.is_zero()) {
            (true, true) => R::of(0.0),
            (true, false) => R::of(f64::NEG_INFINITY),
            (false, true) => R::of(f64::INFINITY),
            (false, false) => {
                let (a, b) = (p.leading(), q.leading());
                let near = a < 2.0 * b && b < 2.0 * a;
                let log = if near { ((p - q) / q).ln_1p() } else { p.ln() - q.ln() };
                self.base.scale(log + shift)
            }
        };
        let in_q = |(p, q): (R, R)| match (p.is_zero(), q.is_zero()) {
            (true, _) => self.base.scale(R::of(1.0 - shift)),
            (false, true) => R::of(f64::NEG_INFINITY),
            (false, false) => self.base.scale(if self.generalized { (q - p) / q } else { -p / q }),
        };
        [rows.pairs().map(in_p).collect(), rows.pairs().map(in_q).collect()]
    }
}

impl Termwise for KlDivergence {
    const COUNT: usize = 4;
    const DISTRIBUTIONS: bool = true;
    const SIGNED: bool = true;
    const FUNCTIONS: f64 = 1.0;
    const SLOPES: bool = true;
    fn proper(&self) -> bool {
        !self.generalized
    }
    #[inline(always)]
    fn terms<R: Real>(&self, p: R, q: R) -> Totals<R> {
        let term = logarithm(p, q).weighted(p);
        [term, p, q, term.abs(), p.lit(0.0)]
    }
    fn finish<R: Real>(&self, sums: Totals<R>, _: f64) -> R {
        // Cancels for rows that are nearly equal.
        let [sum, p, q, ..] = sums;
        self.base.scale(if self.generalized { sum - p + q } else { sum })
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, p: R, q: R) -> [Slope<R>; 2] {
        let (log, zero) = (logarithm(p, q), p.lit(0.0));
        let in_p = if self.generalized {
            Slope::of(self.base.scale(log))
        } else {
            // Where both are zero, so is the derivative.
            let shift = R::when((p + q).same(zero), zero, p.lit(1.0));
            Slope::cancelling(self.base.scale(log + shift), self.base.scale(log.abs() + shift))
        };
        let quotient = R::when(p.same(zero), zero, p / q);
        let in_q = if self.generalized { 
            Slope::cancelling(self.base.scale(zero - quotient + 1.0), self.base.scale(quotient + 1.0))
        } else {
            Slope::of(self.base.scale(zero - quotient))
        };
        [in_p, in_q]
    }
}
