//! Running the engine: threads, and what went wrong in one line.

use crate::failure::{Failure, Outcome};
use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use discrepancy_sql::files::Fault;
use std::panic::AssertUnwindSafe;

/// How many threads, unless asked for.
pub(crate) fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A number of threads as it is typed.
pub(crate) fn parse_threads(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|threads| (1..=1024).contains(threads)).ok_or_else(|| "allowed: 1 to 1024".to_owned())
}

/// Runs work to its end on so many threads. A broken file can make a decoder panic: that is a failure in one line too.
pub(crate) fn run<T>(threads: usize, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    run_deep(threads, STACK, work)
}

/// What threads have for calls within calls, unless they need more.
const STACK: usize = 8 << 20;

/// The same with so many bytes of stack for each thread.
pub(crate) fn run_deep<T>(threads: usize, stack: usize, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_stack_size(stack)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot start {threads} threads: {error}")))?;
    quietly(|| runtime.block_on(work)).unwrap_or_else(|message| Err(Failure::new(message)))
}

/// Does the work; a panic is given back as a message, not printed.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let done = std::panic::catch_unwind(AssertUnwindSafe(work));
    std::panic::set_hook(hook);
    // What a panic says is for those who wrote the decoder.
    done.map_err(|_| "reading broke off: the data are damaged".to_owned())
}

/// The library's error that is behind an error of the engine, if it is one.
pub(crate) fn library_error(error: &DataFusionError) -> Option<&discrepancy::Error> {
    match error.find_root() {
        DataFusionError::External(inner) => inner.downcast_ref(),
        _ => None,
    }
}

/// The fault of a file that is behind an error of the engine, if it is one.
pub(crate) fn file_fault(error: &DataFusionError) -> Option<&Fault> {
    match error.find_root() {
        DataFusionError::External(inner) => inner.downcast_ref(),
        _ => None,
    }
}

/// What went wrong, in one line, without the names of the engine's layers.
pub(crate) fn message(error: &DataFusionError) -> String {
    if let Some(error) = library_error(error) {
        return error.to_string();
    }
    if let Some(fault) = file_fault(error) {
        return fault.to_string();
    }
    let text = match error.find_root() {
        DataFusionError::Plan(text)
        | DataFusionError::Execution(text)
        | DataFusionError::Configuration(text)
        | DataFusionError::NotImplemented(text)
        | DataFusionError::Internal(text)
        | DataFusionError::ResourcesExhausted(text) => text.clone(),
        DataFusionError::SQL(error, _) => error.to_string(),
        DataFusionError::SchemaError(error, _) => error.to_string(),
        DataFusionError::IoError(error) => error.to_string(),
        DataFusionError::ObjectStore(error) => error.to_string(),
        DataFusionError::ParquetError(error) => error.to_string(),
        DataFusionError::ArrowError(error, _) => match error.as_ref() {
            ArrowError::CsvError(text)
            | ArrowError::JsonError(text)
            | ArrowError::ParseError(text)
            | ArrowError::ParquetError(text)
            | ArrowError::IpcError(text) => text.clone(),
            error => error.to_string(),
        },
        error => error.strip_backtrace(),
    };
    let text = text.split(DataFusionError::BACK_TRACE_SEP).next().unwrap_or_default();
    // A function's own words stand between those of the planner.
    let text = text.split_once("coercion failed with: Error during planning: ").map_or(text, |(_, inner)| inner);
    let text = text.split_once(" No function matches the given name").map_or(text, |(inner, _)| inner);
    let text = text.trim_start_matches("Execution error: ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl From<DataFusionError> for Failure {
    fn from(error: DataFusionError) -> Self {
        if let Some(fault) = file_fault(&error) {
            return fault.clone().into();
        }
        Failure::new(message(&error))
    }
}
