//! Losses of sequences.

use crate::array::{Array, Kind, Scalar, with_element};
use crate::failure::{Raise, raise, wrong_type};
use crate::losses::{Wanted, tuple};
use crate::result::{Given, Place, give};
use crate::threads::run;
use discrepancy::batch::{Element, Reduction};
use discrepancy::sequences::{SequenceInput, SequenceLoss};
use discrepancy::stop::Stop;
use discrepancy::sums::Moments;
use discrepancy::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::types::PyFloat;
use rayon::prelude::*;
use std::ops::Range;

/// A call of a loss of sequences.
pub(crate) struct Call<'a, 'py> {
    pub(crate) loss: &'a dyn SequenceLoss,
    pub(crate) wanted: Wanted,
    /// (T, N, C), or (T, C) of one sequence.
    pub(crate) log_probabilities: Array<'py>,
    /// (N, S), or all labels one after another; (S) of one sequence.
    pub(crate) labels: Array<'py>,
    /// (N), or () of one sequence; all steps without.
    pub(crate) steps: Option<Array<'py>>,
    /// The same of the labels.
    pub(crate) counts: Option<Array<'py>>,
    pub(crate) reduction: Option<Reduction>,
    /// PyTorch's gradient: the softmax's own share is added, and labels that do not fit give NaN instead of an error.
    pub(crate) peer: bool,
}

/// What is known of each sequence: its steps and where its labels stand.
struct Own {
    steps: usize,
    labels: Range<usize>,
}

