//! Permutations from a seed, the same on every machine: SplitMix64 (Steele, Lea, Flood 2014,
//! doi:10.1145/2660193.2660195) and the shuffle of Fisher and Yates.

use crate::error::{Error, ErrorKind, Result};
use crate::stop::{self, Stop};
use rayon::prelude::*;

/// The result of a permutation test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PermutationTest {
    /// The statistic of the samples as given.
    pub statistic: f64,
    /// `(1 + k) / (1 + permutations)`, k of which reached the statistic: never 0, and at most α with probability α
    /// where both samples are from one distribution (B. Phipson, G. K. Smyth 2010, doi:10.2202/1544-6115.1585).
    pub p_value: f64,
}

impl PermutationTest {
    /// Of the statistic as given, and of how many permutations reached it.
    pub(crate) fn new(statistic: f64, reached: usize, permutations: usize) -> Self {
        PermutationTest { statistic, p_value: (1 + reached) as f64 / (1 + permutations) as f64 }
    }
}

/// More permutations are a mistake.
const MOST: u64 = 1 << 32;
/// So many permutations are held at a time, of few rows: their number is no matter of memory.
const TOGETHER: usize = 1 << 10;
/// So many rows of permutations are held at a time.
const ROWS: usize = 1 << 26;

/// Whether so many permutations can be made.
pub(crate) fn check(function: &str, permutations: usize) -> Result<()> {
    if permutations as u64 <= MOST {
        return Ok(());
    }
    let allowed = format!("whole numbers in [0, {MOST}]");
    Err(Error::new(ErrorKind::Domain, function, "permutations", allowed).value(permutations))
}

/// How many permutations reach the statistic: `statistics` gives those of some of them, by their indices.
pub(crate) fn reached(
    statistic: f64,
    permutations: usize,
    rows: usize,
    statistics: impl Fn(std::ops::Range<usize>) -> Result<Vec<f64>>,
) -> Result<usize> {
    let (mut reached, together) = (0, (ROWS / rows.max(1)).clamp(1, TOGETHER));
    for start in (0..permutations).step_by(together) {
        stop::look();
        let some = statistics(start..permutations.min(start + together))?;
        reached += some.iter().filter(|s| **s >= statistic).count();
    }
    Ok(reached)
}

/// The `index`-th random division of `n + m` rows into `n` and `m`: the first `n` of the list are the first sample.
pub(crate) fn division(n: usize, m: usize, seed: u64, index: usize) -> Vec<usize> {
    // A generator of its own for each, so that they need not be made in order.
    let mut seeds = SplitMix64(seed.wrapping_add(STEP.wrapping_mul(index as u64)));
    let mut order: Vec<usize> = (0..n + m).collect();
    SplitMix64(seeds.next_bits()).shuffle(&mut order);
    order
}

/// The test of any statistic of two samples.
pub(crate) fn test(
    function: &str,
    value: impl Fn(&[f64], &[f64]) -> Result<f64> + Sync,
    (x, y): (&[f64], &[f64]),
    dimension: usize,
    permutations: usize,
    seed: u64,
) -> Result<PermutationTest> {
    check(function, permutations)?;
    // The statistic itself checks the samples.
    let statistic = value(x, y)?;
    let (n, m) = (x.len() / dimension, y.len() / dimension);
    let pooled = [x, y].concat();
    let stop = Stop::current();
    let permuted = |index: usize| {
        stop::look();
        let mut order = division(n, m, seed, index);
        // In the order of the input, so that a division that occurs again gives the same bits again.
        let (first, second) = order.split_at_mut(n);
        first.sort_unstable();
        stop::look();
        second.sort_unstable();
        stop::look();
        let row = |i: &usize| &pooled[i * dimension..(i + 1) * dimension];
        let gather = |rows: &[usize]| rows.iter().flat_map(row).copied().collect::<Vec<f64>>();
        value(&gather(first), &gather(second))
    };
    let some = |range: std::ops::Range<usize>| {
        let helping = |index| stop::helping(stop.as_ref(), || permuted(index));
        range.into_par_iter().map(helping).collect::<Vec<Result<f64>>>().into_iter().collect()
    };
    Ok(PermutationTest::new(statistic, reached(statistic, permutations, n + m, some)?, permutations))
}

/// The odd constant of SplitMix64, 2^64 over the golden ratio.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct SplitMix64(pub u64);

impl SplitMix64 {
    /// The next 64 bits.
    pub fn next_bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// A number below `bound`, each with the same probability: what would favour some is drawn again.
    pub fn below(&mut self, bound: u64) -> u64 {
        let unfair = bound.wrapping_neg() % bound;
        loop {
            let wide = u128::from(self.next_bits()) * u128::from(bound);
            if wide as u64 >= unfair {
                return (wide >> 64) as u64;
            }
        }
    }
    /// Shuffles.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            stop::look_at(i);
            items.swap(i, self.below(i as u64 + 1) as usize);
        }
    }
}
