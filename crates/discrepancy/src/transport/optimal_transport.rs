//! Exact transport for any cost matrix.

use super::costs::{Ground, check_costs, zeros};
use super::exact::{Rounding, round_quotient};
use super::integer::Integer;
use super::masses::{Given, Masses};
use super::pricing::Costs;
use super::simplex::{Optimum, solve};
use super::{Cloud, Transport};
use crate::batch::room;
use crate::catalog::{DataDomain, Domain, Value};
use crate::distances::pair::Wide;
use crate::error::Result;
use crate::number::Twofold;
use crate::samples::Plan;
use num_bigint::BigInt;
use std::borrow::Cow;

crate::entry! {
    /// Optimal transport between two sets of points in space: the earth mover's distance, exactly.
    ///
    /// The cheapest way to move one set onto the other, times its cost, where all points of a set weigh the same and
    /// sum to 1. With the ground cost `euclidean` it is the first Wasserstein distance, with `squared_euclidean` the
    /// square of the second. Memory grows with the product of the numbers of points, time somewhat faster; on a line
    /// `wasserstein` is far quicker. The gradient is that of the plan found, one subgradient of many where several
    /// plans are cheapest.
    OptimalTransport("optimal_transport") in Transport as Sample {
        /// What it costs to move one unit: the Euclidean distance or its square.
        ground: Ground = Value::Word("euclidean"), Domain::words(&Ground::WORDS);
    }
    aliases: ["earth_movers_distance", "emd"];
    formula: r"\min_{P \ge 0} \sum_{ij} P_{ij} C_{ij}, \quad \sum_j P_{ij} = a_i, \; \sum_i P_{ij} = b_j";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric, NonNegative];
    source: "Rubner, Tomasi, Guibas 2000, doi:10.1023/A:1026543900054";
    reference: [
        "": [[0.0, 1.0, 3.0], [5.0, 6.0, 8.0]] => [5.0];
        "ground=squared_euclidean": [[0.0, 0.0], [1.0, 2.0]] => [2.5];
    ];
}

