//! Files whose columns have types: Parquet and Arrow, which the engine reads.

use super::{Fault, File, Kind};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::reader::{FileReader, StreamReader};
use datafusion::catalog::Session;
use datafusion::datasource::TableProvider;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::arrow::ArrowFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::Result as EngineResult;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::physical_plan::ExecutionPlan;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The columns of a file and their types.
pub(super) fn schema(file: &File) -> Result<SchemaRef, Fault> {
    let open = || std::fs::File::open(file.path()).map_err(|error| file.fault(error));
    let broken = |error: &dyn std::fmt::Display| file.fault(format!("not a whole {} file: {error}", file.kind.name()));
    // A broken file can make a decoder panic.
    let read = || match file.kind {
        Kind::Parquet => match ParquetRecordBatchReaderBuilder::try_new(open()?) {
            Ok(reader) => Ok(reader.schema().clone()),
            Err(error) => Err(broken(&error)),
        },
        _ => {
            let whole = FileReader::try_new(BufReader::new(open()?), None).map(|reader| reader.schema());
            let streamed = || StreamReader::try_new(BufReader::new(open()?), None).map_err(|error| broken(&error));
            whole.or_else(|_| Ok(streamed()?.schema()))
        }
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(broken(&"its head cannot be read")))
}

/// The plan that reads these columns of a file, in this many parts where that is possible.
pub(super) async fn plan(
    file: &File,
    schema: &SchemaRef,
    columns: &Vec<usize>,
    session: &dyn Session,
    parts: usize,
) -> EngineResult<Arc<dyn ExecutionPlan>> {
    let format: Arc<dyn FileFormat> = match file.kind {
        Kind::Parquet => Arc::new(ParquetFormat::default()),
        _ => Arc::new(ArrowFormat),
    };
    // The name was looked at already.
    let options = ListingOptions::new(format).with_file_extension("");
    let config = ListingTableConfig::new(address(file)?).with_listing_options(options).with_schema(schema.clone());
    let table = ListingTable::try_new(config)?;
    let plan = table.scan(session, Some(columns), &[], None).await?;
    let split = plan.repartitioned(parts, session.config_options())?;
    Ok(split.unwrap_or(plan))
}

/// The place of a file for the engine, in which no character has a meaning of its own.
fn address(file: &File) -> Result<ListingTableUrl, Fault> {
    let whole = std::path::absolute(file.path()).map_err(|error| file.fault(error))?;
    let url = ::url::Url::from_file_path(whole).map_err(|()| file.fault("not a path that can be read"))?;
    ListingTableUrl::try_new(url, None).map_err(|error| file.fault(error))
}
