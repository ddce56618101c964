//! The plan: one aggregation over the files, and what comes out of it.

use super::input::{Input, is_list};
use super::interval::Interval;
use super::summary::{Bin, Details, Estimate, Key, Segment};
use super::task::{Loss, Task};
use crate::failure::{Failure, Outcome};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast as cast_array;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::common::{Column, ScalarValue};
use datafusion::functions::expr_fn::{abs, exp, floor, isnan};
use datafusion::functions_aggregate::expr_fn::{count, max, min};
use datafusion::functions_nested::expr_fn::array_length;
use datafusion::logical_expr::{Case, Expr, ExprFunctionExt, cast, lit, try_cast, when};
use datafusion::prelude::DataFrame;
use discrepancy::catalog::DataDomain;
use discrepancy::sums::Moments;
use discrepancy_sql::files::Digits;
use discrepancy_sql::{Histogram, partial};
use std::collections::{BTreeMap, BTreeSet};

/// How many bins of predicted probability the calibration has.
pub(super) const BINS: usize = 10;

/// What is scored: columns by name, and the losses.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) task: Task,
    pub(super) target: String,
    pub(super) prediction: Vec<String>,
    /// The column of lists that several columns are read as.
    pub(super) row: Option<String>,
    /// The names of many classes, in the order of their columns.
    pub(super) classes: Option<Vec<String>>,
    pub(super) weight: Option<String>,
    pub(super) by: Vec<String>,
    pub(super) positive: Option<String>,
    pub(super) losses: Vec<Loss>,
    /// Whether histograms and calibration are wanted too.
    pub(super) details: bool,
}

/// The question as expressions over the columns of the files.
#[derive(Debug)]
pub(super) struct Expressions {
    /// The prediction as the losses take it; NULL where a part of it is.
    pub(super) prediction: Expr,
    /// The target as each loss takes it, in the order of the losses.
    pub(super) targets: Vec<Expr>,
    /// With two classes: 1 for the positive one, 0 for the other, NaN for anything else.
    pub(super) class: Option<Expr>,
    pub(super) weight: Option<Expr>,
    /// Whether nothing is NULL.
    pub(super) complete: Expr,
    /// The digits that predictions were written with, where they came from text.
    pub(super) written: [Option<Digits>; 2],
}

/// A column by its exact name.
pub(super) fn column(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}

impl Question {
    /// The question in the terms of this input.
    pub(super) fn expressions(&self, input: &Input) -> Outcome<Expressions> {
        let target = column(&self.target);
        let class = if self.task.two_classes() {
            Some(class(target.clone(), &input.data_type(&self.target), self.positive.as_deref())?)
        } else {
            None
        };
        let label = match &self.classes {
            Some(classes) => place(target.clone(), classes)?,
            None => label(target.clone(), &input.data_type(&self.target))?,
        };
        let prediction = self.row.as_ref().unwrap_or(&self.prediction[0]);
        let parts: Vec<&String> = [prediction, &self.target].into_iter().chain(&self.weight).collect();
        let complete = parts.iter().map(|name| column(name).is_not_null()).reduce(Expr::and).unwrap_or(lit(true));
        let written = [input.table.digits(prediction), None];
        let prediction = column(prediction);
        let targets = self.losses.iter().map(|loss| match (&class, loss.entry.target) {
            (Some(class), DataDomain::Signs) => class.clone() * lit(2.0) - lit(1.0),
            (Some(class), _) => class.clone(),
            (None, _) if self.task.many_classes() => label.clone(),
            (None, _) => target.clone(),
        });
        let targets = targets.collect();
        let weight = self.weight.as_deref().map(column);
        Ok(Expressions { prediction, targets, class, weight, complete, written })
    }

    /// A loss with its data and parameters as the arguments of a function.
    fn call(&self, expressions: &Expressions, which: usize, weighted: bool) -> Vec<Expr> {
        let data = [expressions.prediction.clone(), expressions.targets[which].clone()];
        let weight = expressions.weight.clone().filter(|_| weighted);
        // As text, which the parameter itself reads.
        let parameters = self.losses[which].arguments.0.iter().map(|value| lit(value.to_string()));
        data.into_iter().chain(weight).chain(parameters).collect()
    }

