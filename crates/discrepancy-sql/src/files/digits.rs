//! How many digits the numbers of a column were written with.

use std::collections::HashMap;

/// The most decimals and the most significant digits in a column of decimal text.
///
/// Programs write a column in one way: with a fixed number of decimals (`%.6f`), with a fixed number of significant
/// digits (`%.6g`), or the shortest text that reads back as the same float. Either way a number is off by at most half
/// of its last place, which is what a row of probabilities may miss 1 by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Digits {
    /// Behind the point.
    pub decimals: u32,
    /// From the first that is not 0.
    pub significant: u32,
}

/// Under this name the digits stand in the metadata of a field.
const KEY: &str = "discrepancy.digits";

impl Digits {
    /// Of one number as it is written, with a point.
    #[must_use]
    pub fn of(text: &str) -> Digits {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i64 = exponent.parse().unwrap_or(0);
        let (_, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = mantissa.bytes().filter(u8::is_ascii_digit);
        let significant = digits.skip_while(|digit| *digit == b'0').count();
        let decimals = (fraction.len() as i64 - exponent).clamp(0, 400);
        Digits { decimals: decimals as u32, significant: significant as u32 }
    }

    /// The most of both.
    #[must_use]
    pub fn join(self, other: Digits) -> Digits {
        Digits { decimals: self.decimals.max(other.decimals), significant: self.significant.max(other.significant) }
    }

    /// Half of the last place of a number of this column.
    #[must_use]
    pub fn half_place(self, x: f64) -> f64 {
        let fixed = -f64::from(self.decimals);
        let leading = if x == 0.0 { f64::NEG_INFINITY } else { x.abs().log10().floor() };
        0.5 * 10_f64.powf(fixed.max(leading + 1.0 - f64::from(self.significant)))
    }

    pub(super) fn metadata(self) -> HashMap<String, String> {
        HashMap::from([(KEY.to_owned(), format!("{},{}", self.decimals, self.significant))])
    }

    /// What a field knows of the digits of its numbers.
    #[must_use]
    pub fn read(metadata: &HashMap<String, String>) -> Option<Digits> {
        let (decimals, significant) = metadata.get(KEY)?.split_once(',')?;
        Some(Digits { decimals: decimals.parse().ok()?, significant: significant.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::Digits;

    /// However a program writes its numbers: half of the last place is what rounding explains.
    #[test]
    fn half_of_the_last_place() {
        let columns: [(&[&str], f64, f64); 6] = [
            (&["0.333333", "0.012345", "1.000000"], 0.333_333, 0.5e-6),
            (&["0.333333", "1.23457e-05"], 0.333_333, 0.5e-6),
            (&["0.333333", "1.23457e-05"], 1.234_57e-5, 0.5e-10),
            (&["0.3333333333333333", "0.5"], 0.5, 0.5e-16),
            (&["0.5", "0.25"], 0.5, 0.5e-2),
            (&["3.3E-1", "0"], 0.0, 0.5e-2),
        ];
        for (column, x, expected) in columns {
            let digits = column.iter().fold(Digits::default(), |all, text| all.join(Digits::of(text)));
            let found = digits.half_place(x);
            assert!((found / expected - 1.0).abs() < 1e-9, "{column:?}: {found} for {expected}");
        }
    }
}
