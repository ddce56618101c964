//! Potentials, reduced costs, and the search for an arc that would make the plan cheaper.
//!
//! Potentials are exact integers with a float beside each. The search runs in floats, with a bound of their error:
//! only where the sign of a reduced cost is in doubt is it computed exactly. So the optimum is the optimum, whatever
//! the magnitude of the costs, and no tolerance has to be chosen.

use super::exact::{magnitude, parts, power_of_two};
use super::integer::Integer;
use super::tree::Tree;

/// A cost matrix, row after row, and how its numbers are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Costs<'a> {
    pub(super) values: &'a [f64],
    pub(super) columns: usize,
    /// All costs are integers times `2^unit`.
    pub(super) unit: i32,
    /// Bits of the largest of these integers.
    pub(super) bits: i32,
    /// Floats are multiplied by `2^shift`, so that sums of them neither overflow nor lose their bits.
    shift: i32,
}

/// Largest costs of these magnitudes are left as they are.
const COMFORTABLE: std::ops::RangeInclusive<i32> = -500..=500;

impl<'a> Costs<'a> {
    pub(super) fn new(values: &'a [f64], columns: usize) -> Self {
        let nonzero = || values.iter().filter(|c| **c != 0.0);
        let unit = nonzero().map(|c| parts(*c).1).min().unwrap_or(0);
        let largest = values.iter().fold(0.0_f64, |largest, c| largest.max(c.abs()));
        let top = if largest > 0.0 { magnitude(largest) } else { unit };
        let shift = if COMFORTABLE.contains(&top) { 0 } else { -top };
        Costs { values, columns, unit, bits: top - unit, shift }
    }

    pub(super) fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    pub(super) fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    /// Bits that suffice for every potential and reduced cost: sums of up to one cost a node.
    pub(super) fn potential_bits(&self) -> i32 {
        let nodes = self.rows() + self.columns;
        self.bits + (usize::BITS - nodes.leading_zeros()) as i32 + 2
    }
}

/// The potentials of rows and columns: those of a tree make the reduced cost of each of its arcs 0.
#[derive(Clone, Debug)]
pub(super) struct Prices<'a, I> {
    costs: Costs<'a>,
    factor: f64,
    pub(super) row: Vec<I>,
    pub(super) column: Vec<I>,
    row_float: Vec<f64>,
    column_float: Vec<f64>,
    /// A computed reduced cost is off by at most `slack · (|cost| + |row| + |column|) + grain`.
    slack: f64,
    grain: f64,
    /// Where the search goes on.
    cursor: usize,
    /// How many arcs are looked at before the best of them is taken.
    block: usize,
}

/// Arcs that are examined together.
const CHUNK: usize = 8;

impl<'a, I: Integer> Prices<'a, I> {
    /// The potentials of a tree; that of its root, the last column, is 0.
    pub(super) fn new(costs: Costs<'a>, tree: &Tree) -> Self {
        let (n, m) = (costs.rows(), costs.columns);
        let exact_in_floats = costs.potential_bits() <= 52;
        let mut prices = Prices {
            costs,
            factor: scale_factor(costs.shift),
            row: vec![I::of(0.0, costs.unit); n],
            column: vec![I::of(0.0, costs.unit); m],
            row_float: vec![0.0; n],
            column_float: vec![0.0; m],
            // Two potentials and two differences, each rounded.
            slack: if exact_in_floats { 0.0 } else { power_of_two(-51) },
            grain: if exact_in_floats { 0.0 } else { f64::MIN_POSITIVE },
            cursor: 0,
            block: ((n * m) as f64).sqrt().ceil() as usize,
        };
        tree.below(tree.root(), |x, parent| {
            if x < n {
                let mut price = I::of(costs.at(x, parent - n), costs.unit);
                price.subtract(&prices.column[parent - n]);
                prices.row[x] = price;
            } else {
                let mut price = I::of(costs.at(parent, x - n), costs.unit);
                price.subtract(&prices.row[parent]);
                prices.column[x - n] = price;
            }
        });
        for i in 0..n {
            prices.row_float[i] = prices.float(&prices.row[i]);
        }
        for j in 0..m {
            prices.column_float[j] = prices.float(&prices.column[j]);
        }
        prices
    }

