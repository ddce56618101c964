use super::Distance;
use super::pair::{Gradients, Pair, scaled, wide};
use super::termwise::{Sums, Termwise, termwise};
use crate::catalog::DataDomain;
use crate::error::Result;
use crate::number::Real;

crate::entry! {
    /// Chebyshev distance: the largest absolute difference.
    ///
    /// Where several coordinates tie for the largest, the subgradient of least norm shares 1 among them.
    /// With weights it is the largest difference of positive weight, the limit of `minkowski` as p grows.
    Chebyshev("chebyshev") in Distance as Pair {}
    aliases: ["linf", "maximum"];
    formula: r"\max_i |a_i - b_i|";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, NonNegative, Metric];
    source: "Deza, Deza 2016, doi:10.1007/978-3-662-52844-0";
    reference: [
        "": [[0.0, 0.0], [3.0, -4.0]] => [4.0];
    ];
}

impl Distance for Chebyshev {
    termwise!();
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let (d, exponent) = pair.differences();
        let largest = d.iter().fold(wide(0.0), |m, d| m.max(d.abs()));
        if let Some(mut gradients) = gradients {
            let ties = d.iter().filter(|d| d.abs().same(largest)).count() as f64;
            for (i, d) in d.iter().enumerate() {
                let g = if d.abs().same(largest) { d.sign().high / ties } else { 0.0 };
                gradients.opposite(i, g);
            }
        }
        Ok(scaled(largest.round_to_machine(), exponent))
    }
}

impl Termwise for Chebyshev {
    const COUNT: usize = 2;
    const LARGEST: bool = true;
    #[inline(always)]
    fn terms<R: Real>(&self, a: R, b: R) -> Sums<R> {
        let zero = a.lit(0.0);
        // A maximum passes over NaN; the second one notices it.
        let wrong = R::when((a - b).same(a - b), zero, a.lit(f64::INFINITY));
        [(a - b).abs(), wrong, zero, zero, zero]
    }
    fn finish<R: Real>(&self, sums: Sums<R>, _: f64) -> R {
        sums[0] + sums[1]
    }
}
