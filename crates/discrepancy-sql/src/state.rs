//! The state of aggregates: exact sums, which cross between partitions in one binary column.

use crate::aggregate::Statistic;
use crate::arguments::external;
use crate::columns::widen;
use crate::evaluation::{Values, Written, evaluate};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray, BooleanArray};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use discrepancy::catalog::Measure;
use discrepancy::sums::Moments;
use discrepancy::{Error, ErrorKind};
use std::sync::Arc;

/// The digits of exact sums beside the struct itself, roughly.
const DIGITS: usize = 256;

/// What is summed: the values of an entry or of a column, weighted or not.
#[derive(Debug)]
pub(crate) struct RowValues {
    /// The name in messages.
    pub(crate) name: &'static str,
    /// Without one the first column is summed itself.
    pub(crate) measure: Option<Measure>,
    /// The digits that the data were written with.
    pub(crate) written: Written,
    /// How many columns come before the parameters, the weight included.
    pub(crate) data: usize,
    /// Whether the last of these is the weight.
    pub(crate) weighted: bool,
}

impl RowValues {
    /// The rows that are wanted and without NULL, their values and weights.
    fn computed(&self, columns: &[ArrayRef], wanted: &dyn Fn(usize) -> bool) -> Result<Computed> {
        let Some(data) = columns.get(..self.data) else {
            return internal_err!("{}: {} columns for {}", self.name, columns.len(), self.data);
        };
        if !self.weighted {
            let Values { rows, values } = self.values(data, wanted)?;
            return Ok(Computed { rows, values, weights: None });
        }
        let (weight, data) = match data.split_last() {
            Some((weight, data)) => (widen(self.name, "weight", weight)?, data),
            None => return internal_err!("{}: no weight column", self.name),
        };
        let Values { rows, values } = self.values(data, &|row| !weight.is_null(row) && wanted(row))?;
        let mut weights = Vec::with_capacity(rows.len());
        for row in &rows {
            let w = weight.value(*row);
            if !(w >= 0.0 && w.is_finite()) {
                let error = Error::new(ErrorKind::Domain, self.name, "weight", "finite numbers, not negative");
                return Err(external(error.at(*row).value(w)));
            }
            weights.push(w);
        }
        Ok(Computed { rows, values, weights: Some(weights) })
    }

    fn values(&self, data: &[ArrayRef], wanted: &dyn Fn(usize) -> bool) -> Result<Values> {
        match (&self.measure, data) {
            (Some(measure), _) => evaluate(measure, data, self.written, wanted),
            (None, [column]) => {
                let column = widen(self.name, "value", column)?;
                let rows: Vec<usize> = (0..column.len()).filter(|row| !column.is_null(*row) && wanted(*row)).collect();
                let values = rows.iter().map(|row| column.value(*row)).collect();
                Ok(Values { rows, values })
            }
            (None, _) => internal_err!("{}: {} columns for 1", self.name, data.len()),
        }
    }
}

/// Rows with their values, and their weights if there are some.
struct Computed {
    rows: Vec<usize>,
    values: Vec<f64>,
    weights: Option<Vec<f64>>,
}

impl Computed {
    /// Adds all of it to one sum.
    fn add_to(&self, moments: &mut Moments) {
        match &self.weights {
            None => moments.push_slice(&self.values),
            Some(weights) => moments.push_weighted_slice(&self.values, weights),
        }
    }

