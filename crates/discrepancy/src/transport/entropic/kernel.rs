//! Passes over the costs in plain precision: exponentials of a row, what they sum to, what they add to the columns.
//!
//! Rows are split into blocks by their number alone, and blocks are added in order, so that the number of threads does
//! not show. Each row is read once from memory, stays in the cache, and costs one exponential an entry.

use crate::number::lane::{Block, run};
use crate::number::{LANES, Lane, Level, Real};
use fearless_simd::Simd;
use rayon::prelude::*;

/// The costs, and the fixed weights of rows and columns.
#[derive(Debug)]
pub(super) struct Kernel<'a> {
    pub(super) costs: &'a [f64],
    pub(super) alpha: &'a [f64],
    /// Padded with zeros to whole lanes.
    pub(super) beta: Vec<f64>,
    pub(super) columns: usize,
    pub(super) level: Level,
}

/// The plan of some potentials of the columns: `P_ij = scale_i · exp(v_j - K_ij - shift_i) · β_j`.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// `1/ε`.
    pub(super) inverse: f64,
    /// v, padded with its last element.
    pub(super) potential: Vec<f64>,
    /// The largest exponent of each row.
    pub(super) shift: Vec<f64>,
    /// What makes each row sum to α.
    pub(super) scale: Vec<f64>,
    /// The sum of each column over its β: 1 where the marginal is met.
    pub(super) sums: Vec<f64>,
}

/// What a pass computes for the columns.
#[derive(Clone, Copy, Debug)]
enum Task<'a> {
    /// Shifts and scales of the rows; Σ_i P_ij / β_j.
    Sums,
    /// Σ_i P_ij (δ_j - mean_i δ) / β_j, the curvature times δ; given δ and β δ.
    Product { direction: &'a [f64], weighted: &'a [f64] },
    /// Σ_i P_ij (1 - P_ij / α_i), the diagonal of the curvature.
    Diagonal,
}

/// Blocks that rows are split into.
const BLOCKS: usize = 64;
/// A pass over fewer entries than this is not worth a second thread.
const SMALL: usize = 1 << 14;

impl<'a> Kernel<'a> {
    pub(super) fn new(costs: &'a [f64], alpha: &'a [f64], beta: &[f64], level: Level) -> Self {
        Kernel { costs, alpha, beta: padded(beta, 0.0), columns: beta.len(), level }
    }

    fn rows_per_block(&self) -> usize {
        self.alpha.len().div_ceil(BLOCKS).max(8)
    }

    /// The plan of these potentials.
    pub(super) fn state(&self, inverse: f64, potential: &[f64]) -> State {
        let last = potential.last().copied().unwrap_or_default();
        let rows = vec![0.0; self.alpha.len()];
        let potential = padded(potential, last);
        let mut state = State { inverse, potential, shift: rows.clone(), scale: rows, sums: Vec::new() };
        state.sums = self.pass(&mut state, Task::Sums);
        state.sums.truncate(self.columns);
        state
    }

    /// The curvature of the dual at a state, times a direction.
    pub(super) fn product(&self, state: &mut State, direction: &[f64]) -> Vec<f64> {
        let direction = padded(direction, 0.0);
        let weighted: Vec<f64> = direction.iter().zip(&self.beta).map(|(d, b)| d * b).collect();
        let sums = self.pass(state, Task::Product { direction: &direction, weighted: &weighted });
        sums.iter().zip(&self.beta).take(self.columns).map(|(sum, beta)| sum * beta).collect()
    }

    /// The diagonal of the curvature.
    pub(super) fn diagonal(&self, state: &mut State) -> Vec<f64> {
        let mut sums = self.pass(state, Task::Diagonal);
        sums.truncate(self.columns);
        sums
    }

    /// One row of the plan.
    pub(super) fn row(&self, state: &State, row: usize, out: &mut [f64]) {
        let costs = &self.costs[row * self.columns..(row + 1) * self.columns];
        run(self.level, PlanRow { costs, kernel: self, state, row, out });
    }

