use super::maximum_mean_discrepancy::Word;
use super::permutation::{self, PermutationTest, division};
use super::points::{check_points, check_weights};
use super::{SampleStatistic, unsupported};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::distances::pair::{Wide, exponent, scaled, total, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::number::{Long, Real, Twofold};
use crate::sums::{ExactSum, Fixed};
use rayon::prelude::*;

mod exact;
mod line;
mod pairs;

crate::entry! {
    /// Energy distance of two samples: twice the mean distance between them, less the mean distance within either.
    ///
    /// It is 0 only between samples of the same points, for `alpha` below 2. On a line and with `alpha` 1 it is twice the
    /// integral of the squared difference of the distribution functions; `scipy.stats.energy_distance` is the root of
    /// that. There it takes the time of sorting and is right to the last bit; else the time of all pairs, without a matrix
    /// of them. Weights need not sum to 1.
    EnergyDistance("energy_distance") in Sample as Sample {
        /// The power of the distances; with 2 only the means of the samples count.
        alpha: f64 = Value::Number(1.0), Domain::number(Interval::up_to(0.0, 2.0));
        /// Whether the root is taken, a metric for `alpha` up to 1.
        root: bool = Value::Word("false"), Domain::flag();
        /// `biased` (never negative) counts each point with itself too, `unbiased` does not; it has no root and no weights.
        estimator: Word = Value::Word("biased"), Domain::words(&["biased", "unbiased"]);
    }
    aliases: ["e_distance"];
    formula: r"2 \mathbb{E} \|x - y\|^\alpha - \mathbb{E} \|x - x'\|^\alpha - \mathbb{E} \|y - y'\|^\alpha";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric];
    source: "Székely, Rizzo 2013, doi:10.1016/j.jspi.2013.03.018";
    reference: [
        "": [[0.0, 1.0], [2.0, 4.0]] => [3.5];
        "root=true": [[0.0], [2.0]] => [2.0];
        "estimator=unbiased": [[0.0, 1.0], [2.0, 4.0]] => [2.0];
    ];
}

/// A sum of terms of both signs that is smaller than this, beside them, is computed again in 256 bits: two floats are
/// right to some 2^-94.
const SURE: f64 = f64::from_bits((1023 - 36) << 52);

/// What 256 bits do not tell from 0, beside the terms of a sum.
const NOTHING: f64 = f64::from_bits((1023 - 220) << 52);

/// Points of `dimension` coordinates each, with weights in units of the power of two of the largest.
struct Side<'a> {
    points: &'a [f64],
    dimension: usize,
    count: usize,
    weights: Option<Vec<f64>>,
}

impl<'a> Side<'a> {
    fn new(
        names: [&str; 2],
        points: &'a [f64],
        weights: Option<&[f64]>,
        dimension: usize,
        least: usize,
    ) -> Result<Self> {
        let function = EnergyDistance::ENTRY.name;
        let count = check_points(function, names[0], points, dimension)?;
        if count < least {
            let allowed = format!("at least {least} rows");
            return Err(Error::new(ErrorKind::NoContributingRows, function, names[0], allowed).value(count));
        }
        let weights = match weights {
            None => None,
            Some(weights) => {
                check_weights(function, names[1], weights, count)?;
                let largest = exponent(weights.iter().fold(0.0, |largest: f64, w| largest.max(*w)));
                Some(weights.iter().map(|w| scaled(*w, -largest)).collect())
            }
        };
        Ok(Side { points, dimension, count, weights })
    }
    fn point(&self, i: usize) -> &[f64] {
        &self.points[i * self.dimension..(i + 1) * self.dimension]
    }
    fn weight(&self, i: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[i])
    }
    /// The exact sum of the weights.
    fn total(&self) -> ExactSum {
        let mut sum = ExactSum::new();
        match &self.weights {
            Some(weights) => sum.add_slice(weights),
            None => sum.add(self.count as f64),
        }
        sum
    }
    fn weight_sum(&self) -> f64 {
        self.total().to_f64()
    }
}

/// The sums of the powers of distances, each pair once: within either sample, and between them.
struct Sums {
    first: Fixed,
    second: Fixed,
    between: Fixed,
}

impl Sums {
    fn new([first, second, between]: &[ExactSum; 3]) -> Option<Sums> {
        Some(Sums { first: Fixed::of(first)?, second: Fixed::of(second)?, between: Fixed::of(between)? })
    }
}

/// What pulls at a point, by weight: its own sample, and the other.
#[derive(Clone)]
struct Pull {
    own: Fixed,
    other: Fixed,
}

impl EnergyDistance {
    /// 1 where a point is no pair with itself.
    fn less(&self) -> f64 {
        if self.estimator == "unbiased" { 1.0 } else { 0.0 }
    }

    fn overflow(&self) -> Error {
        let allowed = "samples whose powers of distances are finite";
        Error::new(ErrorKind::NonFinite, Self::ENTRY.name, "x", allowed)
    }

