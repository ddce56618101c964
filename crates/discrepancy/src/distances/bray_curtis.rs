use super::Distance;
use super::pair::{Gradients, Pair, Wide, exponent, scaled, scaled_wide};
use crate::catalog::DataDomain;
use crate::error::{Error, ErrorKind, Result};
use crate::sums::ExactSum;

crate::entry! {
    /// Bray–Curtis dissimilarity: how much of the abundances of two sites is not shared.
    ///
    /// For rows that are not negative it is between 0 and 1. Two rows of zeros are 0 apart, as all equal rows;
    /// opposite rows are infinitely far apart and have no gradient. It is no metric: the triangle inequality can
    /// fail.
    BrayCurtis("bray_curtis") in Distance as Pair {}
    aliases: ["braycurtis"];
    formula: r"\frac{\sum_i |a_i - b_i|}{\sum_i |a_i + b_i|}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric, NonNegative];
    source: "Bray, Curtis 1957, doi:10.2307/1942268";
    reference: [
        "": [[1.0, 2.0, 5.0], [3.0, 2.0, 3.0]] => [0.25];
        "": [[0.0, 0.0], [0.0, 0.0]] => [0.0];
    ];
}

/// `value · 2^exponent`, value near 1 or 0.
#[derive(Clone, Copy)]
struct Total {
    value: Wide,
    exponent: i32,
}

impl Total {
    /// The first two floats of an exact sum.
    fn of(mut sum: ExactSum) -> Total {
        let high = sum.to_f64();
        sum.add(-high);
        let k = exponent(high);
        Total { value: scaled_wide(Wide::new(high, sum.to_f64()), -k), exponent: k }
    }
}

/// The four sums of which everything is made; all terms are whole floats, so that the sums are exact.
struct Sums {
    /// Of `|a - b|` and of `|a + b|`.
    apart: Total,
    along: Total,
    /// Half of the difference of the two, and half of their sum: of the smaller sizes, signed, and of the larger.
    shared: Total,
    most: Total,
    /// The power of two that the rows were divided by.
    exponent: i32,
}

impl Sums {
    fn new(pair: &Pair<'_>) -> Sums {
        let largest = pair.a.iter().chain(pair.b).fold(0.0, |m: f64, x| m.max(x.abs()));
        // Only where a sum could leave the range; what is lost then is nothing beside it.
        let k = Some(exponent(largest)).filter(|k| k.abs() > 500).unwrap_or(0);
        let [mut apart, mut along, mut shared, mut most] = std::array::from_fn(|_| ExactSum::new());
        for (i, (a, b)) in pair.a.iter().zip(pair.b).enumerate() {
            let (a, b, w) = (scaled(*a, -k), scaled(*b, -k), pair.scaled_weight(i));
            let (larger, smaller) = (a.abs().max(b.abs()), a.abs().min(b.abs()));
            let smaller = if (a < 0.0) == (b < 0.0) { smaller } else { -smaller };
            for (sum, larger, smaller) in [
                (&mut apart, larger, -smaller),
                (&mut along, larger, smaller),
                (&mut shared, 0.0, smaller),
                (&mut most, larger, 0.0),
            ] {
                sum.add_product(w, larger);
                sum.add_product(w, smaller);
            }
        }
        let [apart, along, shared, most] = [apart, along, shared, most].map(Total::of);
        Sums { apart, along, shared, most, exponent: k }
    }
}

impl Distance for BrayCurtis {
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let sums = Sums::new(pair);
        let Sums { apart, along, shared, most, .. } = sums;
        if along.value.high == 0.0 && apart.value.high != 0.0 {
            if gradients.is_some() {
                let allowed = "rows that are not opposite";
                return Err(Error::new(ErrorKind::NotDifferentiable, pair.function, "gradient", allowed));
            }
            return Ok(f64::INFINITY);
        }
        let nothing = apart.value.high == 0.0;
        if let Some(gradients) = gradients {
            // ∂/∂a of D/S is (S sign(a - b) - D sign(a + b)) w/S²: where the signs are equal S - D remains, which is
            // known.
            let share = |i: usize, apart_sign: f64, along_sign: f64| {
                if nothing {
                    return 0.0;
                }
                let (sign, part, times) = match apart_sign * along_sign {
                    1.0 => (apart_sign, shared, 2.0),
                    -1.0 => (apart_sign, most, 2.0),
                    _ if apart_sign == 0.0 => (0.0 - along_sign, apart, 1.0),
                    _ => (apart_sign, along, 1.0),
                };
                let slope = part.value / along.value / along.value * pair.scaled_weight(i) * (sign * times);
                scaled(slope.round_to_machine(), part.exponent - 2 * along.exponent - sums.exponent)
            };
            let sign = |x: f64| f64::from(i8::from(x > 0.0) - i8::from(x < 0.0));
            for (i, (a, b)) in pair.a.iter().zip(pair.b).enumerate() {
                let (apart_sign, along_sign) = (sign(a - b), sign(a + b));
                gradients.a[i] = share(i, apart_sign, along_sign);
                gradients.b[i] = share(i, 0.0 - apart_sign, along_sign);
            }
        }
        if nothing {
            return Ok(0.0);
        }
        Ok(scaled((apart.value / along.value).round_to_machine(), apart.exponent - along.exponent))
    }
}