    fn pass(&self, state: &mut State, task: Task<'_>) -> Vec<f64> {
        let rows = self.rows_per_block();
        let State { inverse, potential, shift, scale, .. } = state;
        let block = |(index, (shift, scale)): (usize, (&mut [f64], &mut [f64]))| {
            let (from, to) = (index * rows, index * rows + shift.len());
            let mut columns = vec![0.0; self.beta.len()];
            run(
                self.level,
                Rows {
                    costs: &self.costs[from * self.columns..to * self.columns],
                    count: self.columns,
                    alpha: &self.alpha[from..to],
                    beta: &self.beta,
                    inverse: *inverse,
                    potential,
                    task,
                    shift,
                    scale,
                    columns: &mut columns,
                },
            );
            columns
        };
        let parts: Vec<Vec<f64>> = if self.costs.len() < SMALL {
            shift.chunks_mut(rows).zip(scale.chunks_mut(rows)).enumerate().map(block).collect()
        } else {
            shift.par_chunks_mut(rows).zip(scale.par_chunks_mut(rows)).enumerate().map(block).collect()
        };
        let add = |mut sum: Vec<f64>, part: Vec<f64>| {
            sum.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
            sum
        };
        parts.into_iter().reduce(add).unwrap_or_default()
    }
}

/// Padded to whole lanes.
pub(super) fn padded(values: &[f64], padding: f64) -> Vec<f64> {
    let mut padded = values.to_vec();
    padded.resize(values.len().next_multiple_of(LANES), padding);
    padded
}

/// The last, incomplete lane of a row; it repeats the last element.
pub(super) fn tail(row: &[f64]) -> [f64; LANES] {
    let rest = row.as_chunks::<LANES>().1;
    std::array::from_fn(|i| rest.get(i).or(row.last()).copied().unwrap_or_default())
}

/// Some rows, one pass.
struct Rows<'a> {
    costs: &'a [f64],
    count: usize,
    alpha: &'a [f64],
    beta: &'a [f64],
    inverse: f64,
    potential: &'a [f64],
    task: Task<'a>,
    shift: &'a mut [f64],
    scale: &'a mut [f64],
    columns: &'a mut [f64],
}

/// The sum of the partial sums of eight lanes, in one order for all levels.
fn tree(x: [f64; LANES]) -> f64 {
    ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]))
}

impl Block for Rows<'_> {
    /// The reference: one element at a time, with the partial sums of eight lanes.
    fn scalar(self) {
        let mut e = vec![0.0; self.beta.len()];
        for (r, row) in self.costs.chunks_exact(self.count).enumerate() {
            let exponent = |j: usize| row[j.min(self.count - 1)].mul_add(-self.inverse, self.potential[j]);
            if let Task::Sums = self.task {
                self.shift[r] = (0..e.len()).map(exponent).fold(f64::NEG_INFINITY, f64::max);
            }
            let weights = if let Task::Product { weighted, .. } = self.task { weighted } else { self.beta };
            let mut partial = [0.0; LANES];
            for j in 0..e.len() {
                e[j] = Real::exp(exponent(j) - self.shift[r]);
                partial[j % LANES] = e[j].mul_add(weights[j], partial[j % LANES]);
            }
            let sum = tree(partial);
            if let Task::Sums = self.task {
                self.scale[r] = self.alpha[r] / sum;
            }
            let (scale, share) = (self.scale[r], self.scale[r] / self.alpha[r]);
            for (j, (column, e)) in self.columns.iter_mut().zip(&e).enumerate() {
                *column = match self.task {
                    Task::Sums => e.mul_add(scale, *column),
                    Task::Product { direction, .. } => (e * scale).mul_add(direction[j] - sum * share, *column),
                    Task::Diagonal => {
                        let part = e * share * self.beta[j];
                        (part * (1.0 - part)).mul_add(self.alpha[r], *column)
                    }
                };
            }
        }
    }

    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        let potential = self.potential.as_chunks::<LANES>().0;
        let beta = self.beta.as_chunks::<LANES>().0;
        let (direction, weights) = match self.task {
            Task::Product { direction, weighted } => (direction, weighted),
            _ => (self.beta, self.beta),
        };
        let (direction, weights) = (direction.as_chunks::<LANES>().0, weights.as_chunks::<LANES>().0);
        let columns = self.columns.as_chunks_mut::<LANES>().0;
        let slope = Lane::splat(simd, -self.inverse);
        let mut exponentials = vec![[0.0; LANES]; potential.len()];
        for (r, row) in self.costs.chunks_exact(self.count).enumerate() {
            let (whole, last) = (row.as_chunks::<LANES>().0, [tail(row)]);
            let costs = |k: usize| whole.get(k).unwrap_or(&last[0]);
            if let Task::Sums = self.task {
                let mut largest = Lane::splat(simd, f64::NEG_INFINITY);
                for (k, v) in potential.iter().enumerate() {
                    largest = largest.max(Lane::load(simd, costs(k)).mul_add(slope, Lane::load(simd, v)));
                }
                let mut lanes = [0.0; LANES];
                largest.store(&mut lanes);
                self.shift[r] = lanes.into_iter().fold(f64::NEG_INFINITY, f64::max);
            }
            let shift = Lane::splat(simd, self.shift[r]);
            let mut partial = Lane::splat(simd, 0.0);
            for (k, ((v, w), e)) in potential.iter().zip(weights).zip(&mut exponentials).enumerate() {
                let exponent = Lane::load(simd, costs(k)).mul_add(slope, Lane::load(simd, v));
                let exponential = (exponent - shift).exp();
                exponential.store(e);
                partial = exponential.mul_add(Lane::load(simd, w), partial);
            }
            let mut lanes = [0.0; LANES];
            partial.store(&mut lanes);
            let sum = tree(lanes);
            if let Task::Sums = self.task {
                self.scale[r] = self.alpha[r] / sum;
            }
            let (scale, share) = (self.scale[r], self.scale[r] / self.alpha[r]);
            let (mean, alpha) = (Lane::splat(simd, sum * share), Lane::splat(simd, self.alpha[r]));
            let (scale, share) = (Lane::splat(simd, scale), Lane::splat(simd, share));
            for (k, (column, e)) in columns.iter_mut().zip(&exponentials).enumerate() {
                let (sum, e) = (Lane::load(simd, column), Lane::load(simd, e));
                let sum = match self.task {
                    Task::Sums => e.mul_add(scale, sum),
                    Task::Product { .. } => (e * scale).mul_add(Lane::load(simd, &direction[k]) - mean, sum),
                    Task::Diagonal => {
                        let part = e * share * Lane::load(simd, &beta[k]);
                        (part * (part.lit(1.0) - part)).mul_add(alpha, sum)
                    }
                };
                sum.store(column);
            }
        }
    }
}

