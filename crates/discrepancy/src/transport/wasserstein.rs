//! The Wasserstein distance between distributions on a line: exact, by sorting.

use super::exact::{magnitude, power_of_two, scale};
use super::masses::{Fidelity, Given, Masses, Side};
use super::quantiles::{Integers, LongIntegers, Segments};
use super::{Cloud, Transport};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::number::{Real, Twofold};
use crate::samples::points::check_values;
use crate::samples::unsupported;
use crate::stop::{self, Stop};

const FUNCTION: &str = Wasserstein::ENTRY.name;

crate::entry! {
    /// Wasserstein distance between samples on a line, of any order p ≥ 1, exactly: by sorting.
    ///
    /// F and G are the distribution functions of the two weighted samples, each normalised by its total. Also known as
    /// Kantorovich or Mallows distance and, for order 1, as earth mover's distance. The samples need not be of one
    /// length, and their order does not change a bit. In more than one dimension there is `optimal_transport`.
    Wasserstein("wasserstein") in Transport as Sample {
        /// The order p: 1 weighs far moves by their length, 2 by the square of it.
        order: f64 = Value::Number(1.0), Domain::number(Interval::from(1.0, f64::INFINITY));
    }
    aliases: ["wasserstein_distance", "kantorovich"];
    formula: r"\Bigl( \int_0^1 | F^{-1}(t) - G^{-1}(t) |^p \, dt \Bigr)^{1/p}";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric, NonNegative, Metric];
    source: "Villani 2009, chapter 6, doi:10.1007/978-3-540-71050-9; Peyré, Cuturi 2019, section 2.6, doi:10.1561/2200000073";
    reference: [
        "": [[0.0, 1.0, 3.0], [5.0, 6.0, 8.0]] => [5.0];
        "order=2": [[0.0, 0.0], [1.0, 2.0]] => [1.5811388300841898];
    ];
}

impl Transport for Wasserstein {
    fn value(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Result<f64> {
        line(x)?;
        Ok(self.solve((x.points, x.given, "x"), (y.points, y.given, "y"), false)?.0)
    }
    fn gradient(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Result<Vec<f64>> {
        line(x)?;
        Ok(self.solve((x.points, x.given, "x"), (y.points, y.given, "y"), true)?.1)
    }
    fn value_of_costs(&self, _: &[f64], _: &[f64], _: &[f64]) -> Result<f64> {
        Err(unsupported(Self::ENTRY, "cost", "points on a line; `optimal_transport` for costs"))
    }
}

/// Only one dimension can be sorted.
fn line(cloud: &Cloud<'_>) -> Result<()> {
    if cloud.dimension == 1 {
        return Ok(());
    }
    Err(unsupported(Wasserstein::ENTRY, "dimension", "1; `optimal_transport` for more").value(cloud.dimension))
}

/// One side, sorted.
struct Sorted<'a> {
    given: Given<'a>,
    /// The points from left to right.
    points: Vec<f64>,
    /// Where each of them came from; empty if nobody asks.
    order: Vec<usize>,
}

/// The distance and what its gradient needs; lengths are in units of `length · 2^exponent`.
struct Solution {
    value: f64,
    /// W^p and W in that unit; the sum of masses times W^p.
    root: Twofold<f64>,
    mean: Twofold<f64>,
    measure: Measure,
    /// Whether the masses were fine enough for what was measured.
    settled: bool,
}

/// The value is right to 2 ULP, whatever the magnitude of the points: differences are exact, masses are integers, the
/// sum runs in twofold precision and is rounded once.
impl Wasserstein {
    /// The order p.
    #[must_use]
    pub fn order(&self) -> f64 {
        self.order
    }

