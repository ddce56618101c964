//! Distances and divergences of many pairs: row by row, matrices, neighbours.

use super::NanPolicy;
use super::deal::deal;
use super::element::Element;
use super::matrix::{Matrix, in_order, narrow, room, widen};
use super::pass::STREAM;
use crate::distances::pair::length;
use crate::distances::{Gradients, PairFunction, PairInput};
use crate::error::{Error, ErrorKind, Result};
use crate::number::{Level, Twofold};
use crate::stop::Stop;
use ndarray::ArrayView1;
use rayon::prelude::*;

/// Values of pairs of rows, and the gradients with respect to both rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairResults<E> {
    /// The value of each pair.
    pub value: Vec<E>,
    /// With respect to the first rows.
    pub gradient_a: Vec<E>,
    /// With respect to the second rows.
    pub gradient_b: Vec<E>,
}

/// A distance or divergence between the rows of two matrices.
///
/// Each result is computed by one thread alone, so that the number of threads changes nothing. An error names the
/// flat index of the wrong element.
///
/// ```
/// use discrepancy::{batch::PairEvaluation, distances::Euclidean};
/// let metric = Euclidean::default();
/// let (a, b) = ([0.0_f32, 0.0, 3.0, 0.0], [0.0, 4.0, 3.0, 1.0]);
/// let pairs = PairEvaluation::new(&metric, &a, &b, 2)?;
/// assert_eq!(pairs.rowwise()?, [4.0, 1.0]);
/// assert_eq!(pairs.matrix()?, [4.0, 3.1622777, 5.0, 1.0]);
/// assert_eq!(pairs.nearest(1)?, [(1, 3.1622777), (1, 1.0)]);
/// assert_eq!(pairs.rowwise_with_gradients()?.gradient_a, [0.0, -1.0, 0.0, -1.0]);
/// // A coordinate of weight 4 counts as if it were there four times.
/// assert_eq!(pairs.weights(&[1.0, 4.0])?.rowwise()?, [8.0, 2.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PairEvaluation<'a, E> {
    metric: &'a dyn PairFunction,
    a: Matrix<'a, E>,
    b: Matrix<'a, E>,
    /// What the two are called in errors, if not as the metric calls them.
    names: Option<[&'static str; 2]>,
    weights: Option<Vec<f64>>,
    /// Which rows of either side give NaN; none where NaN is an error.
    undefined: Option<[Vec<bool>; 2]>,
}

/// One row of each.
type Scratch = (Vec<f64>, Vec<f64>);

/// Two rows with their gradients before they are rounded, and gradients that are rounded but not stored.
#[derive(Default)]
struct RowScratch<E> {
    wide: [Vec<f64>; 4],
    rounded: [Vec<E>; 2],
}

/// The number of a task, and where the results of its rows go.
type ResultRows<'s, E> = (usize, (&'s mut [E], (&'s mut [E], &'s mut [E])));

/// Numbers of a task.
const TASK: usize = 1 << 14;
/// Tasks for threads to share, at least, if there are as many rows.
const TASKS: usize = 64;

/// Rows of `a` that are taken together.
const TILE: usize = 16;
/// Some rows of `a`, and one of `b`.
type Tile = (Vec<Vec<f64>>, Vec<f64>);

impl<'a, E: Element> PairEvaluation<'a, E> {
    /// Rows of so many numbers each.
    pub fn new(metric: &'a dyn PairFunction, a: &'a [E], b: &'a [E], dimension: usize) -> Result<Self> {
        let name = metric.entry().name;
        Self::of(metric, Matrix::new(name, "a", a, dimension)?, Matrix::new(name, "b", b, dimension)?)
    }

    pub(super) fn of(metric: &'a dyn PairFunction, a: Matrix<'a, E>, b: Matrix<'a, E>) -> Result<Self> {
        if a.width() != b.width() {
            let allowed = format!("rows of {} numbers", a.width());
            return Err(Error::new(ErrorKind::Shape, metric.entry().name, "b", allowed).value(b.width()));
        }
        Ok(PairEvaluation { metric, a, b, names: None, weights: None, undefined: None })
    }