    /// The value of a loss in each row.
    pub(super) fn value(&self, expressions: &Expressions, which: usize) -> Expr {
        let function = partial::loss_value(self.losses[which].entry, expressions.written);
        function.call(self.call(expressions, which, false))
    }

    /// The mean of a loss in a segment.
    pub(super) fn estimate(&self, segment: &Segment, which: usize) -> Estimate {
        segment.estimate(which, Interval::of(self.losses[which].entry), self.weight.is_some())
    }

    /// Whether a prediction is a list in one column.
    fn lists(&self, input: &Input) -> bool {
        self.prediction.len() == 1 && is_list(&input.data_type(&self.prediction[0]))
    }

    /// The aggregation. Segments are few lines beside the rows; totals are merged from them, exactly. What the report
    /// shows besides is counted in the same pass: histograms on a grid that does not depend on the data, calibration as
    /// one more column of the grouping.
    pub(super) fn plan(&self, input: &Input, frame: DataFrame) -> Outcome<DataFrame> {
        let expressions = self.expressions(input)?;
        let complete = &expressions.complete;
        // Under names of our own: a column may be called as one of the results is.
        let mut groups: Vec<Expr> =
            self.by.iter().enumerate().map(|(i, name)| column(name).alias(format!("by_{i}"))).collect();
        let mut all = vec![count(lit(1)).alias("read"), count(lit(1)).filter(complete.clone()).build()?.alias("rows")];
        if let Some(class) = &expressions.class {
            let boolean = input.data_type(&self.target) == DataType::Boolean;
            let raw = column(&self.target);
            let raw = if boolean { cast(raw, DataType::Utf8) } else { raw };
            for (name, side) in [("negative", 0.0), ("positive", 1.0)] {
                let there = class.clone().eq(lit(side));
                all.push(min(raw.clone()).filter(there.clone()).build()?.alias(format!("least_{name}")));
                all.push(max(raw.clone()).filter(there).build()?.alias(format!("greatest_{name}")));
            }
        }
        if self.lists(input) {
            let length = cast(array_length(expressions.prediction.clone()), DataType::Int64);
            all.push(min(length.clone()).alias("shortest"));
            all.push(max(length).alias("longest"));
        }
        let weighted = self.weight.is_some();
        for (which, loss) in self.losses.iter().enumerate() {
            let moments = partial::loss_moments(loss.entry, weighted, expressions.written);
            all.push(moments.call(self.call(&expressions, which, weighted)).alias(format!("moments_{which}")));
        }
        if self.details {
            for which in 0..self.losses.len() {
                let value = self.value(&expressions, which);
                let spread = partial::histogram().call(vec![value]).filter(complete.clone()).build()?;
                all.push(spread.alias(format!("histogram_{which}")));
            }
            if let Some(class) = &expressions.class {
                let score = cast(expressions.prediction.clone(), DataType::Float64);
                let probability = match self.task {
                    Task::TwoClassLogits => lit(1.0) / (lit(1.0) + exp(-score)),
                    _ => score,
                };
                let bin = try_cast(floor(probability.clone() * lit(BINS as f64)), DataType::Int64);
                groups.push(bin.alias("bin"));
                let weight: Vec<Expr> = expressions.weight.iter().cloned().collect();
                for (name, value) in [("predicted", probability), ("observed", class.clone())] {
                    let arguments = [vec![value], weight.clone()].concat();
                    let moments = partial::moments(weighted).call(arguments).filter(complete.clone()).build()?;
                    all.push(moments.alias(name));
                }
            }
        }
        Ok(frame.aggregate(groups, all)?)
    }