impl<'py> Call<'_, 'py> {
    /// The answer, in the kind of array that the log-probabilities are.
    pub(crate) fn answer(self) -> PyResult<Bound<'py, PyAny>> {
        let kind = Kind::common([self.log_probabilities.kind]);
        with_element!(kind, E => self.typed::<E>(kind))
    }

    /// Numbers of steps or labels: whole, and no more than there are.
    fn lengths(&self, given: Option<&Array<'py>>, count: usize, most: usize) -> PyResult<Vec<usize>> {
        let Some(given) = given else { return Ok(vec![most; count]) };
        let py = given.py();
        if given.len() != count || given.shape.len() > 1 {
            return Err(raise(py, &given.misshapen(format!("{count} lengths"))));
        }
        if given.kind.is_float() || given.kind == Kind::Bool {
            return Err(wrong_type(py, given.function, given.argument, given.kind.name(), "integers"));
        }
        let given_lengths = given.labels_beside(&[]).raise(py)?;
        let length = |(index, length): (usize, &i64)| {
            usize::try_from(*length)
                .ok()
                .filter(|length| *length <= most)
                .ok_or_else(|| given.error(ErrorKind::Domain, format!("0 to {most}")).at(index).value(length))
        };
        given_lengths.iter().enumerate().map(length).collect::<Result<Vec<usize>>>().raise(py)
    }

    /// Steps and labels of each sequence.
    fn places(&self, count: usize, single: bool) -> PyResult<Vec<Own>> {
        let (py, labels) = (self.labels.py(), &self.labels);
        if labels.kind.is_float() || labels.kind == Kind::Bool {
            return Err(wrong_type(py, labels.function, labels.argument, labels.kind.name(), "integers"));
        }
        let steps = self.lengths(self.steps.as_ref(), count, self.log_probabilities.shape[0])?;
        let behind_each_other = labels.shape.len() == 1 && !single;
        let width = labels.shape.last().copied().unwrap_or(0);
        if behind_each_other && self.counts.is_none() {
            let error = labels.misshapen("a row of labels for each sequence, where their numbers are not given");
            return Err(raise(py, &error));
        }
        let counts = self.lengths(self.counts.as_ref(), count, width)?;
        let fits = match labels.shape.as_slice() {
            [_] if single => true,
            [all] => *all == counts.iter().sum::<usize>(),
            [rows, _] => *rows == count,
            _ => false,
        };
        if !fits {
            let allowed =
                format!("a row of labels for each of {count} sequences, or as many labels as their numbers say");
            return Err(raise(py, &labels.misshapen(allowed)));
        }
        let mut begin = 0;
        let all = steps.into_iter().zip(counts).enumerate().map(|(n, (steps, count))| {
            let first = if behind_each_other { begin } else { n * width };
            begin += count;
            Own { steps, labels: first..first + count }
        });
        Ok(all.collect())
    }

    fn typed<E: Element + Given + Scalar>(self, kind: Kind) -> PyResult<Bound<'py, PyAny>> {
        let (py, given, name) = (self.log_probabilities.py(), &self.log_probabilities, self.loss.entry().name);
        let (count, classes, single) = match *given.shape.as_slice() {
            [_, classes] => (1, classes, true),
            [_, count, classes] => (count, classes, false),
            _ => return Err(raise(py, &given.misshapen("(steps, sequences, classes), or (steps, classes)"))),
        };
        let places = self.places(count, single)?;
        let labels = self.labels.labels_beside(&[]).raise(py)?;
        let rows = given.rows::<E>().raise(py)?;
        let rows = rows.view();
        let (loss, wanted, peer) = (self.loss, self.wanted, self.peer);
        let divisor =
            if self.reduction.is_none() || self.reduction == Some(Reduction::Sum) { 1.0 } else { count as f64 };

        let one = |n: usize| -> Result<(f64, Vec<f64>)> {
            let place = &places[n];
            let mut own = Vec::with_capacity(place.steps * classes);
            (0..place.steps).for_each(|t| own.extend(rows.row(t * count + n).iter().map(|x| x.widen())));
            let label = |index: usize| {
                usize::try_from(labels[index]).map_err(|_| {
                    let allowed = format!("labels 0 to {}", classes.saturating_sub(1));
                    Error::new(ErrorKind::Domain, name, "labels", allowed).at(index).value(labels[index])
                })
            };
            let own_labels = place.labels.clone().map(label).collect::<Result<Vec<usize>>>()?;
            let input = SequenceInput { log_probabilities: &own, classes, labels: &own_labels, epsilon: E::EPSILON };
            let mut slopes = vec![0.0; if wanted == Wanted::Value { 0 } else { own.len() }];
            let found = loss.evaluate(input, (wanted != Wanted::Value).then_some(slopes.as_mut_slice()));
            let value = match found {
                Err(error) if peer && error.kind() == ErrorKind::NotDifferentiable => {
                    slopes.fill(f64::NAN);
                    f64::INFINITY
                }
                Err(error) => {
                    let placed = |error: Error| match (error.argument(), error.index()) {
                        ("labels", Some(index)) => error.at(place.labels.start + index),
                        ("log_probabilities", Some(index)) => {
                            let (t, class) = (index / classes, index % classes);
                            error.at((t * count + n) * classes + class)
                        }
                        _ => error,
                    };
                    return Err(placed(error));
                }
                Ok(value) => value,
            };
            if peer && slopes.iter().any(|slope| *slope != 0.0) {
                slopes.iter_mut().zip(&own).for_each(|(slope, x)| *slope += x.exp());
            }
            slopes.iter_mut().for_each(|slope| *slope /= divisor);
            Ok((value, slopes))
        };

        let mut values: Vec<E> = given.room(count).raise(py)?;
        let mut moments = Moments::new();
        let size = if wanted == Wanted::Value { 0 } else { given.len() };
        let mut gradient = Place::<E>::new(given, None, kind, &[size])?;
        let slopes = gradient.slice();
        let found = run(py, || {
            let stop = Stop::current();
            // Each on a thread of its own, which gives up when this one is to.
            let one = |n| match &stop {
                Some(stop) => stop.run(|| one(n)).unwrap_or_else(|| {
                    stop.look();
                    Err(Error::new(ErrorKind::Unsupported, name, "log_probabilities", "work that is wanted"))
                }),
                None => one(n),
            };
            let found: Vec<Result<(f64, Vec<f64>)>> = (0..count).into_par_iter().map(one).collect();
            found.into_iter().collect::<Result<Vec<_>>>()
        })?;
        for (n, (value, own)) in found.into_iter().enumerate() {
            moments.push(value);
            values.push(E::narrow(value));
            for (t, from) in own.chunks(classes.max(1)).enumerate() {
                let to = &mut slopes[(t * count + n) * classes..][..classes];
                to.iter_mut().zip(from).for_each(|(to, from)| *to = E::narrow(*from));
            }
        }

        let value = match self.reduction {
            Some(reduction) => PyFloat::new(py, reduction.of(name, &moments).raise(py)?).into_any(),
            None if single => PyFloat::new(py, values[0].widen()).into_any(),
            None => give(given, values, &[count])?,
        };
        match wanted {
            Wanted::Value => Ok(value),
            // Where there is no value, `value` has raised it.
            Wanted::Gradient => gradient.give(given, &given.shape),
            _ => tuple([value, gradient.give(given, &given.shape)?]),
        }
    }
}
