//! Exact means, sums and standard errors as two-phase aggregate functions.

use crate::arguments::{aliases, coerce, data_count, external, measure, not_literal};
use crate::evaluation::Written;
use crate::state::{GroupedState, RowValues, SingleState, write};
use crate::written::{takes_probabilities, written};
use datafusion::arrow::array::{ArrayRef, Float64Array, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema};
use datafusion::common::{ScalarValue, internal_err, not_impl_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, ColumnarValue, Expr, GroupsAccumulator, Signature, Volatility,
};
use discrepancy::ErrorKind;
use discrepancy::catalog::{self, Entry};
use discrepancy::sums::Moments;
use std::sync::Arc;

/// What an aggregate makes of the exact sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Statistic {
    /// Σ w l / Σ w.
    Mean,
    /// Σ l.
    Sum,
    /// The standard error of the mean.
    StandardError,
    /// The exact sums themselves, as [`Moments::to_bytes`] writes them.
    Moments,
}

impl Statistic {
    /// The aggregates of an entry that are registered; `true` for those with a weight column.
    pub(crate) const FORMS: [(Statistic, bool); 5] = [
        (Statistic::Mean, false),
        (Statistic::Sum, false),
        (Statistic::StandardError, false),
        (Statistic::Mean, true),
        (Statistic::StandardError, true),
    ];

    /// What stands before the name of the entry.
    pub(crate) fn prefix(self, weighted: bool) -> &'static str {
        match (self, weighted) {
            (Statistic::Mean, false) => "mean_",
            (Statistic::Sum, false) => "sum_",
            (Statistic::StandardError, false) => "stderr_",
            (Statistic::Mean, true) => "weighted_mean_",
            (Statistic::Sum, true) => "weighted_sum_",
            (Statistic::StandardError, true) => "weighted_stderr_",
            (Statistic::Moments, false) => "moments_",
            (Statistic::Moments, true) => "weighted_moments_",
        }
    }

    /// The type of the result.
    pub(crate) fn data_type(self) -> DataType {
        if self == Statistic::Moments { DataType::Binary } else { DataType::Float64 }
    }

    /// The number, rounded once; `None`, which is NULL, where no row contributes.
    fn of(self, moments: &Moments) -> Result<Option<f64>> {
        match self {
            Statistic::Sum => Ok((moments.count() > 0).then(|| moments.sum())),
            Statistic::StandardError => Ok(moments.standard_error()),
            Statistic::Mean => match moments.mean() {
                Ok(mean) => Ok(Some(mean)),
                Err(error) if error.kind() == ErrorKind::NoContributingRows => Ok(None),
                Err(error) => Err(external(error)),
            },
            Statistic::Moments => internal_err!("exact sums are no number"),
        }
    }

    /// The result of one group.
    pub(crate) fn scalar(self, moments: &Moments) -> Result<ScalarValue> {
        match self {
            Statistic::Moments => Ok(ScalarValue::Binary(Some(moments.to_bytes()))),
            _ => Ok(ScalarValue::Float64(self.of(moments)?)),
        }
    }

    /// The results of many groups.
    pub(crate) fn column(self, groups: &[Moments]) -> Result<ArrayRef> {
        if self == Statistic::Moments {
            return Ok(write(groups));
        }
        let results: Vec<Option<f64>> = groups.iter().map(|group| self.of(group)).collect::<Result<_>>()?;
        Ok(Arc::new(Float64Array::from(results)))
    }
}

/// `mean_name(data…, parameters…)` and its kin.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct LossAggregate {
    name: String,
    aliases: Vec<String>,
    /// The entry's name; names are unique.
    entry: &'static str,
    statistic: Statistic,
    weighted: bool,
    signature: Signature,
    /// The digits that the data were written with, once they are known.
    written: Written,
}

impl LossAggregate {
    pub(crate) fn new(entry: &Entry, statistic: Statistic, weighted: bool) -> Self {
        let prefix = statistic.prefix(weighted);
        LossAggregate {
            name: format!("{prefix}{}", entry.name),
            aliases: aliases(entry, prefix),
            entry: entry.name,
            statistic,
            weighted,
            signature: Signature::user_defined(Volatility::Immutable),
            written: [None; 2],
        }
    }

    /// The same of data that were written with these digits.
    pub(crate) fn written(self, written: Written) -> Self {
        LossAggregate { written, ..self }
    }

    /// The row values that this call sums: its parameters are literals, known before any row.
    fn rows(&self, given: &AccumulatorArgs) -> Result<RowValues> {
        if given.is_distinct {
            return not_impl_err!("{}: DISTINCT", self.name);
        }
        let entry = catalog::entry(self.entry).map_err(external)?;
        let data = data_count(entry, self.weighted);
        let nothing = RecordBatch::new_empty(Arc::new(Schema::empty()));
        let parameters = given.exprs.iter().skip(data).zip(entry.parameters);
        let parameters: Vec<ScalarValue> = parameters
            .map(|(expression, parameter)| match expression.evaluate(&nothing) {
                Ok(ColumnarValue::Scalar(value)) => Ok(value),
                _ => not_literal(&self.name, parameter.name),
            })
            .collect::<Result<_>>()?;
        let (measure, written) = (Some(measure(entry, &parameters)?), self.written);
        Ok(RowValues { name: self.entry, measure, written, data, weighted: self.weighted })
    }
}

/// Partial results cross between partitions in one binary column.
pub(crate) fn state_field(given: &StateFieldsArgs) -> Vec<FieldRef> {
    vec![Arc::new(Field::new(format_state_name(given.name, "state"), DataType::Binary, true))]
}

impl AggregateUDFImpl for LossAggregate {
    fn name(&self) -> &str {
        &self.name
    }
    fn aliases(&self) -> &[String] {
        &self.aliases
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        coerce(&self.name, catalog::entry(self.entry).map_err(external)?, self.weighted, given)
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.statistic.data_type())
    }
    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        // Sums are exact.
        AggregateOrderSensitivity::Insensitive
    }
    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        let entry = catalog::entry(self.entry).ok()?;
        if self.written != [None; 2] || !takes_probabilities(entry) {
            return None;
        }
        let (statistic, weighted) = (self.statistic, self.weighted);
        Some(Box::new(move |mut call: AggregateFunction, info: &SimplifyContext| {
            let written = written(entry, &call.params.args, info);
            if written != [None; 2] {
                let function = LossAggregate::new(entry, statistic, weighted).written(written);
                call.func = Arc::new(AggregateUDF::from(function));
            }
            Ok(Expr::AggregateFunction(call))
        }))
    }
    fn state_fields(&self, given: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(state_field(&given))
    }
    fn accumulator(&self, given: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(SingleState::new(self.rows(&given)?, self.statistic)))
    }
    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }
    fn create_groups_accumulator(&self, given: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(GroupedState::new(self.rows(&given)?, self.statistic)))
    }
}
