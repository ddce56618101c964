use super::Distance;
use super::pair::{Gradients, Pair, Wide, exponent, scaled, total, wide};
use super::termwise::{Sums, Termwise, termwise};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::Result;
use crate::number::{Long, Real};
use crate::stop::look_at;

crate::entry! {
    /// Minkowski distance of order p: Manhattan at 1, Euclidean at 2, towards Chebyshev as p grows.
    ///
    /// Differences are divided by the largest first, so that any order works.
    Minkowski("minkowski") in Distance as Pair {
        /// The order; below 1 the triangle inequality fails.
        p: f64 = Value::Number(2.0), Domain::number(Interval::from(1.0, f64::INFINITY));
    }
    aliases: ["lp"];
    formula: r"\left(\sum_i |a_i - b_i|^p\right)^{1/p}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, NonNegative, Metric];
    source: "Deza, Deza 2016, doi:10.1007/978-3-662-52844-0";
    reference: [
        "p=3": [[0.0, 0.0], [3.0, 4.0]] => [4.497941445275415];
        "p=1.5": [[0.0, 0.0], [1.0, 4.0]] => [4.326748710922225];
    ];
}

impl Minkowski {
    /// The p-th root of `x · 2^k`, k even, as a number times a power of two; 1/p itself is not a float.
    fn root(&self, x: Wide, k: i32) -> (Wide, i32) {
        match self.p {
            1.0 => (x, k),
            2.0 => (x.sqrt(), k / 2),
            p if k == 0 => ((x.ln() / p).exp(), 0),
            p => (((x.ln() + wide(2.0).ln() * f64::from(k)) / p).exp(), 0),
        }
    }
}

/// Powers of two within which powers of ratios of differences, and their products with weights, are in range.
const NEAR: f64 = 400.0;

impl Minkowski {
    /// Whether a ratio of differences, or its power beside weights, may leave the range of floats where that is seen: slopes are
    /// powers of p - 1, which may be small.
    fn is_far(&self, pair: &Pair<'_>, d: &[Wide]) -> bool {
        let smallest = d.iter().map(|d| d.high.abs()).filter(|d| *d > 0.0).fold(f64::INFINITY, f64::min);
        let lost = (0..d.len()).any(|i| d[i].high == 0.0 && pair.a[i] != pair.b[i] && pair.weight(i) > 0.0);
        let span = if lost { f64::INFINITY } else { f64::from(-exponent(smallest)) };
        let lightest = (0..d.len()).map(|i| pair.weight(i)).filter(|w| *w > 0.0).fold(f64::INFINITY, f64::min);
        let light = pair.weighted() && f64::from(exponent(lightest)) < -NEAR;
        span > NEAR || pair.weight_exponent != 0 || light || pair.weighted() && span * self.p > NEAR
    }

    /// Value and gradients in 256 bits, whose exponents have no end.
    fn far(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> f64 {
        let difference = |i: usize| Long::from(pair.a[i]) - Long::from(pair.b[i]);
        let zero = Long::from(0.0);
        let term = |i: usize| if pair.weight(i) == 0.0 { zero } else { difference(i).abs().power(self.p) * pair.weight(i) };
        let sum = (0..pair.a.len()).fold(zero, |sum, i| {
            look_at(i);
            sum + term(i)
        });
        let norm = match self.p {
            1.0 => sum,
            2.0 => sum.sqrt(),
            p => (sum.ln() / p).exp(),
        };
        if let Some(mut gradients) = gradients {
            for i in 0..pair.a.len() {
                look_at(i);
                let d = difference(i);
                let slope = if pair.weight(i) == 0.0 { zero } else { (d.abs() / norm).power(self.p - 1.0) * d.sign() };
                gradients.opposite(i, (slope * pair.weight(i)).to_f64());
            }
        }
        norm.to_f64()
    }
}

impl Distance for Minkowski {
    termwise!();
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let (d, exponent) = pair.differences();
        let largest = d.iter().fold(wide(0.0), |m, d| m.max(d.abs()));
        if largest.high == 0.0 {
            if let Some(mut gradients) = gradients {
                (0..d.len()).for_each(|i| gradients.opposite(i, 0.0));
            }
            return Ok(0.0);
        }
        if self.is_far(pair, &d) {
            return Ok(self.far(pair, gradients));
        }
        let ratio = |d: &Wide| d.abs() / largest;
        let sum = total(d.iter().enumerate().map(|(i, d)| {
            look_at(i);
            ratio(d).power(self.p) * pair.scaled_weight(i)
        }));
        let (norm, k) = self.root(sum, pair.weight_exponent);
        if let Some(mut gradients) = gradients {
            for (i, d) in d.iter().enumerate() {
                look_at(i);
                // (r / (norm 2^k))^(p-1), where k is 0 unless p is 1 or 2.
                let g = (ratio(d) / norm).power(self.p - 1.0) * d.sign() * pair.weight(i);
                gradients.opposite(i, scaled(g.round_to_machine(), if self.p == 2.0 { -k } else { 0 }));
            }
        }
        Ok(scaled((norm * largest).round_to_machine(), exponent + k))
    }
}

impl Termwise for Minkowski {
    const COUNT: usize = 1;
    const ROUNDINGS: f64 = 32.0;
    fn fits(&self) -> bool {
        // Higher powers leave the range of floats too soon.
        self.p.fract() == 0.0 && self.p <= 8.0
    }
    #[inline(always)]
    fn terms<R: Real>(&self, a: R, b: R) -> Sums<R> {
        let zero = a.lit(0.0);
        [(a - b).abs().power(self.p), zero, zero, zero, zero]
    }
    fn finish<R: Real>(&self, sums: Sums<R>, _: f64) -> R {
        match self.p {
            1.0 => sums[0],
            2.0 => sums[0].sqrt(),
            p => (sums[0].ln() / p).exp(),
        }
    }
}
