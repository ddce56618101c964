//! What the plain plan proves about transport without entropy: a feasible plan from above, a feasible dual from below.

use super::super::optimal_transport::difference_down;
use super::kernel::{Kernel, State};
use super::problem::Problem;
use super::wide::Plan;
use crate::distances::pair::{Wide, wide};
use rayon::prelude::*;

/// Bounds of the least ⟨P, C⟩ over all plans, with an allowance for rounding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Bounds {
    pub(in super::super) lower: f64,
    pub(in super::super) upper: f64,
}

impl Bounds {
    pub(super) fn new(problem: &Problem<'_>, kernel: &Kernel<'_>, state: &State, plan: &Plan) -> Self {
        let (lower, upper) = (lower(problem, kernel, plan), upper(kernel, state));
        // Products with the total are rounded: one step outwards.
        let total = problem.total.round_to_machine();
        Bounds { lower: (lower * total).next_down(), upper: (upper * total).next_up() }
    }
}

/// Rows that one thread takes at a time.
const ROWS: usize = 32;

/// Runs over all rows in blocks; sums the columns of the blocks in order, and gives what each row gave.
fn rows<T: Send>(
    kernel: &Kernel<'_>,
    state: &State,
    visit: impl Fn(usize, &[f64], &mut [f64]) -> T + Sync,
) -> (Vec<T>, Vec<f64>) {
    let (n, m) = (kernel.alpha.len(), kernel.columns);
    let block = |block: usize| {
        let (mut columns, mut row) = (vec![0.0; m], vec![0.0; m]);
        let rows = block * ROWS..((block + 1) * ROWS).min(n);
        let made = rows.map(|i| {
            kernel.row(state, i, &mut row);
            visit(i, &row, &mut columns)
        });
        (made.collect::<Vec<T>>(), columns)
    };
    let blocks: Vec<(Vec<T>, Vec<f64>)> = (0..n.div_ceil(ROWS)).into_par_iter().map(block).collect();
    let (mut all, mut sums) = (Vec::with_capacity(n), vec![0.0; m]);
    for (made, columns) in blocks {
        all.extend(made);
        sums.iter_mut().zip(columns).for_each(|(sum, x)| *sum += x);
    }
    (all, sums)
}

/// The cost of the plan after rounding it onto the marginals: rows and columns that are too heavy are scaled down, and
/// what is then missing is the product of what rows and columns miss.
///
/// Source: J. Altschuler, J. Weed, P. Rigollet 2017, arXiv:1705.09634, algorithm 2.
fn upper(kernel: &Kernel<'_>, state: &State) -> f64 {
    let (n, m) = (kernel.alpha.len(), kernel.columns);
    // No sum of so many rounded products is further off than this, relatively.
    let slack = (n + m + 64) as f64 * f64::EPSILON;
    let least = kernel.costs.iter().copied().fold(f64::INFINITY, f64::min);
    // A little too small rather than too large, so that nothing that is missing is negative.
    let fit = |share: f64, sum: f64| (share / sum).min(1.0) * (1.0 - 4.0 * slack);
    let (row_factors, columns) = rows(kernel, state, |i, row, columns| {
        let factor = fit(kernel.alpha[i], row.iter().sum());
        columns.iter_mut().zip(row).for_each(|(sum, p)| *sum += factor * p);
        factor
    });
    let column_factors: Vec<f64> = columns.iter().zip(&kernel.beta).map(|(sum, beta)| fit(*beta, *sum)).collect();
    let missing = columns.iter().zip(&column_factors).zip(&kernel.beta);
    // Rounded up: each is off by at most the slack.
    let missing: Vec<f64> = missing.map(|((sum, factor), beta)| beta - factor * sum + slack * beta).collect();
    let (sums, _) = rows(kernel, state, |i, row, _| {
        let costs = &kernel.costs[i * m..(i + 1) * m];
        let (mut mass, mut cost, mut rest) = (0.0, 0.0, 0.0);
        for (((p, factor), missing), c) in row.iter().zip(&column_factors).zip(&missing).zip(costs) {
            let p = p * factor;
            mass += p;
            cost += p * (c - least);
            rest += missing * (c - least);
        }
        let missing = kernel.alpha[i] - row_factors[i] * mass;
        [row_factors[i] * cost, (missing + slack * kernel.alpha[i]) * rest, missing]
    });
    let [cost, rest, missing] = [0, 1, 2].map(|k| sums.iter().map(|sums| sums[k]).sum::<f64>());
    ((cost + rest / (missing - slack)) * (1.0 + 4.0 * slack) + least).next_up()
}

/// `Σ α f + Σ β g` of the best g for the plan's f, and the best f for that: no plan costs less.
fn lower(problem: &Problem<'_>, kernel: &Kernel<'_>, plan: &Plan) -> f64 {
    let m = kernel.columns;
    let f: Vec<f64> = plan.rows.iter().map(|u| u.high * problem.settings.epsilon).collect();
    let least = |mut least: Vec<f64>, other: Vec<f64>| {
        least.iter_mut().zip(other).for_each(|(least, x)| *least = least.min(x));
        least
    };
    let block = |(costs, f): (&[f64], &[f64])| {
        let mut g = vec![f64::INFINITY; m];
        for (row, f) in costs.chunks_exact(m).zip(f) {
            g.iter_mut().zip(row).for_each(|(g, c)| *g = g.min(difference_down(*c, *f)));
        }
        g
    };
    let blocks = kernel.costs.par_chunks(ROWS * m).zip(f.par_chunks(ROWS)).map(block);
    let g = blocks.reduce(|| vec![f64::INFINITY; m], least);
    let best = |row: &[f64]| row.iter().zip(&g).map(|(c, g)| difference_down(*c, *g)).fold(f64::INFINITY, f64::min);
    let f: Vec<f64> = kernel.costs.par_chunks(m).map(best).collect();
    let (mut sum, mut size) = (wide(0.0), 0.0);
    let shares = problem.alpha.shares.iter().zip(&f).chain(problem.beta.shares.iter().zip(&g));
    for (share, potential) in shares {
        let term: Wide = *share * *potential;
        sum = sum + term;
        size += term.high.abs();
    }
    // The sum itself is right to some 2^-90 of its terms.
    (sum.round_to_machine() - size * 2f64.powi(-90)).next_down()
}
