//! What an entry gives for each row of a batch.

use crate::arguments::external;
use crate::columns::{Lists, widen};
use crate::files::Digits;
use crate::rows::rows;
use datafusion::arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, Float32Array, Float64Array, PrimitiveArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float32Type, Int64Type};
use datafusion::common::internal_err;
use datafusion::error::Result;
use discrepancy::batch::{Element, Evaluation};
use discrepancy::catalog::{DataDomain, Measure};
use discrepancy::distances::PairInput;
use discrepancy::losses::PointwiseLoss;
use discrepancy::{Error, ErrorKind};
use std::sync::Arc;

/// The rows of a batch without NULL, and their values in `f64`.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// Places of the rows in the batch, ascending.
    pub(crate) rows: Vec<usize>,
    /// The value of each.
    pub(crate) values: Vec<f64>,
}

/// The digits that the numbers of the two data arguments were written with, where they came from text.
pub(crate) type Written = [Option<Digits>; 2];

/// By how much the sum of a row of probabilities may miss 1, as the spacing of a type whose rows of this length may.
pub(crate) fn tolerance(row: &[f64], lists: &Lists<'_>, digits: Option<Digits>) -> f64 {
    // Without a decimal nothing was rounded.
    let Some(digits) = digits.filter(|digits| digits.decimals > 0) else { return lists.epsilon() };
    let halves: f64 = row.iter().map(|x| digits.half_place(*x)).sum();
    // What is held to it is 8 C ε.
    lists.epsilon().max(halves / (8.0 * row.len().max(1) as f64))
}

/// The value with the spacing of the narrower type, or else, where rows do not sum to 1 in that, of the wider.
pub(crate) fn within([narrow, wide]: [f64; 2], value: impl Fn(f64) -> discrepancy::Result<f64>) -> Result<Option<f64>> {
    let (narrow, wide) = (narrow.min(wide), narrow.max(wide));
    match value(narrow) {
        Err(error) if wide > narrow && error.kind() == ErrorKind::Domain => value(wide).map(Some).map_err(external),
        value => value.map(Some).map_err(external),
    }
}

/// Computes the rows for which `wanted` holds and in which nothing is NULL.
pub(crate) fn evaluate(
    measure: &Measure,
    data: &[ArrayRef],
    written: Written,
    wanted: &dyn Fn(usize) -> bool,
) -> Result<Values> {
    let numbered = numbered(measure, data);
    let data = numbered.as_deref().unwrap_or(data);
    match (measure, data) {
        (Measure::Pointwise(loss), [prediction, target]) => pointwise(loss.as_ref(), prediction, target, wanted),
        (Measure::Row(loss), [scores, target]) => rows(loss.as_ref(), scores, target, written, wanted),
        (Measure::Pair(function), [a, b]) => {
            let name = function.entry().name;
            let (left, right) = (Lists::new(name, "a", a)?, Lists::new(name, "b", b)?);
            let sums = function.entry().prediction == DataDomain::Probabilities;
            each(left.len(), wanted, |row| {
                let (Some(a), Some(b)) = (left.row(row)?, right.row(row)?) else { return Ok(None) };
                let narrow = left.epsilon().min(right.epsilon());
                let of_lists = || tolerance(a, &left, written[0]).max(tolerance(b, &right, written[1]));
                let wide = if sums { of_lists() } else { narrow };
                within([narrow, wide], |epsilon| function.evaluate(PairInput { epsilon, ..PairInput::new(a, b) }, None))
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

/// Truth values as the classes that the entry knows: 1 and 0, or 1 and -1.
fn numbered(measure: &Measure, data: &[ArrayRef]) -> Option<Vec<ArrayRef>> {
    let domain = match measure {
        Measure::Pointwise(loss) => loss.entry().target,
        Measure::Row(loss) => loss.entry().target,
        _ => return None,
    };
    let [prediction, target] = data else { return None };
    let no = if domain == DataDomain::Signs { -1.0 } else { 0.0 };
    let truths = target.as_boolean_opt()?.iter();
    let numbers: Float64Array = truths.map(|truth| truth.map(|truth| if truth { 1.0 } else { no })).collect();
    Some(vec![prediction.clone(), Arc::new(numbers)])
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

/// Rows side by side go through the same evaluation as everywhere; in `f32` where both columns hold no more.
fn pointwise(
    loss: &dyn PointwiseLoss,
    prediction: &ArrayRef,
    target: &ArrayRef,
    wanted: &dyn Fn(usize) -> bool,
) -> Result<Values> {
    let name = loss.entry().name;
    if let (DataType::Float32, Some(target)) = (prediction.data_type(), singles(target)) {
        let prediction = prediction.as_primitive::<Float32Type>();
        let rows = kept(prediction, &target, wanted);
        return values(loss, rows, prediction.values(), target.values());
    }
    let (prediction, target) = (widen(name, "prediction", prediction)?, widen(name, "target", target)?);
    let rows = kept(&prediction, &target, wanted);
    values(loss, rows, prediction.values(), target.values())
}

/// A column as singles, if they are the same numbers.
fn singles(column: &ArrayRef) -> Option<Float32Array> {
    // Integers that `f32` may not have are looked at one by one.
    const EXACT: i64 = 1 << 24;
    match column.data_type() {
        DataType::Float32 => Some(column.as_primitive::<Float32Type>().clone()),
        DataType::Int8 | DataType::Int16 | DataType::UInt8 | DataType::UInt16 => {
            Some(cast(column, &DataType::Float32).ok()?.as_primitive::<Float32Type>().clone())
        }
        DataType::Int32 | DataType::Int64 | DataType::UInt32 => {
            let wide = cast(column, &DataType::Int64).ok()?;
            let small = wide.as_primitive::<Int64Type>().iter().flatten().all(|x| (-EXACT..=EXACT).contains(&x));
            small.then(|| cast(column, &DataType::Float32).ok())?.map(|x| x.as_primitive::<Float32Type>().clone())
        }
        _ => None,
    }
}

/// The rows that are wanted and in which nothing is NULL.
fn kept<T: ArrowPrimitiveType>(
    prediction: &PrimitiveArray<T>,
    target: &PrimitiveArray<T>,
    wanted: &dyn Fn(usize) -> bool,
) -> Vec<usize> {
    (0..prediction.len()).filter(|row| !prediction.is_null(*row) && !target.is_null(*row) && wanted(*row)).collect()
}

/// The values of these rows before they are rounded to the storage type.
fn values<E: Element>(loss: &dyn PointwiseLoss, rows: Vec<usize>, prediction: &[E], target: &[E]) -> Result<Values> {
    let placed = |error: Error| match error.index().and_then(|index| rows.get(index)) {
        Some(row) => external(error.at(*row)),
        None => external(error),
    };
    let mut values = vec![0.0; rows.len()];
    if rows.len() == prediction.len() {
        Evaluation::new(loss, prediction, target).and_then(|all| all.wide_values_into(&mut values)).map_err(placed)?;
    } else {
        let take = |from: &[E]| rows.iter().map(|row| from[*row]).collect::<Vec<E>>();
        let (prediction, target) = (take(prediction), take(target));
        Evaluation::new(loss, &prediction, &target)
            .and_then(|all| all.wide_values_into(&mut values))
            .map_err(placed)?;
    }
    Ok(Values { rows, values })
}
