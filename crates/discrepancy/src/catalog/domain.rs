//! Domains as data: they drive the checks, the messages, the documentation and the tests.

use super::parameter::plain;
use std::fmt;

/// A range of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// Whether the lower end belongs to it.
    pub low_included: bool,
    /// Whether the upper end belongs to it.
    pub high_included: bool,
    /// Whether only whole numbers belong to it.
    pub whole: bool,
}

impl Interval {
    /// `(low, high)`.
    #[must_use]
    pub const fn open(low: f64, high: f64) -> Self {
        Interval { low, high, low_included: false, high_included: false, whole: false }
    }
    /// `[low, high]`.
    #[must_use]
    pub const fn closed(low: f64, high: f64) -> Self {
        Interval { low, high, low_included: true, high_included: true, whole: false }
    }
    /// `[low, high)`.
    #[must_use]
    pub const fn from(low: f64, high: f64) -> Self {
        Interval { low, high, low_included: true, high_included: false, whole: false }
    }
    /// `(low, high]`.
    #[must_use]
    pub const fn up_to(low: f64, high: f64) -> Self {
        Interval { low, high, low_included: false, high_included: true, whole: false }
    }
    /// `low, low + 1, …, high`.
    #[must_use]
    pub const fn whole(low: f64, high: f64) -> Self {
        Interval { low, high, low_included: true, high_included: true, whole: true }
    }
    /// Whether `x` belongs to it; NaN never does.
    #[must_use]
    pub fn contains(&self, x: f64) -> bool {
        let low = if self.low_included { x >= self.low } else { x > self.low };
        let high = if self.high_included { x <= self.high } else { x < self.high };
        low && high && (!self.whole || x.fract() == 0.0)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.whole {
            f.write_str("whole numbers in ")?;
        }
        let left = if self.low_included { '[' } else { '(' };
        let right = if self.high_included { ']' } else { ')' };
        write!(f, "{left}{}, {}{right}", plain(self.low), plain(self.high))
    }
}

/// What a parameter may be: a number in an interval, one of some words, or a list of such numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domain {
    /// The numbers that are allowed, if any.
    pub interval: Option<Interval>,
    /// The words that are allowed.
    pub words: &'static [&'static str],
    /// Whether a list of numbers of the interval is meant instead of one number.
    pub list: bool,
}

impl Domain {
    /// Numbers of an interval.
    #[must_use]
    pub const fn number(interval: Interval) -> Self {
        Domain { interval: Some(interval), words: &[], list: false }
    }
    /// One of these words.
    #[must_use]
    pub const fn words(words: &'static [&'static str]) -> Self {
        Domain { interval: None, words, list: false }
    }
    /// `true` or `false`.
    #[must_use]
    pub const fn flag() -> Self {
        Domain::words(&["true", "false"])
    }
    /// A list of numbers of an interval.
    #[must_use]
    pub const fn list(interval: Interval) -> Self {
        Domain { interval: Some(interval), words: &[], list: true }
    }
    /// The same, or one of these words.
    #[must_use]
    pub const fn or(self, words: &'static [&'static str]) -> Self {
        Domain { words, ..self }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(interval) = &self.interval {
            if self.list {
                f.write_str("a list of numbers in ")?;
            }
            write!(f, "{interval}")?;
            separator = " or ";
        }
        for word in self.words {
            write!(f, "{separator}{word}")?;
            separator = " or ";
        }
        Ok(())
    }
}

/// What an element of the data may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DataDomain {
    /// Any number, infinities included where the exact limit exists.
    Real,
    /// Numbers of an interval.
    Within(Interval),
    /// Truth values: 0 is false, any other number true.
    Truth,
    /// −1 or 1.
    Signs,
    /// 0 or 1.
    Binary,
    /// A class label 0, 1, …, or a row of probabilities over the classes.
    ClassOrProbabilities,
    /// Non-negative rows that sum to 1.
    Probabilities,
}

impl DataDomain {
    /// Probabilities of one event.
    pub const UNIT: DataDomain = DataDomain::Within(Interval::closed(0.0, 1.0));

    /// Whether one element may be `x`; NaN never.
    #[must_use]
    #[inline(always)]
    pub fn contains(&self, x: f64) -> bool {
        match self {
            DataDomain::Real | DataDomain::Truth => !x.is_nan(),
            DataDomain::Within(interval) => interval.contains(x),
            DataDomain::Signs => x == 1.0 || x == -1.0,
            DataDomain::Binary => x == 0.0 || x == 1.0,
            DataDomain::ClassOrProbabilities | DataDomain::Probabilities => x >= 0.0,
        }
    }
}

impl fmt::Display for DataDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DataDomain::Real => f.write_str("numbers"),
            DataDomain::Within(interval) => write!(f, "numbers in {interval}"),
            DataDomain::Truth => f.write_str("numbers, of which those other than 0 are true"),
            DataDomain::Signs => f.write_str("-1 or 1"),
            DataDomain::Binary => f.write_str("0 or 1"),
            DataDomain::ClassOrProbabilities => f.write_str("a class label or a row of probabilities"),
            DataDomain::Probabilities => f.write_str("non-negative rows that sum to 1"),
        }
    }
}
