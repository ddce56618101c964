use super::permutation::{self, division};
use super::points::{Difference, check_points, lifted};
use super::{PermutationTest, SampleStatistic};
use crate::catalog::{DataDomain, Domain, Interval, ParameterType, Value};
use crate::distances::pair::{Wide, exponent, scaled, total, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::number::{Real, Twofold};
use crate::stop::Stop;
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
        /// of the middle two where their number is even; or `aggregated`: the kernel is the mean of five kernels, of
        /// the median times ¼, ½, 1, 2 and 4, so that differences of any of these widths are seen.
        bandwidth: Bandwidth = Value::Word("median"), Domain::number(Interval::open(0.0, f64::INFINITY)).or(&["median", "aggregated"]);
        /// `biased` (never negative, short of 2^-98 of the kernel) counts each row with itself, `unbiased` does not, `linear` averages over
        /// successive pairs of rows and needs samples of one size.
        estimator: Word = Value::Word("unbiased"), Domain::words(&["biased", "unbiased", "linear"]);
    }
    aliases: ["mmd"];
    formula: r"\mathbb{E} k(x, x') + \mathbb{E} k(y, y') - 2 \mathbb{E} k(x, y)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric];
    source: "Gretton, Borgwardt, Rasch, Schölkopf, Smola 2012, JMLR 13:723-773; grid of bandwidths after Schrab et al. 2023, JMLR 24:194";
    reference: [
        "bandwidth=1,estimator=biased": [[0.0], [1.0]] => [0.7869386805747332];
        "kernel=energy": [[0.0, 1.0], [2.0, 4.0]] => [2.0];
    ];
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
    /// A grid around the median.
    Aggregated,
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
        match value {
            Value::Number(x) => Some(Bandwidth::Number(*x)),
            Value::Word("median") => Some(Bandwidth::Median),
            Value::Word("aggregated") => Some(Bandwidth::Aggregated),
            _ => None,
        }
    }
    fn to_value(&self) -> Value {
        match self {
            Bandwidth::Number(x) => Value::Number(*x),
            Bandwidth::Median => Value::Word("median"),
            Bandwidth::Aggregated => Value::Word("aggregated"),
        }
    }
}

/// The grid of `aggregated`: these powers of two times the median.
const GRID: std::ops::RangeInclusive<i32> = -2..=2;

/// A bandwidth `mantissa · 2^exponent`.
#[derive(Clone, Copy, Debug)]
struct Width {
    mantissa: f64,
    exponent: i32,
}

impl Width {
    fn new(bandwidth: f64) -> Self {
        let exponent = exponent(bandwidth);
        Width { mantissa: scaled(bandwidth, -exponent), exponent }
    }
}

/// Squares beyond which 1 does not count.
const FAR: f64 = 2e90;

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

impl Pooled {
    fn row(&self, i: usize) -> &[f64] {
        &self.data[i * self.dimension..(i + 1) * self.dimension]
    }
    fn rows(&self) -> usize {
        self.n + self.m
    }
    /// The distance that `rank` pairs stay below, some of its bits after others: no list of distances.
    fn ranked(&self, mut rank: usize) -> f64 {
        const BITS: u32 = 13;
        const BINS: usize = 1 << BITS;
        let mut bits = 0;
        let stop = Stop::current();
        for shift in (0..64).step_by(BITS as usize).rev() {
            let tile = |tile: usize| {
                let mut counts = vec![0_usize; BINS];
                for i in (tile..self.rows()).step_by(TILES) {
                    stop.iter().for_each(Stop::look);
                    for j in 0..i {
                        let distance = Difference::new(self.row(i), self.row(j)).rounded_length().to_bits();
                        // Distances are not negative: their bits are ordered as they are.
                        if distance.checked_shr(shift + BITS).unwrap_or(0) == bits {
                            counts[(distance >> shift) as usize % BINS] += 1;
                        }
                    }
                }
                counts
            };
            let add = |mut sum: Vec<usize>, other: Vec<usize>| {
                sum.iter_mut().zip(other).for_each(|(sum, count)| *sum += count);
                sum
            };
            let counts = (0..TILES).into_par_iter().map(tile).reduce(|| vec![0; BINS], add);
            let mut bin = 0;
            while bin + 1 < BINS && rank >= counts[bin] {
                rank -= counts[bin];
                bin += 1;
            }
            bits = bits << BITS | bin as u64;
        }
        f64::from_bits(bits)
    }
    fn median(&self) -> f64 {
        let pairs = self.rows() * (self.rows() - 1) / 2;
        let upper = self.ranked(pairs / 2);
        // Halved first: the sum may be beyond the floats.
        if pairs % 2 == 1 { upper } else { upper / 2.0 + self.ranked(pairs / 2 - 1) / 2.0 }
    }
}

