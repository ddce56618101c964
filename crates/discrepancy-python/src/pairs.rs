//! Distances and divergences between rows.

use crate::array::{Array, Kind, with_element};
use crate::failure::{Raise, raise};
use crate::losses::{apart, tuple};
use crate::result::{Given, Place, give, outs};
use crate::threads::{get_threads, next_size, parts, run, small};
use discrepancy::batch::{Element, NanPolicy, PairEvaluation, SMALL, array};
use discrepancy::distances::PairFunction;
use discrepancy::{Error, Result};
use ndarray::{ArrayView2, s};
use pyo3::prelude::*;
use pyo3::types::PyFloat;
use std::borrow::Cow;
use std::ops::Range;
use std::time::Instant;

/// Numbers that the first part reads, for parts of one row against one: below a second of the slowest there is.
const PART: usize = 1 << 17;
/// Pairs of the first tile of a matrix.
const PAIRS: usize = 1 << 11;
/// Rows that a thread takes together.
const TILE: usize = 16;

/// What is computed, and what becomes of NaN.
pub(crate) type Metric<'a> = (&'a dyn PairFunction, NanPolicy);

/// Computes a matrix of pairs in tiles, between which Ctrl-C is heard: a few pairs first, then as many as the clock
/// says, in tiles of whole rows as soon as there is time for them. `columns` says which columns a row at this place
/// and those behind it need.
fn tiles(
    py: Python<'_>,
    rows: usize,
    width: usize,
    columns: impl Fn(usize) -> Range<usize>,
    mut tile: impl FnMut(Range<usize>, Range<usize>) -> Result<()> + Send,
) -> PyResult<()> {
    let whole = columns(0);
    if rows.saturating_mul(whole.len()).saturating_mul(width) <= SMALL {
        return small(py, || tile(0..rows, whole));
    }
    let together = TILE * get_threads();
    let mut pairs = PAIRS.min((8 * PART / width).max(1));
    let mut row = 0;
    while row < rows {
        let Range { start, end } = columns(row);
        let across = (end - start).max(1);
        let down = match pairs / across {
            many if many >= together => many - many % together,
            _ => together.min(pairs),
        };
        let last = rows.min(row.saturating_add(down));
        let mut column = start;
        loop {
            let stop = end.min(column.saturating_add((pairs / down).max(1)));
            let began = Instant::now();
            run(py, || tile(row..last, column..stop))?;
            let done = (last - row) * (stop - column);
            pairs = next_size(done.max(1), began.elapsed());
            py.check_signals()?;
            if stop >= end {
                break;
            }
            column = stop;
        }
        row = last;
    }
    Ok(())
}

/// The same error, from rows of both sides that begin with these.
fn placed(error: Error, first: [usize; 2], width: usize) -> Error {
    match (error.argument(), error.index()) {
        ("a" | "p" | "queries", Some(index)) => error.at(index + first[0] * width),
        ("b" | "q", Some(index)) => error.at(index + first[1] * width),
        ("weights", _) => error.about("weight"),
        _ => error,
    }
}

/// Rows, or one row.
fn check(array: &Array<'_>) -> PyResult<usize> {
    let width = array.shape.last().copied().unwrap_or(0);
    if width == 0 || array.shape.len() > 2 {
        return Err(raise(array.py(), &array.misshapen("rows of at least one number, or one row")));
    }
    Ok(width)
}

fn pairs<'a, E: Element>(
    (metric, nan): Metric<'a>,
    a: ArrayView2<'a, E>,
    b: ArrayView2<'a, E>,
    weight: Option<&[E]>,
) -> Result<PairEvaluation<'a, E>> {
    let pairs = array::pairs(metric, a, b)?.nan(nan)?;
    match weight {
        Some(weight) => pairs.weights(weight),
        None => Ok(pairs),
    }
}

