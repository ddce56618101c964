//! The network simplex method: exchanges arcs of a spanning tree until no arc would make the plan cheaper.

use super::integer::Integer;
use super::pricing::{Costs, Prices};
use super::tree::{Tree, first_plan};
use crate::stop::look;
use num_bigint::BigInt;

/// An optimal plan and its proof: potentials of which no reduced cost is negative. All weights are positive.
pub(super) struct Optimum {
    /// The arcs of the tree, as (row, column, flow).
    pub(super) arcs: Vec<(usize, usize, i128)>,
    /// In units of the costs.
    pub(super) row_prices: Vec<BigInt>,
    pub(super) column_prices: Vec<BigInt>,
    pub(super) pivots: usize,
}

/// Solves with integers of the length that the costs need.
pub(super) fn solve(costs: Costs<'_>, supply: &[i128], demand: &[i128]) -> Optimum {
    if costs.potential_bits() <= 125 {
        solve_with::<i128>(costs, supply, demand)
    } else {
        solve_with::<BigInt>(costs, supply, demand)
    }
}

fn solve_with<I: Integer>(costs: Costs<'_>, supply: &[i128], demand: &[i128]) -> Optimum {
    let arcs = first_plan(supply, demand, |i, j| costs.at(i, j));
    let mut tree = Tree::new(supply.len(), demand.len(), &arcs);
    let mut prices = Prices::<I>::new(costs, &tree);
    let mut pivots = 0;
    while let Some((row, column)) = prices.entering() {
        look();
        let reduced = prices.reduced_cost(row, column);
        let top = tree.exchange(row, column);
        prices.shift(&tree, top, &reduced);
        pivots += 1;
    }
    let long = |prices: &[I]| prices.iter().map(Integer::long).collect();
    let (row_prices, column_prices) = (long(&prices.row), long(&prices.column));
    Optimum { arcs: tree.arcs().collect(), row_prices, column_prices, pivots }
}
