//! A session with all functions.

use crate::aggregate::{LossAggregate, Statistic};
use crate::scalar::LossFunction;
use crate::shape::Shape;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use datafusion::prelude::{SessionConfig, SessionContext};
use discrepancy::catalog;

/// A session on this many threads with every function registered; `FROM 'file.parquet'` reads files.
#[must_use]
pub fn session(threads: usize) -> SessionContext {
    let mut config = SessionConfig::new().with_target_partitions(threads.max(1)).with_collect_statistics(false);
    // The least and greatest value that a Parquet file states leave out NaN, and the engine takes them for all values:
    // a column of 0.5 and NaN would be read as 0.5 throughout (apache/datafusion#24804). So data are read, not guessed.
    config.options_mut().execution.parquet.pruning = false;
    config.options_mut().execution.parquet.enable_page_index = false;
    let context = SessionContext::new_with_config(config).enable_url_table();
    register(&context);
    context
}

/// Registers every entry of the catalogue that acts on columns, under its name and its aliases.
pub fn register(context: &SessionContext) {
    for entry in catalog::entries() {
        let Some(shape) = Shape::of(entry) else { continue };
        context.register_udf(ScalarUDF::from(LossFunction::new(entry)));
        if shape.aggregates() {
            for (statistic, weighted) in Statistic::FORMS {
                context.register_udaf(AggregateUDF::from(LossAggregate::new(entry, statistic, weighted)));
            }
        }
    }
}
