//! Exact means, sums and standard errors as two-phase aggregate functions.

use crate::arguments::{aliases, coerce, data_count, external, measure, not_literal};
use crate::state::{GroupedState, RowValues, SingleState};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema};
use datafusion::common::{ScalarValue, not_impl_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, ColumnarValue, GroupsAccumulator, Signature, Volatility,
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
}

impl Statistic {
    /// The aggregates of an entry; `true` for those with a weight column.
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
        }
    }

    /// The result, rounded once; `None`, which is NULL, where no row contributes.
    pub(crate) fn of(self, moments: &Moments) -> Result<Option<f64>> {
        match self {
            Statistic::Sum => Ok((moments.count() > 0).then(|| moments.sum())),
            Statistic::StandardError => Ok(moments.standard_error()),
            Statistic::Mean => match moments.mean() {
                Ok(mean) => Ok(Some(mean)),
                Err(error) if error.kind() == ErrorKind::NoContributingRows => Ok(None),
                Err(error) => Err(external(error)),
            },
        }
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
        }
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
        Ok(RowValues { entry: self.entry, measure: measure(entry, &parameters)?, data, weighted: self.weighted })
    }
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
        Ok(DataType::Float64)
    }
    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        // Sums are exact.
        AggregateOrderSensitivity::Insensitive
    }
    fn state_fields(&self, given: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format_state_name(given.name, "moments"), DataType::Binary, true))])
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
