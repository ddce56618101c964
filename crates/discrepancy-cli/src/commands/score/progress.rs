//! How far long work has come, on stderr if someone looks at it.

use datafusion::arrow::array::RecordBatch;
use datafusion::common::stats::Precision;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_plan::{self, ExecutionPlan};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

/// Work that is done sooner shows nothing.
const LONG: Duration = Duration::from_secs(1);

/// Runs the plan and shows how many rows were read.
pub(super) async fn collect(plan: Arc<dyn ExecutionPlan>, context: Arc<TaskContext>) -> Result<Vec<RecordBatch>> {
    let work = physical_plan::collect(plan.clone(), context);
    if !std::io::stderr().is_terminal() {
        return work.await;
    }
    let bar = tokio::spawn(show(plan));
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

async fn show(plan: Arc<dyn ExecutionPlan>) {
    tokio::time::sleep(LONG).await;
    let mut sources = Vec::new();
    leaves(&plan, &mut sources);
    let known = |source: &Arc<dyn ExecutionPlan>| {
        match StatisticsContext::new().compute(source.as_ref(), &StatisticsArgs::new()).ok()?.num_rows {
            Precision::Exact(rows) => Some(rows as u64),
            _ => None,
        }
    };
    // Parquet files say how many rows they have; of text one cannot know.
    let total: Option<u64> = sources.iter().map(known).sum();
    let (bar, style) = match total {
        Some(total) => (ProgressBar::new(total), "{bar:40} {human_pos} of {human_len} rows, {eta} left"),
        None => (ProgressBar::new_spinner(), "{spinner} {human_pos} rows in {elapsed}, {per_sec}"),
    };
    let bar = Cleared(bar.with_style(ProgressStyle::with_template(style).unwrap_or(ProgressStyle::default_bar())));
    loop {
        let read = |source: &Arc<dyn ExecutionPlan>| source.metrics().and_then(|metrics| metrics.output_rows());
        bar.0.set_position(sources.iter().filter_map(read).sum::<usize>() as u64);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn leaves(plan: &Arc<dyn ExecutionPlan>, found: &mut Vec<Arc<dyn ExecutionPlan>>) {
    let children = plan.children();
    if children.is_empty() {
        found.push(plan.clone());
    }
    children.into_iter().for_each(|child| leaves(child, found));
}
