use super::permutation::SplitMix64;
use super::{PermutationTest, SampleStatistic};
use crate::catalog::{Arguments, DataDomain, Domain, Entry, Interval, ParameterType, Value};
use crate::distances::pair::{Wide, finite, square, total, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::number::{Real, Twofold};
use rayon::prelude::*;

crate::entry! {
    /// Squared maximum mean discrepancy: how far two samples are apart in the space of a kernel.
    ///
    /// Kernels, with r the Euclidean distance: `rbf` exp(−r²/2σ²), `laplace` exp(−r/σ),
    /// `inverse_multiquadric` 1/√(1 + r²/σ²), `polynomial` (x·y/σ² + 1)³, `energy` −r (the energy distance).
    /// Time grows with the square of the rows, memory does not: the matrix of the kernel is never stored.
    MaximumMeanDiscrepancy("maximum_mean_discrepancy") in Sample as Sample {
        /// The kernel.
        kernel: Word = Value::Word("rbf"), Domain::words(&["rbf", "laplace", "inverse_multiquadric", "polynomial", "energy"]);
        /// σ, or `median`: the median distance of all pairs of different rows of both samples together, the mean
        /// of the middle two where their number is even.
        bandwidth: Bandwidth = Value::Word("median"), Domain::number(Interval::open(0.0, f64::INFINITY)).or(&["median"]);
        /// `biased` (never negative, short of 2^-98 of the kernel) counts each row with itself, `unbiased` does not, `linear` averages over
        /// successive pairs of rows and needs samples of one size.
        estimator: Word = Value::Word("unbiased"), Domain::words(&["biased", "unbiased", "linear"]);
    }
    aliases: ["mmd"];
    formula: r"\mathbb{E} k(x, x') + \mathbb{E} k(y, y') - 2 \mathbb{E} k(x, y)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric];
    source: "Gretton, Borgwardt, Rasch, Schölkopf, Smola 2012, JMLR 13:723-773";
}

/// One of a parameter's words.
pub type Word = &'static str;

impl ParameterType for Word {
    fn from_value(value: &Value) -> Option<Word> {
        if let Value::Word(word) = value { Some(word) } else { None }
    }
    fn to_value(&self) -> Value {
        Value::Word(self)
    }
}

/// The width of a kernel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bandwidth {
    /// From the data.
    Median,
    /// This width.
    Number(f64),
}
impl From<f64> for Bandwidth {
    fn from(x: f64) -> Self {
        Bandwidth::Number(x)
    }
}
impl ParameterType for Bandwidth {
    fn from_value(value: &Value) -> Option<Bandwidth> {
        Some(if let Value::Number(x) = value { Bandwidth::Number(*x) } else { Bandwidth::Median })
    }
    fn to_value(&self) -> Value {
        if let Bandwidth::Number(x) = self { Value::Number(*x) } else { Value::Word("median") }
    }
}

/// Tiles of rows: their number is fixed, so the order of summation does not depend on threads.
const TILES: usize = 64;

/// Both samples, one behind the other.
struct Pooled {
    data: Vec<f64>,
    dimension: usize,
    /// Rows of the first sample.
    n: usize,
    /// Rows of the second sample.
    m: usize,
}

fn squared_distance(x: &[f64], y: &[f64]) -> Wide {
    total(x.iter().zip(y).map(|(x, y)| square(Twofold::sum(*x, -*y))))
}

impl Pooled {
    fn row(&self, i: usize) -> &[f64] {
        &self.data[i * self.dimension..(i + 1) * self.dimension]
    }
    fn rows(&self) -> usize {
        self.n + self.m
    }
    fn distance(&self, i: usize, j: usize) -> f64 {
        squared_distance(self.row(i), self.row(j)).sqrt().round_to_machine()
    }
    /// How many pairs are at most this far apart.
    fn count(&self, limit: f64) -> usize {
        let row = |i: usize| (0..i).filter(|j| self.distance(i, *j) <= limit).count();
        (0..self.rows()).into_par_iter().map(row).sum()
    }
    /// The distance that `rank` pairs stay below, by bisection over the bits of a float: no list of distances.
    fn ranked(&self, rank: usize) -> f64 {
        let (mut low, mut high) = (0, f64::MAX.to_bits());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.count(f64::from_bits(middle)) > rank { high = middle } else { low = middle + 1 }
        }
        f64::from_bits(low)
    }
    fn median(&self) -> f64 {
        let pairs = self.rows() * (self.rows() - 1) / 2;
        let upper = self.ranked(pairs / 2);
        if pairs % 2 == 1 { upper } else { (upper + self.ranked(pairs / 2 - 1)) / 2.0 }
    }
}

