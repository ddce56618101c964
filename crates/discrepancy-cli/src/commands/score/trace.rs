//! The row that is to blame. Only after a failure: the files are read again, one by one and in order.

use super::input::Input;
use super::plan::{Question, column, texts};
use super::task::Task;
use crate::engine::{self, library_error, message};
use crate::failure::{Failure, Outcome};
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::DFSchema;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::PhysicalExpr;
use futures::StreamExt;
use std::sync::Arc;

/// The first row that cannot be scored; `None` where each can.
pub(super) fn fault(question: &Question, input: &Input) -> Option<Failure> {
    (0..input.table.files().len()).find_map(|file| in_file(question, input, file).err())
}

fn in_file(question: &Question, input: &Input, file: usize) -> Outcome {
    let name = input.table.files()[file].name().to_owned();
    match engine::run(1, in_rows(question, input, file)).map_err(|failure| failure.at(&name))? {
        Some(fault) => Err(Failure::new(format!("{name}, {fault}"))),
        None => Ok(()),
    }
}

/// What is wrong with a row.
enum Wrong {
    /// The target is of none of two classes, but this.
    Class(String),
    /// Something else, in full.
    Other(String),
}

/// The checks of each row of a batch.
struct Checks {
    /// Whether nothing is NULL.
    complete: Arc<dyn PhysicalExpr>,
    /// With two classes: NaN where the target is none of them.
    class: Option<Arc<dyn PhysicalExpr>>,
    weight: Option<Arc<dyn PhysicalExpr>>,
    losses: Vec<Arc<dyn PhysicalExpr>>,
}

/// Values outside of what the losses allow: where and which.
async fn in_rows(question: &Question, input: &Input, file: usize) -> Outcome<Option<String>> {
    let context = discrepancy_sql::session(1);
    let expressions = question.expressions(input)?;
    let frame = input.only(file).frame(&context)?;
    let prediction = question.row.as_ref().unwrap_or(&question.prediction[0]);
    let mut needed = vec![prediction, &question.target];
    needed.extend(&question.weight);
    needed.sort();
    needed.dedup();
    let frame = frame.select(needed.into_iter().map(|name| column(name)).collect::<Vec<Expr>>())?;
    let schema = DFSchema::try_from(frame.schema().as_arrow().clone())?;
    let physical = |expression: Expr| context.create_physical_expr(expression, &schema);
    let losses = (0..question.losses.len()).map(|which| question.value(&expressions, which));
    let checks = Checks {
        complete: physical(expressions.complete.clone())?,
        class: expressions.class.clone().map(&physical).transpose()?,
        weight: expressions.weight.clone().map(&physical).transpose()?,
        losses: losses.map(|loss| Ok(physical(loss)?)).collect::<Outcome<_>>()?,
    };
    let mut rows = frame.execute_stream().await?;
    let mut before = 0;
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|error| match before {
            0 => Failure::new(message(&error)),
            _ => Failure::new(format!("behind row {before}: {}", message(&error))),
        })?;
        if let Some((row, wrong)) = checks.first(question, &batch)? {
            let what = match wrong {
                Wrong::Other(what) => what,
                Wrong::Class(value) => class_message(question, input, &value).await,
            };
            let row = before + row as u64 + 1;
            let line = input.table.line(file, row).map_or(String::new(), |line| format!(" (line {line})"));
            return Ok(Some(format!("row {row}{line}: {what}")));
        }
        before += batch.num_rows() as u64;
    }
    Ok(None)
}

impl Checks {
    /// The first row that fails, and why.
    fn first(&self, question: &Question, batch: &RecordBatch) -> Outcome<Option<(usize, Wrong)>> {
        let complete = self.complete.evaluate(batch)?.into_array(batch.num_rows())?;
        let complete = complete.as_boolean();
        let rows: Vec<usize> =
            (0..complete.len()).filter(|row| complete.is_valid(*row) && complete.value(*row)).collect();
        let batch = filter_record_batch(batch, complete).map_err(Failure::new)?;
        let all_well =
            self.losses.iter().chain(&self.class).chain(&self.weight).all(|check| check.evaluate(&batch).is_ok());
        if all_well && self.class.is_none() && self.weight.is_none() {
            return Ok(None);
        }
        for (place, row) in rows.into_iter().enumerate() {
            if let Some(what) = self.one(question, &batch.slice(place, 1))? {
                return Ok(Some((row, what)));
            }
        }
        Ok(None)
    }

