//! The plan in twofold precision: of given potentials of the columns, those of the rows, what the columns miss, and what
//! it costs. Values are right to the last digit because the dual is flat at its top: an error of the potentials counts
//! by its square.

use super::super::Cloud;
use super::super::costs::{Ground, zeros};
use super::kernel::padded;
use super::problem::{Points, Problem, Side};
use crate::distances::pair::{Wide, scaled, total, wide};
use crate::number::lane::{Block, run};
use crate::number::{LANES, Lane, Level, Machine, Real, Twofold};
use fearless_simd::Simd;
use rayon::prelude::*;

/// Numbers as two arrays, their high and their low parts.
#[derive(Clone, Debug, Default)]
struct Split {
    high: Vec<f64>,
    low: Vec<f64>,
}

impl Split {
    fn new(values: &[Wide]) -> Self {
        let part = |part: fn(&Wide) -> f64| values.iter().map(part).collect::<Vec<f64>>();
        Split { high: padded(&part(|x| x.high), 0.0), low: padded(&part(|x| x.low), 0.0) }
    }
    fn zeros(count: usize) -> Self {
        Split::new(&vec![wide(0.0); count])
    }
    fn parts(&self) -> [&[f64]; 2] {
        [&self.high, &self.low]
    }
    fn parts_mut(&mut self) -> [&mut [f64]; 2] {
        [&mut self.high, &mut self.low]
    }
    fn at(&self, j: usize) -> Wide {
        Twofold::new(self.high[j], self.low[j])
    }
    /// The sum of the first numbers, as eight partial sums: one alone would wait for itself.
    fn total(&self, count: usize) -> Wide {
        let mut partial = [wide(0.0); LANES];
        for j in 0..count {
            partial[j % LANES] = partial[j % LANES] + self.at(j);
        }
        total(partial.into_iter())
    }
    fn each(&self, count: usize) -> impl Iterator<Item = Wide> {
        (0..count).map(|j| self.at(j))
    }
}

/// Makes plans of a problem.
#[derive(Debug)]
pub(in super::super) struct Solver<'a> {
    problem: &'a Problem<'a>,
    beta: Split,
    /// The inverse of the mantissa of ε, and what costs are multiplied by before.
    inverse: Wide,
    power: f64,
}

/// A plan, in units of ε and of the total weight.
#[derive(Clone, Debug)]
pub(in super::super) struct Plan {
    /// u and v; `Σ α u = Σ β v`, so that both sides count the same.
    pub(super) rows: Vec<Wide>,
    pub(super) columns: Vec<Wide>,
    /// What each column misses.
    missing: Vec<Wide>,
    /// Σ |what columns miss|; rows miss nothing.
    pub(in super::super) error: f64,
    /// ⟨P, K⟩.
    cost: Wide,
    pub(in super::super) iterations: usize,
}

/// Blocks that rows are split into.
const BLOCKS: usize = 64;

impl<'a> Solver<'a> {
    pub(in super::super) fn new(problem: &'a Problem<'a>) -> Self {
        let (inverse, exponent) = problem.unit();
        let power = scaled(1.0, problem.points.as_ref().map_or(0, |points| points.exponent) - exponent);
        Solver { problem, beta: Split::new(&problem.beta.shares), inverse, power }
    }

    /// The plan of these potentials of the columns.
    pub(super) fn plan(&self, columns: &[Wide]) -> Plan {
        let m = columns.len();
        let potential = Split::new(columns);
        let part = |block: usize| {
            let mut sums = RowSums { columns: Split::zeros(m), costs: Split::zeros(m) };
            let rows = self.block(block).map(|i| self.row(i, &potential, Some(&mut sums)).0).collect::<Vec<Wide>>();
            (rows, sums)
        };
        let parts: Vec<(Vec<Wide>, RowSums)> = self.blocks().into_par_iter().map(part).collect();
        let rows: Vec<Wide> = parts.iter().flat_map(|(rows, _)| rows.iter().copied()).collect();
        let over = |j: usize, of: fn(&RowSums) -> &Split| total(parts.iter().map(|(_, sums)| of(sums).at(j)));
        let shares = &self.problem.beta.shares;
        let missing: Vec<Wide> = (0..m).map(|j| shares[j] - over(j, |sums| &sums.columns)).collect();
        let cost = total((0..m).map(|j| over(j, |sums| &sums.costs)));
        let error = total(missing.iter().map(|r| r.abs())).high;
        // The constant that the potentials leave open.
        let half = (self.problem.beta.mean(columns) - self.problem.alpha.mean(&rows)) * 0.5;
        Plan {
            rows: rows.into_iter().map(|u| u + half).collect(),
            columns: columns.iter().map(|v| *v - half).collect(),
            missing,
            error,
            cost,
            iterations: 0,
        }
    }

