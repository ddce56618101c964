//! Many pairs at once: matrices, condensed matrices, rows, neighbours. Rows go to threads; each result is
//! computed by one thread alone, so the number of threads changes nothing.

use super::PairFunction;
use crate::error::{Error, ErrorKind, Result};
use rayon::prelude::*;

/// The number of rows.
fn rows(function: &str, argument: &str, data: &[f64], dimension: usize) -> Result<usize> {
    if dimension == 0 || !data.len().is_multiple_of(dimension) {
        let allowed = format!("whole rows of {dimension} numbers");
        return Err(Error::new(ErrorKind::Shape, function, argument, allowed).value(data.len()));
    }
    Ok(data.len() / dimension)
}

/// Names the flat index of a wrong element.
fn place(error: Error, row_a: usize, row_b: usize, dimension: usize) -> Error {
    // Distances call their rows a and b, divergences p and q.
    let row = if matches!(error.argument(), "b" | "q") { row_b } else { row_a };
    match error.index() {
        Some(index) => error.at(row * dimension + index),
        None => error.at(row * dimension),
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
pub fn pairwise(metric: &dyn PairFunction, a: &[f64], b: &[f64], dimension: usize) -> Result<Vec<f64>> {
    rows("pairwise", "a", a, dimension)?;
    rows("pairwise", "b", b, dimension)?;
    collect(a.par_chunks(dimension).enumerate().map(|(i, x)| {
        let pair = |(j, y)| metric.value(x, y).map_err(|e| place(e, i, j, dimension));
        b.chunks(dimension).enumerate().map(pair).collect()
    }))
}

/// The distances of all pairs of rows `i < j`: (0,1), (0,2), …, (1,2), …, as in SciPy's `pdist`.
pub fn condensed(metric: &dyn PairFunction, a: &[f64], dimension: usize) -> Result<Vec<f64>> {
    rows("condensed", "a", a, dimension)?;
    collect(a.par_chunks(dimension).enumerate().map(|(i, x)| {
        let pair = |(j, y)| metric.value(x, y).map_err(|e| place(e, i, j, dimension));
        a.chunks(dimension).enumerate().skip(i + 1).map(pair).collect()
    }))
}

/// The distance of each row of `a` from the same row of `b`.
pub fn rowwise(metric: &dyn PairFunction, a: &[f64], b: &[f64], dimension: usize) -> Result<Vec<f64>> {
    rows("rowwise", "a", a, dimension)?;
    super::pair::length("rowwise", "b", b.len(), a.len())?;
    collect(
        a.par_chunks(dimension)
            .zip(b.par_chunks(dimension))
            .enumerate()
            .map(|(i, (x, y))| metric.value(x, y).map(|d| vec![d]).map_err(|e| place(e, i, i, dimension))),
    )
}

/// For each query the `k` nearest points, nearest first, as (index, distance); ties go to the smaller index.
pub fn nearest(
    metric: &dyn PairFunction,
    queries: &[f64],
    points: &[f64],
    dimension: usize,
    k: usize,
) -> Result<Vec<(usize, f64)>> {
    rows("nearest", "queries", queries, dimension)?;
    let count = rows("nearest", "points", points, dimension)?;
    if k > count {
        return Err(Error::new(ErrorKind::Shape, "nearest", "k", format!("at most {count} points")).value(k));
    }
    collect(queries.par_chunks(dimension).enumerate().map(|(i, x)| {
        let pair = |(j, y)| metric.value(x, y).map(|d| (j, d)).map_err(|e| place(e, i, j, dimension));
        let mut found: Vec<(usize, f64)> = points.chunks(dimension).enumerate().map(pair).collect::<Result<_>>()?;
        found.sort_by(|x, y| x.1.total_cmp(&y.1).then(x.0.cmp(&y.0)));
        found.truncate(k);
        Ok(found)
    }))
}

/// Joins the rows in order; of several errors the first in that order is given.
fn collect<T: Send>(rows: impl IndexedParallelIterator<Item = Result<Vec<T>>>) -> Result<Vec<T>> {
    let rows: Vec<Result<Vec<T>>> = rows.collect();
    let mut joined = Vec::new();
    for row in rows {
        joined.extend(row?);
    }
    Ok(joined)
}
