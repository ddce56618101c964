use super::Distance;
use super::pair::{Gradients, Pair, scaled, square, total};
use super::termwise::{Slope, Sums, Termwise, termwise};
use crate::catalog::DataDomain;
use crate::error::Result;
use crate::number::Real;

crate::entry! {
    /// Euclidean distance: the length of the difference.
    ///
    /// The gradient is the unit vector from `b` to `a`; zero at coincidence.
    Euclidean("euclidean") in Distance as Pair {}
    aliases: [];
    formula: r"\sqrt{\sum_i (a_i - b_i)^2}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, NonNegative, Metric];
    source: "Deza, Deza 2016, doi:10.1007/978-3-662-52844-0";
    reference: [
        "": [[0.0, 0.0], [3.0, 4.0]] => [5.0];
        "": [[100000000.0, 0.0], [100000000.5, 1.0]] => [1.118033988749895];
    ];
}

impl Distance for Euclidean {
    termwise!();
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let (d, exponent) = pair.differences();
        let norm = total(d.iter().enumerate().map(|(i, d)| square(*d) * pair.scaled_weight(i))).sqrt();
        let half = pair.weight_exponent / 2;
        if let Some(mut gradients) = gradients {
            for (i, d) in d.iter().enumerate() {
                let g = if norm.high == 0.0 { 0.0 } else { scaled((*d / norm * pair.weight(i)).round_to_machine(), -half) };
                gradients.opposite(i, g);
            }
        }
        Ok(scaled(norm.round_to_machine(), exponent + half))
    }
}

impl Termwise for Euclidean {
    const COUNT: usize = 1;
    const SLOPES: bool = true;
    #[inline(always)]
    fn terms<R: Real>(&self, a: R, b: R) -> Sums<R> {
        let zero = a.lit(0.0);
        [(a - b).square(), zero, zero, zero, zero]
    }
    fn finish<R: Real>(&self, sums: Sums<R>, _: f64) -> R {
        sums[0].sqrt()
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, a: R, b: R) -> [Slope<R>; 2] {
        [Slope::of(a - b), Slope::of(b - a)]
    }
    fn factor<R: Real>(&self, sums: Sums<R>, _: f64) -> Option<R> {
        Some(sums[0].lit(1.0) / sums[0].sqrt())
    }
}
