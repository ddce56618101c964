//! Aggregates whose result is a partial result: bytes that whoever collects them merges further.
//!
//! They are not registered under a name; put them into a plan with `.call(…)`.

use crate::aggregate::{LossAggregate, Statistic, state_field};
use crate::files::Digits;
use crate::histogram::HistogramState;
use crate::scalar::LossFunction;
use crate::state::{GroupedState, RowValues, SingleState};
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::plan_err;
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, ScalarUDF, Signature, Volatility,
};
use discrepancy::catalog::Entry;

/// The exact sums of an entry's values, as [`discrepancy::sums::Moments::to_bytes`] writes them: called with the data
/// of the entry, the weight if there is one, then its parameters. `written` has the digits of the two data arguments.
#[must_use]
pub fn loss_moments(entry: &Entry, weighted: bool, written: [Option<Digits>; 2]) -> AggregateUDF {
    AggregateUDF::from(LossAggregate::new(entry, Statistic::Moments, weighted).written(written))
}

/// The value of an entry in each row, of data that were written with these digits.
#[must_use]
pub fn loss_value(entry: &Entry, written: [Option<Digits>; 2]) -> ScalarUDF {
    ScalarUDF::from(LossFunction::new(entry).written(written))
}

/// The exact sums of a column, as [`discrepancy::sums::Moments::to_bytes`] writes them: called with the column, and
/// the weight if there is one.
#[must_use]
pub fn moments(weighted: bool) -> AggregateUDF {
    AggregateUDF::from(ColumnAggregate::new(if weighted { Of::WeightedMoments } else { Of::Moments }))
}

/// The spread of a column, as [`crate::Histogram::to_bytes`] writes it.
#[must_use]
pub fn histogram() -> AggregateUDF {
    AggregateUDF::from(ColumnAggregate::new(Of::Histogram))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Of {
    Moments,
    WeightedMoments,
    Histogram,
}

/// An aggregate of a column of numbers.
#[derive(Debug, PartialEq, Eq, Hash)]
struct ColumnAggregate {
    of: Of,
    signature: Signature,
}

impl ColumnAggregate {
    fn new(of: Of) -> Self {
        ColumnAggregate { of, signature: Signature::user_defined(Volatility::Immutable) }
    }

    fn columns(&self) -> usize {
        if self.of == Of::WeightedMoments { 2 } else { 1 }
    }

    fn rows(&self) -> RowValues {
        let weighted = self.of == Of::WeightedMoments;
        RowValues { name: "moments", measure: None, written: [None; 2], data: self.columns(), weighted }
    }
}

impl AggregateUDFImpl for ColumnAggregate {
    fn name(&self) -> &'static str {
        match self.of {
            Of::Moments => "moments",
            Of::WeightedMoments => "weighted_moments",
            Of::Histogram => "histogram",
        }
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let numbers = given.iter().all(|t| t.is_integer() || t.is_floating() || *t == DataType::Null);
        if given.len() != self.columns() || !numbers {
            return plan_err!("{}: {given:?} given; allowed: {} columns of numbers", self.name(), self.columns());
        }
        Ok(given.to_vec())
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }
    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
    fn state_fields(&self, given: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(state_field(&given))
    }
    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(match self.of {
            Of::Histogram => Box::new(HistogramState::default()),
            _ => Box::new(SingleState::new(self.rows(), Statistic::Moments)),
        })
    }
    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        self.of != Of::Histogram
    }
    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(GroupedState::new(self.rows(), Statistic::Moments)))
    }
}