/// `P_ij` for one i.
struct PlanRow<'a, 'b> {
    costs: &'a [f64],
    kernel: &'a Kernel<'b>,
    state: &'a State,
    row: usize,
    out: &'a mut [f64],
}

impl Block for PlanRow<'_, '_> {
    fn scalar(self) {
        let PlanRow { kernel, state, row, .. } = self;
        for (j, (out, cost)) in self.out.iter_mut().zip(self.costs).enumerate() {
            let exponent = cost.mul_add(-state.inverse, state.potential[j]);
            *out = Real::exp(exponent - state.shift[row]) * state.scale[row] * kernel.beta[j];
        }
    }

    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        let PlanRow { kernel, state, row, .. } = self;
        let (slope, shift) = (Lane::splat(simd, -state.inverse), Lane::splat(simd, state.shift[row]));
        let scale = Lane::splat(simd, state.scale[row]);
        let (whole, last) = (self.costs.as_chunks::<LANES>().0, [tail(self.costs)]);
        let (potential, beta) = (state.potential.as_chunks::<LANES>().0, kernel.beta.as_chunks::<LANES>().0);
        for (k, out) in self.out.chunks_mut(LANES).enumerate() {
            let cost = Lane::load(simd, whole.get(k).unwrap_or(&last[0]));
            let exponent = cost.mul_add(slope, Lane::load(simd, &potential[k]));
            let mut lanes = [0.0; LANES];
            ((exponent - shift).exp() * scale * Lane::load(simd, &beta[k])).store(&mut lanes);
            out.copy_from_slice(&lanes[..out.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::permutation::SplitMix64;

    #[test]
    fn every_level_gives_the_bits_of_the_scalar_reference() {
        let mut random = SplitMix64(3);
        let mut uniform = |count: usize| -> Vec<f64> {
            (0..count).map(|_| (random.next_bits() >> 11) as f64 / (1_u64 << 53) as f64).collect()
        };
        for (n, m) in [(1, 1), (3, 7), (9, 8), (20, 17), (70, 31), (150, 130)] {
            let (costs, alpha, beta, potential) = (uniform(n * m), uniform(n), uniform(m), uniform(m));
            let direction = uniform(m);
            let all = |level: Level| {
                let kernel = Kernel::new(&costs, &alpha, &beta, level);
                let mut state = kernel.state(300.0, &potential);
                let mut row = vec![0.0; m];
                kernel.row(&state, n - 1, &mut row);
                let (product, diagonal) = (kernel.product(&mut state, &direction), kernel.diagonal(&mut state));
                let numbers = [state.shift, state.scale, state.sums, product, diagonal, row].concat();
                numbers.into_iter().map(f64::to_bits).collect::<Vec<u64>>()
            };
            let reference = all(Level::Scalar);
            for level in Level::available() {
                assert_eq!(all(level), reference, "{level:?} {n} × {m}");
            }
        }
    }
}
