//! Products of matrices, in lanes, with the same bits on every processor.
//!
//! `C[i,j] += Σ_k A[i,k] B[k,j]`, a tile of C in registers at a time. Both factors are packed: A in tiles of four rows, B in
//! panels of sixteen columns, so that all that the innermost loop reads lies one after the other. Two ways:
//!
//! - [`Way::Chains`]: chains of 32 fused multiply-adds, whose results are summed in two floats. Each step
//!   of a chain is rounded once: the sum is off by at most 2^-48 of the sum of the terms' sizes, however many there are.
//! - [`Way::Carried`]: every product and every addition carries its rounding error into a second float (Ogita, Rump, Oishi 2005,
//!   Accurate sum and dot product, doi:10.1137/030601818, with fused products). Off by at most n² 2^-105 times the sum of
//!   the sizes of n terms.
//!
//! Either way the order of the sum of an element is a matter of k alone: not of the processor, the threads, or how a matrix is
//! cut. That is why this is ours: the well-kept crates (`matrixmultiply`, `gemm`) choose their order by the
//! processor, and so the bits. What underflows is off by some 2^-1074 a term beside that.

use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::{Level, Real, Twofold};
use fearless_simd::Simd;

/// Rows of a tile.
pub(super) const ROWS: usize = 4;
/// Columns of a panel: two of the widest registers.
pub(super) const COLUMNS: usize = 16;
/// Registers of columns that a tile has.
const REGISTERS: usize = 2;
/// Terms of a chain.
pub(super) const CHAIN: usize = 32;
/// Terms for which a panel stays in the fastest cache: whole chains.
const STRETCH: usize = 8 * CHAIN;

/// How terms are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Chains of fused multiply-adds.
    Chains,
    /// With all rounding errors.
    Carried,
}

/// The left factor.
#[derive(Debug, Default)]
pub(super) struct Left {
    depth: usize,
    /// Tile by tile, term by term.
    tiles: Vec<[f64; ROWS]>,
}

impl Left {
    /// Packs a matrix of so many rows and terms; what is beyond the rows is 0.
    pub(super) fn fill(&mut self, rows: usize, depth: usize, at: impl Fn(usize, usize) -> f64) {
        self.depth = depth;
        self.tiles.clear();
        self.tiles.resize(rows.div_ceil(ROWS) * depth, [0.0; ROWS]);
        for (t, tile) in self.tiles.chunks_exact_mut(depth).enumerate() {
            for i in 0..ROWS.min(rows - t * ROWS) {
                for (k, place) in tile.iter_mut().enumerate() {
                    place[i] = at(t * ROWS + i, k);
                }
            }
        }
    }

    /// The same of a matrix that is stored term by term, `from` an index on.
    pub(super) fn fill_columns(&mut self, matrix: &[f64], stride: usize, from: usize, rows: usize) {
        let depth = matrix.len() / stride;
        self.depth = depth;
        self.tiles.clear();
        self.tiles.resize(rows.div_ceil(ROWS) * depth, [0.0; ROWS]);
        for (k, line) in matrix.chunks_exact(stride).enumerate() {
            for (t, four) in line[from..from + rows].chunks(ROWS).enumerate() {
                self.tiles[t * depth + k][..four.len()].copy_from_slice(four);
            }
        }
    }
}

/// The right factor.
#[derive(Debug, Default)]
pub(super) struct Right {
    depth: usize,
    /// Panel by panel, term by term.
    panels: Vec<[f64; COLUMNS]>,
}

impl Right {
    /// Packs the rows `B[k]` of a matrix.
    pub(super) fn of_rows(matrix: &[f64], columns: usize) -> Right {
        let depth = matrix.len() / columns;
        let mut panels = vec![[0.0; COLUMNS]; columns.div_ceil(COLUMNS) * depth];
        for (p, panel) in panels.chunks_exact_mut(depth).enumerate() {
            let (from, to) = (p * COLUMNS, columns.min((p + 1) * COLUMNS));
            for (place, row) in panel.iter_mut().zip(matrix.chunks_exact(columns)) {
                place[..to - from].copy_from_slice(&row[from..to]);
            }
        }
        Right { depth, panels }
    }

    /// Packs the transpose of a matrix: its rows become columns.
    pub(super) fn of_columns(matrix: &[f64], depth: usize) -> Right {
        let columns = matrix.len() / depth;
        let mut panels = vec![[0.0; COLUMNS]; columns.div_ceil(COLUMNS) * depth];
        for (panel, rows) in panels.chunks_exact_mut(depth).zip(matrix.chunks(COLUMNS * depth)) {
            for (j, row) in rows.chunks_exact(depth).enumerate() {
                for (place, x) in panel.iter_mut().zip(row) {
                    place[j] = *x;
                }
            }
        }
        Right { depth, panels }
    }
}

/// Sums in two floats, row by row, whole tiles.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) head: Vec<f64>,
    pub(super) tail: Vec<f64>,
}

