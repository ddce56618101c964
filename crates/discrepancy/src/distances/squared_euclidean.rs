use super::Distance;
use super::pair::{Gradients, Pair, scaled, square, total};
use super::termwise::{Slope, Sums, Termwise, termwise};
use crate::catalog::DataDomain;
use crate::error::Result;
use crate::number::Real;

crate::entry! {
    /// Squared Euclidean distance. Not a metric; smooth everywhere.
    ///
    /// A result beyond the largest float is `inf`.
    SquaredEuclidean("squared_euclidean") in Distance as Pair {}
    aliases: ["sqeuclidean"];
    formula: r"\sum_i (a_i - b_i)^2";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Deza, Deza 2016, doi:10.1007/978-3-662-52844-0";
    reference: [
        "": [[0.0, 0.0], [3.0, 4.0]] => [25.0];
    ];
}

impl Distance for SquaredEuclidean {
    termwise!();
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let (d, exponent) = pair.differences();
        if let Some(mut gradients) = gradients {
            for i in 0..d.len() {
                let (d, exponent) = pair.difference(i);
                gradients.opposite(i, scaled((d * pair.weight(i)).round_to_machine(), exponent + 1));
            }
        }
        let sum = total(d.iter().enumerate().map(|(i, d)| square(*d) * pair.scaled_weight(i)));
        Ok(scaled(sum.round_to_machine(), 2 * exponent + pair.weight_exponent))
    }
}

impl Termwise for SquaredEuclidean {
    const COUNT: usize = 1;
    const SLOPES: bool = true;
    #[inline(always)]
    fn terms<R: Real>(&self, a: R, b: R) -> Sums<R> {
        let zero = a.lit(0.0);
        [(a - b).square(), zero, zero, zero, zero]
    }
    fn finish<R: Real>(&self, sums: Sums<R>, _: f64) -> R {
        sums[0]
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, a: R, b: R) -> [Slope<R>; 2] {
        [Slope::of((a - b) * 2.0), Slope::of((b - a) * 2.0)]
    }
}
