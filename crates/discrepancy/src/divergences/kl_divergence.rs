use super::Divergence;
use super::simplex::{Rows, Sums, homogeneous, infinite};
use crate::catalog::{Base, DataDomain, Domain, Interval, Value};
use crate::distances::pair::{Wide, total, wide};
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
}

/// `p ln(p/q) - p + q >= 0`.
fn term(p: Wide, q: Wide) -> Wide {
    if p.high == 0.0 {
        return q;
    }
    if q.high == 0.0 {
        return infinite(true);
    }
    homogeneous(p, q, |p, q| {
        if p.high > q.high * 1_048_576.0 || p.high * 1_048_576.0 < q.high {
            // The quotient may overflow or lose the lesser of the two, and nothing cancels here.
            p * (p.ln() - q.ln()) - p + q
        } else {
            q * ((p - q) / q).phi()
        }
    })
}

impl Divergence for KlDivergence {
    fn sums(&self) -> Sums {
        if self.generalized && !self.normalize { Sums::Free } else { Sums::of(self.normalize) }
    }
    fn compute(&self, rows: &Rows) -> f64 {
        if rows.pairs().any(|(p, q)| q.high == 0.0 && p.high > 0.0) {
            return f64::INFINITY;
        }
        let sum = total(rows.pairs().map(|(p, q)| term(p, q)));
        // Rows that were divided by their sums have equal sums.
        let correction =
            if self.generalized || self.normalize { wide(0.0) } else { total(rows.pairs().map(|(p, q)| p - q)) };
        self.base.scale(sum + correction).round_to_machine()
    }
    fn gradients(&self, rows: &Rows) -> [Vec<Wide>; 2] {
        let shift = if self.generalized { 0.0 } else { 1.0 };
        let in_p = |(p, q): (Wide, Wide)| match (p.high == 0.0, q.high == 0.0) {
            (true, true) => wide(0.0),
            (true, false) => infinite(false),
            (false, true) => infinite(true),
            (false, false) => {
                let near = p.high < 2.0 * q.high && q.high < 2.0 * p.high;
                let log = if near { ((p - q) / q).ln_1p() } else { p.ln() - q.ln() };
                self.base.scale(log + shift)
            }
        };
        let in_q = |(p, q): (Wide, Wide)| match (p.high == 0.0, q.high == 0.0) {
            (true, _) => self.base.scale(wide(1.0 - shift)),
            (false, true) => infinite(false),
            (false, false) if !(p.high / q.high).is_finite() => infinite(false),
            (false, false) => self.base.scale(if self.generalized { (q - p) / q } else { -p / q }),
        };
        [rows.pairs().map(in_p).collect(), rows.pairs().map(in_q).collect()]
    }
}
