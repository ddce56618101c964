//! How values are spread: exact counts on a fixed grid, so that partial results merge.

use crate::arguments::external;
use crate::columns::widen;
use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::Accumulator;
use discrepancy::{Error, ErrorKind};
use std::collections::BTreeMap;

/// Each octave is cut into 2^5 equal bins.
const MANTISSA_BITS: u32 = 5;
/// The bits of an `f64` that do not matter for its bin.
const SHIFT: u32 = 52 - MANTISSA_BITS;
const MAGIC: [u8; 4] = *b"dcH1";

/// Counts of values in bins 1/32 of an octave wide, whatever the range.
///
/// The grid does not depend on the data, so counts of partitions and files add up exactly, in any order. Each bin of
/// equal width 2^k that covers at most 64 such widths from 0 is a union of these bins: see [`Histogram::equal_bins`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// By the leading bits of the value; below zero by the complement of those of its magnitude.
    counts: BTreeMap<i32, u64>,
}

/// Bins of equal width: `counts[i]` values lie between `start + i * width` and `start + (i + 1) * width`.
#[derive(Clone, Debug, PartialEq)]
pub struct EqualBins {
    /// Where the first bin starts; a multiple of the width.
    pub start: f64,
    /// A power of two.
    pub width: f64,
    /// How many values each bin has.
    pub counts: Vec<u64>,
    /// How many values are infinite.
    pub infinite: u64,
}

fn key(value: f64) -> i32 {
    let magnitude = (value.abs().to_bits() >> SHIFT) as i32;
    if value < 0.0 { !magnitude } else { magnitude }
}

/// Where a bin of non-negative values starts.
fn edge(key: i32) -> f64 {
    f64::from_bits((key as u64) << SHIFT)
}

impl Histogram {
    /// No values.
    #[must_use]
    pub fn new() -> Self {
        Histogram::default()
    }

    /// Counts a value.
    pub fn push(&mut self, value: f64) {
        *self.counts.entry(key(value)).or_default() += 1;
    }

    /// Adds the counts of another partial result.
    pub fn merge(&mut self, other: &Histogram) {
        for (key, count) in &other.counts {
            *self.counts.entry(*key).or_default() += count;
        }
    }

    /// How many values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The finite values in at most 64 bins of equal width on each side of zero; `None` where there are none.
    #[must_use]
    pub fn equal_bins(&self) -> Option<EqualBins> {
        let infinity = key(f64::INFINITY);
        let is_finite = |key: i32| key != infinity && key != !infinity;
        let finite: Vec<(i32, u64)> =
            self.counts.iter().filter(|(key, _)| is_finite(**key)).map(|(key, count)| (*key, *count)).collect();
        // The end of the bin farthest from zero.
        let reach = finite.iter().map(|(key, _)| edge((*key).max(!*key) + 1)).reduce(f64::max)?;
        // reach ≤ 64 width, so that from half the reach on, where the bins are widest, they are 1 width wide. The
        // smallest width keeps 64 widths above the subnormal numbers, which are not cut by octaves.
        let exponent = (reach / 64.0).max(f64::MIN_POSITIVE).log2().ceil();
        let width = exponent.exp2();
        let place = |key: i32| {
            if key >= 0 { (edge(key) / width).floor() } else { -(edge(!key) / width).floor() - 1.0 }
        };
        let places: Vec<f64> = finite.iter().map(|(key, _)| place(*key)).collect();
        let (first, last) = (places.first()?.min(0.0), places.last()?.max(0.0));
        let mut counts = vec![0; (last - first) as usize + 1];
        for (place, (_, count)) in places.iter().zip(&finite) {
            counts[(place - first) as usize] += count;
        }
        let infinite = self.count() - counts.iter().sum::<u64>();
        Some(EqualBins { start: first * width, width, counts, infinite })
    }

