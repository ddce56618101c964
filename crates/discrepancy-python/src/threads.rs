//! How many threads compute, and how Ctrl-C reaches long work.
//!
//! Pools are the module's own: rayon's global one would be dead in a forked child, and cannot change its size.

use discrepancy::Result;
use discrepancy::stop::Stop;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::failure::{Raise, raise};

/// The pool of each size that was asked for. Locked only by a thread that is attached to the interpreter, so never in
/// another thread's hands during a fork.
static POOLS: Mutex<Option<HashMap<usize, Arc<ThreadPool>>>> = Mutex::new(None);

/// For all threads of the program; 0 is as many as there are processors.
static EVERYWHERE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// For this thread of the program; 0 is what holds everywhere.
    static HERE: Cell<usize> = const { Cell::new(0) };
}

/// More than this is a mistake.
const MOST: usize = 4096;

/// The number of threads that computes for calls from this thread.
#[pyfunction]
pub(crate) fn get_threads() -> usize {
    let (here, everywhere) = (HERE.get(), EVERYWHERE.load(Ordering::Relaxed));
    match (here, everywhere) {
        (0, 0) => std::thread::available_parallelism().map_or(1, usize::from),
        (0, count) | (count, _) => count,
    }
}

/// Sets the number for all threads of the program; `None` is as many as there are processors.
#[pyfunction]
#[pyo3(signature = (count))]
pub(crate) fn set_threads(py: Python<'_>, count: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    EVERYWHERE.store(checked(py, count)?, Ordering::Relaxed);
    Ok(())
}

/// Sets the number for this thread of the program; gives what it was.
#[pyfunction]
#[pyo3(signature = (count))]
pub(crate) fn set_threads_here(py: Python<'_>, count: Option<&Bound<'_, PyAny>>) -> PyResult<Option<usize>> {
    let before = HERE.replace(checked(py, count)?);
    Ok((before != 0).then_some(before))
}

/// Forgets the pools, whose threads a forked child does not have.
#[pyfunction]
pub(crate) fn after_fork() {
    let pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner).take();
    // Dropping a pool would speak to threads that are not there.
    std::mem::forget(pools);
}

fn checked(py: Python<'_>, count: Option<&Bound<'_, PyAny>>) -> PyResult<usize> {
    let Some(count) = count else { return Ok(0) };
    let words = format!("1 to {MOST}, or None for as many as there are processors");
    let count: i64 = crate::measure::whole("set_threads", "count", count, &words)?;
    usize::try_from(count).ok().filter(|count| (1..=MOST).contains(count)).ok_or_else(|| {
        let allowed = format!("1 to {MOST}, or None for as many as there are processors");
        let error = discrepancy::Error::new(discrepancy::ErrorKind::Parameter, "set_threads", "count", allowed);
        raise(py, &error.value(count))
    })
}

fn pool(py: Python<'_>) -> PyResult<Arc<ThreadPool>> {
    let count = get_threads();
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let pools = pools.get_or_insert_default();
    if let Some(pool) = pools.get(&count) {
        return Ok(pool.clone());
    }
    let made = ThreadPoolBuilder::new().num_threads(count).thread_name(|i| format!("discrepancy-{i}")).build();
    let made = Arc::new(made.map_err(|error| {
        let error = discrepancy::Error::new(discrepancy::ErrorKind::Memory, "set_threads", "count", error.to_string());
        raise(py, &error.value(count))
    })?);
    pools.insert(count, made.clone());
    Ok(made)
}

/// Computes on the pool while other Python threads run. Ctrl-C gives the work up.
pub(crate) fn run<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    let pool = pool(py)?;
    py.detach(|| {
        let (stop, (done, waiting)) = (Stop::new(), channel());
        pool.in_place_scope(|scope| {
            let own = stop.clone();
            // Nobody waits for it any more where it was given up.
            scope.spawn(move |_| drop(done.send(own.run(work))));
            loop {
                match waiting.recv_timeout(LOOK) {
                    Ok(Some(found)) => return Python::attach(|py| found.raise(py)),
                    Err(RecvTimeoutError::Timeout) => {
                        if let Err(interrupt) = Python::attach(|py| py.check_signals()) {
                            stop.raise();
                            return Err(interrupt);
                        }
                    }
                    // It panicked, which the scope hands on; or somebody else gave it up.
                    Ok(None) | Err(RecvTimeoutError::Disconnected) => {
                        return Err(PyRuntimeError::new_err("the computation was given up"));
                    }
                }
            }
        })
    })
}

/// So long is a part to take, between two looks at Ctrl-C.
const LOOK: Duration = Duration::from_millis(200);

/// The size of the next part, from that of the last and its time.
pub(crate) fn next_size(size: usize, taken: Duration) -> usize {
    // Not in one leap: the next part may be slower.
    let factor = (LOOK.as_secs_f64() / taken.as_secs_f64()).clamp(1.0 / 16.0, 16.0);
    // A product too large for an integer is its largest one.
    ((size as f64 * factor) as usize).max(1)
}

/// Computes `count` rows in parts, the first of `size`, the others as the clock says; between two parts Ctrl-C is heard, and in
/// them where the library looks.
pub(crate) fn parts(
    py: Python<'_>,
    count: usize,
    size: usize,
    mut part: impl FnMut(Range<usize>) -> Result<()> + Send,
) -> PyResult<()> {
    let (mut start, mut size) = (0_usize, size.max(1));
    // Also with nothing to do: it is checked that it can be done.
    loop {
        let end = count.min(start.saturating_add(size));
        let began = Instant::now();
        // A part may be one row of any length.
        run(py, || part(start..end))?;
        if end == count {
            return Ok(());
        }
        py.check_signals()?;
        size = next_size(size, began.elapsed());
        start = end;
    }
}

/// Computes work that is too small for a pool, where the caller is.
pub(crate) fn small<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    py.detach(work).raise(py)
}
