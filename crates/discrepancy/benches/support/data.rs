//! Legal numbers of any domain, the same ones on every machine.

use discrepancy::batch::Element;
use discrepancy::catalog::DataDomain;

/// Numbers in [0, 1) from nothing but integers.
pub struct Sequence(pub u64);

impl Sequence {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// `count` numbers, or as many rows of `width` as that makes where rows must sum to 1. Scores are in [-8, 8).
    pub fn column<E: Element>(&mut self, domain: &DataDomain, count: usize, width: usize) -> Vec<E> {
        let mut numbers: Vec<E> = (0..count).map(|_| E::narrow(legal(domain, self.next()))).collect();
        if *domain == DataDomain::Probabilities {
            for row in numbers.chunks_mut(width) {
                let sum: f64 = row.iter().map(|x| x.widen()).sum();
                row.iter_mut().for_each(|x| *x = E::narrow(x.widen() / sum));
            }
        }
        numbers
    }

    pub fn labels(&mut self, count: usize, classes: usize) -> Vec<i64> {
        (0..count).map(|_| (self.next() * classes as f64) as i64).collect()
    }
}

fn legal(domain: &DataDomain, uniform: f64) -> f64 {
    match domain {
        DataDomain::Signs => 2.0 * uniform.round() - 1.0,
        DataDomain::Binary => uniform.round(),
        DataDomain::Within(i) if i.low.is_finite() && i.high.is_finite() => i.low + uniform * (i.high - i.low),
        DataDomain::Within(i) if i.low.is_finite() => i.low + (8.0 * uniform - 4.0).exp(),
        DataDomain::Truth => uniform.round(),
        // Like a softmax of scores, before the division by the sum.
        DataDomain::Probabilities => (8.0 * uniform - 4.0).exp(),
        _ => 16.0 * uniform - 8.0,
    }
}
