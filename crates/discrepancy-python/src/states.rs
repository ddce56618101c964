//! What is known of rows whose parts lie in several places.

use crate::array::{Array, Kind, Scalar, with_element};
use crate::failure::{Raise, raise};
use crate::result::{Given, Place, give};
use crate::threads::{parts, run};
use discrepancy::batch::Element;
use discrepancy::rows::RowState;
use discrepancy::{Error, ErrorKind, Result};
use ndarray::s;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use rayon::prelude::*;

const FUNCTION: &str = "RowStates";
/// More rows are a mistake.
const MOST: usize = 1 << 32;
/// Scores of the first part.
const PART: usize = 1 << 18;

/// A state for each of some rows.
#[pyclass(module = "discrepancy._core")]
pub(crate) struct RowStates {
    states: Vec<RowState>,
}

/// The place of the true class among the scores given, where it is there.
fn place(label: i64) -> Option<usize> {
    usize::try_from(label).ok()
}

/// The first error of rows in their order, at its flat index.
fn first<T>(rows: Vec<Result<T>>, begin: usize, width: usize) -> Result<Vec<T>> {
    let placed = |(i, row): (usize, Result<T>)| {
        row.map_err(|error| match (error.argument(), error.index()) {
            ("scores", Some(index)) => error.at((begin + i) * width + index),
            _ => error.at(begin + i),
        })
    };
    rows.into_iter().enumerate().map(placed).collect()
}

impl RowStates {
    /// Scores as rows for all states, and a label each.
    fn check(&self, scores: &Array<'_>, labels: &Array<'_>) -> PyResult<usize> {
        let py = scores.py();
        let [rows, width] = *scores.shape.as_slice() else {
            return Err(raise(py, &scores.misshapen("rows of scores")));
        };
        if rows != self.states.len() {
            return Err(raise(py, &scores.misshapen(format!("{} rows of scores", self.states.len()))));
        }
        if labels.kind.is_float() || labels.kind == Kind::Bool {
            let (found, allowed) = (labels.kind.name(), "integers");
            return Err(crate::failure::wrong_type(py, FUNCTION, labels.argument, found, allowed));
        }
        labels.check_shape(&[rows]).raise(py)?;
        Ok(width)
    }

    /// A number of each row.
    fn each<'py>(
        &self,
        py: Python<'py>,
        like: &Bound<'py, PyAny>,
        number: impl Fn(&RowState) -> Result<f64> + Sync + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        let like = Array::new(FUNCTION, "like", like)?;
        let states = &self.states;
        let found = run(py, || first(states.par_iter().map(&number).collect(), 0, 1))?;
        give(&like, found, &[states.len()])
    }
}

#[pymethods]
impl RowStates {
    #[new]
    fn new(py: Python<'_>, count: &Bound<'_, PyAny>) -> PyResult<Self> {
        let allowed = format!("as many rows as there is memory for, at most {MOST}");
        let count: usize = crate::measure::whole(FUNCTION, "count", count, &allowed)?;
        let mut states = Vec::new();
        // Each grows with what it is given: room for many must be there to begin with.
        if count > MOST || states.try_reserve_exact(count).is_err() {
            return Err(raise(py, &Error::new(ErrorKind::Memory, FUNCTION, "count", allowed).value(count)));
        }
        states.resize_with(count, RowState::new);
        Ok(RowStates { states })
    }

    fn __len__(&self) -> usize {
        self.states.len()
    }

