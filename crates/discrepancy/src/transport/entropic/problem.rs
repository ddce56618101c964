//! A problem without dimensions: weights that sum to 1, costs with their unit, and what to do about them.

use super::super::Cloud;
use super::super::costs::{Ground, check_costs};
use super::super::exact::{power_of_two, twofold};
use super::super::masses::{Given, Masses};
use super::kernel::padded;
use crate::distances::pair::{Wide, exponent, scaled, total, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::number::Real;
use std::borrow::Cow;

/// What is asked of the solver.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Settings {
    pub(in super::super) function: &'static str,
    pub(in super::super) epsilon: f64,
    /// The marginal error that is enough, and the one that is sought where the bits allow it.
    pub(in super::super) tolerance: f64,
    pub(in super::super) aim: f64,
    pub(in super::super) max_iterations: usize,
}

/// Weights and costs among the points of positive weight; the columns are the shorter side.
#[derive(Debug)]
pub(in super::super) struct Problem<'a> {
    pub(super) settings: Settings,
    pub(super) costs: Cow<'a, [f64]>,
    /// The whole matrix as given, and its columns, where some points weigh nothing.
    all: Option<(Cow<'a, [f64]>, usize)>,
    pub(super) points: Option<Points>,
    pub(super) alpha: Side,
    pub(super) beta: Side,
    /// Whether columns are the first side.
    pub(super) swapped: bool,
    /// The weight of either side.
    pub(super) total: Wide,
}

/// One side of a problem.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// The points in the order in which they are taken.
    pub(super) order: Vec<usize>,
    /// The places in that order of those that weigh more than 0.
    pub(super) places: Vec<usize>,
    /// Their shares of the total weight.
    pub(super) shares: Vec<Wide>,
}

/// Points whose costs are known in twofold precision: coordinate by coordinate, times a power of two.
#[derive(Debug)]
pub(super) struct Points {
    pub(super) ground: Ground,
    pub(super) rows: Vec<Vec<f64>>,
    pub(super) columns: Vec<Vec<f64>>,
    /// What a cost of these coordinates is multiplied by, as an exponent of two.
    pub(super) exponent: i32,
}

/// Costs may be so many times ε: beyond it, the bits of the floats would not suffice.
const LARGEST_RATIO: i32 = 40;

impl Side {
    fn new(side: &super::super::masses::Side, total: i128, order: Vec<usize>) -> Self {
        let places: Vec<usize> = (0..order.len()).filter(|place| side.get(order[*place]) > 0).collect();
        let shares = places.iter().map(|place| twofold(side.get(order[*place])) / twofold(total)).collect();
        Side { order, places, shares }
    }
    /// The points that weigh more than 0, as the problem was given.
    pub(super) fn points(&self) -> impl Iterator<Item = usize> {
        self.places.iter().map(|place| self.order[*place])
    }
    /// `Σ share · value`.
    pub(super) fn mean(&self, values: &[Wide]) -> Wide {
        total(self.shares.iter().zip(values).map(|(share, x)| *share * *x))
    }
    /// The shares as floats.
    pub(super) fn rounded(&self) -> Vec<f64> {
        self.shares.iter().map(|share| share.high).collect()
    }
}

impl<'a> Problem<'a> {
    /// Of a cost matrix.
    pub(in super::super) fn of_costs(settings: Settings, cost: &'a [f64], a: &[f64], b: &[f64]) -> Result<Self> {
        check_costs(settings.function, "cost", cost, a.len(), b.len())?;
        let a = Given { name: "a", weights: Some(a), count: a.len() };
        let b = Given { name: "b", weights: Some(b), count: b.len() };
        let masses = Masses::new(settings.function, a, b)?;
        let order = |side: &super::super::masses::Side| (0..side.len()).collect::<Vec<usize>>();
        let side = |side| Side::new(side, masses.total, order(side));
        Self::new(settings, Cow::Borrowed(cost), &masses, (side(&masses.first), side(&masses.second)))
    }

    /// Of points. They are taken in an order of their own, so that the order they are given in does not show.
    pub(in super::super) fn of_clouds(
        settings: Settings,
        ground: Ground,
        x: &Cloud<'_>,
        y: &Cloud<'_>,
    ) -> Result<Self> {
        let masses = Masses::new(settings.function, x.given, y.given)?;
        let (of_x, of_y) = (x.order(), y.order());
        let gather = |cloud: &Cloud<'_>, order: &[usize]| order.iter().flat_map(|i| cloud.point(*i)).copied().collect();
        let (sorted_x, sorted_y): (Vec<f64>, Vec<f64>) = (gather(x, &of_x), gather(y, &of_y));
        let cost = ground.matrix(settings.function, &sorted_x, &sorted_y, x.dimension)?;
        let sides = (Side::new(&masses.first, masses.total, of_x), Side::new(&masses.second, masses.total, of_y));
        let mut problem = Self::new(settings, Cow::Owned(cost), &masses, sides)?;
        let (rows, columns) = if problem.swapped { (y, x) } else { (x, y) };
        problem.points = Some(Points::new(ground, (rows, &problem.alpha), (columns, &problem.beta)));
        Ok(problem)
    }