    /// Why a batch of one row fails.
    fn one(&self, question: &Question, row: &RecordBatch) -> Outcome<Option<Wrong>> {
        let number = |check: &Arc<dyn PhysicalExpr>| -> Outcome<f64> {
            let value = check.evaluate(row)?.into_array(1)?;
            let value = datafusion::arrow::compute::cast(&value, &DataType::Float64).map_err(Failure::new)?;
            Ok(value.as_primitive::<Float64Type>().value(0))
        };
        let raw = |name: &str| -> Outcome<String> {
            let Some(column) = row.column_by_name(name) else { return Ok(String::new()) };
            Ok(texts(column)?.pop().flatten().unwrap_or_else(|| "NULL".to_owned()))
        };
        if let Some(class) = &self.class
            && number(class)?.is_nan()
        {
            return Ok(Some(Wrong::Class(raw(&question.target)?)));
        }
        if let (Some(weight), Some(name)) = (&self.weight, &question.weight) {
            let weight = number(weight)?;
            if !(weight >= 0.0 && weight.is_finite()) {
                let allowed = "finite numbers, not negative";
                return Ok(Some(Wrong::Other(format!("column `{name}` is {weight}; allowed: {allowed} (weight)"))));
            }
        }
        for (loss, check) in question.losses.iter().zip(&self.losses) {
            let Err(error) = check.evaluate(row) else { continue };
            let Some(error) = library_error(&error) else { return Ok(Some(Wrong::Other(message(&error)))) };
            let about_target = error.argument() == "target";
            let columns = match (about_target, error.index(), question.prediction.as_slice()) {
                (true, ..) => format!("column `{}`", question.target),
                (false, _, [one]) => format!("column `{one}`"),
                // Of several columns the index tells which.
                (false, Some(class), many) if class < many.len() => format!("column `{}`", many[class]),
                (false, _, many) => format!("columns `{}` to `{}`", many[0], many[many.len() - 1]),
            };
            let value = match error.offending_value() {
                // As it stands in the file, not as it was mapped.
                _ if about_target && question.task != Task::Numbers => format!("is {}", raw(&question.target)?),
                Some(sum) if question.prediction.len() > 1 && error.index().is_none() => format!("give {sum}"),
                Some(value) => format!("is {value}"),
                None => "cannot be used".to_owned(),
            };
            let allowed = match &question.classes {
                Some(classes) if about_target => some(classes, ", "),
                _ => error.allowed().to_owned(),
            };
            let what = format!("{columns} {value}; allowed: {allowed} ({})", loss.spec);
            return Ok(Some(Wrong::Other(what)));
        }
        Ok(None)
    }
}

/// The first ten of some values.
pub(super) fn some(values: &[String], between: &str) -> String {
    let more = if values.len() > 10 { ", …" } else { "" };
    values[..values.len().min(10)].join(between) + more
}

/// What is wrong with a target of none of the two classes that are known without a word.
async fn class_message(question: &Question, input: &Input, value: &str) -> String {
    let wrong = format!("column `{}` is {value}", question.target);
    match classes(question, input, 1, 3).await.as_deref() {
        Ok([a, b]) if question.positive.is_none() => {
            format!("{wrong}; the values are {a} and {b}: say --positive {a} or --positive {b}")
        }
        _ => format!("{wrong}; allowed: two classes: 0 and 1, -1 and 1, true and false, or two others with --positive"),
    }
}

/// The values of the target, at most so many.
pub(super) async fn classes(question: &Question, input: &Input, threads: usize, most: usize) -> Outcome<Vec<String>> {
    let context = discrepancy_sql::session(threads);
    let target = column(&question.target);
    let frame = input.frame(&context)?;
    let frame = frame.filter(target.clone().is_not_null())?.select(vec![target.alias("target")])?.distinct()?;
    let batches = frame.sort(vec![column("target").sort(true, true)])?.limit(0, Some(most))?.collect().await?;
    let mut values = Vec::new();
    for batch in &batches {
        values.extend(texts(batch.column(0))?.into_iter().flatten());
    }
    Ok(values)
}