/// Each row of `a` with the same row of `b`; two single rows give a number.
pub(crate) fn rowwise<'py>(
    metric: Metric<'_>,
    a: &Array<'py>,
    b: &Array<'py>,
    weight: Option<&Array<'py>>,
    gradient: bool,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    fn typed<'py, E: Element + Given>(
        metric: Metric<'_>,
        a: &Array<'py>,
        b: &Array<'py>,
        weight: Option<&Array<'py>>,
        (gradient, out): (bool, Option<&Bound<'py, PyAny>>),
        kind: Kind,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, width) = (a.py(), check(a)?);
        b.check_shape(&a.shape).raise(py)?;
        let (single, count) = (a.shape.len() == 1, a.len() / width);
        let (shape, [for_value, for_a, for_b]) = (a.shape.as_slice(), outs(out)?);
        let slopes = if gradient { shape } else { &[0] };
        let mut value = Place::<E>::new(a, for_value.as_ref().filter(|_| !single), kind, &[count])?;
        let mut by_a = Place::<E>::new(a, for_a.as_ref().filter(|_| gradient), kind, slopes)?;
        let mut by_b = Place::<E>::new(b, for_b.as_ref().filter(|_| gradient), kind, slopes)?;
        let all = [value.out.as_ref(), by_a.out.as_ref(), by_b.out.as_ref()];
        apart(metric.0.entry().name, &all).raise(py)?;
        let (x, y) = (a.rows_beside::<E>(&all).raise(py)?, b.rows_beside::<E>(&all).raise(py)?);
        let weight = weight.map(|weight| weight.flat_beside::<E>(&all)).transpose().raise(py)?;
        let (x, y, weight) = (x.view(), y.view(), weight.as_deref());
        let (v, ga, gb) = (value.slice(), by_a.slice(), by_b.slice());
        let mut compute = |range: Range<usize>| -> Result<()> {
            let (first, flat) = (range.start, range.start * width..range.end * width);
            let part = pairs(metric, x.slice(s![range.clone(), ..]), y.slice(s![range.clone(), ..]), weight);
            let fail = |error| placed(error, [first; 2], width);
            let v = &mut v[range];
            if gradient {
                let (ga, gb) = (&mut ga[flat.clone()], &mut gb[flat]);
                part.and_then(|part| part.rowwise_with_gradients_into(v, ga, gb)).map_err(fail)
            } else {
                v.copy_from_slice(&part.and_then(|part| part.rowwise()).map_err(fail)?);
                Ok(())
            }
        };
        if count * width <= SMALL {
            small(py, || compute(0..count))?;
        } else {
            parts(py, count, (PART / width).max(1), compute)?;
        }
        let value =
            if single { PyFloat::new(py, value.slice()[0].widen()).into_any() } else { value.give(a, &[count])? };
        if !gradient {
            return Ok(value);
        }
        tuple([value, by_a.give(a, shape)?, by_b.give(b, shape)?])
    }
    let kind = Array::common([Some(a), Some(b), weight].into_iter().flatten());
    with_element!(kind, E => typed::<E>(metric, a, b, weight, (gradient, out), kind))
}

/// Two sides of one width, each of them rows.
fn check_sides(a: &Array<'_>, b: &Array<'_>) -> PyResult<usize> {
    for side in [a, b] {
        if side.shape.len() != 2 {
            return Err(raise(side.py(), &side.misshapen("rows of numbers")));
        }
    }
    check(b)?;
    check(a)
}

/// All rows of `a` with all rows of `b`, or of `a`.
pub(crate) fn pairwise<'py>(
    metric: Metric<'_>,
    a: &Array<'py>,
    b: Option<&Array<'py>>,
    weight: Option<&Array<'py>>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    fn typed<'py, E: Element + Given>(
        metric: Metric<'_>,
        a: &Array<'py>,
        b: &Array<'py>,
        weight: Option<&Array<'py>>,
        kind: Kind,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, width) = (a.py(), check_sides(a, b)?);
        let shape = [a.shape[0], b.shape[0]];
        if shape[0].checked_mul(shape[1]).is_none_or(|count| count > isize::MAX as usize / size_of::<E>()) {
            let error = Error::new(discrepancy::ErrorKind::Memory, metric.0.entry().name, "result", "fewer pairs");
            return Err(raise(py, &error));
        }
        let mut place = Place::<E>::new(a, out, kind, &shape)?;
        let outs = [place.out.as_ref()];
        let (x, y) = (a.rows_beside::<E>(&outs).raise(py)?, b.rows_beside::<E>(&outs).raise(py)?);
        let weight = weight.map(Array::flat::<E>).transpose().raise(py)?;
        let (x, y, weight) = (x.view(), y.view(), weight.as_deref().map(<[E]>::to_vec));
        let weight = weight.as_deref();
        let found = place.slice();
        tiles(
            py,
            shape[0],
            width,
            |_| 0..shape[1],
            |rows, columns| {
                let part = pairs(metric, x.slice(s![rows.clone(), ..]), y.slice(s![columns.clone(), ..]), weight);
                let fail = |error| placed(error, [rows.start, columns.start], width);
                if columns.len() == shape[1] {
                    let all = &mut found[rows.start * shape[1]..rows.end * shape[1]];
                    return part.and_then(|part| part.matrix_into(all)).map_err(fail);
                }
                let part = part.and_then(|part| part.matrix()).map_err(fail)?;
                for (i, from) in rows.zip(part.chunks(columns.len().max(1))) {
                    found[i * shape[1]..][columns.clone()].copy_from_slice(from);
                }
                Ok(())
            },
        )?;
        place.give(a, &shape)
    }
    let other = b.unwrap_or(a);
    let kind = Array::common([Some(a), Some(other), weight].into_iter().flatten());
    with_element!(kind, E => typed::<E>(metric, a, other, weight, kind, out))
}