    /// With a non-negative weight for each coordinate; distances only.
    pub fn weights(self, weights: &[E]) -> Result<Self> {
        self.weights_view(weights.into())
    }

    pub(super) fn weights_view(mut self, weights: ArrayView1<'_, E>) -> Result<Self> {
        if weights.len() != self.a.width() {
            let allowed = format!("length {}", self.a.width());
            return Err(Error::new(ErrorKind::Shape, self.metric.entry().name, "weights", allowed).value(weights.len()));
        }
        let mut wide = Vec::new();
        widen(weights, &mut wide);
        self.weights = Some(wide);
        Ok(self)
    }

    /// With this policy for NaN: an error, or results that are NaN (value and gradients) for each pair with such a row;
    /// among the nearest, such rows come last. A row cannot be left out of a matrix: [`NanPolicy::Omit`] is an error.
    ///
    /// ```
    /// use discrepancy::batch::{NanPolicy, PairEvaluation};
    /// use discrepancy::distances::Manhattan;
    /// let (a, b) = ([0.0_f32, f32::NAN, 3.0, 1.0], [0.0, 4.0, 3.0, 1.0]);
    /// let metric = Manhattan::default();
    /// let pairs = PairEvaluation::new(&metric, &a, &b, 2)?;
    /// assert_eq!(pairs.rowwise().unwrap_err().index(), Some(1));
    /// let distances = pairs.nan(NanPolicy::Propagate)?.matrix()?;
    /// assert!(distances[0].is_nan() && distances[1].is_nan());
    /// assert_eq!(distances[2..], [6.0, 0.0]);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn nan(mut self, policy: NanPolicy) -> Result<Self> {
        self.undefined = match policy {
            NanPolicy::Error => None,
            NanPolicy::Propagate => Some([self.a.undefined(), self.b.undefined()]),
            NanPolicy::Omit => {
                let allowed = "error or propagate: a row that is left out would leave a hole";
                return Err(Error::new(ErrorKind::Unsupported, self.metric.entry().name, "nan", allowed).value("omit"));
            }
        };
        Ok(self)
    }

    /// Whether the results of this pair are NaN without being computed.
    fn is_undefined(&self, i: usize, j: usize) -> bool {
        self.undefined.as_ref().is_some_and(|[a, b]| a[i] || b[j])
    }

    /// Row i of `a` against row i of `b`.
    pub fn rowwise(&self) -> Result<Vec<E>> {
        self.same_rows()?;
        let one = |(x, y): &mut Scratch, i| {
            if let Some(value) = self.singles_of_row(i).and_then(|input| self.metric.straight(input, None)) {
                return Ok(E::narrow(value));
            }
            self.a.widen(i, x);
            self.b.widen(i, y);
            self.value(x, y, i, i).map(E::narrow)
        };
        deal(self.numbers(), (0..self.a.rows()).into_par_iter(), one)
    }

    /// How many coordinates the rows of one side have in all.
    fn numbers(&self) -> usize {
        self.a.rows() * self.a.width()
    }

    /// Row i of `a` against row i of `b`, with the gradients with respect to both.
    pub fn rowwise_with_gradients(&self) -> Result<PairResults<E>> {
        self.same_rows()?;
        let (rows, count) = (self.a.rows(), self.a.rows() * self.a.width());
        let (mut value, mut gradient_a, mut gradient_b) = (self.room(rows)?, self.room(count)?, self.room(count)?);
        self.rowwise_with_gradients_into(&mut value, &mut gradient_a, &mut gradient_b)?;
        Ok(PairResults { value, gradient_a, gradient_b })
    }

    /// The same into memory of the caller's: a value for each row, and gradients as long as the rows.
    ///
    /// After an error their contents mean nothing.
    pub fn rowwise_with_gradients_into(
        &self,
        value: &mut [E],
        gradient_a: &mut [E],
        gradient_b: &mut [E],
    ) -> Result<()> {
        self.same_rows()?;
        let (name, rows, width) = (self.metric.entry().name, self.a.rows(), self.a.width());
        length(name, "value", value.len(), rows)?;
        length(name, "gradient_a", gradient_a.len(), rows * width)?;
        length(name, "gradient_b", gradient_b.len(), rows * width)?;
        let stream = size_of_val(gradient_a) > STREAM;
        // Some rows, for one fence.
        let each = (TASK / width).clamp(1, rows.div_ceil(TASKS).max(1));
        let one = |scratch: &mut RowScratch<E>, (task, (value, (by_a, by_b))): ResultRows<'_, E>| {
            let row = by_a.chunks_mut(width).zip(by_b.chunks_mut(width));
            discrepancy_stream::scope(|stores| {
                for (k, (value, (out_a, out_b))) in value.iter_mut().zip(row).enumerate() {
                    let i = task * each + k;
                    let found = if stream {
                        let [by_a, by_b] = &mut scratch.rounded;
                        by_a.resize(width, E::default());
                        by_b.resize(width, E::default());
                        let found = self.row_with_gradients(i, by_a, by_b, &mut scratch.wide)?;
                        E::stream(stores, out_a, by_a);
                        E::stream(stores, out_b, by_b);
                        found
                    } else {
                        self.row_with_gradients(i, out_a, out_b, &mut scratch.wide)?
                    };
                    *value = E::narrow(found);
                }
                Ok(())
            })
        };
        let gradients = gradient_a.par_chunks_mut(each * width).zip(gradient_b.par_chunks_mut(each * width));
        let all = value.par_chunks_mut(each).zip(gradients).enumerate();
        deal(self.numbers(), all, one).map(|_| ())
    }

    /// The value of a pair of rows, and its rounded gradients.
    fn row_with_gradients(
        &self,
        i: usize,
        out_a: &mut [E],
        out_b: &mut [E],
        [x, y, by_x, by_y]: &mut [Vec<f64>; 4],
    ) -> Result<f64> {
        if let (Some(input), Some(a), Some(b)) =
            (self.singles_of_row(i), E::as_singles_mut(out_a), E::as_singles_mut(out_b))
            && let Some(value) = self.metric.straight(input, Some(Gradients { a, b }))
        {
            return Ok(value);
        }
        self.a.widen(i, x);
        self.b.widen(i, y);
        let value = self.gradients(x, y, [by_x, by_y], i, i)?;
        out_a.iter_mut().zip(by_x).for_each(|(out, g)| *out = E::narrow(*g));
        out_b.iter_mut().zip(by_y).for_each(|(out, g)| *out = E::narrow(*g));
        Ok(value)
    }

    /// Two rows as they lie in memory, if they are singles and have no weights.
    fn singles(&self, i: usize, j: usize) -> Option<PairInput<'_, f32>> {
        let width = self.a.width();
        let row = |matrix: &Matrix<'a, E>, i: usize| E::as_singles(&matrix.as_slice()?[i * width..][..width]);
        let (a, b) = (row(&self.a, i)?, row(&self.b, j)?);
        let ordinary = self.weights.is_none() && !self.is_undefined(i, j);
        ordinary.then_some(PairInput { a, b, weights: None, epsilon: E::EPSILON, level: Level::best(), next: [&[]; 2] })
    }

    /// The same of row i of both, with the rows that come next.
    fn singles_of_row(&self, i: usize) -> Option<PairInput<'_, f32>> {
        let next = [self.a.ahead(i + 1, 1), self.b.ahead(i + 1, 1)];
        Some(PairInput { next, ..self.singles(i, i)? })
    }

    /// All rows of `a` against all rows of `b`: N×M, row by row of `a`.
    pub fn matrix(&self) -> Result<Vec<E>> {
        let (n, m) = (self.a.rows(), self.b.rows());
        let mut out = room(self.metric.entry().name, n.checked_mul(m))?;
        out.resize(n * m, E::default());
        self.matrix_into(&mut out)?;
        Ok(out)
    }

    /// The same, into a slice of N×M. After an error its content is unspecified.
    pub fn matrix_into(&self, out: &mut [E]) -> Result<()> {
        let (n, m) = (self.a.rows(), self.b.rows());
        if n.checked_mul(m) != Some(out.len()) {
            let allowed = format!("length {n} × {m}");
            return Err(Error::new(ErrorKind::Shape, self.metric.entry().name, "out", allowed).value(out.len()));
        }
        if m == 0 {
            return Ok(());
        }
        let stop = Stop::current();
        let one = |scratch: &mut Tile, (tile, out): (usize, &mut [E])| {
            self.tile(tile * TILE, out.len() / m, scratch, stop.as_ref(), |k, j, d| out[k * m + j] = E::narrow(d))
        };
        let numbers = out.len().saturating_mul(self.a.width());
        deal(numbers, out.par_chunks_mut(TILE * m).enumerate(), one).map(|_| ())
    }

    /// The values of some rows of `a` against all rows of `b`, each of which is widened once for all of them.
    fn tile(
        &self,
        first: usize,
        count: usize,
        (rows, y): &mut Tile,
        stop: Option<&Stop>,
        mut found: impl FnMut(usize, usize, f64),
    ) -> Result<()> {
        rows.resize_with(count.max(rows.len()), Vec::new);
        for (k, x) in rows.iter_mut().enumerate().take(count) {
            self.a.widen(first + k, x);
        }
        for j in 0..self.b.rows() {
            stop.iter().for_each(|stop| stop.look());
            self.b.widen(j, y);
            for (k, x) in rows.iter().enumerate().take(count) {
                match self.value(x, y, first + k, j) {
                    Ok(value) => found(k, j, value),
                    Err(error) => return Err(self.first_error(first, count).unwrap_or(error)),
                }
            }
        }
        Ok(())
    }

    /// The error that the rows give one after the other.
    fn first_error(&self, first: usize, count: usize) -> Option<Error> {
        let (mut x, mut y) = Scratch::default();
        for i in first..first + count {
            self.a.widen(i, &mut x);
            for j in 0..self.b.rows() {
                self.b.widen(j, &mut y);
                if let Err(error) = self.value(&x, &y, i, j) {
                    return Some(error);
                }
            }
        }
        None
    }

    /// The gradients of `Σ G_ij d(a_i, b_j)` with respect to all rows, where `upstream` is G (N×M): what a chain rule
    /// needs of the matrix. The value is the matrix.
    ///
    /// Terms are rounded to `f64`, then summed in twofold precision; coordinates in which terms of opposite signs
    /// cancel are right relative to their largest term.
    pub fn matrix_with_gradients(&self, upstream: &[E]) -> Result<PairResults<E>> {
        let (n, m, width) = (self.a.rows(), self.b.rows(), self.a.width());
        if upstream.len() != n * m {
            let allowed = format!("length {}", n * m);
            return Err(
                Error::new(ErrorKind::Shape, self.metric.entry().name, "upstream", allowed).value(upstream.len())
            );
        }
        if let Some(index) = upstream.iter().position(|g| !g.widen().is_finite()) {
            let error = Error::new(ErrorKind::NonFinite, self.metric.entry().name, "upstream", "finite numbers");
            return Err(error.at(index).value(upstream[index]));
        }
        let stop = Stop::current();
        // Each row of a result is one thread's, its terms in order; so every pair is computed once for each side.
        let side =
            |rows: usize, others: usize, place: &(dyn Fn(usize, usize) -> (usize, usize) + Sync), second: bool| {
                let one = |scratch: &mut [Vec<f64>; 4], row: usize| {
                    let [x, y, by_x, by_y] = scratch;
                    let mut sums = vec![Twofold::from(0.0); width];
                    for other in 0..others {
                        stop.iter().for_each(Stop::look);
                        let (i, j) = place(row, other);
                        self.a.widen(i, x);
                        self.b.widen(j, y);
                        self.gradients(x, y, [by_x, by_y], i, j)?;
                        let g = upstream[i * m + j].widen();
                        let slope = if second { &*by_y } else { &*by_x };
                        for (sum, slope) in sums.iter_mut().zip(slope) {
                            *sum = *sum + Twofold::product(g, *slope);
                        }
                    }
                    Ok(sums.iter().map(|sum| E::narrow(sum.round_to_machine())).collect::<Vec<E>>())
                };
                in_order((0..rows).into_par_iter().map_init(Default::default, one).collect()).map(|rows| rows.concat())
            };
        Ok(PairResults {
            value: self.matrix()?,
            gradient_a: side(n, m, &|row, other| (row, other), false)?,
            gradient_b: side(m, n, &|row, other| (other, row), true)?,
        })
    }

    /// For each row of `a` the `k` nearest rows of `b`, nearest first, as (index, distance): N×k. Ties go to the
    /// smaller index.
    pub fn nearest(&self, k: usize) -> Result<Vec<(usize, E)>> {
        let count = self.b.rows();
        if k > count {
            let allowed = format!("at most {count} points");
            return Err(Error::new(ErrorKind::Shape, self.metric.entry().name, "k", allowed).value(k));
        }
        let stop = Stop::current();
        let one = |scratch: &mut Tile, tile: usize| {
            let (first, rows) = (tile * TILE, TILE.min(self.a.rows() - tile * TILE));
            let mut found = vec![Vec::with_capacity(count); rows];
            self.tile(first, rows, scratch, stop.as_ref(), |row, j, d| found[row].push((j, d)))?;
            let nearer = |x: &(usize, f64), y: &(usize, f64)| x.1.total_cmp(&y.1).then(x.0.cmp(&y.0));
            let mut nearest = Vec::with_capacity(rows * k);
            for mut found in found {
                if (1..count).contains(&k) {
                    found.select_nth_unstable_by(k - 1, nearer);
                }
                found.truncate(k);
                found.sort_unstable_by(nearer);
                nearest.extend(found.iter().map(|(j, d)| (*j, E::narrow(*d))));
            }
            Ok(nearest)
        };
        let tiles = (0..self.a.rows().div_ceil(TILE)).into_par_iter().map_init(Tile::default, one).collect();
        in_order(tiles).map(|tiles| tiles.concat())
    }

    fn value(&self, x: &[f64], y: &[f64], i: usize, j: usize) -> Result<f64> {
        if self.is_undefined(i, j) {
            return Ok(f64::NAN);
        }
        self.metric.evaluate(self.input(x, y), None).map_err(|error| self.place(error, i, j))
    }

    fn gradients(&self, x: &[f64], y: &[f64], by: [&mut Vec<f64>; 2], i: usize, j: usize) -> Result<f64> {
        let [by_x, by_y] = by;
        by_x.resize(x.len(), 0.0);
        by_y.resize(y.len(), 0.0);
        if self.is_undefined(i, j) {
            by_x.fill(f64::NAN);
            by_y.fill(f64::NAN);
            return Ok(f64::NAN);
        }
        let gradients = Gradients { a: by_x, b: by_y };
        self.metric.evaluate(self.input(x, y), Some(gradients)).map_err(|error| self.place(error, i, j))
    }

    fn input<'s>(&'s self, a: &'s [f64], b: &'s [f64]) -> PairInput<'s> {
        PairInput { weights: self.weights.as_deref(), epsilon: E::EPSILON, ..PairInput::new(a, b) }
    }

    /// Names the flat index of a wrong element in the argument as the caller knows it.
    fn place(&self, error: Error, i: usize, j: usize) -> Error {
        let row = match error.argument() {
            "a" | "p" => Some((0, i)),
            "b" | "q" => Some((1, j)),
            _ => None,
        };
        let Some((side, row)) = row else { return error };
        let index = row * self.a.width() + error.index().unwrap_or(0);
        let error = error.at(index);
        self.names.map_or(error.clone(), |names| error.about(names[side]))
    }

    fn same_rows(&self) -> Result<()> {
        if self.a.rows() == self.b.rows() {
            return Ok(());
        }
        let allowed = format!("{} rows", self.a.rows());
        Err(Error::new(ErrorKind::Shape, self.metric.entry().name, "b", allowed).value(self.b.rows()))
    }

    fn room(&self, count: usize) -> Result<Vec<E>> {
        let mut out = room(self.metric.entry().name, Some(count))?;
        out.resize(count, E::default());
        Ok(out)
    }
}