    fn new(settings: Settings, cost: Cow<'a, [f64]>, masses: &Masses, (first, second): (Side, Side)) -> Result<Self> {
        let largest = cost.iter().fold(0.0_f64, |largest, cost| largest.max(cost.abs()));
        if largest > 0.0 && exponent(largest) - exponent(settings.epsilon) >= LARGEST_RATIO {
            let allowed = format!("at least 2^-{LARGEST_RATIO} of the largest cost, {largest:e}");
            let error = Error::new(ErrorKind::Parameter, settings.function, "epsilon", allowed);
            return Err(error.value(settings.epsilon));
        }
        let swapped = first.places.len() < second.places.len();
        let columns = second.order.len();
        let (alpha, beta) = if swapped { (second, first) } else { (first, second) };
        let whole = alpha.places.len() == alpha.order.len() && beta.places.len() == beta.order.len();
        let at = |i: usize, j: usize| if swapped { cost[j * columns + i] } else { cost[i * columns + j] };
        let kept = || alpha.places.iter().flat_map(|i| beta.places.iter().map(|j| at(*i, *j))).collect();
        let (costs, all) = match (whole, swapped) {
            (true, false) => (cost, None),
            (true, true) => (Cow::Owned(kept()), None),
            (false, _) => (Cow::Owned(kept()), Some((cost, columns))),
        };
        Ok(Problem { settings, costs, all, points: None, alpha, beta, swapped, total: masses.wide(masses.total) })
    }

    /// The weight of either side.
    pub(in super::super) fn total(&self) -> Wide {
        self.total
    }

    /// The same, with another weight of either side.
    pub(in super::super) fn with_total(self, total: Wide) -> Self {
        Problem { total, ..self }
    }

    /// The largest cost less the smallest.
    pub(super) fn range(&self) -> f64 {
        let (low, high) =
            self.costs.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), c| (l.min(*c), h.max(*c)));
        high - low
    }

    /// The potentials of all points of a side, those of weight 0 among them: these have the one that the others imply.
    pub(super) fn potentials(
        &self,
        side: &Side,
        own: &[Wide],
        other: &Side,
        others: &[Wide],
        second: bool,
    ) -> Vec<Wide> {
        let epsilon = self.settings.epsilon;
        let implied = |i: usize| {
            let Some((cost, columns)) = &self.all else { return wide(0.0) };
            let cost = |j: usize| if second { cost[j * columns + i] } else { cost[i * columns + j] };
            let exponents: Vec<Wide> =
                other.places.iter().zip(others).map(|(j, v)| *v - wide(cost(*j)) / epsilon).collect();
            let shift = exponents.iter().fold(f64::NEG_INFINITY, |shift, x| shift.max(x.high));
            let terms = exponents.iter().zip(&other.shares).map(|(x, share)| (*x - shift).exp() * *share);
            -(total(terms).ln() + shift) * epsilon
        };
        let mut all = vec![None; side.order.len()];
        side.places.iter().zip(own).for_each(|(place, potential)| all[*place] = Some(*potential * epsilon));
        let mut given = vec![wide(0.0); all.len()];
        for (place, potential) in all.into_iter().enumerate() {
            given[side.order[place]] = potential.unwrap_or_else(|| implied(place));
        }
        given
    }

    /// ε as mantissa and exponent, and the inverse of the mantissa.
    pub(super) fn unit(&self) -> (Wide, i32) {
        let exponent = exponent(self.settings.epsilon);
        (wide(1.0) / scaled(self.settings.epsilon, -exponent), exponent)
    }
}

impl Points {
    fn new(ground: Ground, (x, rows): (&Cloud<'_>, &Side), (y, columns): (&Cloud<'_>, &Side)) -> Self {
        let largest = x.points.iter().chain(y.points).fold(0.0_f64, |largest, x| largest.max(x.abs()));
        let exponent = if largest > 0.0 { exponent(largest).clamp(-1000, 1000) } else { 0 };
        let factor = power_of_two(-exponent);
        let coordinates = |cloud: &Cloud<'_>, side: &Side| -> Vec<Vec<f64>> {
            let coordinate = |k: usize| side.points().map(|i| cloud.point(i)[k] * factor).collect::<Vec<f64>>();
            (0..cloud.dimension).map(|k| padded(&coordinate(k), 0.0)).collect()
        };
        let exponent = if ground == Ground::Euclidean { exponent } else { 2 * exponent };
        Points { ground, rows: coordinates(x, rows), columns: coordinates(y, columns), exponent }
    }
}
