//! All pairs of rows through kernels of tiles: packed once, dealt to threads, pairs in doubt computed alone.

use super::element::Element;
use super::pairs::PairEvaluation;
use crate::distances::tile::{Packed, TileKernel, TileSetting};
use crate::error::Result;
use crate::number::{LANES, Level};
use crate::stop::Stop;
use rayon::prelude::*;
use std::sync::OnceLock;

/// Rows of `a` that are taken together.
const ROWS: usize = 4 * LANES;
/// Rows of `b` that are.
const COLUMNS: usize = 8 * LANES;
/// Numbers of a task, at least, so that threads do not wait for work.
const TASK: usize = 1 << 16;
/// Matrices of fewer pairs are not worth packing.
const LEAST: usize = 16;

/// Packed rows of `b`, and the kernel that packed them.
struct Side<'k> {
    kernel: Box<dyn TileKernel + 'k>,
    panels: Vec<Packed>,
}

/// All pairs of two sides.
pub(super) struct Tiles<'p, 'a, E> {
    pairs: &'p PairEvaluation<'a, E>,
    setting: TileSetting,
    first: Side<'p>,
    /// Surer of most pairs, and slower: made where the first is in doubt about too many.
    second: OnceLock<Option<Side<'p>>>,
    /// Whether only pairs `i < j` are wanted.
    upper: bool,
    stop: Option<Stop>,
}

/// What a thread computes in.
#[derive(Default)]
pub(super) struct TileScratch {
    rows: Vec<f64>,
    packed: [Packed; 2],
    doubtful: Vec<[usize; 2]>,
    values: Vec<f64>,
    pair: [Vec<f64>; 2],
}

/// Values of some rows of `a` against some of `b`.
pub(super) struct Tile<'t> {
    /// The first row and the first column.
    pub(super) place: [usize; 2],
    /// How many of each.
    pub(super) size: [usize; 2],
    values: &'t [f64],
    stride: usize,
}

impl Tile<'_> {
    /// The values of a row of the tile.
    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.stride..][..self.size[1]]
    }
}

impl<'p, 'a, E: Element> Tiles<'p, 'a, E> {
    /// Where the function has a kernel and the matrix is worth it.
    pub(super) fn new(pairs: &'p PairEvaluation<'a, E>, upper: bool) -> Option<Self> {
        let [a, b] = pairs.sides();
        if a.rows().saturating_mul(b.rows()) < LEAST || pairs.weighted() {
            return None;
        }
        let largest = if E::EPSILON == f64::EPSILON { pairs.largest() } else { 1.0 };
        let setting =
            TileSetting { width: a.width(), epsilon: pairs.epsilon(), largest, quick: true, level: Level::best() };
        let first = Side::new(pairs, setting)?;
        Some(Tiles { pairs, setting, first, second: OnceLock::new(), upper, stop: Stop::current() })
    }

    /// How many rows of `a` make a task.
    pub(super) fn rows(&self) -> usize {
        let [a, b] = self.pairs.sides();
        let wanted = (TASK / (b.rows() * a.width()).max(1)).next_multiple_of(LANES);
        wanted.clamp(LANES, ROWS).min(a.rows().div_ceil(2 * rayon::current_num_threads()).next_multiple_of(LANES))
    }

    /// The tiles of some rows of `a`, from the left to the right.
    pub(super) fn each(
        &self,
        start: usize,
        count: usize,
        scratch: &mut TileScratch,
        mut found: impl FnMut(Tile<'_>),
    ) -> Result<()> {
        let TileScratch { rows, packed, doubtful, values, pair } = scratch;
        let [a, b] = self.pairs.sides();
        rows.clear();
        for i in start..start + count {
            a.widen(i, &mut pair[0]);
            rows.extend_from_slice(&pair[0]);
        }
        // Which of the two kernels is at work; the second stays.
        let (mut side, mut own) = (&self.first, 0);
        side.kernel.pack(rows, &mut packed[own]);
        for column in (0..b.rows()).step_by(COLUMNS) {
            let columns = COLUMNS.min(b.rows() - column);
            if self.upper && column + columns <= start + 1 {
                continue;
            }
            self.stop.iter().for_each(Stop::look);
            loop {
                let panel = &side.panels[column / COLUMNS];
                values.resize(count.next_multiple_of(LANES) * panel.padded(), 0.0);
                doubtful.clear();
                side.kernel.values(&packed[own], panel, values, doubtful);
                if own == 1 || doubtful.len() * 4 < count * columns {
                    break;
                }
                let Some(second) = self.second() else { break };
                (side, own) = (second, 1);
                side.kernel.pack(rows, &mut packed[own]);
            }
            let stride = side.panels[column / COLUMNS].padded();
            for [row, place] in doubtful.drain(..) {
                let (i, j) = (start + row, column + place);
                if self.upper && j <= i {
                    continue;
                }
                values[row * stride + place] = match self.pairs.value_at(i, j, pair) {
                    Ok(value) => value,
                    Err(error) => return Err(self.pairs.first_error(start, count, self.upper).unwrap_or(error)),
                };
            }
            found(Tile { place: [start, column], size: [count, columns], values, stride });
        }
        Ok(())
    }

    fn second(&self) -> Option<&Side<'p>> {
        let other = || {
            let single = self.setting.epsilon > f64::EPSILON;
            if single { None } else { Side::new(self.pairs, TileSetting { quick: false, ..self.setting }) }
        };
        self.second.get_or_init(other).as_ref()
    }
}

impl<'p> Side<'p> {
    fn new<E: Element>(pairs: &'p PairEvaluation<'_, E>, setting: TileSetting) -> Option<Self> {
        let kernel = pairs.metric().tile_kernel(setting)?;
        let [_, b] = pairs.sides();
        let pack = |first: usize| {
            let (mut rows, mut row, mut packed) = (Vec::new(), Vec::new(), Packed::default());
            for j in first..(first + COLUMNS).min(b.rows()) {
                b.widen(j, &mut row);
                rows.extend_from_slice(&row);
            }
            kernel.pack(&rows, &mut packed);
            packed
        };
        let panels = (0..b.rows()).into_par_iter().step_by(COLUMNS).map(pack).collect();
        Some(Side { kernel, panels })
    }
}