/// Sums of the kernel within the first sample, within the second, and between them.
type Sums = [Wide; 3];

impl MaximumMeanDiscrepancy {
    fn error(&self, kind: ErrorKind, argument: &str, allowed: &str) -> Error {
        Error::new(kind, Self::ENTRY.name, argument, allowed)
    }
    fn pool(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<Pooled> {
        let least = if self.estimator == "biased" { 1 } else { 2 };
        let count = |argument: &str, rows: &[f64]| {
            let count = check_points(Self::ENTRY.name, argument, rows, dimension)?;
            if count < least {
                let allowed = format!("at least {least} rows");
                return Err(self.error(ErrorKind::NoContributingRows, argument, &allowed).value(count));
            }
            Ok(count)
        };
        let (n, m) = (count("x", x)?, count("y", y)?);
        if self.estimator == "linear" && n != m {
            return Err(self.error(ErrorKind::Shape, "y", "as many rows as x").value(m));
        }
        Ok(Pooled { data: [x, y].concat(), dimension, n, m })
    }

    /// The bandwidths whose kernels are averaged: one, or the grid of `aggregated`.
    ///
    /// ```
    /// use discrepancy::samples::{Bandwidth, MaximumMeanDiscrepancy};
    /// let mmd = MaximumMeanDiscrepancy::new("rbf", Bandwidth::Aggregated, "biased")?;
    /// assert_eq!(mmd.bandwidths(&[0.0, 1.0], &[3.0], 1)?, [0.5, 1.0, 2.0, 4.0, 8.0]);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn bandwidths(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<Vec<f64>> {
        self.bandwidths_of(&self.pool(x, y, dimension)?)
    }

    fn bandwidths_of(&self, pooled: &Pooled) -> Result<Vec<f64>> {
        let widths = match self.bandwidth {
            Bandwidth::Number(x) => vec![x],
            // Its kernel has no width.
            _ if self.kernel == "energy" => vec![1.0],
            Bandwidth::Median => vec![pooled.median()],
            Bandwidth::Aggregated => {
                let median = pooled.median();
                GRID.map(|k| scaled(median, k)).collect()
            }
        };
        match widths.iter().find(|width| !(**width > 0.0 && width.is_finite())) {
            None => Ok(widths),
            Some(bad) => {
                let allowed = "samples whose median distance is positive and finite";
                Err(self.error(ErrorKind::Domain, "bandwidth", allowed).value(bad))
            }
        }
    }

    fn widths(&self, pooled: &Pooled) -> Result<Vec<Width>> {
        Ok(self.bandwidths_of(pooled)?.into_iter().map(Width::new).collect())
    }

    /// The kernel less its value at coincidence, the mean over the widths: a constant cancels out of every statistic,
    /// and where all rows are near each other, it would hide what is left.
    fn kernel_of(&self, x: &[f64], y: &[f64], widths: &[Width]) -> Wide {
        if let [width] = widths {
            return self.shifted_kernel(x, y, *width);
        }
        total(widths.iter().map(|width| self.shifted_kernel(x, y, *width))) / widths.len() as f64
    }

    /// `k - 1` (`k` for the energy kernel, which is 0 at coincidence) of one width.
    fn shifted_kernel(&self, x: &[f64], y: &[f64], width: Width) -> Wide {
        if self.kernel == "polynomial" {
            let t = self.product(x, y, width);
            return t * (t.square() + t * 3.0 + 3.0);
        }
        let difference = Difference::new(x, y);
        match self.kernel {
            "energy" => -lifted(difference.length(), difference.exponent),
            "inverse_multiquadric" => {
                let square = ratio_squared(&difference, width);
                if square.high > FAR {
                    return inverse_multiquadric(&difference, width) - 1.0;
                }
                let root = (square + 1.0).sqrt();
                -square / (root * (root + 1.0))
            }
            _ => self.logarithm(&difference, width).exp_m1(),
        }
    }