    /// Adds each row to the sum of its group.
    fn add_to_groups(self, group_of: &dyn Fn(usize) -> usize, groups: &mut [Moments]) {
        /// Fewer rows of a group are not worth bringing together.
        const TOGETHER: usize = 16;
        if self.rows.len() < TOGETHER * groups.len() {
            for (k, row) in self.rows.iter().enumerate() {
                let group = &mut groups[group_of(*row)];
                match &self.weights {
                    None => group.push(self.values[k]),
                    Some(weights) => group.push_weighted(self.values[k], weights[k]),
                }
            }
            return;
        }
        // Sorted by counting: slices are summed in vectors.
        let mut ends = vec![0; groups.len()];
        self.rows.iter().for_each(|row| ends[group_of(*row)] += 1);
        let mut end = 0;
        for place in &mut ends {
            (*place, end) = (end, end + *place);
        }
        let mut order = vec![0; self.rows.len()];
        for (k, row) in self.rows.iter().enumerate() {
            let place = &mut ends[group_of(*row)];
            order[*place] = k;
            *place += 1;
        }
        let sorted = |from: &[f64]| order.iter().map(|k| from[*k]).collect::<Vec<f64>>();
        let (values, weights) = (sorted(&self.values), self.weights.as_deref().map(sorted));
        let mut start = 0;
        for (group, end) in groups.iter_mut().zip(ends) {
            if start < end {
                match &weights {
                    None => group.push_slice(&values[start..end]),
                    Some(weights) => group.push_weighted_slice(&values[start..end], &weights[start..end]),
                }
            }
            start = end;
        }
    }
}

/// The states of a column, with their rows.
fn read(columns: &[ArrayRef]) -> Result<Vec<(usize, Moments)>> {
    let Some(states) = columns.first().and_then(|column| column.as_binary_opt::<i32>()) else {
        return internal_err!("the state of an aggregate is one binary column");
    };
    let states = states.iter().enumerate().filter_map(|(row, bytes)| bytes.map(|bytes| (row, bytes)));
    states.map(|(row, bytes)| Ok((row, Moments::from_bytes(bytes).map_err(external)?))).collect()
}

/// The state of an aggregate without groups.
#[derive(Debug)]
pub(crate) struct SingleState {
    rows: RowValues,
    statistic: Statistic,
    moments: Moments,
}

impl SingleState {
    pub(crate) fn new(rows: RowValues, statistic: Statistic) -> Self {
        SingleState { rows, statistic, moments: Moments::new() }
    }
}

impl Accumulator for SingleState {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.rows.computed(values, &|_| true)?.add_to(&mut self.moments);
        Ok(())
    }
    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        read(states)?.iter().for_each(|(_, other)| self.moments.merge(other));
        Ok(())
    }
    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(Some(self.moments.to_bytes()))])
    }
    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.statistic.scalar(&self.moments)
    }
    fn size(&self) -> usize {
        size_of_val(self) + DIGITS
    }
}

/// The states of all groups.
#[derive(Debug)]
pub(crate) struct GroupedState {
    rows: RowValues,
    statistic: Statistic,
    groups: Vec<Moments>,
}

impl GroupedState {
    pub(crate) fn new(rows: RowValues, statistic: Statistic) -> Self {
        GroupedState { rows, statistic, groups: Vec::new() }
    }
}

/// Whether a filter lets a row pass; NULL does not.
fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| !filter.is_null(row) && filter.value(row))
}

/// The states as a column.
pub(crate) fn write(states: &[Moments]) -> ArrayRef {
    Arc::new(BinaryArray::from_iter_values(states.iter().map(Moments::to_bytes)))
}

impl GroupsAccumulator for GroupedState {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.groups.resize_with(total_num_groups, Moments::new);
        let computed = self.rows.computed(values, &|row| passes(opt_filter, row))?;
        computed.add_to_groups(&|row| group_indices[row], &mut self.groups);
        Ok(())
    }
    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.groups.resize_with(total_num_groups, Moments::new);
        for (row, other) in read(values)? {
            self.groups[group_indices[row]].merge(&other);
        }
        Ok(())
    }
    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![write(&emit_to.take_needed(&mut self.groups))])
    }
    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let groups = emit_to.take_needed(&mut self.groups);
        self.statistic.column(&groups)
    }
    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let mut states = vec![Moments::new(); values.first().map_or(0, |column| column.len())];
        self.rows.computed(values, &|row| passes(opt_filter, row))?.add_to_groups(&|row| row, &mut states);
        Ok(vec![write(&states)])
    }
    fn size(&self) -> usize {
        size_of_val(self) + self.groups.capacity() * size_of::<Moments>() + self.groups.len() * DIGITS
    }
}
