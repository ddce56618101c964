use super::Distance;
use super::pair::{Gradients, Pair, scaled, total};
use super::termwise::{Slope, Sums, Termwise, termwise};
use crate::catalog::DataDomain;
use crate::error::Result;
use crate::number::Real;

crate::entry! {
    /// Manhattan distance: the sum of the absolute differences.
    ///
    /// The gradient is the sign of each difference, zero where the coordinates coincide.
    Manhattan("manhattan") in Distance as Pair {}
    aliases: ["cityblock"];
    formula: r"\sum_i |a_i - b_i|";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, Lipschitz, NonNegative, Metric];
    source: "Deza, Deza 2016, doi:10.1007/978-3-662-52844-0";
    reference: [
        "": [[0.0, 0.0], [3.0, -4.0]] => [7.0];
    ];
}

impl Distance for Manhattan {
    termwise!();
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let (d, exponent) = pair.differences();
        if let Some(mut gradients) = gradients {
            for i in 0..d.len() {
                gradients.opposite(i, pair.difference(i).0.sign().high * pair.weight(i));
            }
        }
        let sum = total(d.iter().enumerate().map(|(i, d)| d.abs() * pair.scaled_weight(i)));
        Ok(scaled(sum.round_to_machine(), exponent + pair.weight_exponent))
    }
}

impl Termwise for Manhattan {
    const COUNT: usize = 1;
    const SLOPES: bool = true;
    #[inline(always)]
    fn terms<R: Real>(&self, a: R, b: R) -> Sums<R> {
        let zero = a.lit(0.0);
        [(a - b).abs(), zero, zero, zero, zero]
    }
    fn finish<R: Real>(&self, sums: Sums<R>, _: f64) -> R {
        sums[0]
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, a: R, b: R) -> [Slope<R>; 2] {
        let (none, one) = (a.lit(0.0), a.lit(1.0));
        let sign = R::when(b.lt(a), one, R::when(a.lt(b), -one, none));
        [Slope::of(sign), Slope::of(-sign)]
    }
}
