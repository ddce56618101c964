//! The catalogue as SQL: every entry as a scalar function and as exact two-phase aggregates of DataFusion.
//!
//! ```
//! # let runtime = tokio::runtime::Runtime::new()?;
//! # runtime.block_on(async {
//! let session = discrepancy_sql::session(2);
//! let query = "SELECT mean_absolute(z, y) AS mae FROM (VALUES (0.5, 1.0), (2.0, 1.0)) AS t(z, y)";
//! let batches = session.sql(query).await?.collect().await?;
//! assert_eq!(batches[0].num_rows(), 1);
//! # Ok::<(), datafusion::error::DataFusionError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Aggregates carry exact sums between partitions, so that results have the same bits for any number of
//! partitions and any order of rows.
#![forbid(unsafe_code)]

mod aggregate;
mod arguments;
mod columns;
mod documentation;
mod evaluation;
pub mod files;
mod histogram;
mod named;
pub mod partial;
mod rows;
mod scalar;
mod session;
mod shape;
mod state;
mod written;

pub use documentation::{FunctionDocumentation, FunctionKind, ParameterDocumentation, documentation};
pub use histogram::{EqualBins, Histogram};
pub use named::{nesting, sql};
pub use session::{register, session};