    fn blocks(&self) -> std::ops::Range<usize> {
        0..self.problem.alpha.shares.len().div_ceil(self.rows_per_block())
    }
    fn rows_per_block(&self) -> usize {
        self.problem.alpha.shares.len().div_ceil(BLOCKS).max(8)
    }
    fn block(&self, block: usize) -> std::ops::Range<usize> {
        let rows = self.rows_per_block();
        block * rows..((block + 1) * rows).min(self.problem.alpha.shares.len())
    }

    /// u of a row, and the row of the plan; adds it to the sums of the columns.
    fn row(&self, i: usize, potential: &Split, sums: Option<&mut RowSums>) -> (Wide, Split) {
        let m = self.problem.beta.shares.len();
        let mut costs = Split::zeros(m);
        match &self.problem.points {
            None => {
                let row = &self.problem.costs[i * m..(i + 1) * m];
                costs.high[..m].copy_from_slice(row);
            }
            Some(points) => points.costs(i, &mut costs),
        }
        let constant = [self.power, self.inverse.high, self.inverse.low];
        Apply { formula: Divide, input: [], constant, output: costs.parts_mut() }.run();
        let exponents = potential.high.iter().zip(&costs.high).take(m).map(|(v, k)| v - k);
        let shift = exponents.fold(f64::NEG_INFINITY, f64::max);
        let mut row = Split::zeros(m);
        let ([v, v2], [k, k2], [b, b2]) = (potential.parts(), costs.parts(), self.beta.parts());
        Apply { formula: Weigh, input: [v, v2, k, k2, b, b2], constant: [shift], output: row.parts_mut() }.run();
        let sum = row.total(m);
        let scale = self.problem.alpha.shares[i] / sum;
        Apply { formula: Scale, input: [], constant: [scale.high, scale.low], output: row.parts_mut() }.run();
        if let Some(RowSums { columns, costs: of_costs }) = sums {
            let ([p, p2], [c, c2], [q, q2]) = (row.parts(), columns.parts_mut(), of_costs.parts_mut());
            Apply { formula: Add, input: [p, p2, k, k2], constant: [], output: [c, c2, q, q2] }.run();
        }
        (-(sum.ln() + shift), row)
    }
}

impl Plan {
    /// What columns miss, as floats.
    pub(super) fn residual(&self) -> Vec<f64> {
        self.missing.iter().map(|r| r.high).collect()
    }
    pub(super) fn largest_error(&self) -> Wide {
        self.missing.iter().fold(wide(0.0), |largest, r| largest.max(r.abs()))
    }
    /// ⟨P, C⟩.
    pub(in super::super) fn cost(&self, problem: &Problem<'_>) -> Wide {
        self.cost * problem.settings.epsilon * problem.total
    }
    /// ⟨P, C⟩ + ε KL(P | a bᵀ / m), by the dual: Σ a f + Σ b g.
    pub(in super::super) fn regularised(&self, problem: &Problem<'_>) -> Wide {
        (problem.alpha.mean(&self.rows) + problem.beta.mean(&self.columns)) * problem.settings.epsilon * problem.total
    }
    /// f and g, as the problem was given.
    pub(in super::super) fn potentials(&self, problem: &Problem<'_>) -> [Vec<Wide>; 2] {
        let of_rows = problem.potentials(&problem.alpha, &self.rows, &problem.beta, &self.columns, problem.swapped);
        let of_columns = problem.potentials(&problem.beta, &self.columns, &problem.alpha, &self.rows, !problem.swapped);
        if problem.swapped { [of_columns, of_rows] } else { [of_rows, of_columns] }
    }
}