    /// Segments in their order, the total, and with two classes the values of the target.
    pub(super) fn answer(&self, batches: &[RecordBatch]) -> Outcome<Answer> {
        let mut segments: BTreeMap<Vec<Key>, Segment> = BTreeMap::new();
        let mut answer = Answer { total: Segment::new(Vec::new(), self.losses.len()), ..Answer::default() };
        let mut details = self.details.then(|| Details::new(self.losses.len()));
        for batch in batches {
            let table = Reader { batch };
            let keys: Vec<Vec<Option<String>>> =
                (0..self.by.len()).map(|i| texts(batch.column(i))).collect::<Outcome<_>>()?;
            for row in 0..batch.num_rows() {
                let key: Vec<Option<String>> = keys.iter().map(|column| column[row].clone()).collect();
                let order = key.iter().map(|value| Key::new(value.as_deref())).collect();
                let mut part = Segment::new(key, self.losses.len());
                part.rows = table.count("rows", row)?;
                part.skipped = table.count("read", row)? - part.rows;
                for (which, moments) in part.moments.iter_mut().enumerate() {
                    *moments = Moments::from_bytes(table.bytes(&format!("moments_{which}"), row)?)?;
                }
                if let Some(details) = &mut details {
                    self.detail(details, &table, row, part.rows)?;
                }
                if self.task.two_classes() {
                    for (name, values) in [("negative", &mut answer.negative), ("positive", &mut answer.positive)] {
                        for end in ["least", "greatest"] {
                            let value = table.text(&format!("{end}_{name}"), row)?;
                            // Two are one too many.
                            values.extend(value.filter(|value| values.len() < 2 && !values.contains(value)));
                        }
                    }
                }
                for end in ["shortest", "longest"] {
                    if let Some(length) = table.integer(end, row)? {
                        answer.lengths.insert(length);
                    }
                }
                answer.total.merge(&part);
                segments.entry(order).and_modify(|segment| segment.merge(&part)).or_insert(part);
            }
        }
        answer.segments = if self.by.is_empty() { Vec::new() } else { segments.into_values().collect() };
        answer.details = details;
        Ok(answer)
    }

    /// Adds what the report shows of one line of the answer, which stands for so many rows.
    fn detail(&self, details: &mut Details, table: &Reader, row: usize, rows: u64) -> Outcome {
        for (which, histogram) in details.histograms.iter_mut().enumerate() {
            histogram.merge(&Histogram::from_bytes(table.bytes(&format!("histogram_{which}"), row)?)?);
        }
        if self.task.two_classes() && rows > 0 {
            // A probability of 1 belongs to the last bin.
            let place = table.integer("bin", row)?.unwrap_or(0).clamp(0, BINS as i64 - 1);
            let bins = details.calibration.get_or_insert_with(|| vec![Bin::default(); BINS]);
            let bin = &mut bins[place as usize];
            bin.rows += rows;
            bin.predicted.merge(&Moments::from_bytes(table.bytes("predicted", row)?)?);
            bin.observed.merge(&Moments::from_bytes(table.bytes("observed", row)?)?);
        }
        Ok(())
    }
}

/// What the plan gave.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) segments: Vec<Segment>,
    pub(super) total: Segment,
    /// The values of the target that were taken for the negative class: one, or there are too many classes.
    pub(super) negative: Vec<String>,
    pub(super) positive: Vec<String>,
    /// The lengths of lists.
    pub(super) lengths: BTreeSet<i64>,
    pub(super) details: Option<Details>,
}