    fn push(&mut self, scores: &Bound<'_, PyAny>, labels: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = scores.py();
        let (scores, labels) = (Array::new(FUNCTION, "scores", scores)?, Array::new(FUNCTION, "labels", labels)?);
        let width = self.check(&scores, &labels)?;
        let labels = labels.labels_beside(&[]).raise(py)?;
        let labels = labels.view();
        // Those of the part alone first: it is merged as a whole or not at all.
        let mut found: Vec<RowState> = Vec::with_capacity(self.states.len());
        with_element!(Kind::common([scores.kind]), E => {
            let rows = scores.rows::<E>().raise(py)?;
            let rows = rows.view();
            let states = self.states.len();
            parts(py, states, (PART / width.max(1)).max(1), |range| {
                let begin = range.start;
                let one = |i: usize| {
                    let wide: Vec<f64> = rows.row(i).iter().map(|x| x.widen()).collect();
                    let mut state = RowState::new();
                    state.push(&wide, place(labels[i])).map(|()| state)
                };
                found.extend(first(range.into_par_iter().map(one).collect(), begin, width)?);
                Ok(())
            })
        })?;
        RowState::merge_all(&mut self.states, &found).raise(py)
    }

    fn merge(&mut self, other: &Bound<'_, RowStates>) -> PyResult<()> {
        let py = other.py();
        let other = other.try_borrow().map_err(|_| {
            raise(py, &Error::new(ErrorKind::Domain, FUNCTION, "other", "states other than these themselves"))
        })?;
        if other.states.len() != self.states.len() {
            let error = Error::new(ErrorKind::Shape, FUNCTION, "other", format!("{} rows", self.states.len()));
            return Err(raise(py, &error.value(other.states.len())));
        }
        // Where the caller is: given up half way it would be neither merged nor as it was.
        RowState::merge_all(&mut self.states, &other.states).raise(py)
    }

    fn value<'py>(&self, py: Python<'py>, like: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.each(py, like, RowState::value)
    }

    fn logsumexp<'py>(&self, py: Python<'py>, like: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.each(py, like, RowState::logsumexp)
    }

    fn gradient<'py>(&self, scores: &Bound<'py, PyAny>, labels: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        fn typed<'py, E: Element + Given + Scalar>(
            states: &[RowState],
            scores: &Array<'py>,
            labels: ndarray::ArrayView1<'_, i64>,
            kind: Kind,
        ) -> PyResult<Bound<'py, PyAny>> {
            let (py, width) = (scores.py(), scores.shape[1]);
            let mut place_of_results = Place::<E>::new(scores, None, kind, &scores.shape)?;
            let rows = scores.rows::<E>().raise(py)?;
            let rows = rows.view();
            let all = place_of_results.slice();
            // Of no scores there are no slopes.
            if let Some(rows_of_part) = PART.checked_div(width) {
                parts(py, states.len(), rows_of_part.max(1), |range| {
                    let begin = range.start;
                    let to = &mut all[range.start * width..range.end * width];
                    let (rows, labels) = (rows.slice(s![range.clone(), ..]), labels.slice(s![range.clone()]));
                    let one = |(i, (state, to)): (usize, (&RowState, &mut [E]))| {
                        let wide: Vec<f64> = rows.row(i).iter().map(|x| x.widen()).collect();
                        let mut slopes = vec![0.0; width];
                        state.gradient(&wide, place(labels[i]), &mut slopes)?;
                        to.iter_mut().zip(slopes).for_each(|(to, slope)| *to = E::narrow(slope));
                        Ok(())
                    };
                    let found = states[range].par_iter().zip(to.par_chunks_mut(width)).enumerate().map(one).collect();
                    first(found, begin, width).map(|_| ())
                })?;
            }
            place_of_results.give(scores, &scores.shape)
        }
        let (scores, labels) = (Array::new(FUNCTION, "scores", scores)?, Array::new(FUNCTION, "labels", labels)?);
        self.check(&scores, &labels)?;
        let labels = labels.labels_beside(&[]).raise(scores.py())?;
        let kind = Kind::common([scores.kind]);
        with_element!(kind, E => typed::<E>(&self.states, &scores, labels.view(), kind))
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.states.iter().map(|state| PyBytes::new(py, &state.to_bytes())))
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, rows: Vec<Vec<u8>>) -> PyResult<Self> {
        let states = first(rows.iter().map(|bytes| RowState::from_bytes(bytes)).collect(), 0, 1).raise(py)?;
        Ok(RowStates { states })
    }
}
