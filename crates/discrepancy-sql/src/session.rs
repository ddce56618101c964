//! A session with all functions.

use crate::aggregate::{LossAggregate, Statistic};
use crate::files::Addresses;
use crate::scalar::LossFunction;
use crate::shape::Shape;
use datafusion::catalog::DynamicFileCatalog;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use datafusion::prelude::{SessionConfig, SessionContext};
use discrepancy::catalog;
use std::sync::Arc;

/// A session on this many threads with every function registered; `FROM 'file.parquet'` reads files,
/// folders and patterns (see [`crate::files`]).
#[must_use]
pub fn session(threads: usize) -> SessionContext {
    let mut config = SessionConfig::new().with_target_partitions(threads.max(1)).with_collect_statistics(false);
    // The least and greatest value that a Parquet file states leave out NaN, and the engine takes them for all values:
    // a column of 0.5 and NaN would be read as 0.5 throughout (apache/datafusion#24804). So data are read, not guessed.
    config.options_mut().execution.parquet.pruning = false;
    config.options_mut().execution.parquet.enable_page_index = false;
    let context = SessionContext::new_with_config(config);
    let tables = context.state_ref().read().catalog_list().clone();
    let files = Arc::new(DynamicFileCatalog::new(tables, Arc::new(Addresses { threads: threads.max(1) })));
    let context = SessionContext::from(context.into_state_builder().with_catalog_list(files).build());
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
