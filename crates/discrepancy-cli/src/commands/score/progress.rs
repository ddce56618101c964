//! How far long work has come, on stderr if someone looks at it.

use datafusion::arrow::array::RecordBatch;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use datafusion::physical_plan::{self, ExecutionPlan};
use discrepancy_sql::files::Table;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Work that is done sooner shows nothing.
const LONG: Duration = Duration::from_secs(1);

/// Runs the plan and shows how many rows were read.
pub(super) async fn collect(
    plan: Arc<dyn ExecutionPlan>,
    context: Arc<TaskContext>,
    table: &Table,
) -> Result<Vec<RecordBatch>> {
    let work = physical_plan::collect(plan, context);
    if !std::io::stderr().is_terminal() {
        return work.await;
    }
    let bar = tokio::spawn(show(table.clone()));
    let done = work.await;
    bar.abort();
    // Aborted, the bar is dropped, which clears it.
    let _ = bar.await;
    done
}

/// Clears the bar when the work is done.
struct Cleared(ProgressBar);
impl Drop for Cleared {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

async fn show(table: Table) {
    tokio::time::sleep(LONG).await;
    // Parquet files say how many rows they have; of text one cannot know.
    let total: Option<u64> = table.files().iter().map(|file| stated_rows(file.path())).sum();
    let (bar, style) = match total {
        Some(total) => (ProgressBar::new(total), "{bar:40} {human_pos} of {human_len} rows, {eta} left"),
        None => (ProgressBar::new_spinner(), "{spinner} {human_pos} rows in {elapsed}, {per_sec}"),
    };
    let bar = Cleared(bar.with_style(ProgressStyle::with_template(style).unwrap_or(ProgressStyle::default_bar())));
    loop {
        bar.0.set_position(table.rows_read());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The rows that a Parquet file says it has.
fn stated_rows(path: &Path) -> Option<u64> {
    let reader = SerializedFileReader::new(File::open(path).ok()?).ok()?;
    u64::try_from(reader.metadata().file_metadata().num_rows()).ok()
}