    /// The logarithm of the `rbf` and `laplace` kernels, which are 0 below −800.
    fn logarithm(&self, difference: &Difference<'_>, width: Width) -> Wide {
        let logarithm = if self.kernel == "laplace" {
            -lifted(difference.length() / width.mantissa, difference.exponent - width.exponent)
        } else {
            ratio_squared(difference, width) * -0.5
        };
        // An infinity does not survive twofold arithmetic.
        if logarithm.high >= -800.0 { logarithm } else { wide(-800.0) }
    }

    /// `x · y / σ²`.
    fn product(&self, x: &[f64], y: &[f64], Width { mantissa, exponent }: Width) -> Wide {
        let term = |(x, y): (&f64, &f64)| Twofold::product(scaled(*x, -exponent), scaled(*y, -exponent));
        total(x.iter().zip(y).map(term)) / mantissa / mantissa
    }

    /// Adds `weight` times the kernel's gradient in `x`.
    fn add_slope(&self, x: &[f64], y: &[f64], widths: &[Width], weight: Wide, sums: &mut [Wide]) {
        let weight = if widths.len() == 1 { weight } else { weight / widths.len() as f64 };
        for width in widths {
            self.add_slope_of_one(x, y, *width, weight, sums);
        }
    }

    fn add_slope_of_one(&self, x: &[f64], y: &[f64], width: Width, weight: Wide, sums: &mut [Wide]) {
        let Width { mantissa, exponent } = width;
        let per_width = |x: Wide| lifted(x / mantissa, -exponent);
        if self.kernel == "polynomial" {
            let factor = per_width((self.product(x, y, width) + 1.0).square() * 3.0 * weight);
            let step = |(sum, y): (&mut Wide, &f64)| *sum = *sum + per_width(wide(*y)) * factor;
            return sums.iter_mut().zip(y).for_each(step);
        }
        let difference = Difference::new(x, y);
        let kernel = match self.kernel {
            "energy" => wide(1.0),
            "inverse_multiquadric" => inverse_multiquadric(&difference, width),
            _ => self.logarithm(&difference, width).exp(),
        };
        let length = difference.length();
        if length.high == 0.0 || kernel.high == 0.0 {
            // Smooth kernels are flat here; at the tip of the others the subgradient of least norm is zero.
            return;
        }
        let shift = difference.exponent - exponent;
        let factor = match self.kernel {
            "laplace" => -per_width(kernel) / length,
            "energy" => wide(-1.0) / length,
            // (x - y) / √(σ² + r²) is at most 1: it is formed first.
            "inverse_multiquadric" => -per_width(kernel) * kernel,
            _ => -per_width(kernel),
        } * weight;
        let step = |(sum, d): (&mut Wide, Wide)| {
            let d = match self.kernel {
                "laplace" | "energy" => d,
                "inverse_multiquadric" => lifted(d * kernel / mantissa, shift),
                _ => lifted(d / mantissa, shift),
            };
            *sum = *sum + d * factor;
        };
        sums.iter_mut().zip(difference.coordinates()).for_each(step);
    }

    /// A result, unless the kernel overflowed on the way.
    fn finite(&self, result: f64) -> Result<f64> {
        if result.is_finite() {
            return Ok(result);
        }
        Err(self.error(ErrorKind::NonFinite, "x", "rows for which the kernel is finite").value(result))
    }

