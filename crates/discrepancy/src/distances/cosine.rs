use super::Distance;
use super::angle::Angle;
use super::pair::{Gradients, Pair, Wide, wide};
use super::termwise::{Sums, Termwise, termwise};
use crate::catalog::DataDomain;
use crate::error::{Error, ErrorKind, Result};
use crate::number::Real;

crate::entry! {
    /// Cosine distance: one minus the cosine of the angle. A vector of zeros has no angle: an error.
    ///
    /// Nearly parallel vectors keep all digits: the distance is taken from the part of one across the other.
    Cosine("cosine") in Distance as Pair {}
    aliases: [];
    formula: r"1 - \frac{a \cdot b}{\|a\| \|b\|}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric, NonNegative, Bounded];
    source: "Salton, McGill 1983, Introduction to Modern Information Retrieval";
    reference: [
        "": [[1.0, 0.0], [1.0, 1.0]] => [0.2928932188134525];
        "": [[1.0, 0.0], [0.0, 5.0]] => [1.0];
    ];
}

impl Distance for Cosine {
    termwise!();
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let row = |row: &[f64]| -> Vec<Wide> {
            row.iter().enumerate().map(|(i, x)| wide(if pair.weight(i) == 0.0 { 0.0 } else { *x })).collect()
        };
        let angle = Angle::new(pair, row(pair.a), row(pair.b), [0, 0], None);
        if let Some(argument) = angle.zero() {
            let error = Error::new(ErrorKind::Domain, pair.function, argument, "a vector that is not all zeros");
            return Err(error.value("a vector of zeros"));
        }
        if let Some(gradients) = gradients {
            angle.gradients(gradients);
        }
        Ok(angle.value())
    }
}

impl Termwise for Cosine {
    const COUNT: usize = 3;
    #[inline(always)]
    fn terms<R: Real>(&self, a: R, b: R) -> Sums<R> {
        let zero = a.lit(0.0);
        [a * b, a.square(), b.square(), zero, zero]
    }
    fn sizes(&self, sums: Sums<f64>, _: f64) -> Sums<f64> {
        [(sums[1] * sums[2]).sqrt(), sums[1], sums[2], 0.0, 0.0]
    }
    fn finish<R: Real>(&self, sums: Sums<R>, _: f64) -> R {
        // Cancels for vectors that are nearly parallel; their angle is then computed from the part across.
        sums[0].lit(1.0) - sums[0] / (sums[1] * sums[2]).sqrt()
    }
}