/// All distances between the rows of `a` and the rows of `b`, row by row of `a`.
///
/// ```
/// use discrepancy::distances::{Euclidean, pairwise};
/// let d = pairwise(&Euclidean::default(), &[0.0, 0.0, 3.0, 0.0], &[0.0, 4.0], 2)?;
/// assert_eq!(d, [4.0, 5.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn pairwise<E: Element>(metric: &dyn PairFunction, a: &[E], b: &[E], dimension: usize) -> Result<Vec<E>> {
    PairEvaluation::new(metric, a, b, dimension)?.matrix()
}

/// The distances of all pairs of rows `i < j`: (0,1), (0,2), …, (1,2), …, as in SciPy's `pdist`.
///
/// ```
/// use discrepancy::distances::{Manhattan, condensed};
/// assert_eq!(condensed(&Manhattan::default(), &[0.0_f32, 1.0, 5.0], 1)?, [1.0, 5.0, 4.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn condensed<E: Element>(metric: &dyn PairFunction, a: &[E], dimension: usize) -> Result<Vec<E>> {
    condensed_of(metric, Matrix::new(metric.entry().name, "a", a, dimension)?)
}

pub(super) fn condensed_of<'a, E: Element>(metric: &'a dyn PairFunction, a: Matrix<'a, E>) -> Result<Vec<E>> {
    let mut pairs = PairEvaluation::of(metric, a, a)?;
    pairs.names = Some(["a", "a"]);
    let count = a.rows();
    let mut out: Vec<E> = room(metric.entry().name, count.checked_mul(count.saturating_sub(1)).map(|n| n / 2))?;
    let one = |(x, y): &mut Scratch, i| {
        a.widen(i, x);
        let pair = |j| {
            a.widen(j, y);
            pairs.value(x, y, i, j)
        };
        let row: Result<Vec<f64>> = (i + 1..count).map(pair).collect();
        row.map(|row| narrow::<E>(&row))
    };
    for row in in_order((0..count).into_par_iter().map_init(Scratch::default, one).collect())? {
        out.extend(row);
    }
    Ok(out)
}

