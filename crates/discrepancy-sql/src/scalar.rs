//! An entry as a scalar function.

use crate::arguments::{aliases, coerce, data_count, external, measure, not_literal};
use crate::columns::{Lists, is_single};
use crate::evaluation::{Written, evaluate};
use crate::shape::Shape;
use crate::written::written;
use datafusion::arrow::array::{ArrayRef, Float32Array, Float64Array, Float64Builder, ListBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use discrepancy::catalog::{self, Entry, Measure};
use discrepancy::rows::RowMap;
use std::sync::Arc;

/// `name(data…, parameters…)`: the value of each row.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct LossFunction {
    /// The entry's name; names are unique.
    name: &'static str,
    aliases: Vec<String>,
    signature: Signature,
    /// The digits that the data were written with, once they are known.
    written: Written,
}

impl LossFunction {
    pub(crate) fn new(entry: &Entry) -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        LossFunction { name: entry.name, aliases: aliases(entry, ""), signature, written: [None; 2] }
    }

    /// The same of data that were written with these digits.
    pub(crate) fn written(self, written: Written) -> Self {
        LossFunction { written, ..self }
    }

    fn entry(&self) -> Result<&'static Entry> {
        catalog::entry(self.name).map_err(external)
    }
}

impl ScalarUDFImpl for LossFunction {
    fn name(&self) -> &str {
        self.name
    }
    fn aliases(&self) -> &[String] {
        &self.aliases
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        coerce(self.name, self.entry()?, false, given)
    }
    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        let shape = Shape::of(self.entry()?);
        let data = shape.map_or(0, |shape| if shape == Shape::Pointwise { 1 } else { shape.arguments().len() });
        // A class is no number to round.
        let rounded = |given: &&DataType| shape != Some(Shape::Row) || given.is_nested();
        let data = &given[..data.min(given.len())];
        let single = !data.is_empty() && data.iter().filter(rounded).all(is_single);
        let number = if single { DataType::Float32 } else { DataType::Float64 };
        Ok(if shape == Some(Shape::Map) { DataType::new_list(number, true) } else { number })
    }
    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let written = self.entry().map(|entry| written(entry, &args, info))?;
        if self.written != [None; 2] || written == [None; 2] {
            return Ok(ExprSimplifyResult::Original(args));
        }
        let function = ScalarUDF::from(LossFunction::new(self.entry()?).written(written));
        Ok(ExprSimplifyResult::Simplified(function.call(args)))
    }
    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let entry = self.entry()?;
        let (data, parameters) = given.args.split_at(data_count(entry, false).min(given.args.len()));
        let literal = |(value, parameter): (&ColumnarValue, &catalog::Parameter)| match value {
            ColumnarValue::Scalar(value) => Ok(value.clone()),
            ColumnarValue::Array(_) => not_literal(self.name, parameter.name),
        };
        let parameters: Vec<ScalarValue> =
            parameters.iter().zip(entry.parameters).map(literal).collect::<Result<_>>()?;
        let count = given.number_rows;
        let data: Vec<ArrayRef> = data.iter().map(|column| column.to_array(count)).collect::<Result<_>>()?;
        let measure = measure(entry, &parameters)?;
        if let (Measure::Map(map), [scores]) = (&measure, data.as_slice()) {
            let images = apply(map.as_ref(), scores)?;
            return Ok(ColumnarValue::Array(cast(&images, given.return_field.data_type())?));
        }
        let computed = evaluate(&measure, &data, self.written, &|_| true)?;
        let mut values = vec![None; count];
        for (row, value) in computed.rows.iter().zip(&computed.values) {
            values[*row] = Some(*value);
        }
        let array: ArrayRef = if *given.return_field.data_type() == DataType::Float32 {
            // Rounded once, on storing.
            Arc::new(values.into_iter().map(|value| value.map(|x| x as f32)).collect::<Float32Array>())
        } else {
            Arc::new(Float64Array::from(values))
        };
        Ok(ColumnarValue::Array(array))
    }
}

/// The image of each row.
fn apply(map: &dyn RowMap, scores: &ArrayRef) -> Result<ArrayRef> {
    let lists = Lists::new(map.entry().name, "scores", scores)?;
    let mut images = ListBuilder::new(Float64Builder::new());
    for row in 0..lists.len() {
        if let Some(scores) = lists.row(row)? {
            let mut image = vec![0.0; scores.len()];
            map.evaluate(scores, lists.epsilon(), &mut image)
                .map_err(|error| external(error).context(format!("row {row}")))?;
            images.values().append_slice(&image);
            images.append(true);
        } else {
            images.append(false);
        }
    }
    Ok(Arc::new(images.finish()))
}