    /// A versioned form for other processes: equal partial results give equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let pairs = self.counts.iter().flat_map(|(key, count)| {
            let (key, count) = (key.to_le_bytes(), count.to_le_bytes());
            key.into_iter().chain(count)
        });
        MAGIC.into_iter().chain(pairs).collect()
    }

    /// Reads what [`Histogram::to_bytes`] wrote; anything else is [`ErrorKind::Corrupt`].
    pub fn from_bytes(bytes: &[u8]) -> discrepancy::Result<Self> {
        let corrupt = |allowed: &str| Error::new(ErrorKind::Corrupt, "Histogram", "bytes", allowed);
        let mut rest = bytes.strip_prefix(&MAGIC).ok_or_else(|| corrupt("state of version 1"))?;
        let mut counts = BTreeMap::new();
        while !rest.is_empty() {
            let whole = || corrupt("complete state");
            let (key, tail) = rest.split_first_chunk::<4>().ok_or_else(whole)?;
            let (count, tail) = tail.split_first_chunk::<8>().ok_or_else(whole)?;
            if counts.insert(i32::from_le_bytes(*key), u64::from_le_bytes(*count)).is_some() {
                return Err(corrupt("each bin once"));
            }
            rest = tail;
        }
        Ok(Histogram { counts })
    }
}

/// The state of the aggregate. Groups are few where a histogram is asked for: the engine keeps one of these for each.
#[derive(Debug, Default)]
pub(crate) struct HistogramState(Histogram);

impl Accumulator for HistogramState {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(column) = values.first() else { return internal_err!("a histogram is of one column") };
        widen("histogram", "value", column)?.iter().flatten().for_each(|value| self.0.push(value));
        Ok(())
    }
    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(states) = states.first().and_then(|column| column.as_binary_opt::<i32>()) else {
            return internal_err!("the state of a histogram is one binary column");
        };
        for bytes in states.iter().flatten() {
            self.0.merge(&Histogram::from_bytes(bytes).map_err(external)?);
        }
        Ok(())
    }
    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }
    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Binary(Some(self.0.to_bytes())))
    }
    fn size(&self) -> usize {
        // A leaf of the tree holds some six of eleven places.
        size_of_val(self) + self.0.counts.len() * 2 * size_of::<(i32, u64)>()
    }
}

#[cfg(test)]
mod tests {
    use super::Histogram;

    #[test]
    fn equal_bins_count_exactly() {
        for scale in [1.0, 3.7e-5, 8.1e200, 5e-324] {
            let values: Vec<f64> = (-300_i32..3000).map(|i| f64::from(i * i * i.signum()) * scale / 7.0).collect();
            let mut whole = Histogram::new();
            values.iter().for_each(|value| whole.push(*value));
            let bins = whole.equal_bins().unwrap_or_else(|| unreachable!("there are values"));
            assert!(bins.counts.len() <= 128, "{bins:?}");
            for (i, count) in bins.counts.iter().enumerate() {
                let (low, high) = (bins.start + i as f64 * bins.width, bins.start + (i + 1) as f64 * bins.width);
                // Below zero the far end belongs to the next bin.
                let inside =
                    |v: &&f64| if low < 0.0 { **v > low && **v <= high && **v < 0.0 } else { **v >= low && **v < high };
                assert_eq!(values.iter().filter(inside).count() as u64, *count, "[{low}, {high}) at scale {scale}");
            }
        }
    }

    #[test]
    fn partial_results_merge_and_travel() {
        let (mut whole, mut left, mut right) = (Histogram::new(), Histogram::new(), Histogram::new());
        for i in 0..100 {
            let value = f64::from(i - 20) / 3.0;
            whole.push(value);
            if i % 3 == 0 { left.push(value) } else { right.push(value) }
        }
        whole.push(f64::INFINITY);
        right.push(f64::INFINITY);
        right.merge(&left);
        assert_eq!(right, whole);
        assert_eq!(right.equal_bins().map(|bins| bins.infinite), Some(1));
        let bytes = whole.to_bytes();
        assert_eq!(Histogram::from_bytes(&bytes), Ok(whole));
        for length in 0..bytes.len() {
            // Cut between two bins it is a shorter histogram.
            assert_eq!(Histogram::from_bytes(&bytes[..length]).is_ok(), length >= 4 && (length - 4) % 12 == 0);
        }
        assert!(Histogram::new().equal_bins().is_none());
    }
}