/// The distance of each row of `a` from the same row of `b`.
///
/// ```
/// use discrepancy::distances::{Chebyshev, rowwise};
/// assert_eq!(rowwise(&Chebyshev::default(), &[0.0, 1.0, 5.0, 5.0], &[2.0, 0.0, 5.0, 8.0], 2)?, [2.0, 3.0]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn rowwise<E: Element>(metric: &dyn PairFunction, a: &[E], b: &[E], dimension: usize) -> Result<Vec<E>> {
    PairEvaluation::new(metric, a, b, dimension)?.rowwise()
}

/// For each query the `k` nearest points, nearest first, as (index, distance); ties go to the smaller index.
///
/// ```
/// use discrepancy::distances::{Euclidean, nearest};
/// let found = nearest(&Euclidean::default(), &[0.2], &[0.0, 1.0, 0.3], 1, 2)?;
/// assert_eq!((found[0].0, found[1].0), (2, 0));
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn nearest<E: Element>(
    metric: &dyn PairFunction,
    queries: &[E],
    points: &[E],
    dimension: usize,
    k: usize,
) -> Result<Vec<(usize, E)>> {
    let name = metric.entry().name;
    let (a, b) = (Matrix::new(name, "queries", queries, dimension)?, Matrix::new(name, "points", points, dimension)?);
    nearest_of(metric, a, b, k)
}

pub(super) fn nearest_of<'a, E: Element>(
    metric: &'a dyn PairFunction,
    queries: Matrix<'a, E>,
    points: Matrix<'a, E>,
    k: usize,
) -> Result<Vec<(usize, E)>> {
    let mut pairs = PairEvaluation::of(metric, queries, points)?;
    pairs.names = Some(["queries", "points"]);
    pairs.nearest(k)
}