/// How far apart the rows of so many sums lie.
pub(super) fn stride(columns: usize) -> usize {
    columns.next_multiple_of(COLUMNS)
}

impl Sums {
    /// So many rows, each begun with these numbers, and 0 beyond them.
    pub(super) fn begin(&mut self, rows: usize, columns: usize, with: &[f64]) {
        let (stride, rows) = (stride(columns), rows.next_multiple_of(ROWS));
        for column in [&mut self.head, &mut self.tail] {
            column.clear();
            column.resize(rows * stride, 0.0);
        }
        for row in self.head.chunks_exact_mut(stride) {
            row[..with.len()].copy_from_slice(with);
        }
    }
}

/// Adds a product to sums (heads and tails, whose rows lie `stride` apart).
pub(super) fn add(level: Level, way: Way, left: &Left, right: &Right, [head, tail]: [&mut [f64]; 2], stride: usize) {
    run(level, Product { way, left, right, head, tail, stride });
}

struct Product<'a> {
    way: Way,
    left: &'a Left,
    right: &'a Right,
    head: &'a mut [f64],
    tail: &'a mut [f64],
    stride: usize,
}

impl Block for Product<'_> {
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}

/// The sums of a tile: heads and tails.
type Tile<N> = [[[N; 2]; REGISTERS]; ROWS];

impl Product<'_> {
    #[inline(always)]
    fn each<L: Load>(self, load: L) {
        match self.way {
            Way::Chains => self.stretches::<L, false>(load),
            Way::Carried => self.stretches::<L, true>(load),
        }
    }

    #[inline(always)]
    fn stretches<L: Load, const CARRIED: bool>(self, load: L) {
        let Product { left, right, head, tail, stride, .. } = self;
        let depth = left.depth.min(right.depth);
        for from in (0..depth).step_by(STRETCH) {
            let terms = from..depth.min(from + STRETCH);
            for (p, panel) in right.panels.chunks_exact(right.depth).enumerate() {
                let panel = &panel[terms.clone()];
                for (t, tile) in left.tiles.chunks_exact(left.depth).enumerate() {
                    let tile = &tile[terms.clone()];
                    for column in (0..COLUMNS).step_by(REGISTERS * L::WIDTH) {
                        let at = t * ROWS * stride + p * COLUMNS + column;
                        let (head, tail) = (&mut head[at..], &mut tail[at..]);
                        of_tile::<L, CARRIED>(load, tile, panel, column, head, tail, stride);
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn of_tile<L: Load, const CARRIED: bool>(
    load: L,
    left: &[[f64; ROWS]],
    right: &[[f64; COLUMNS]],
    column: usize,
    head: &mut [f64],
    tail: &mut [f64],
    stride: usize,
) {
    let zero = load.load(&[0.0; COLUMNS][..L::WIDTH]);
    let mut sums: Tile<L::Number> = [[[zero; 2]; REGISTERS]; ROWS];
    for (i, sums) in sums.iter_mut().enumerate() {
        for (r, sum) in sums.iter_mut().enumerate() {
            let at = i * stride + r * L::WIDTH;
            *sum = [load.load(&head[at..at + L::WIDTH]), load.load(&tail[at..at + L::WIDTH])];
        }
    }
    if CARRIED {
        for (a, b) in left.iter().zip(right) {
            let b = registers(load, b, column);
            for (a, sums) in a.iter().zip(&mut sums) {
                let a = zero.lit(*a);
                for (b, sum) in b.iter().zip(sums) {
                    let product = a * *b;
                    let lost = a.mul_add(*b, -product);
                    let next = Twofold::sum(sum[0], product);
                    *sum = [next.high, sum[1] + (next.low + lost)];
                }
            }
        }
    } else {
        for (left, right) in left.chunks(CHAIN).zip(right.chunks(CHAIN)) {
            let mut chains = [[zero; REGISTERS]; ROWS];
            for (a, b) in left.iter().zip(right) {
                let b = registers(load, b, column);
                for (a, chains) in a.iter().zip(&mut chains) {
                    let a = zero.lit(*a);
                    for (b, chain) in b.iter().zip(chains) {
                        *chain = a.mul_add(*b, *chain);
                    }
                }
            }
            for (chains, sums) in chains.iter().zip(&mut sums) {
                for (chain, sum) in chains.iter().zip(sums) {
                    let next = Twofold::sum(sum[0], *chain);
                    *sum = [next.high, sum[1] + next.low];
                }
            }
        }
    }
    for (i, sums) in sums.iter().enumerate() {
        for (r, sum) in sums.iter().enumerate() {
            let at = i * stride + r * L::WIDTH;
            load.store(sum[0], &mut head[at..at + L::WIDTH]);
            load.store(sum[1], &mut tail[at..at + L::WIDTH]);
        }
    }
}

#[inline(always)]
fn registers<L: Load>(load: L, row: &[f64; COLUMNS], column: usize) -> [L::Number; REGISTERS] {
    [load.load(&row[column..column + L::WIDTH]), load.load(&row[column + L::WIDTH..column + 2 * L::WIDTH])]
}
