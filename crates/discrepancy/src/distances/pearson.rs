use super::Distance;
use super::angle::Angle;
use super::pair::{Gradients, Pair, Wide, exponent, scaled, total, wide};
use super::termwise::{Sums, Termwise, termwise};
use crate::catalog::DataDomain;
use crate::error::{Error, ErrorKind, Result};
use crate::number::Real;

crate::entry! {
    /// Pearson (correlation) distance: one minus the correlation. A constant vector has none: an error.
    Pearson("pearson") in Distance as Pair {}
    aliases: ["correlation"];
    formula: r"1 - \frac{(a - \bar a) \cdot (b - \bar b)}{\|a - \bar a\| \|b - \bar b\|}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric, NonNegative, Bounded];
    source: "Pearson 1895, doi:10.1098/rspl.1895.0041";
    reference: [
        "": [[1.0, 2.0, 3.0], [1.0, 2.0, 4.0]] => [0.018019493938034283];
        "": [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]] => [2.0];
    ];
}

/// `x_i Σw - Σ w x`, in units of `2^exponent Σw`: exact where the sums are, so no division by n comes first.
fn centred(pair: &Pair<'_>, argument: &str, row: &[f64], weight: Wide) -> Result<(Vec<Wide>, i32)> {
    let used = |i: usize| pair.weight(i) > 0.0;
    let mut values = (0..row.len()).filter(|i| used(*i)).map(|i| row[i]);
    let first = values.next();
    if values.all(|x| Some(x) == first) {
        let error = Error::new(ErrorKind::Domain, pair.function, argument, "a vector that is not constant");
        return Err(error.value("a constant vector"));
    }
    let k = exponent(row.iter().enumerate().fold(0.0, |m: f64, (i, x)| if used(i) { m.max(x.abs()) } else { m }));
    let row: Vec<Wide> = row.iter().enumerate().map(|(i, x)| wide(if used(i) { scaled(*x, -k) } else { 0.0 })).collect();
    let sum = total(row.iter().enumerate().map(|(i, x)| *x * pair.scaled_weight(i)));
    let centred = row.iter().enumerate().map(|(i, x)| if used(i) { *x * weight - sum } else { *x });
    Ok((centred.collect(), k))
}

impl Distance for Pearson {
    termwise!();
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let weight = total((0..pair.a.len()).map(|i| wide(pair.scaled_weight(i))));
        let (a, exponent_a) = centred(pair, "a", pair.a, weight)?;
        let (b, exponent_b) = centred(pair, "b", pair.b, weight)?;
        let spread = |row: &[Wide]| weight.high / row.iter().fold(0.0, |m: f64, x| m.max(x.high.abs()));
        // The gradient in the centred vectors sums to zero already. Their unit is 2^exponent / Σw.
        let offset = spread(&a).max(spread(&b));
        let angle = Angle::new(pair, a, b, [exponent_a, exponent_b], Some((weight, offset)));
        if let Some(gradients) = gradients {
            angle.gradients(gradients);
        }
        Ok(angle.value())
    }
}

impl Termwise for Pearson {
    const COUNT: usize = 5;
    #[inline(always)]
    fn terms<R: Real>(&self, a: R, b: R) -> Sums<R> {
        [a * b, a.square(), b.square(), a, b]
    }
    fn sizes(&self, sums: Sums<f64>, count: f64) -> Sums<f64> {
        // By Cauchy and Schwarz.
        let (a, b) = ((sums[1] * count).sqrt(), (sums[2] * count).sqrt());
        [(sums[1] * sums[2]).sqrt(), sums[1], sums[2], a, b]
    }
    fn finish<R: Real>(&self, sums: Sums<R>, count: f64) -> R {
        // Cancels for vectors that are far from zero, or nearly in line.
        let [ab, aa, bb, a, b] = sums;
        let (cross, by_a, by_b) = (ab * count - a * b, aa * count - a.square(), bb * count - b.square());
        ab.lit(1.0) - cross / (by_a * by_b).sqrt()
    }
}