    /// A result, unless a power of a distance is beyond the floats.
    fn finite(&self, result: f64) -> Result<f64> {
        if result.is_finite() { Ok(result) } else { Err(self.overflow().value(result)) }
    }

    fn sides<'a>(
        &self,
        (x, x_weights): (&'a [f64], Option<&[f64]>),
        (y, y_weights): (&'a [f64], Option<&[f64]>),
        dimension: usize,
    ) -> Result<[Side<'a>; 2]> {
        let unbiased = self.estimator == "unbiased";
        let refused = |argument: &str, allowed: &str| Err(unsupported(Self::ENTRY, argument, allowed));
        if unbiased && self.root {
            return refused("root", "false, where the estimator is unbiased: it may be negative");
        }
        if unbiased && (x_weights.is_some() || y_weights.is_some()) {
            return refused("weights", "samples without weights, where the estimator is unbiased");
        }
        let least = if unbiased { 2 } else { 1 };
        let x = Side::new(["x", "x_weights"], x, x_weights, dimension, least)?;
        Ok([x, Side::new(["y", "y_weights"], y, y_weights, dimension, least)?])
    }

    /// Whether sorting is enough.
    fn is_on_a_line(&self, dimension: usize) -> bool {
        dimension == 1 && self.alpha == 1.0
    }

    /// The weight of a side, and that less 1 where a point is no pair with itself.
    fn totals(&self, side: &Side<'_>) -> Option<[Fixed; 2]> {
        let total = Fixed::of(&side.total())?;
        Some([total.clone(), total.minus(&Fixed::units(self.less() as i128, 0))])
    }

    /// The squared statistic in two floats, and the statistic.
    fn solve(&self, x: &Side<'_>, y: &Side<'_>) -> Result<(Wide, f64)> {
        let on_a_line = if self.is_on_a_line(x.dimension) { line::sums(x, y) } else { None };
        let exact = on_a_line.is_some();
        let sums = on_a_line.or_else(|| self.sums_of_pairs(x, y)).ok_or_else(|| self.overflow())?;
        let overflow = || self.overflow();
        let (of_x, of_y) = (self.totals(x).ok_or_else(overflow)?, self.totals(y).ok_or_else(overflow)?);
        let [numerator, divisor] = fraction(&sums, &of_x, &of_y);
        let square = numerator.over(&divisor);
        let terms = sums.between.over(&of_x[0].times(&of_y[0]));
        if !exact && square.abs() < terms * SURE {
            let square = self.long_value(x, y);
            let square = if is_told(square, terms) { square } else { self.exact_value(x, y)? };
            let root = if square.to_f64() > 0.0 { square.sqrt().to_f64() } else { 0.0 };
            let high = square.to_f64();
            let value = self.finite(if self.root { root } else { high })?;
            return Ok((Twofold { high, low: (square - Long::from(high)).to_f64() }, value));
        }
        let value = if self.root { numerator.root_over(&divisor) } else { square };
        Ok((numerator.wide_over(&divisor), self.finite(value)?))
    }
}

/// Whether a sum of such terms in 256 bits is more than what rounding them may have left.
fn is_told(sum: Long, terms: f64) -> bool {
    sum.to_f64().abs() > terms * NOTHING
}

/// The squared statistic as a quotient.
fn fraction(sums: &Sums, [w, w_less]: &[Fixed; 2], [v, v_less]: &[Fixed; 2]) -> [Fixed; 2] {
    let between = sums.between.times(w_less).times(v_less);
    let (first, second) = (sums.first.times(v).times(v_less), sums.second.times(w).times(w_less));
    let half = between.minus(&first).minus(&second);
    [half.times(&Fixed::units(2, 0)), w.times(v).times(w_less).times(v_less)]
}

impl SampleStatistic for EnergyDistance {
    crate::identity!();
    fn takes_weights(&self) -> bool {
        true
    }
    fn value(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<f64> {
        self.value_weighted(x, None, y, None, dimension)
    }
    fn gradient(&self, x: &[f64], y: &[f64], dimension: usize) -> Result<Vec<f64>> {
        self.gradient_weighted(x, None, y, None, dimension)
    }
    fn value_weighted(
        &self,
        x: &[f64],
        x_weights: Option<&[f64]>,
        y: &[f64],
        y_weights: Option<&[f64]>,
        dimension: usize,
    ) -> Result<f64> {
        let [x, y] = self.sides((x, x_weights), (y, y_weights), dimension)?;
        self.solve(&x, &y).map(|(_, value)| value)
    }
    fn gradient_weighted(
        &self,
        x: &[f64],
        x_weights: Option<&[f64]>,
        y: &[f64],
        y_weights: Option<&[f64]>,
        dimension: usize,
    ) -> Result<Vec<f64>> {
        let [x, y] = self.sides((x, x_weights), (y, y_weights), dimension)?;
        // Of the root: the derivative of the square over twice the root.
        let divisor = if self.root {
            let square = self.solve(&x, &y)?.0;
            if square.high <= 0.0 {
                return Ok(vec![0.0; x.points.len()]);
            }
            Real::sqrt(square) * 2.0
        } else {
            wide(1.0)
        };
        let overflow = || self.overflow();
        let ([w, w_less], [v, _]) = (self.totals(&x).ok_or_else(overflow)?, self.totals(&y).ok_or_else(overflow)?);
        let whole = w.times(&w_less).times(&v);
        // 2 w (other / (W V) - own / (W W'))
        let slope = |pull: &Pull, i: usize| {
            let sum = pull.other.times(&w_less).minus(&pull.own.times(&v));
            let sum = sum.wide_over(&whole) * x.weight(i) * 2.0;
            (sum / divisor).round_to_machine()
        };
        let stop = crate::stop::Stop::current();
        let on_a_line = if self.is_on_a_line(dimension) { line::pulls(&x, &y) } else { None };
        if let Some(pulls) = on_a_line {
            let one = |(i, pull)| {
                stop.iter().for_each(crate::stop::Stop::look);
                self.finite(slope(pull, i))
            };
            return pulls.par_iter().enumerate().map(one).collect();
        }
        let row = |i: usize| {
            stop.iter().for_each(crate::stop::Stop::look);
            let pulls = self.pull_of_pairs(&x, &y, i).ok_or_else(overflow)?;
            if pulls.iter().all(|(_, terms)| terms.is_none()) {
                return pulls.iter().map(|(pull, _)| self.finite(slope(pull, i))).collect();
            }
            let long = self.long_pull(&x, &y, i).into_iter().zip(&pulls).enumerate();
            let rounded = |(c, (sum, (_, terms))): (usize, (Long, &(Pull, Option<f64>)))| {
                let factor = Long::from(x.weight(i)) * 2.0;
                let told = terms.is_none_or(|terms| is_told(sum, terms));
                let sum = if told { sum } else { self.exact_pull(&x, &y, i, c)? } * factor;
                self.finite((wide(sum.to_f64()) / divisor).round_to_machine())
            };
            long.map(rounded).collect()
        };
        let rows: Result<Vec<Vec<f64>>> =
            (0..x.count).into_par_iter().map(row).collect::<Vec<_>>().into_iter().collect();
        rows.map(|rows| rows.concat())
    }
    fn permutation_test(
        &self,
        x: &[f64],
        y: &[f64],
        dimension: usize,
        permutations: usize,
        seed: u64,
    ) -> Result<PermutationTest> {
        if self.is_on_a_line(dimension) {
            let value = |x: &[f64], y: &[f64]| self.value(x, y, dimension);
            return permutation::test(Self::ENTRY.name, value, (x, y), dimension, permutations, seed);
        }
        permutation::check(Self::ENTRY.name, permutations)?;
        let statistic = self.value(x, y, dimension)?;
        let (n, m) = (x.len() / dimension, y.len() / dimension);
        let as_given = self.statistics((x, y), dimension, &[(0..n).collect()])[0];
        // Many divisions together, so that each distance is computed once for them.
        let some = |range: std::ops::Range<usize>| {
            let orders: Vec<Vec<usize>> = range.map(|index| division(n, m, seed, index)).collect();
            Ok(self.statistics((x, y), dimension, &orders))
        };
        let reached = permutation::reached(as_given, permutations, n + m, some)?;
        Ok(PermutationTest::new(statistic, reached, permutations))
    }
}

impl EnergyDistance {
    /// The statistic for each division of all points; the first of an order are the first sample.
    fn statistics(&self, (x, y): (&[f64], &[f64]), dimension: usize, orders: &[Vec<usize>]) -> Vec<f64> {
        let (n, m) = (x.len() / dimension, y.len() / dimension);
        let mut first = vec![vec![false; n + m]; orders.len()];
        for (side, order) in first.iter_mut().zip(orders) {
            order[..n].iter().for_each(|i| side[*i] = true);
        }
        let row = |i: usize| match i.checked_sub(n) {
            None => &x[i * dimension..][..dimension],
            Some(i) => &y[i * dimension..][..dimension],
        };
        let add = |all: &mut Vec<[Wide; 3]>, i: usize, j: usize| {
            let term = self.power(row(i), row(j));
            for (sums, side) in all.iter_mut().zip(&first) {
                let group = match (side[i], side[j]) {
                    (true, true) => 0,
                    (false, false) => 1,
                    _ => 2,
                };
                sums[group] = sums[group] + term;
            }
        };
        let tiles = pairs::each((n, m), || vec![[wide(0.0); 3]; orders.len()], add);
        let (n, m, less) = (n as f64, m as f64, self.less());
        let one = |index: usize| {
            let [first, second, between] = [0, 1, 2].map(|group| total(tiles.iter().map(|tile| tile[index][group])));
            (between / (n * m) - first / (n * (n - less)) - second / (m * (m - less))).round_to_machine()
        };
        (0..orders.len()).map(one).collect()
    }
}