/// 1 for the positive class, 0 for the other, NaN for what is neither, NULL for NULL.
fn class(target: Expr, data_type: &DataType, positive: Option<&str>) -> Outcome<Expr> {
    let unfit = |text: &str, allowed: &str| Failure::usage(format!("--positive {text}: the target holds {allowed}"));
    let (yes, no) = if *data_type == DataType::Boolean {
        let wanted = match positive {
            None => true,
            Some(text) => text.to_lowercase().parse().map_err(|_| unfit(text, "true and false"))?,
        };
        (target.clone().eq(lit(wanted)), target.clone().eq(lit(!wanted)))
    } else if data_type.is_numeric() {
        let number = cast(target.clone(), DataType::Float64);
        match positive {
            None => (number.clone().eq(lit(1.0)), number.clone().eq(lit(0.0)).or(number.eq(lit(-1.0)))),
            Some(text) => {
                let wanted: f64 = text.parse().map_err(|_| unfit(text, "numbers"))?;
                (number.clone().eq(lit(wanted)), number.clone().not_eq(lit(wanted)).and(!isnan(number)))
            }
        }
    } else {
        let text = cast(target.clone(), DataType::Utf8);
        match positive {
            None => {
                let one_of = |values: &[&str]| text.clone().in_list(values.iter().map(|v| lit(*v)).collect(), false);
                (one_of(&["1", "true", "True", "TRUE"]), one_of(&["0", "-1", "false", "False", "FALSE"]))
            }
            Some(wanted) => (text.clone().eq(lit(wanted)), text.not_eq(lit(wanted))),
        }
    };
    let null = lit(ScalarValue::Float64(None));
    let mut cases = when(target.is_null(), null);
    Ok(cases.when(yes, lit(1.0)).when(no, lit(0.0)).otherwise(lit(f64::NAN))?)
}

/// The place of a name among the classes; −1, which is none, for any other.
fn place(target: Expr, classes: &[String]) -> Outcome<Expr> {
    let cases = (0_i64..).zip(classes).map(|(place, class)| (Box::new(lit(class.as_str())), Box::new(lit(place))));
    let text = cast(target.clone(), DataType::Utf8);
    let place = Case::new(Some(Box::new(text)), cases.collect(), Some(Box::new(lit(-1_i64))));
    Ok(when(target.is_null(), lit(ScalarValue::Int64(None))).otherwise(Expr::Case(place))?)
}

/// The class 0, 1, … as a whole number; −1, which is none, for what is not whole.
fn label(target: Expr, data_type: &DataType) -> Outcome<Expr> {
    if data_type.is_integer() {
        return Ok(target);
    }
    let number = cast(target, DataType::Float64);
    let whole = number.clone().eq(floor(number.clone())).and(abs(number.clone()).lt(lit(9_007_199_254_740_992.0)));
    let null = lit(ScalarValue::Int64(None));
    let mut cases = when(number.clone().is_null(), null);
    Ok(cases.when(whole, try_cast(number, DataType::Int64)).otherwise(lit(-1_i64))?)
}

/// The columns of the answer by name.
struct Reader<'a> {
    batch: &'a RecordBatch,
}

impl Reader<'_> {
    fn column(&self, name: &str) -> Outcome<&ArrayRef> {
        self.batch.column_by_name(name).ok_or_else(|| Failure::new(format!("the plan gave no column {name}")))
    }
    fn integer(&self, name: &str, row: usize) -> Outcome<Option<i64>> {
        let Some(column) = self.batch.column_by_name(name) else { return Ok(None) };
        let column = column.as_primitive::<Int64Type>();
        Ok((!column.is_null(row)).then(|| column.value(row)))
    }
    fn count(&self, name: &str, row: usize) -> Outcome<u64> {
        Ok(self.integer(name, row)?.unwrap_or(0).unsigned_abs())
    }
    fn bytes(&self, name: &str, row: usize) -> Outcome<&[u8]> {
        Ok(self.column(name)?.as_binary::<i32>().value(row))
    }
    fn text(&self, name: &str, row: usize) -> Outcome<Option<String>> {
        Ok(texts(&self.column(name)?.slice(row, 1))?.pop().flatten())
    }
}

/// The values of a column as text; numbers in their shortest form, so that 1 and 1.0 are the same in all kinds of files.
pub(super) fn texts(column: &ArrayRef) -> Outcome<Vec<Option<String>>> {
    if column.data_type().is_floating() {
        let numbers = cast_array(column, &DataType::Float64).map_err(Failure::new)?;
        return Ok(numbers.as_primitive::<Float64Type>().iter().map(|x| x.map(|x| x.to_string())).collect());
    }
    let text = cast_array(column, &DataType::Utf8).map_err(Failure::new)?;
    Ok(text.as_string::<i32>().iter().map(|value| value.map(str::to_owned)).collect())
}
