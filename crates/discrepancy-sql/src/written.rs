//! The digits that the arguments of a call were written with, from the files that its columns come from.

use crate::evaluation::Written;
use crate::files::Digits;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ExprSchema;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::simplify::SimplifyContext;
use discrepancy::catalog::{DataDomain, Entry};

/// Whether one of the data arguments may be a row that sums to 1.
pub(crate) fn takes_probabilities(entry: &Entry) -> bool {
    entry.prediction == DataDomain::Probabilities || entry.target == DataDomain::ClassOrProbabilities
}

/// The digits of the data arguments of a call.
pub(crate) fn written(entry: &Entry, arguments: &[Expr], info: &SimplifyContext) -> Written {
    if !takes_probabilities(entry) {
        return [None; 2];
    }
    [0, 1].map(|place| digits(arguments.get(place)?, info))
}

/// Of a column, or of a list of columns.
fn digits(expression: &Expr, info: &SimplifyContext) -> Option<Digits> {
    match expression {
        Expr::Alias(inner) => digits(&inner.expr, info),
        Expr::Cast(inner) => digits(&inner.expr, info),
        Expr::Column(column) => {
            let field = info.schema().field_from_column(column).ok()?;
            // Whole numbers say nothing of how others are rounded.
            let whole = field.data_type() == &DataType::Int64;
            Digits::read(field.metadata()).or(whole.then(Digits::default))
        }
        Expr::ScalarFunction(call) if call.name() == "make_array" => {
            let parts = call.args.iter().map(|part| digits(part, info));
            parts.reduce(|all, own| Some(all?.join(own?))).flatten()
        }
        _ => None,
    }
}
