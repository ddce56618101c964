//! Which type the values of a column have, from all of them.

use super::Digits;
use datafusion::arrow::compute::kernels::cast_utils::Parser;
use datafusion::arrow::datatypes::{DataType, Date32Type, TimeUnit, TimestampNanosecondType};

/// Up to here every integer is an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The number that a text is, rounded to the nearest; what is allowed, where it is none or cannot be held.
///
/// An integer is meant exactly: one that no `f64` is equal to is refused, and so is a number that would become infinity
/// or 0.
pub fn number(text: &str) -> Result<f64, &'static str> {
    let value = text.trim().parse::<f64>().map_err(|_| "numbers")?;
    let digits = || text.bytes().any(|byte| byte.is_ascii_digit());
    if value.is_infinite() && digits() {
        return Err("numbers up to 1.7976931348623157e308, the largest float");
    }
    let mantissa = || text.split(['e', 'E']).next().unwrap_or(text);
    if value == 0.0 && mantissa().bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        return Err("numbers from 5e-324 on, the smallest float");
    }
    if value.abs() >= EXACT && value.is_finite() && !text.contains(['.', 'e', 'E']) {
        // A float this large is an integer, and is written as one.
        let written = text.trim().trim_start_matches(['+', '-']).trim_start_matches('0');
        if format!("{:.0}", value.abs()) != written {
            return Err("integers in [-9007199254740992, 9007199254740992], which are exact as floats");
        }
    }
    Ok(value)
}

/// What the values of a column have been so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Whether there was a value at all.
    any: bool,
    /// What not all of them were.
    not_integer: bool,
    not_number: bool,
    not_truth: bool,
    not_date: bool,
    not_time: bool,
    digits: Digits,
}

/// Whether a text is a number that a program would write: `007` is a name.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']).as_bytes();
    let name = digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit();
    !name && text.parse::<f64>().is_ok()
}

impl Seen {
    /// Takes in a value of a text file.
    pub(super) fn text(&mut self, value: &str) {
        if value.is_empty() {
            return;
        }
        self.any = true;
        // Numbers are most common, and nothing else looks like them.
        if !self.not_number && self.number(value.trim()) {
            (self.not_truth, self.not_date, self.not_time) = (true, true, true);
            return;
        }
        self.not_number = true;
        self.not_truth |= !is_truth(value);
        self.not_date |= value.len() != 10 || Date32Type::parse(value).is_none();
        self.not_time |= value.len() < 10 || TimestampNanosecondType::parse(value).is_none();
    }

    /// Takes in a number; whether it is one.
    pub(super) fn number(&mut self, text: &str) -> bool {
        self.any = true;
        let integer = text.parse::<i64>().is_ok();
        if !is_number(text) {
            return false;
        }
        self.not_integer |= !integer;
        self.digits = self.digits.join(Digits::of(text));
        true
    }

    /// Takes in a value that is text and nothing else, as in JSON.
    pub(super) fn name(&mut self) {
        *self = Seen { any: true, not_number: true, not_truth: true, not_date: true, not_time: true, ..*self };
    }

    /// Takes in a truth value.
    pub(super) fn truth(&mut self) {
        *self = Seen { any: true, not_number: true, not_date: true, not_time: true, ..*self };
    }

    /// Takes in a number of JSON.
    pub(super) fn json_number(&mut self, text: &str) {
        self.number(text);
        (self.not_truth, self.not_date, self.not_time) = (true, true, true);
    }

    /// Whether there were only numbers.
    pub(super) fn is_number(&self) -> bool {
        self.any && !self.not_number
    }

    /// Both together.
    pub(super) fn join(self, other: Seen) -> Seen {
        Seen {
            any: self.any || other.any,
            not_integer: self.not_integer || other.not_integer,
            not_number: self.not_number || other.not_number,
            not_truth: self.not_truth || other.not_truth,
            not_date: self.not_date || other.not_date,
            not_time: self.not_time || other.not_time,
            digits: self.digits.join(other.digits),
        }
    }

    /// The type that holds all values as they are.
    pub(super) fn data_type(&self) -> DataType {
        match self {
            Seen { any: false, .. } => DataType::Null,
            Seen { not_number: false, not_integer: false, .. } => DataType::Int64,
            Seen { not_number: false, .. } => DataType::Float64,
            Seen { not_truth: false, .. } => DataType::Boolean,
            Seen { not_date: false, .. } => DataType::Date32,
            Seen { not_time: false, .. } => DataType::Timestamp(TimeUnit::Nanosecond, None),
            _ => DataType::Utf8,
        }
    }

    /// The digits of numbers.
    pub(super) fn digits(&self) -> Digits {
        self.digits
    }
}

/// Whether a text is `true` or `false`, in any case.
pub(super) fn is_truth(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

#[cfg(test)]
mod tests {
    use super::{Seen, number};
    use datafusion::arrow::datatypes::{DataType, TimeUnit};

    #[test]
    fn numbers_are_what_is_written() {
        let good = [("1", 1.0), (" -2.5 ", -2.5), ("1e3", 1e3), (".5", 0.5), ("inf", f64::INFINITY), ("0e9", 0.0)];
        for (text, value) in good {
            assert_eq!(number(text), Ok(value), "{text}");
        }
        for text in ["9007199254740992", "-9007199254740994", "9007199254740993.5", "100000000000000000000", "5e-324"] {
            assert_eq!(number(text).ok(), text.parse().ok(), "{text}");
        }
        assert!(number("nan").is_ok_and(f64::is_nan));
        for text in ["9007199254740993", "+9007199254740993", "1e400", "-1e400", "1e-400", "1,5", "x", "", "0x10"] {
            assert!(number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn types_are_those_of_all_values() {
        let type_of = |values: &[&str]| {
            let mut seen = Seen::default();
            values.iter().for_each(|value| seen.text(value));
            seen.data_type()
        };
        let cases: [(&[&str], DataType); 12] = [
            (&["", ""], DataType::Null),
            (&["1", "", "-2"], DataType::Int64),
            (&["1", "2.5"], DataType::Float64),
            (&["9223372036854775808", "1"], DataType::Float64),
            (&["true", "FALSE"], DataType::Boolean),
            (&["true", "1"], DataType::Utf8),
            (&["1", "true"], DataType::Utf8),
            (&["01", "02"], DataType::Utf8),
            (&["0", "0.5", "-0.5"], DataType::Float64),
            (&["2026-01-02", "2026-02-03"], DataType::Date32),
            (&["2026-01-02T10:00:00", "2026-02-03"], DataType::Timestamp(TimeUnit::Nanosecond, None)),
            (&["1", "a"], DataType::Utf8),
        ];
        for (values, expected) in cases {
            assert_eq!(type_of(values), expected, "{values:?}");
        }
    }
}