    /// The statistic for each division of the pooled rows; the first `n` of an order are the first sample.
    fn statistics(
        &self,
        pooled: &Pooled,
        widths: &[Width],
        count: usize,
        order: impl Fn(usize) -> Vec<usize> + Sync,
    ) -> Vec<f64> {
        let kernel = |i: usize, j: usize| self.kernel_of(pooled.row(i), pooled.row(j), widths);
        let (n, m) = (pooled.n, pooled.m);
        if self.estimator == "linear" {
            let one = |index: usize| {
                let order = order(index);
                let term = |i: usize| {
                    let (x, x2, y, y2) = (order[2 * i], order[2 * i + 1], order[n + 2 * i], order[n + 2 * i + 1]);
                    kernel(x, x2) + kernel(y, y2) - kernel(x, y2) - kernel(x2, y)
                };
                (total((0..n / 2).map(term)) / (n / 2) as f64).round_to_machine()
            };
            return (0..count).into_par_iter().map(one).collect();
        }
        let mut first = vec![vec![false; n + m]; count];
        first.iter_mut().enumerate().for_each(|(index, side)| order(index)[..n].iter().for_each(|i| side[*i] = true));
        let group = |side: &[bool], i: usize, j: usize| match (side[i], side[j]) {
            (true, true) => 0,
            (false, false) => 1,
            _ => 2,
        };
        let biased = self.estimator == "biased";
        let stop = Stop::current();
        let tile = |tile: usize| {
            let mut sums: Vec<Sums> = vec![[wide(0.0); 3]; count];
            for i in (tile..n + m).step_by(TILES) {
                for j in if biased { 0..i + 1 } else { 0..i } {
                    stop.iter().for_each(Stop::look);
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
        // Over a common denominator, so that what cancels is not divided before.
        let less = usize::from(!biased);
        let (of_x, of_y, between) = (m * (m - less), n * (n - less), (n - less) * (m - less));
        let common = greatest_common_divisor(greatest_common_divisor(of_x, of_y), between);
        let [of_x, of_y, between] = [of_x, of_y, between].map(|factor| (factor / common) as f64);
        let divisor = wide(n as f64 * m as f64) * wide(between);
        let one = |order: usize| {
            let [xx, yy, xy] = [0, 1, 2].map(|g| total(tiles.iter().map(|tile| tile[order][g])));
            ((xx * of_x + yy * of_y - xy * between) / divisor * 2.0).round_to_machine()
        };
        (0..count).map(one).collect()
    }
}

fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// `r²/σ²`. Distance and width are taken as mantissa and exponent, so that no square overflows before its time.
fn ratio_squared(difference: &Difference<'_>, width: Width) -> Wide {
    lifted(difference.squares() / width.mantissa / width.mantissa, 2 * (difference.exponent - width.exponent))
}

/// `1/√(1 + r²/σ²)`.
fn inverse_multiquadric(difference: &Difference<'_>, width: Width) -> Wide {
    let square = ratio_squared(difference, width);
    if square.high > FAR {
        lifted(wide(width.mantissa) / difference.length(), width.exponent - difference.exponent)
    } else {
        wide(1.0) / (square + 1.0).sqrt()
    }
}

impl SampleStatistic for MaximumMeanDiscrepancy {
    crate::identity!();
    fn value(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<f64> {
        let pooled = self.pool(x, y, dimension)?;
        let widths = self.widths(&pooled)?;
        self.finite(self.statistics(&pooled, &widths, 1, |_| (0..pooled.rows()).collect())[0])
    }
    fn gradient(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<Vec<f64>> {
        let pooled = self.pool(x, y, dimension)?;
        let widths = self.widths(&pooled)?;
        let (n, m) = (pooled.n as f64, pooled.m as f64);
        let less = if self.estimator == "biased" { 0.0 } else { 1.0 };
        let stop = Stop::current();
        let row = |i: usize| {
            let mut sums = vec![wide(0.0); dimension];
            let mut add = |j: usize, weight: Wide| {
                stop.iter().for_each(Stop::look);
                self.add_slope(pooled.row(i), pooled.row(j), &widths, weight, &mut sums);
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
        rows.concat().into_iter().map(|g| self.finite(g)).collect()
    }
    fn permutation_test(
        &self,
        x: &[f64],
        y: &[f64],
        dimension: usize,
        permutations: usize,
        seed: u64,
    ) -> Result<PermutationTest> {
        permutation::check(Self::ENTRY.name, permutations)?;
        let pooled = self.pool(x, y, dimension)?;
        let widths = self.widths(&pooled)?;
        let as_given = |_| (0..pooled.rows()).collect();
        let statistic = self.finite(self.statistics(&pooled, &widths, 1, as_given)[0])?;
        // Many divisions together, so that each kernel is computed once for them.
        let some = |range: std::ops::Range<usize>| {
            let order = |index: usize| division(pooled.n, pooled.m, seed, range.start + index);
            Ok(self.statistics(&pooled, &widths, range.len(), order))
        };
        let reached = permutation::reached(statistic, permutations, pooled.rows(), some)?;
        Ok(PermutationTest::new(statistic, reached, permutations))
    }
}
