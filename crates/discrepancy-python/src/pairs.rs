//! Distances and divergences between rows.

use crate::array::{Array, Kind, with_element};
use crate::failure::{Raise, raise};
use crate::losses::tuple;
use crate::result::{Given, Place, give};
use crate::threads::{parts, run};
use discrepancy::batch::{Element, PairEvaluation, array};
use discrepancy::distances::PairFunction;
use discrepancy::{Error, Result};
use ndarray::{ArrayView2, s};
use pyo3::prelude::*;
use pyo3::types::PyFloat;

/// Numbers read between two looks at Ctrl-C: below a second of the slowest there is. A part is one row against one at
/// least; of neighbours, one query against all points.
const PART: usize = 1 << 17;

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
    metric: &'a dyn PairFunction,
    a: ArrayView2<'a, E>,
    b: ArrayView2<'a, E>,
    weight: Option<&[E]>,
) -> Result<PairEvaluation<'a, E>> {
    let pairs = array::pairs(metric, a, b)?;
    match weight {
        Some(weight) => pairs.weights(weight),
        None => Ok(pairs),
    }
}

/// Each row of `a` with the same row of `b`; two single rows give a number.
pub(crate) fn rowwise<'py>(
    metric: &dyn PairFunction,
    a: &Array<'py>,
    b: &Array<'py>,
    weight: Option<&Array<'py>>,
    gradient: bool,
) -> PyResult<Bound<'py, PyAny>> {
    fn typed<'py, E: Element + Given>(
        metric: &dyn PairFunction,
        a: &Array<'py>,
        b: &Array<'py>,
        weight: Option<&Array<'py>>,
        gradient: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, width) = (a.py(), check(a)?);
        b.check_shape(&a.shape).raise(py)?;
        let (x, y) = (a.rows::<E>().raise(py)?, b.rows::<E>().raise(py)?);
        let weight = weight.map(Array::flat::<E>).transpose().raise(py)?;
        let (x, y, weight, count) = (x.view(), y.view(), weight.as_deref(), x.nrows());
        let mut value: Vec<E> = a.room(count).raise(py)?;
        let (mut by_a, mut by_b) = (Vec::new(), Vec::new());
        parts(py, count, (PART / width).max(1), |range| {
            let first = range.start;
            let part = pairs(metric, x.slice(s![range.clone(), ..]), y.slice(s![range, ..]), weight);
            let fail = |error| placed(error, [first; 2], width);
            if gradient {
                let all = part.and_then(|part| part.rowwise_with_gradients()).map_err(fail)?;
                value.extend(all.value);
                by_a.extend(all.gradient_a);
                by_b.extend(all.gradient_b);
            } else {
                value.extend(part.and_then(|part| part.rowwise()).map_err(fail)?);
            }
            Ok(())
        })?;
        let value =
            if a.shape.len() == 1 { PyFloat::new(py, value[0].widen()).into_any() } else { give(a, value, &[count])? };
        if !gradient {
            return Ok(value);
        }
        tuple([value, give(a, by_a, &a.shape)?, give(b, by_b, &b.shape)?])
    }
    let kind = Kind::common([Some(a), Some(b), weight].into_iter().flatten().map(|array| array.kind));
    with_element!(kind, E => typed::<E>(metric, a, b, weight, gradient))
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
    metric: &dyn PairFunction,
    a: &Array<'py>,
    b: Option<&Array<'py>>,
    weight: Option<&Array<'py>>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    fn typed<'py, E: Element + Given>(
        metric: &dyn PairFunction,
        a: &Array<'py>,
        b: &Array<'py>,
        weight: Option<&Array<'py>>,
        kind: Kind,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, width) = (a.py(), check_sides(a, b)?);
        let shape = [a.shape[0], b.shape[0]];
        if shape[0].checked_mul(shape[1]).is_none_or(|count| count > isize::MAX as usize / size_of::<E>()) {
            let error = Error::new(discrepancy::ErrorKind::Memory, metric.entry().name, "result", "fewer pairs");
            return Err(raise(py, &error));
        }
        let mut place = Place::<E>::new(a, out, kind, &shape)?;
        let outs = [place.out.as_ref()];
        let (x, y) = (a.rows_beside::<E>(&outs).raise(py)?, b.rows_beside::<E>(&outs).raise(py)?);
        let weight = weight.map(Array::flat::<E>).transpose().raise(py)?;
        let (x, y, weight) = (x.view(), y.view(), weight.as_deref().map(<[E]>::to_vec));
        let weight = weight.as_deref();
        let found = place.slice();
        let columns = (PART / width).clamp(1, shape[1].max(1));
        let (down, across) = ((PART / (width * columns)).max(1), shape[1].div_ceil(columns).max(1));
        parts(py, shape[0].div_ceil(down) * across, 1, |tile| {
            let (row, column) = (tile.start / across * down, tile.start % across * columns);
            let (last, end) = (shape[0].min(row + down), shape[1].min(column + columns));
            let (x, y) = (x.slice(s![row.min(last)..last, ..]), y.slice(s![column..end, ..]));
            let part = pairs(metric, x, y, weight).and_then(|part| part.matrix());
            let part = part.map_err(|error| placed(error, [row, column], width))?;
            for (i, from) in part.chunks((end - column).max(1)).enumerate() {
                found[(row + i) * shape[1]..][column..end].copy_from_slice(from);
            }
            Ok(())
        })?;
        place.give(a, &shape)
    }
    let other = b.unwrap_or(a);
    let kind = Kind::common([Some(a), Some(other), weight].into_iter().flatten().map(|array| array.kind));
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
    let kind = Kind::common([a.kind, b.kind, upstream.kind]);
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

/// Each pair of rows once.
pub(crate) fn condensed<'py>(metric: &dyn PairFunction, a: &Array<'py>) -> PyResult<Bound<'py, PyAny>> {
    let (py, _) = (a.py(), check_sides(a, a)?);
    with_element!(Kind::common([a.kind]), E => {
        let rows = a.rows::<E>().raise(py)?;
        let view = rows.view();
        let found = run(py, || array::condensed(metric, view))?;
        let count = found.len();
        give(a, found.into_raw_vec_and_offset().0, &[count])
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
    with_element!(Kind::common([queries.kind, points.kind]), E => {
        let (x, y) = (queries.rows::<E>().raise(py)?, points.rows::<E>().raise(py)?);
        let (x, y) = (x.view(), y.view());
        let count = queries.shape[0];
        let (mut indices, mut distances): (Vec<i64>, Vec<E>) = (Vec::new(), Vec::new());
        parts(py, count, (PART / (width * y.nrows())).max(1), |range| {
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