/// Sums of the kernel within the first sample, within the second, and between them.
type Sums = [Wide; 3];

impl MaximumMeanDiscrepancy {
    fn error(&self, kind: ErrorKind, argument: &str, allowed: &str) -> Error {
        Error::new(kind, Self::ENTRY.name, argument, allowed)
    }
    fn pool(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<(Pooled, f64)> {
        for (argument, data) in [("x", x), ("y", y)] {
            if dimension == 0 || !data.len().is_multiple_of(dimension) {
                return Err(self.error(ErrorKind::Shape, argument, "whole rows").value(data.len()));
            }
            let least = if self.estimator == "biased" { 1 } else { 2 };
            if data.len() / dimension < least {
                return Err(self.error(ErrorKind::NoContributingRows, argument, &format!("at least {least} rows")));
            }
            finite(Self::ENTRY.name, argument, data)?;
        }
        if self.estimator == "linear" && x.len() != y.len() {
            return Err(self.error(ErrorKind::Shape, "y", "as many rows as x").value(y.len() / dimension));
        }
        let pooled = Pooled { data: [x, y].concat(), dimension, n: x.len() / dimension, m: y.len() / dimension };
        let bandwidth = match self.bandwidth {
            Bandwidth::Number(x) => x,
            Bandwidth::Median if self.kernel == "energy" => 1.0,
            Bandwidth::Median => pooled.median(),
        };
        if bandwidth > 0.0 && bandwidth.is_finite() {
            return Ok((pooled, bandwidth));
        }
        Err(self.error(ErrorKind::Domain, "bandwidth", "samples whose median distance is positive").value(bandwidth))
    }
    /// The kernel.
    fn kernel_of(&self, x: &[f64], y: &[f64], bandwidth: f64) -> Wide {
        let width = Twofold::product(bandwidth, bandwidth);
        match self.kernel {
            "polynomial" => {
                let product = total(x.iter().zip(y).map(|(x, y)| Twofold::product(*x, *y)));
                (product / width + 1.0).power(3.0)
            }
            "laplace" => (-squared_distance(x, y).sqrt() / bandwidth).exp(),
            "inverse_multiquadric" => wide(1.0) / (squared_distance(x, y) / width + 1.0).sqrt(),
            "energy" => -squared_distance(x, y).sqrt(),
            _ => (-squared_distance(x, y) / width * 0.5).exp(),
        }
    }
    /// Adds `weight` times the kernel's gradient in `x`.
    fn add_slope(&self, x: &[f64], y: &[f64], bandwidth: f64, weight: Wide, sums: &mut [Wide]) {
        let width = Twofold::product(bandwidth, bandwidth);
        let kernel = self.kernel_of(x, y, bandwidth);
        if self.kernel == "polynomial" {
            let product = total(x.iter().zip(y).map(|(x, y)| Twofold::product(*x, *y)));
            let factor = (product / width + 1.0).square() * 3.0 / width * weight;
            sums.iter_mut().zip(y).for_each(|(sum, y)| *sum = *sum + factor * *y);
            return;
        }
        let distance = squared_distance(x, y).sqrt();
        if distance.high == 0.0 {
            // Smooth kernels are flat here; at the tip of the others the subgradient of least norm is zero.
            return;
        }
        let factor = weight
            * match self.kernel {
                "laplace" => -kernel / (distance * bandwidth),
                "inverse_multiquadric" => -kernel.power(3.0) / width,
                "energy" => wide(-1.0) / distance,
                _ => -kernel / width,
            };
        let step = |(sum, (x, y)): (&mut Wide, (&f64, &f64))| *sum = *sum + factor * Twofold::sum(*x, -*y);
        sums.iter_mut().zip(x.iter().zip(y)).for_each(step);
    }
    /// The statistic for each order of the pooled rows; the first `n` of an order are the first sample.
    fn statistics(&self, pooled: &Pooled, bandwidth: f64, orders: &[Vec<usize>]) -> Vec<f64> {
        let kernel = |i: usize, j: usize| self.kernel_of(pooled.row(i), pooled.row(j), bandwidth);
        let (n, m) = (pooled.n, pooled.m);
        if self.estimator == "linear" {
            let one = |order: &Vec<usize>| {
                let term = |i: usize| {
                    let (x, x2, y, y2) = (order[2 * i], order[2 * i + 1], order[n + 2 * i], order[n + 2 * i + 1]);
                    kernel(x, x2) + kernel(y, y2) - kernel(x, y2) - kernel(x2, y)
                };
                (total((0..n / 2).map(term)) / (n / 2) as f64).round_to_machine()
            };
            return orders.par_iter().map(one).collect();
        }
        let mut first = vec![vec![false; n + m]; orders.len()];
        first.iter_mut().zip(orders).for_each(|(side, order)| order[..n].iter().for_each(|i| side[*i] = true));
        let group = |side: &[bool], i: usize, j: usize| match (side[i], side[j]) {
            (true, true) => 0,
            (false, false) => 1,
            _ => 2,
        };
        let biased = self.estimator == "biased";
        let tile = |tile: usize| {
            let mut sums: Vec<Sums> = vec![[wide(0.0); 3]; orders.len()];
            for i in (tile..n + m).step_by(TILES) {
                for j in if biased { 0..i + 1 } else { 0..i } {
                    // A pair counts in both orders, a row with itself once.
                    let k = if i == j { kernel(i, j) * 0.5 } else { kernel(i, j) };
                    for (sums, side) in sums.iter_mut().zip(&first) {
                        let sum = &mut sums[group(side, i, j)];
                        *sum = *sum + k;
                    }
                }
            }
            sums
        };
        let tiles: Vec<Vec<Sums>> = (0..TILES).into_par_iter().map(tile).collect();
        let (n, m) = (n as f64, m as f64);
        let less = if biased { 0.0 } else { 1.0 };
        let one = |order: usize| {
            let [xx, yy, xy] = [0, 1, 2].map(|g| total(tiles.iter().map(|tile| tile[order][g])));
            let within = xx / (n * (n - less)) + yy / (m * (m - less));
            ((within - xy / (n * m)) * 2.0).round_to_machine()
        };
        (0..orders.len()).map(one).collect()
    }
}

impl SampleStatistic for MaximumMeanDiscrepancy {
    fn entry(&self) -> &'static Entry {
        Self::ENTRY
    }
    fn arguments(&self) -> Arguments {
        self.parameter_values()
    }
    fn value(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<f64> {
        let (pooled, bandwidth) = self.pool(x, y, dimension)?;
        let order = (0..pooled.rows()).collect();
        Ok(self.statistics(&pooled, bandwidth, &[order])[0])
    }
    fn gradient(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<Vec<f64>> {
        let (pooled, bandwidth) = self.pool(x, y, dimension)?;
        let (n, m) = (pooled.n as f64, pooled.m as f64);
        let less = if self.estimator == "biased" { 0.0 } else { 1.0 };
        let row = |i: usize| {
            let mut sums = vec![wide(0.0); dimension];
            let mut add = |j: usize, weight: Wide| {
                self.add_slope(pooled.row(i), pooled.row(j), bandwidth, weight, &mut sums);
            };
            if self.estimator == "linear" {
                let other = i ^ 1;
                if i.max(other) < pooled.n / 2 * 2 {
                    let weight = wide(1.0) / (pooled.n / 2) as f64;
                    add(other, weight);
                    add(pooled.n + other, -weight);
                }
            } else {
                let within = wide(2.0) / (n * (n - less));
                let between = wide(-2.0) / (n * m);
                (0..pooled.n).filter(|j| *j != i || less == 0.0).for_each(|j| add(j, within));
                (pooled.n..pooled.rows()).for_each(|j| add(j, between));
            }
            sums.into_iter().map(Wide::round_to_machine).collect::<Vec<f64>>()
        };
        let rows: Vec<Vec<f64>> = (0..pooled.n).into_par_iter().map(row).collect();
        Ok(rows.concat())
    }
    fn permutation_test(
        &self,
        x: &[f64],
        y: &[f64],
        dimension: usize,
        permutations: usize,
        seed: u64,
    ) -> Result<PermutationTest> {
        let (pooled, bandwidth) = self.pool(x, y, dimension)?;
        let mut random = SplitMix64(seed);
        let mut orders: Vec<Vec<usize>> = vec![(0..pooled.rows()).collect(); permutations + 1];
        orders[1..].iter_mut().for_each(|order| random.shuffle(order));
        let statistics = self.statistics(&pooled, bandwidth, &orders);
        let reached = statistics[1..].iter().filter(|s| **s >= statistics[0]).count();
        let p_value = (1 + reached) as f64 / (1 + permutations) as f64;
        Ok(PermutationTest { statistic: statistics[0], p_value, bandwidth })
    }
}
