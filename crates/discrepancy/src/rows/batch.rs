use super::shares::check_length;
use super::{RowLoss, Target};
use crate::error::{Error, ErrorKind, Result};
use rayon::prelude::*;

/// The targets of many rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowTargets<'a> {
    /// A class for each row.
    Labels {
        /// Classes, counted from 0.
        labels: &'a [i64],
        /// Rows of this label count nothing: value and gradient are 0.
        ignore_index: Option<i64>,
    },
    /// A row of probabilities for each row, N×C.
    Probabilities(&'a [f64]),
}

/// The loss of each of many rows (N×C), and on request their gradients.
///
/// Rows are independent, so results do not depend on the number of threads. An error names the first wrong row, or
/// the flat index of the wrong element.
pub fn evaluate_rows(
    loss: &dyn RowLoss,
    rows: &[f64],
    classes: usize,
    targets: RowTargets<'_>,
    gradient: Option<&mut [f64]>,
) -> Result<Vec<f64>> {
    let name = loss.entry().name;
    if classes == 0 || !rows.len().is_multiple_of(classes) {
        let allowed = format!("whole rows of {classes} classes, at least 1");
        return Err(Error::new(ErrorKind::Shape, name, "prediction", allowed).value(rows.len()));
    }
    let count = rows.len() / classes;
    match targets {
        RowTargets::Labels { labels, .. } => check_length(name, "target", labels.len(), count)?,
        RowTargets::Probabilities(y) => check_length(name, "target", y.len(), rows.len())?,
    }
    let one = |i: usize, out: Option<&mut [f64]>| {
        let row = &rows[i * classes..(i + 1) * classes];
        let target = match targets {
            RowTargets::Labels { labels, ignore_index } if ignore_index == Some(labels[i]) => {
                out.into_iter().for_each(|out| out.fill(0.0));
                return Ok(0.0);
            }
            RowTargets::Labels { labels, .. } => Target::Label(usize::try_from(labels[i]).map_err(|_| {
                let allowed = format!("labels 0 to {}", classes - 1);
                Error::new(ErrorKind::Domain, name, "target", allowed).at(i).value(labels[i])
            })?),
            RowTargets::Probabilities(y) => Target::Probabilities(&y[i * classes..(i + 1) * classes]),
        };
        let result = match out {
            Some(out) => loss.value_and_gradient(row, target, out),
            None => loss.value(row, target),
        };
        result.map_err(|error| {
            let index = error.index().map_or(i, |j| i * classes + j);
            error.at(index)
        })
    };
    // Collected one by one, so that of several errors the first row's is reported, whatever the threads do.
    let results: Vec<Result<f64>> = match gradient {
        Some(gradient) => {
            check_length(name, "gradient", gradient.len(), rows.len())?;
            gradient.par_chunks_mut(classes).enumerate().map(|(i, out)| one(i, Some(out))).collect()
        }
        None => (0..count).into_par_iter().map(|i| one(i, None)).collect(),
    };
    results.into_iter().collect()
}