impl Transport for OptimalTransport {
    fn value(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Result<f64> {
        let masses = Masses::new(Self::ENTRY.name, x.given, y.given)?;
        let cost = self.ground.matrix(Self::ENTRY.name, x.points, y.points, x.dimension)?;
        Ok(plan(&cost, &masses).0.cost)
    }
    fn gradient(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Result<Vec<f64>> {
        let masses = Masses::new(Self::ENTRY.name, x.given, y.given)?;
        let cost = self.ground.matrix(Self::ENTRY.name, x.points, y.points, x.dimension)?;
        let mut sums = zeros(x.points.len());
        for (i, j, mass) in plan(&cost, &masses).1 {
            let sums = &mut sums[i * x.dimension..(i + 1) * x.dimension];
            self.ground.pull(x.point(i), y.point(j), mass, |k, g| sums[k] = sums[k] + g);
        }
        Ok(sums.into_iter().map(Wide::round_to_machine).collect())
    }
    fn value_of_costs(&self, cost: &[f64], a: &[f64], b: &[f64]) -> Result<f64> {
        Ok(optimal_transport(cost, a, b)?.cost)
    }
    const HAS_PLAN: bool = true;
    fn plan(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Option<Result<Plan>> {
        let solve = || {
            let masses = Masses::new(Self::ENTRY.name, x.given, y.given)?;
            let cost = self.ground.matrix(Self::ENTRY.name, x.points, y.points, x.dimension)?;
            plan(&cost, &masses).0.spread()
        };
        Some(solve())
    }
    fn plan_of_costs(&self, cost: &[f64], a: &[f64], b: &[f64]) -> Option<Result<Plan>> {
        Some(optimal_transport(cost, a, b).and_then(TransportPlan::spread))
    }
}

impl TransportPlan {
    /// With the plan as a matrix.
    fn spread(self) -> Result<Plan> {
        let columns = self.column_potentials.len();
        let count = self.row_potentials.len() * columns;
        let mut matrix = room(OptimalTransport::ENTRY.name, Some(count))?;
        matrix.resize(count, 0.0);
        for (i, j, mass) in &self.plan {
            matrix[i * columns + j] = *mass;
        }
        Ok(Plan {
            cost: self.cost,
            value: self.cost,
            lower: self.lower,
            upper: self.upper,
            matrix,
            row_potentials: self.row_potentials,
            column_potentials: self.column_potentials,
            marginal_error: 0.0,
            iterations: self.pivots,
        })
    }
}

/// An optimal plan with its proof.
#[derive(Clone, Debug, PartialEq)]
pub struct TransportPlan {
    /// Σ flow · cost of the plan: its exact value, rounded once.
    pub cost: f64,
    /// The value of the dual problem at the exact potentials, rounded down: no plan costs less.
    pub lower: f64,
    /// The value of the plan, rounded up.
    pub upper: f64,
    /// `upper - lower`: 0, or one ULP where the exact value is not a float.
    pub gap: f64,
    /// What goes from which row to which column, in order of rows, then columns: at most one entry less than points.
    pub plan: Vec<(usize, usize, f64)>,
    /// u, with `u[i] + v[j] <= cost[i][j]` exactly. That of the first row of positive weight is 0.
    pub row_potentials: Vec<f64>,
    /// v, the largest floats that go with u.
    pub column_potentials: Vec<f64>,
    /// Exchanges of the simplex method.
    pub pivots: usize,
}

/// The cheapest way to move the weights `a` of the rows to the weights `b` of the columns.
///
/// $$ \min_{P \ge 0} \sum_{ij} P_{ij} C_{ij} \quad \text{with} \quad \sum_j P_{ij} = a_i, \; \sum_i P_{ij} = b_j $$
///
/// `cost` holds `a.len()` rows of `b.len()` finite numbers of any sign and magnitude up to 2^990. Weights become
/// integers and potentials are integers, so the result is the optimum itself, also for costs that range from
/// 1e-15 to 1e200; only weights with bits below 2^-120 of the total lose these. Memory beside the costs grows with
/// `a.len() + b.len()`.
///
/// The method is the network simplex with strongly feasible trees and a search by blocks.
/// Source: W. H. Cunningham, *A network simplex method*, 1976, doi:10.1007/BF01580379; J. B. Orlin, *On the simplex
/// algorithm for networks and generalized networks*, 1985, doi:10.1007/BFb0121050; G. Peyré and M. Cuturi,
/// *Computational Optimal Transport*, 2019, section 3.5, doi:10.1561/2200000073.
///
/// ```
/// use discrepancy::transport::optimal_transport;
/// let best = optimal_transport(&[0.0, 1.0, 4.0, 1.0, 0.0, 1.0], &[0.5, 0.5], &[0.25, 0.5, 0.25])?;
/// assert_eq!(best.cost, 0.5);
/// assert_eq!(best.plan, [(0, 0, 0.25), (0, 1, 0.25), (1, 1, 0.25), (1, 2, 0.25)]);
/// assert_eq!(best.gap, 0.0);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn optimal_transport(cost: &[f64], a: &[f64], b: &[f64]) -> Result<TransportPlan> {
    const FUNCTION: &str = "optimal_transport";
    check_costs(FUNCTION, "cost", cost, a.len(), b.len())?;
    let a = Given { name: "a", weights: Some(a), count: a.len() };
    let b = Given { name: "b", weights: Some(b), count: b.len() };
    Ok(plan(cost, &Masses::new(FUNCTION, a, b)?).0)
}

/// The cheapest way to move one set of weighted points in space to another; see [`optimal_transport`].
///
/// `points_a` and `points_b` hold points of `dimension` coordinates each, one after another. `None` weighs all points
/// of a side the same: their total is that of the other side, or 1 if neither side has weights.
///
/// $$ \min_P \sum_{ij} P_{ij} \, \lVert x_i - y_j \rVert \quad \text{or} \quad
///    \min_P \sum_{ij} P_{ij} \, \lVert x_i - y_j \rVert^2 $$
///
/// Source: Y. Rubner, C. Tomasi, L. J. Guibas, *The earth mover's distance as a metric for image retrieval*, 2000,
/// doi:10.1023/A:1026543900054, here with the cost of the whole weight, not of one unit.
///
/// ```
/// use discrepancy::transport::{Ground, earth_movers_distance};
/// let (a, b) = ([0.0, 0.0, 1.0, 0.0], [0.0, 1.0, 4.0, 4.0]);
/// let best = earth_movers_distance(&a, &b, 2, None, None, Ground::Euclidean)?;
/// assert_eq!(best.cost, 3.0);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn earth_movers_distance(
    points_a: &[f64],
    points_b: &[f64],
    dimension: usize,
    a_weights: Option<&[f64]>,
    b_weights: Option<&[f64]>,
    ground: Ground,
) -> Result<TransportPlan> {
    const FUNCTION: &str = "earth_movers_distance";
    let x = Cloud::new(FUNCTION, ("points_a", "a_weights"), points_a, a_weights, dimension)?;
    let y = Cloud::new(FUNCTION, ("points_b", "b_weights"), points_b, b_weights, dimension)?;
    let masses = Masses::new(FUNCTION, x.given, y.given)?;
    Ok(plan(&ground.matrix(FUNCTION, points_a, points_b, dimension)?, &masses).0)
}

/// Points of positive weight.
fn positive(count: usize, weight: impl Fn(usize) -> i128) -> Vec<usize> {
    (0..count).filter(|i| weight(*i) > 0).collect()
}

/// Solves among the points of positive weight and extends the potentials to the others. The arcs again with their flow
/// in twofold precision.
fn plan(cost: &[f64], masses: &Masses) -> (TransportPlan, Vec<(usize, usize, Wide)>) {
    let (n, m) = (masses.first.len(), masses.second.len());
    let rows = positive(n, |i| masses.first.get(i));
    let columns = positive(m, |j| masses.second.get(j));
    let kept: Cow<'_, [f64]> = if rows.len() == n && columns.len() == m {
        Cow::Borrowed(cost)
    } else {
        rows.iter().flat_map(|i| columns.iter().map(move |j| cost[i * m + j])).collect()
    };
    let costs = Costs::new(&kept, columns.len());
    let supply: Vec<i128> = rows.iter().map(|i| masses.first.get(*i)).collect();
    let demand: Vec<i128> = columns.iter().map(|j| masses.second.get(*j)).collect();
    let optimum = solve(costs, &supply, &demand);

