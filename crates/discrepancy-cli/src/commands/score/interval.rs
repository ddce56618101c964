//! 95 % intervals of means that stay where means can be.

use discrepancy::catalog::{Entry, Property};

/// The 97.5 % point of the standard normal distribution.
pub(super) const NORMAL_975: f64 = 1.959_963_984_540_054;

/// How an interval is made. All are approximations for independent rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interval {
    /// Of a rate: Wilson 1927, doi:10.1080/01621459.1927.10502953. Between 0 and 1, also where all rows are alike.
    Wilson,
    /// Of a mean of numbers that are not negative: normal for its logarithm (delta method), above 0.
    LogNormal,
    /// Of any mean: normal.
    Normal,
}

impl Interval {
    /// The one that fits a loss.
    pub(super) fn of(entry: &Entry) -> Interval {
        // A loss of rows that has bounds and no derivative counts misses.
        if entry.is(Property::Bounded) && entry.is(Property::NotDifferentiable) {
            Interval::Wilson
        } else if entry.is(Property::NonNegative) {
            Interval::LogNormal
        } else {
            Interval::Normal
        }
    }

    /// In output for programs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Interval::Wilson => "wilson",
            Interval::LogNormal => "log-normal",
            Interval::Normal => "normal",
        }
    }

    /// From the mean, its standard error if that is known, and the number of rows; `weighted` if they count unequally.
    pub(super) fn around(self, mean: f64, error: Option<f64>, rows: u64, weighted: bool) -> Option<(f64, f64)> {
        if !mean.is_finite() {
            return None;
        }
        match self {
            Interval::Wilson => Some(wilson(mean, error.filter(|_| weighted), rows)),
            Interval::LogNormal if mean > 0.0 => {
                let factor = (NORMAL_975 * (error? / mean)).exp();
                Some((mean / factor, mean * factor))
            }
            // Zero has no logarithm, and nothing lies below it.
            Interval::LogNormal => Some((mean, mean + NORMAL_975 * error?)),
            Interval::Normal => {
                let half = NORMAL_975 * error?;
                Some((mean - half, mean + half))
            }
        }
    }
}

/// Wilson's interval of a rate. Weighted rows count as many as equal ones with the same standard error.
pub(super) fn wilson(rate: f64, weighted_error: Option<f64>, rows: u64) -> (f64, f64) {
    let variance = rate * (1.0 - rate);
    // Where all rows are alike no error tells how many equal ones they are.
    let equal = weighted_error.filter(|error| *error > 0.0 && variance > 0.0).map(|error| variance / (error * error));
    let (z, n) = (NORMAL_975, equal.unwrap_or(rows as f64));
    let share = 1.0 + z * z / n;
    let middle = (rate + z * z / (2.0 * n)) / share;
    let half = z * (variance / n + z * z / (4.0 * n * n)).sqrt() / share;
    // Rounding must part neither end from what it bounds.
    ((middle - half).clamp(0.0, rate), (middle + half).clamp(rate, 1.0))
}

#[cfg(test)]
mod tests {
    use super::Interval;
    use discrepancy::catalog::{self, Measure, Property};

    /// Wilson's of 3, 0 and 10 of 10, with the formula written out in Python.
    #[test]
    fn wilsons_interval() {
        let cases = [
            (0.3, 0.107_791_267_406_301, 0.603_221_852_538_854_6),
            (0.0, 0.0, 0.277_532_799_862_889_2),
            (1.0, 0.722_467_200_137_110_7, 1.0),
        ];
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-14 * b;
        for (rate, low, high) in cases {
            let found = Interval::Wilson.around(rate, None, 10, false).unwrap_or_default();
            assert!(near(found.0, low) && near(found.1, high), "{rate}: {found:?}");
        }
    }

    /// Whatever the loss: an interval holds its mean, and nothing that the mean cannot be.
    #[test]
    fn intervals_stay_where_means_can_be() {
        for entry in catalog::entries() {
            let measure = entry.make(&entry.defaults()).unwrap_or_else(|e| unreachable!("{e}"));
            if !matches!(measure, Measure::Pointwise(_) | Measure::Row(_)) {
                continue;
            }
            let interval = Interval::of(entry);
            for mean in [0.0, 1e-300, 1e-3, 0.5, 1.0] {
                for error in [0.0, 1e-5, 0.3, 100.0] {
                    for weighted in [false, true] {
                        let Some((low, high)) = interval.around(mean, Some(error), 7, weighted) else { continue };
                        assert!(low <= mean && mean <= high, "{}: {low} {mean} {high}", entry.name);
                        assert!(low >= 0.0 || !entry.is(Property::NonNegative), "{}: {low}", entry.name);
                        assert!(high <= 1.0 || interval != Interval::Wilson, "{}: {high}", entry.name);
                    }
                }
            }
        }
    }
}
