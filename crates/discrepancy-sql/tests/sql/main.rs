//! The functions through SQL.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod aggregates;
mod files;
mod scalars;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::error::Result;
use datafusion::prelude::SessionContext;

/// Runs a query to its end.
fn run(session: &SessionContext, query: &str) -> Result<Vec<RecordBatch>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async { session.sql(query).await?.collect().await })
}

/// The first column of the first batch.
fn column(query: &str) -> ArrayRef {
    run(&discrepancy_sql::session(2), query).unwrap_or_else(|e| panic!("{query}: {e}"))[0].column(0).clone()
}

/// The numbers of the first column; NULL is `None`.
fn numbers(query: &str) -> Vec<Option<f64>> {
    column(query).as_primitive::<Float64Type>().iter().collect()
}

/// The message of a query that fails.
fn error(query: &str) -> String {
    run(&discrepancy_sql::session(2), query).unwrap_err().to_string()
}