impl Solver<'_> {
    /// Calls `visit` with each row of the plan, as (row, columns), block by block of rows; gives what it made of each.
    pub(super) fn visit<T: Send>(
        &self,
        plan: &Plan,
        start: impl Fn() -> T + Sync,
        visit: impl Fn(&mut T, usize, &mut dyn Iterator<Item = Wide>) + Sync,
    ) -> Vec<T> {
        let m = plan.columns.len();
        let potential = Split::new(&plan.columns);
        let block = |block: usize| {
            let mut made = start();
            for i in self.block(block) {
                let (_, row) = self.row(i, &potential, None);
                visit(&mut made, i, &mut row.each(m).map(|p| p * self.problem.total));
            }
            made
        };
        self.blocks().into_par_iter().map(block).collect()
    }

    /// The plan, row after row of the first side.
    pub(in super::super) fn matrix(&self, plan: &Plan) -> Vec<f64> {
        let rows =
            self.visit(plan, Vec::new, |rows: &mut Vec<f64>, _, row| rows.extend(row.map(Wide::round_to_machine)));
        let dense = rows.concat();
        let Problem { alpha, beta, swapped, .. } = self.problem;
        let (first, second) = if *swapped { (beta, alpha) } else { (alpha, beta) };
        let columns = second.order.len();
        let mut all = vec![0.0; first.order.len() * columns];
        for (row, i) in dense.chunks_exact(beta.places.len()).zip(alpha.points()) {
            for (p, j) in row.iter().zip(beta.points()) {
                let (i, j) = if *swapped { (j, i) } else { (i, j) };
                all[i * columns + j] = *p;
            }
        }
        all
    }

    /// The gradients of ⟨P, C⟩ with respect to the points of both sides, the plan held fixed: those of the minimum.
    pub(in super::super) fn pulls(&self, plan: &Plan, ground: Ground, x: &Cloud<'_>, y: &Cloud<'_>) -> [Vec<Wide>; 2] {
        let Problem { alpha, beta, swapped, .. } = self.problem;
        let (of_rows, of_columns) = if *swapped { (y, x) } else { (x, y) };
        let d = x.dimension;
        let start = || (Vec::new(), zeros(beta.places.len() * d));
        let places = |side: &Side| side.points().collect::<Vec<usize>>();
        let (row_places, column_places) = (places(alpha), places(beta));
        let blocks = self.visit(plan, start, |(rows, columns): &mut (Vec<Wide>, Vec<Wide>), i, row| {
            let from = rows.len();
            rows.extend(zeros(d));
            for (j, mass) in row.enumerate() {
                let (x, y) = (of_rows.point(row_places[i]), of_columns.point(column_places[j]));
                ground.pull(x, y, mass, |k, g| {
                    rows[from + k] = rows[from + k] + g;
                    columns[j * d + k] = columns[j * d + k] - g;
                });
            }
        });
        let spread = |side: &Side, sums: &mut dyn Iterator<Item = Wide>| {
            let mut all = zeros(side.order.len() * d);
            for i in side.points() {
                all[i * d..(i + 1) * d].iter_mut().zip(&mut *sums).for_each(|(all, g)| *all = g);
            }
            all
        };
        let rows = spread(alpha, &mut blocks.iter().flat_map(|(rows, _)| rows.iter().copied()));
        let column = |k: usize| total(blocks.iter().map(|(_, columns)| columns[k]));
        let columns = spread(beta, &mut (0..beta.places.len() * d).map(column));
        if *swapped { [columns, rows] } else { [rows, columns] }
    }
}

impl Points {
    /// The costs between a row and all columns.
    fn costs(&self, row: usize, costs: &mut Split) {
        for (x, y) in self.rows.iter().zip(&self.columns) {
            Apply { formula: AddSquare, input: [y], constant: [x[row]], output: costs.parts_mut() }.run();
        }
        if self.ground == Ground::Euclidean {
            Apply { formula: Root, input: [], constant: [], output: costs.parts_mut() }.run();
        }
    }
}

/// Sums over the rows of a block.
#[derive(Debug)]
struct RowSums {
    /// Σ P.
    columns: Split,
    /// Σ P K.
    costs: Split,
}

/// A formula for every place of some arrays.
trait Formula<const I: usize, const C: usize, const O: usize> {
    /// From inputs, constants and old outputs, the new outputs.
    fn apply<M: Machine>(input: [M; I], constant: [M; C], output: [M; O]) -> [M; O];
}

/// A formula, run over whole lanes.
struct Apply<'a, F, const I: usize, const C: usize, const O: usize> {
    formula: F,
    input: [&'a [f64]; I],
    constant: [f64; C],
    output: [&'a mut [f64]; O],
}

impl<F: Formula<I, C, O>, const I: usize, const C: usize, const O: usize> Apply<'_, F, I, C, O> {
    fn run(self) {
        run(Level::best(), self);
    }
}

impl<F: Formula<I, C, O>, const I: usize, const C: usize, const O: usize> Block for Apply<'_, F, I, C, O> {
    fn scalar(mut self) {
        for j in 0..self.output[0].len() {
            let old = std::array::from_fn(|k| self.output[k][j]);
            let new = F::apply(self.input.map(|x| x[j]), self.constant, old);
            self.output.iter_mut().zip(new).for_each(|(output, x)| output[j] = x);
        }
        let _ = self.formula;
    }

    #[inline(always)]
    fn lanes<S: Simd>(mut self, simd: S) {
        let zero = Lane::splat(simd, 0.0);
        let mut constant = [zero; C];
        for (lane, x) in constant.iter_mut().zip(self.constant) {
            *lane = Lane::splat(simd, x);
        }
        for j in 0..self.output[0].len() / LANES {
            let (mut input, mut output) = ([zero; I], [zero; O]);
            for (lane, x) in input.iter_mut().zip(&self.input) {
                *lane = Lane::load(simd, &x.as_chunks().0[j]);
            }
            for (lane, x) in output.iter_mut().zip(&self.output) {
                *lane = Lane::load(simd, &x.as_chunks().0[j]);
            }
            let new = F::apply(input, constant, output);
            for (x, lane) in self.output.iter_mut().zip(new) {
                lane.store(&mut x.as_chunks_mut::<LANES>().0[j]);
            }
        }
    }
}