    fn float(&self, x: &I) -> f64 {
        x.approximate(self.costs.unit + self.costs.shift)
    }

    /// `cost - row - column`: what sending one unit along this arc would change.
    pub(super) fn reduced_cost(&self, row: usize, column: usize) -> I {
        let mut reduced = I::of(self.costs.at(row, column), self.costs.unit);
        reduced.subtract(&self.row[row]);
        reduced.subtract(&self.column[column]);
        reduced
    }

    /// An arc of negative reduced cost: the most negative of a block. `None` proves that there is none at all.
    pub(super) fn entering(&mut self) -> Option<(usize, usize)> {
        let (arcs, columns) = (self.costs.values.len(), self.costs.columns);
        let (mut left, mut block) = (arcs, self.block);
        let (mut best, mut found) = (0.0, None);
        while left > 0 {
            let (row, column) = (self.cursor / columns, self.cursor % columns);
            let count = (columns - column).min(left).min(block);
            if let Some(column) = self.scan(row, column, count, &mut best) {
                found = Some((row, column));
            }
            self.cursor = (self.cursor + count) % arcs;
            left -= count;
            block -= count;
            if block == 0 {
                if found.is_some() {
                    return found;
                }
                block = self.block;
            }
        }
        found
    }

    /// The column of the arc of this stretch whose reduced cost is below `best`, which it lowers.
    fn scan(&self, row: usize, from: usize, count: usize, best: &mut f64) -> Option<usize> {
        let start = row * self.costs.columns + from;
        let costs = self.costs.values[start..start + count].chunks(CHUNK);
        let columns = self.column_float[from..from + count].chunks(CHUNK);
        let price = self.row_float[row];
        let (factor, slack, grain) = (self.factor, self.slack, self.grain);
        let bounds = |cost: f64, column: f64| {
            let cost = cost * factor;
            let reduced = (cost - price) - column;
            (reduced, slack * (cost.abs() + price.abs() + column.abs()) + grain)
        };
        let mut found = None;
        for (chunk, (costs, columns)) in costs.zip(columns).enumerate() {
            let mut promising = false;
            for (&cost, &column) in costs.iter().zip(columns) {
                let (reduced, error) = bounds(cost, column);
                promising |= reduced - error < *best;
            }
            if !promising {
                continue;
            }
            for (k, (&cost, &column)) in costs.iter().zip(columns).enumerate() {
                let (mut reduced, error) = bounds(cost, column);
                let at = from + chunk * CHUNK + k;
                if reduced - error >= *best || reduced >= *best && *best < 0.0 {
                    continue;
                }
                if reduced >= -error {
                    if !self.reduced_cost(row, at).is_negative() {
                        continue;
                    }
                    reduced = reduced.min(-f64::MIN_POSITIVE);
                }
                if reduced < *best {
                    *best = reduced;
                    found = Some(at);
                }
            }
        }
        found
    }

    /// After `top` was hung elsewhere over an arc of this reduced cost: makes that arc's reduced cost 0.
    pub(super) fn shift(&mut self, tree: &Tree, top: usize, reduced: &I) {
        let n = self.row.len();
        let raise_rows = top < n;
        let mut change = |x: usize| {
            let (exact, float) = if x < n {
                (&mut self.row[x], &mut self.row_float[x])
            } else {
                (&mut self.column[x - n], &mut self.column_float[x - n])
            };
            if (x < n) == raise_rows {
                exact.add(reduced)
            } else {
                exact.subtract(reduced)
            }
            *float = exact.approximate(self.costs.unit + self.costs.shift);
        };
        change(top);
        tree.below(top, |x, _| change(x));
    }
}

/// `2^shift` for shifts of up to 1074.
fn scale_factor(shift: i32) -> f64 {
    super::exact::scale(1.0, shift)
}