/// The gradients of `Σ upstream_ij d_ij`.
pub(crate) fn pairwise_gradients<'py>(
    metric: &dyn PairFunction,
    a: &Array<'py>,
    b: &Array<'py>,
    upstream: &Array<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, _) = (a.py(), check_sides(a, b)?);
    upstream.check_shape(&[a.shape[0], b.shape[0]]).raise(py)?;
    let kind = Array::common([a, b, upstream]);
    with_element!(kind, E => {
        let (x, y, upstream) = (a.rows::<E>().raise(py)?, b.rows::<E>().raise(py)?, upstream.flat::<E>().raise(py)?);
        let (x, y, upstream) = (x.view(), y.view(), &*upstream);
        let found = run(py, || array::pairs(metric, x, y)?.matrix_with_gradients(upstream))?;
        tuple([
            give(a, found.value, &[a.shape[0], b.shape[0]])?,
            give(a, found.gradient_a, &a.shape)?,
            give(b, found.gradient_b, &b.shape)?,
        ])
    })
}

/// Each pair of rows once: (0, 1), (0, 2), …, (1, 2), …
pub(crate) fn condensed<'py>(
    metric: Metric<'_>,
    a: &Array<'py>,
    weight: Option<&Array<'py>>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, width) = (a.py(), check_sides(a, a)?);
    let rows = a.shape[0];
    let Some(count) = rows.checked_mul(rows.saturating_sub(1)).map(|twice| twice / 2) else {
        let error = Error::new(discrepancy::ErrorKind::Memory, metric.0.entry().name, "result", "fewer pairs");
        return Err(raise(py, &error));
    };
    let kind = Array::common([Some(a), weight].into_iter().flatten());
    with_element!(kind, E => {
        let mut place = Place::<E>::new(a, out, kind, &[count])?;
        let x = a.rows_beside::<E>(&[place.out.as_ref()]).raise(py)?;
        let weight = weight.map(Array::flat::<E>).transpose().raise(py)?.map(Cow::into_owned);
        let (x, weight, found) = (x.view(), weight.as_deref(), place.slice());
        // Row i begins behind those above it, and has the columns behind i.
        let place_of = |i: usize, j: usize| i * (2 * rows - i - 1) / 2 + j - i - 1;
        // A few pairs of a tile stand on the other side of the diagonal.
        tiles(py, rows.saturating_sub(1), width, |row| rows.min(row + 1)..rows, |down, columns| {
            let part = pairs(metric, x.slice(s![down.clone(), ..]), x.slice(s![columns.clone(), ..]), weight);
            let part = part.and_then(|part| part.matrix());
            // Both sides are rows of `a`.
            let part = part.map_err(|error| {
                let error = placed(error, [down.start, columns.start], width);
                if error.argument() == "weight" { error } else { error.about("a") }
            })?;
            for (i, from) in down.zip(part.chunks(columns.len().max(1))) {
                let first = columns.start.max(i + 1);
                if first < columns.end {
                    let to = place_of(i, first);
                    found[to..to + columns.end - first].copy_from_slice(&from[first - columns.start..]);
                }
            }
            Ok(())
        })?;
        place.give(a, &[count])
    })
}

/// The nearest points of each query: indices and distances.
pub(crate) fn nearest<'py>(
    metric: &dyn PairFunction,
    queries: &Array<'py>,
    points: &Array<'py>,
    k: i64,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, width) = (queries.py(), check_sides(queries, points)?);
    let name = metric.entry().name;
    let Some(k) = usize::try_from(k).ok().filter(|k| (1..=points.shape[0]).contains(k)) else {
        let allowed = format!("1 to {}, as many as points", points.shape[0]);
        return Err(raise(py, &Error::new(discrepancy::ErrorKind::Parameter, name, "k", allowed).value(k)));
    };
    with_element!(Array::common([queries, points]), E => {
        let (x, y) = (queries.rows::<E>().raise(py)?, points.rows::<E>().raise(py)?);
        let (x, y) = (x.view(), y.view());
        let count = queries.shape[0];
        let (mut indices, mut distances): (Vec<i64>, Vec<E>) = (Vec::new(), Vec::new());
        parts(py, count, (PART / (width * y.nrows().max(1))).max(1), |range| {
            let first = range.start;
            let found = array::nearest(metric, x.slice(s![range, ..]), y, k);
            let (places, near) = found.map_err(|error| placed(error, [first, 0], width))?;
            indices.extend(places.iter().map(|place| *place as i64));
            distances.extend(near.iter());
            Ok(())
        })?;
        tuple([give(queries, indices, &[count, k])?, give(queries, distances, &[count, k])?])
    })
}