    // Primal and dual value, as integers of one unit.
    let primal = optimum.arcs.iter().map(|&(i, j, flow)| flow * BigInt::of(costs.at(i, j), costs.unit)).sum();
    let value =
        |weights: &[i128], prices: &[BigInt]| -> BigInt { weights.iter().zip(prices).map(|(w, p)| *w * p).sum() };
    let dual = value(&supply, &optimum.row_prices) + value(&demand, &optimum.column_prices);
    let exponent = i64::from(masses.exponent) + i64::from(costs.unit);
    let round = |value: &BigInt, rounding| round_quotient(value, &BigInt::from(masses.divisor), exponent, rounding);
    let (total, lower) = (round(&primal, Rounding::Nearest), round(&dual, Rounding::Down));
    let upper = -round(&-primal, Rounding::Down);

    let mut plan: Vec<(usize, usize, f64)> = optimum
        .arcs
        .iter()
        .filter(|arc| arc.2 > 0)
        .map(|&(i, j, flow)| (rows[i], columns[j], masses.to_f64(flow)))
        .collect();
    plan.sort_unstable_by_key(|&(i, j, _)| (i, j));
    let flow = |arc: &(usize, usize, i128)| (rows[arc.0], columns[arc.1], masses.wide(arc.2));
    let flows = optimum.arcs.iter().filter(|arc| arc.2 > 0).map(flow).collect();
    let (row_potentials, column_potentials) = potentials(cost, (n, m), costs.unit, &rows, &columns, &optimum);
    let pivots = optimum.pivots;
    let gap = upper - lower;
    (TransportPlan { cost: total, lower, upper, gap, plan, row_potentials, column_potentials, pivots }, flows)
}

/// The potentials as floats, lowered until they are feasible, for all rows and columns.
fn potentials(
    cost: &[f64],
    (n, m): (usize, usize),
    unit: i32,
    rows: &[usize],
    columns: &[usize],
    optimum: &Optimum,
) -> (Vec<f64>, Vec<f64>) {
    let origin = optimum.row_prices.first().cloned().unwrap_or_default();
    let mut of_rows = vec![f64::INFINITY; n];
    for (&i, price) in rows.iter().zip(&optimum.row_prices) {
        of_rows[i] = (price - &origin).approximate(unit);
    }
    let mut of_columns = vec![f64::INFINITY; m];
    for (&j, price) in columns.iter().zip(&optimum.column_prices) {
        of_columns[j] = (price + &origin).approximate(unit);
    }
    // A row of weight 0 takes what the columns leave it.
    for (row, price) in cost.chunks_exact(m).zip(&mut of_rows).filter(|(_, price)| price.is_infinite()) {
        *price = columns.iter().fold(*price, |least, &j| least.min(difference_down(row[j], of_columns[j])));
    }
    of_columns.fill(f64::INFINITY);
    for (row, &price) in cost.chunks_exact(m).zip(&of_rows) {
        for (least, &cost) in of_columns.iter_mut().zip(row) {
            *least = least.min(difference_down(cost, price));
        }
    }
    (of_rows, of_columns)
}

/// `x - y`, rounded down.
pub(super) fn difference_down(x: f64, y: f64) -> f64 {
    let difference = Twofold::sum(x, -y);
    if difference.low < 0.0 { difference.high.next_down() } else { difference.high }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_never_too_large() {
        for (x, y) in [(0.1, 0.3), (1.0, 1e-30), (1.0, -1e-30), (-5.0, 1e20), (3.0, 1.0)] {
            let down = difference_down(x, y);
            let exact = |v: f64| BigInt::of(v, -1074);
            assert!(BigInt::of(down, -1074) <= exact(x) - exact(y));
            assert!(BigInt::of(down.next_up(), -1074) > exact(x) - exact(y));
        }
    }
}
