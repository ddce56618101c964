//! What an entry gives for each row of a batch.

use crate::arguments::external;
use crate::columns::{Lists, widen};
use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::internal_err;
use datafusion::error::Result;
use discrepancy::catalog::{DataDomain, Measure};
use discrepancy::losses::{Outputs, PointwiseLoss};
use discrepancy::number::Level;
use discrepancy::rows::Target;
use discrepancy::{Error, ErrorKind};

/// The rows of a batch without NULL, and their values in `f64`.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// Places of the rows in the batch, ascending.
    pub(crate) rows: Vec<usize>,
    /// The value of each.
    pub(crate) values: Vec<f64>,
}

/// Computes the rows for which `wanted` holds and in which nothing is NULL.
pub(crate) fn evaluate(measure: &Measure, data: &[ArrayRef], wanted: &dyn Fn(usize) -> bool) -> Result<Values> {
    match (measure, data) {
        (Measure::Pointwise(loss), [prediction, target]) => pointwise(loss.as_ref(), prediction, target, wanted),
        (Measure::Row(loss), [scores, target]) => {
            let name = loss.entry().name;
            let scores = Lists::new(name, "scores", scores)?;
            if target.data_type().is_nested() {
                let target = Lists::new(name, "target", target)?;
                return each(scores.len(), wanted, |row| {
                    let (Some(scores), Some(target)) = (scores.row(row)?, target.row(row)?) else { return Ok(None) };
                    loss.value(scores, Target::Probabilities(target)).map(Some).map_err(external)
                });
            }
            let labels = widen(name, "target", target)?;
            each(scores.len(), wanted, |row| {
                let (Some(scores), false) = (scores.row(row)?, labels.is_null(row)) else { return Ok(None) };
                let label = labels.value(row);
                if label < 0.0 {
                    let error = Error::new(ErrorKind::Domain, name, "target", "a class label 0, 1, …");
                    return Err(external(error.at(row).value(label)));
                }
                loss.value(scores, Target::Label(label as usize)).map(Some).map_err(external)
            })
        }
        (Measure::Pair(function), [a, b]) => {
            let name = function.entry().name;
            let (a, b) = (Lists::new(name, "a", a)?, Lists::new(name, "b", b)?);
            each(a.len(), wanted, |row| {
                let (Some(a), Some(b)) = (a.row(row)?, b.row(row)?) else { return Ok(None) };
                function.value(a, b).map(Some).map_err(external)
            })
        }
        (Measure::Sample(statistic), [x, y]) => {
            let name = statistic.entry().name;
            let (x, y) = (Lists::new(name, "x", x)?, Lists::new(name, "y", y)?);
            each(x.len(), wanted, |row| {
                let (Some(x), Some(y)) = (x.row(row)?, y.row(row)?) else { return Ok(None) };
                statistic.value(x, y, 1).map(Some).map_err(external)
            })
        }
        (Measure::Penalty(penalty), [weights]) => {
            let weights = Lists::new(penalty.entry().name, "weights", weights)?;
            each(weights.len(), wanted, |row| {
                let Some(weights) = weights.row(row)? else { return Ok(None) };
                penalty.value(weights).map(Some).map_err(external)
            })
        }
        _ => internal_err!("{measure:?} does not act on {} columns", data.len()),
    }
}

/// Row by row; an error says in which row it arose.
fn each(count: usize, wanted: &dyn Fn(usize) -> bool, value: impl Fn(usize) -> Result<Option<f64>>) -> Result<Values> {
    let mut all = Values::default();
    for row in (0..count).filter(|row| wanted(*row)) {
        if let Some(value) = value(row).map_err(|error| error.context(format!("row {row}")))? {
            all.rows.push(row);
            all.values.push(value);
        }
    }
    Ok(all)
}

/// Data are checked first, then computed in one block.
fn pointwise(
    loss: &dyn PointwiseLoss,
    prediction: &ArrayRef,
    target: &ArrayRef,
    wanted: &dyn Fn(usize) -> bool,
) -> Result<Values> {
    let entry = loss.entry();
    let (z, y) = (widen(entry.name, "prediction", prediction)?, widen(entry.name, "target", target)?);
    let good = |row: &usize| !z.is_null(*row) && !y.is_null(*row) && wanted(*row);
    let rows: Vec<usize> = (0..z.len()).filter(good).collect();
    let take = |argument: &str, domain: &DataDomain, from: &[f64]| {
        let checked = |row: &usize| {
            let x = from[*row];
            if domain.contains(x) {
                return Ok(x);
            }
            let kind = if x.is_nan() { ErrorKind::NonFinite } else { ErrorKind::Domain };
            let error = Error::new(kind, entry.name, argument, domain.to_string());
            Err(external(error.at(*row).value(x)))
        };
        rows.iter().map(checked).collect::<Result<Vec<f64>>>()
    };
    let z = take("prediction", &entry.prediction, z.values())?;
    let y = take("target", &entry.target, y.values())?;
    let mut values = vec![0.0; rows.len()];
    let outputs = Outputs { value: &mut values, gradient: None, hessian: None };
    loss.block(&z, &y, outputs);
    if let Some(i) = values.iter().position(|value| value.is_nan()) {
        // Legal numbers whose limit does not exist, such as ∞ − ∞.
        let error = Error::new(ErrorKind::NonFinite, entry.name, "prediction", "a pair with a limit");
        return Err(external(error.at(rows[i]).value(format!("{} with target {}", z[i], y[i]))));
    }
    Ok(Values { rows, values })
}
