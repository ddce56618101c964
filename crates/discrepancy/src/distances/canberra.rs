use super::Distance;
use super::pair::{Gradients, Pair, Wide, exponent, scaled, total, wide};
use crate::catalog::DataDomain;
use crate::error::Result;
use crate::number::Real;

crate::entry! {
    /// Canberra distance: the sum of the differences, each relative to the sizes of its two numbers.
    ///
    /// A coordinate counts at most 1, and very small numbers count as much as large ones. Two zeros are 0 apart. The
    /// gradient is 0 where a coordinate has a kink: where the numbers are equal or one of them is 0.
    Canberra("canberra") in Distance as Pair {}
    aliases: [];
    formula: r"\sum_i \frac{|a_i - b_i|}{|a_i| + |b_i|}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric, NonNegative, Metric];
    source: "Lance, Williams 1966, doi:10.1093/comjnl/9.1.60";
    reference: [
        "": [[1.0, -2.0, 0.0], [3.0, 2.0, 0.0]] => [1.5];
    ];
}

/// Two numbers over a power of two that brings the larger near 1.
fn near_one(a: f64, b: f64) -> (f64, f64, i32) {
    let k = exponent(a.abs().max(b.abs()));
    (scaled(a, -k), scaled(b, -k), k)
}

/// One coordinate.
fn term(a: f64, b: f64) -> Wide {
    let (a, b, _) = near_one(a, b);
    if a == b { wide(0.0) } else { Wide::sum(a, -b).abs() / Wide::sum(a.abs(), b.abs()) }
}

/// The slope of one coordinate by `a`.
fn slope(a: f64, b: f64, weight: f64) -> f64 {
    if a == b || !(a > 0.0 && b > 0.0 || a < 0.0 && b < 0.0) {
        return 0.0;
    }
    // ± 2|b| / (|a| + |b|)²
    let (small_a, small_b, k) = near_one(a, b);
    let size = Wide::sum(small_a.abs(), small_b.abs());
    // A number that is nothing beside the other would be lost.
    let part = exponent(b);
    let slope = wide(scaled(b.abs(), -part)) / size / size * (2.0 * weight);
    let slope = scaled(slope.round_to_machine(), part - 2 * k);
    if a > b { slope } else { 0.0 - slope }
}

impl Distance for Canberra {
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let pairs = || pair.a.iter().zip(pair.b).enumerate();
        if let Some(gradients) = gradients {
            for (i, (a, b)) in pairs() {
                gradients.a[i] = slope(*a, *b, pair.weight(i));
                gradients.b[i] = slope(*b, *a, pair.weight(i));
            }
        }
        let sum = total(pairs().map(|(i, (a, b))| term(*a, *b) * pair.scaled_weight(i)));
        Ok(scaled(sum.round_to_machine(), pair.weight_exponent))
    }
}