    /// The distance between two samples whose points all weigh the same.
    ///
    /// ```
    /// use discrepancy::transport::Wasserstein;
    /// let a: Vec<f64> = (0..1000).map(f64::from).collect();
    /// let b: Vec<f64> = (1..1001).map(f64::from).collect();
    /// assert_eq!(Wasserstein::new(1.0)?.distance(&a, &b)?, 1.0);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn distance(&self, a: &[f64], b: &[f64]) -> Result<f64> {
        self.distance_weighted(a, None, b, None)
    }

    /// The distance between two weighted samples; `None` weighs all points of a side the same.
    pub fn distance_weighted(
        &self,
        a: &[f64],
        a_weights: Option<&[f64]>,
        b: &[f64],
        b_weights: Option<&[f64]>,
    ) -> Result<f64> {
        let a = (a, Given { name: "a_weights", weights: a_weights, count: a.len() }, "a");
        let b = (b, Given { name: "b_weights", weights: b_weights, count: b.len() }, "b");
        Ok(self.solve(a, b, false)?.0)
    }

    /// The distance between two histograms on one grid, whose points increase.
    ///
    /// ```
    /// use discrepancy::transport::Wasserstein;
    /// let w = Wasserstein::new(1.0)?.between_histograms(&[0.0, 1.0, 2.0], &[0.5, 0.5, 0.0], &[0.0, 0.5, 0.5])?;
    /// assert_eq!(w, 1.0);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn between_histograms(&self, grid: &[f64], p: &[f64], q: &[f64]) -> Result<f64> {
        check_values(FUNCTION, "grid", grid)?;
        if let Some(i) = grid.windows(2).position(|pair| pair[0] >= pair[1]) {
            let error = Error::new(ErrorKind::Domain, FUNCTION, "grid", "points that increase").at(i + 1);
            return Err(error.value(grid[i + 1]));
        }
        let p = (grid, Given { name: "p", weights: Some(p), count: grid.len() }, "grid");
        let q = (grid, Given { name: "q", weights: Some(q), count: grid.len() }, "grid");
        Ok(self.solve(p, q, false)?.0)
    }

    /// The distance and its gradient with respect to the positions of `a` and of `b`.
    ///
    /// $$ \frac{\partial W_p}{\partial x_i} = W_p^{1-p} \int_{F^{-1}(t) = x_i} |x_i - y(t)|^{p-1}
    ///    \operatorname{sign}(x_i - y(t)) \, dt $$
    ///
    /// It is 0 where the distance is 0, and where points coincide with what they are matched to. Points of one side at
    /// the same place share by weight the derivative of moving them together, so that equal points have equal gradients.
    ///
    /// ```
    /// use discrepancy::transport::Wasserstein;
    /// let (w, of_a, of_b) = Wasserstein::new(1.0)?.distance_and_gradient(&[0.0, 5.0], None, &[2.0, 5.0], None)?;
    /// assert_eq!((w, of_a, of_b), (1.0, vec![-0.5, 0.0], vec![0.5, 0.0]));
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn distance_and_gradient(
        &self,
        a: &[f64],
        a_weights: Option<&[f64]>,
        b: &[f64],
        b_weights: Option<&[f64]>,
    ) -> Result<(f64, Vec<f64>, Vec<f64>)> {
        let a = (a, Given { name: "a_weights", weights: a_weights, count: a.len() }, "a");
        let b = (b, Given { name: "b_weights", weights: b_weights, count: b.len() }, "b");
        self.solve(a, b, true)
    }

    fn solve(
        &self,
        (a, a_given, a_name): (&[f64], Given<'_>, &str),
        (b, b_given, b_name): (&[f64], Given<'_>, &str),
        gradient: bool,
    ) -> Result<(f64, Vec<f64>, Vec<f64>)> {
        check_values(FUNCTION, a_name, a)?;
        check_values(FUNCTION, b_name, b)?;
        let masses = Masses::normalised(FUNCTION, a_given, b_given)?;
        let stop = Stop::current();
        let sorted = |points, given| stop::helping(stop.as_ref(), || Sorted::new(points, given, gradient));
        let (a, b) = rayon::join(|| sorted(a, a_given), || sorted(b, b_given));
        if masses.fidelity < Fidelity::Rounded {
            let segments = Integers::new(&masses, &a.order, &b.order);
            let solution = self.integrate(&a, &b, &segments, masses.fidelity == Fidelity::Exact);
            if solution.settled {
                return Ok(self.finish(&a, &b, &segments, &masses, &solution, gradient));
            }
        }
        let (a, b) = (a.with_order(), b.with_order());
        let (a_weights, b_weights) = (a.weights(), b.weights());
        let segments = LongIntegers::new(&a_weights, &b_weights, &a.order, &b.order);
        let solution = self.integrate(&a, &b, &segments, true);
        Ok(self.finish(&a, &b, &segments, &masses, &solution, gradient))
    }

    /// The integral and its root. Masses that are not exact are off by up to one unit at either end of a segment.
    fn integrate(&self, a: &Sorted<'_>, b: &Sorted<'_>, segments: &impl Segments, exact: bool) -> Solution {
        let zero = Twofold::from(0.0);
        let (mut largest, mut half) = (0.0_f64, 0.0_f64);
        segments.each(|i, j, _| largest = largest.max((a.points[i] - b.points[j]).abs()));
        if largest.is_infinite() {
            segments.each(|i, j, _| half = half.max((a.points[i] * 0.5 - b.points[j] * 0.5).abs()));
        }
        let measure = Measure::new(self.order, largest, half);
        if largest == 0.0 {
            return Solution { value: 0.0, root: zero, mean: zero, measure, settled: exact };
        }
        let (mut sum, mut spread) = (zero, zero);
        segments.each(|i, j, mass| {
            let difference = measure.difference(a.points[i], b.points[j]).abs();
            if difference.high > 0.0 {
                let power = difference * measure.slope(difference);
                sum = sum + mass * power;
                spread = spread.plus(power.high);
            }
        });
        let mean = sum / segments.total();
        let root = measure.root(mean);
        let value = measure.length(root);
        // 2^60 units: the error of the masses is then far below the last bit.
        let settled = exact || sum.high >= spread.high * power_of_two(60);
        Solution { value, root, mean, measure, settled }
    }

    fn finish(
        &self,
        a: &Sorted<'_>,
        b: &Sorted<'_>,
        segments: &impl Segments,
        masses: &Masses,
        solution: &Solution,
        gradient: bool,
    ) -> (f64, Vec<f64>, Vec<f64>) {
        if !gradient {
            return (solution.value, Vec::new(), Vec::new());
        }
        let zero = Twofold::from(0.0);
        let (mut of_a, mut of_b) = (vec![zero; a.points.len()], vec![zero; b.points.len()]);
        if solution.value > 0.0 {
            let measure = &solution.measure;
            // W^(1-p) / total
            let factor = solution.root / (solution.mean * segments.total());
            segments.each(|i, j, mass| {
                let difference = measure.difference(a.points[i], b.points[j]);
                if difference.high != 0.0 {
                    let pull = mass * measure.slope(difference.abs()) * factor * difference.high.signum();
                    of_a[i] = of_a[i] + pull;
                    of_b[j] = of_b[j] - pull;
                }
            });
        }
        (solution.value, a.share(&of_a, &masses.first), b.share(&of_b, &masses.second))
    }
}

impl<'a> Sorted<'a> {
    /// Points at the same place are ordered by weight, so that the order of the input does not show.
    fn new(points: &[f64], given: Given<'a>, order: bool) -> Self {
        if given.weights.is_none() && !order {
            let mut points = points.to_vec();
            stop::sort_by(&mut points, f64::total_cmp);
            return Sorted { given, points, order: Vec::new() };
        }
        let mut pairs: Vec<(f64, usize)> = points.iter().copied().zip(0..).collect();
        match given.weights {
            None => stop::sort_by(&mut pairs, |p, q| p.0.total_cmp(&q.0).then(p.1.cmp(&q.1))),
            Some(w) => {
                let weights = |i: usize, j: usize| w[i].total_cmp(&w[j]);
                stop::sort_by(&mut pairs, |p, q| p.0.total_cmp(&q.0).then(weights(p.1, q.1)).then(p.1.cmp(&q.1)));
            }
        }
        let (points, order) = pairs.into_iter().unzip();
        Sorted { given, points, order }
    }

    /// With an order, invented where all points weigh the same.
    fn with_order(mut self) -> Self {
        if self.order.is_empty() {
            self.order = (0..self.points.len()).collect();
        }
        self
    }

    fn weights(&self) -> Vec<f64> {
        self.given.weights.map_or_else(|| vec![1.0; self.points.len()], <[f64]>::to_vec)
    }

    /// Derivatives back in the order of the input; points at one place share theirs by weight.
    fn share(&self, sorted: &[Twofold<f64>], side: &Side) -> Vec<f64> {
        let mut out = vec![0.0; sorted.len()];
        let mut start = 0;
        for place in self.points.chunk_by(|x, y| x == y) {
            stop::look_at(start);
            let group = start..start + place.len();
            start = group.end;
            if let [one] = self.order[group.clone()] {
                out[one] = sorted[group.start].round_to_machine();
                continue;
            }
            let together = sorted[group.clone()].iter().fold(Twofold::from(0.0), |sum, part| sum + *part);
            let mass: i128 = self.order[group.clone()].iter().map(|&i| side.get(i)).sum();
            for &i in &self.order[group] {
                if side.get(i) > 0 {
                    let part = super::exact::twofold(side.get(i)) / super::exact::twofold(mass);
                    out[i] = (together * part).round_to_machine();
                }
            }
        }
        out
    }
}

/// Differences and their powers, scaled so that the largest is near 1.
struct Measure {
    order: f64,
    /// Differences are multiplied by 2^exponent, before subtracting where they would overflow.
    exponent: i32,
    overflows: bool,
    /// And divided by this; 1 for the orders 1 and 2, whose powers cannot underflow to any effect.
    unit: f64,
}

impl Measure {
    /// `half` is half the largest difference, wanted where the whole one overflows.
    fn new(order: f64, largest: f64, half: f64) -> Self {
        let overflows = largest.is_infinite();
        let exponent = if overflows || largest == 0.0 { -1000 } else { (-magnitude(largest)).clamp(-1000, 1000) };
        let scaled = if overflows { half * power_of_two(-999) } else { largest * power_of_two(exponent) };
        let unit = if order == 1.0 || order == 2.0 { 1.0 } else { scaled };
        Measure { order, exponent, overflows, unit }
    }

    fn difference(&self, x: f64, y: f64) -> Twofold<f64> {
        let factor = power_of_two(self.exponent);
        let scaled = if self.overflows {
            Twofold::sum(x * factor, -(y * factor))
        } else {
            let exact = Twofold::sum(x, -y);
            Twofold::new(exact.high * factor, exact.low * factor)
        };
        if self.unit == 1.0 { scaled } else { scaled / self.unit }
    }

    /// `x^(p-1)` for x > 0.
    fn slope(&self, x: Twofold<f64>) -> Twofold<f64> {
        if self.order == 1.0 {
            Twofold::from(1.0)
        } else if self.order == 2.0 {
            x
        } else {
            // p - 1 is exact: its bits are not finer than those of p, or p < 2.
            x.power(self.order - 1.0)
        }
    }

    /// `x^(1/p)` for x > 0.
    fn root(&self, x: Twofold<f64>) -> Twofold<f64> {
        if self.order == 1.0 {
            x
        } else if self.order == 2.0 {
            Real::sqrt(x)
        } else {
            Real::exp(Real::ln(x) / self.order)
        }
    }

    /// A scaled length as a length.
    fn length(&self, x: Twofold<f64>) -> f64 {
        scale((x * self.unit).round_to_machine(), -self.exponent)
    }
}
