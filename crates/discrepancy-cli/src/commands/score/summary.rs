//! What was found: exact sums for each segment and in total.

use super::interval::Interval;
use discrepancy::sums::Moments;
use discrepancy_sql::Histogram;
use std::cmp::Ordering;

/// The rows that have the same values in the columns of `--by`; the total has all.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    /// The values; `None` is NULL.
    pub(super) key: Vec<Option<String>>,
    /// How many rows were scored.
    pub(super) rows: u64,
    /// How many rows had a NULL and were not.
    pub(super) skipped: u64,
    /// The exact sums of each loss.
    pub(super) moments: Vec<Moments>,
}

/// A mean with its uncertainty. `None` is what cannot be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    pub(super) mean: Option<f64>,
    /// From two rows on, unless the mean is infinite.
    pub(super) standard_error: Option<f64>,
    /// Of 95 %, as [`Interval`] makes it.
    pub(super) interval: Option<(f64, f64)>,
}

impl Segment {
    pub(super) fn new(key: Vec<Option<String>>, losses: usize) -> Self {
        Segment { key, rows: 0, skipped: 0, moments: vec![Moments::new(); losses] }
    }

    /// Adds the rows of another.
    pub(super) fn merge(&mut self, other: &Segment) {
        self.rows += other.rows;
        self.skipped += other.skipped;
        self.moments.iter_mut().zip(&other.moments).for_each(|(mine, theirs)| mine.merge(theirs));
    }

    /// The mean of a loss, with an interval of a kind.
    pub(super) fn estimate(&self, loss: usize, kind: Interval, weighted: bool) -> Estimate {
        let mean = self.moments[loss].mean().ok();
        let standard_error = self.moments[loss].standard_error().filter(|error| error.is_finite());
        let interval = mean.and_then(|mean| kind.around(mean, standard_error, self.rows, weighted));
        Estimate { mean, standard_error, interval }
    }
}

/// What only the report shows.
#[derive(Clone, Debug)]
pub(super) struct Details {
    /// The spread of each loss.
    pub(super) histograms: Vec<Histogram>,
    /// With two classes: bins of equal width of the predicted probability.
    pub(super) calibration: Option<Vec<Bin>>,
}

impl Details {
    pub(super) fn new(losses: usize) -> Self {
        Details { histograms: vec![Histogram::new(); losses], calibration: None }
    }
}

/// The rows whose predicted probability lies in one bin.
#[derive(Clone, Debug, Default)]
pub(super) struct Bin {
    pub(super) rows: u64,
    /// The predicted probabilities.
    pub(super) predicted: Moments,
    /// 1 for the positive class, 0 for the other.
    pub(super) observed: Moments,
}

/// The place of a value among others: numbers by size, then texts, then NULL, whatever type the column has.
#[derive(Clone, Debug)]
pub(super) struct Key(Option<(Option<f64>, String)>);

impl Key {
    pub(super) fn new(value: Option<&str>) -> Self {
        Key(value.map(|text| (text.parse().ok(), text.to_owned())))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Some((a, s)), Some((b, t))) => {
                let numbers = match (a, b) {
                    (Some(a), Some(b)) => a.total_cmp(b),
                    (a, b) => b.is_some().cmp(&a.is_some()),
                };
                numbers.then_with(|| s.cmp(t))
            }
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
}
impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Key {}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn numbers_then_texts_then_null() {
        let ordered = [Some("-1"), Some("2"), Some("2.0"), Some("10"), Some(""), Some("a"), Some("b"), None];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                assert_eq!(Key::new(*a).cmp(&Key::new(*b)), i.cmp(&j), "{a:?} {b:?}");
            }
        }
    }
}