/// Adds the square of the difference of one coordinate.
struct AddSquare;
impl Formula<1, 1, 2> for AddSquare {
    #[inline(always)]
    fn apply<M: Machine>([y]: [M; 1], [x]: [M; 1], [high, low]: [M; 2]) -> [M; 2] {
        let sum = Twofold::new(high, low) + Twofold::sum(x, -y).square();
        [sum.high, sum.low]
    }
}

/// The square root.
struct Root;
impl Formula<0, 0, 2> for Root {
    #[inline(always)]
    fn apply<M: Machine>(_: [M; 0], _: [M; 0], [high, low]: [M; 2]) -> [M; 2] {
        let root = Real::sqrt(Twofold::new(high, low));
        [root.high, root.low]
    }
}

/// Costs in units of ε.
struct Divide;
impl Formula<0, 3, 2> for Divide {
    #[inline(always)]
    fn apply<M: Machine>(_: [M; 0], [power, high, low]: [M; 3], [cost, rest]: [M; 2]) -> [M; 2] {
        let ratio = Twofold::new(cost * power, rest * power) * Twofold::new(high, low);
        [ratio.high, ratio.low]
    }
}

/// `exp(v - K - shift) · β`.
struct Weigh;
impl Formula<6, 1, 2> for Weigh {
    #[inline(always)]
    fn apply<M: Machine>([v, v2, k, k2, b, b2]: [M; 6], [shift]: [M; 1], _: [M; 2]) -> [M; 2] {
        let exponent = Twofold::new(v, v2) - Twofold::new(k, k2) - Twofold::from(shift);
        let weight = Real::exp(exponent) * Twofold::new(b, b2);
        [weight.high, weight.low]
    }
}

/// Scales a row.
struct Scale;
impl Formula<0, 2, 2> for Scale {
    #[inline(always)]
    fn apply<M: Machine>(_: [M; 0], [s, s2]: [M; 2], [p, p2]: [M; 2]) -> [M; 2] {
        let p = Twofold::new(p, p2) * Twofold::new(s, s2);
        [p.high, p.low]
    }
}

/// Adds a row, and the row times its costs.
struct Add;
impl Formula<4, 0, 4> for Add {
    #[inline(always)]
    fn apply<M: Machine>([p, p2, k, k2]: [M; 4], _: [M; 0], [c, c2, q, q2]: [M; 4]) -> [M; 4] {
        let p = Twofold::new(p, p2);
        let column = Twofold::new(c, c2) + p;
        let cost = Twofold::new(q, q2) + p * Twofold::new(k, k2);
        [column.high, column.low, cost.high, cost.low]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::permutation::SplitMix64;

    fn bits<F: Formula<I, C, O>, const I: usize, const C: usize, const O: usize>(formula: fn() -> F) {
        let mut random = SplitMix64(5);
        // Parts that do not overlap, as twofold numbers have them.
        let mut numbers = |k: usize| -> Vec<f64> {
            let size = if k.is_multiple_of(2) { 1.0 } else { 2f64.powi(-54) };
            (0..24).map(|_| (random.next_bits() >> 11) as f64 / (1_u64 << 50) as f64 * size).collect()
        };
        let input: [Vec<f64>; I] = std::array::from_fn(&mut numbers);
        let constant: [f64; C] = std::array::from_fn(|k| numbers(k)[0]);
        let output: [Vec<f64>; O] = std::array::from_fn(numbers);
        let at = |level: Level| {
            let mut output = output.clone();
            let input = input.each_ref().map(|x| &x[..]);
            run(level, Apply { formula: formula(), input, constant, output: output.each_mut().map(|x| &mut x[..]) });
            output.concat().into_iter().map(f64::to_bits).collect::<Vec<u64>>()
        };
        let reference = at(Level::Scalar);
        for level in Level::available() {
            assert_eq!(at(level), reference, "{level:?} {}", std::any::type_name::<F>());
        }
    }

    #[test]
    fn every_level_gives_the_bits_of_the_scalar_reference() {
        bits(|| AddSquare);
        bits(|| Root);
        bits(|| Divide);
        bits(|| Weigh);
        bits(|| Scale);
        bits(|| Add);
    }
}
