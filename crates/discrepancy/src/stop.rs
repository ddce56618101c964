//! Long work that can be given up.
//!
//! What computes for long looks now and then whether its result is still wanted ([`Stop`]); if not, it unwinds to where it
//! was started. Work that nobody can give up does not notice any of this.

use rayon::prelude::*;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A way to give up work that another thread is at; copies are the same.
///
/// ```
/// use discrepancy::distances::{Euclidean, pairwise};
/// use discrepancy::stop::Stop;
/// let work = || pairwise(&Euclidean::default(), &[0.0, 3.0], &[4.0], 1).is_ok();
/// assert_eq!(Stop::new().run(work), Some(true));
/// let stop = Stop::new();
/// stop.raise();
/// assert_eq!(stop.run(work), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

thread_local! {
    /// Of the work that this thread is at.
    static CURRENT: RefCell<Option<Stop>> = const { RefCell::new(None) };
}

/// What is unwound with.
struct GivenUp;

impl Stop {
    /// For work that is still wanted.
    #[must_use]
    pub fn new() -> Self {
        Stop::default()
    }

    /// From now on the result is not wanted.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// The result of the work, or `None` if it was given up. What it writes to is then unspecified, as after an error.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let outer = CURRENT.replace(Some(self.clone()));
        // Nothing but what the caller was told of is seen half done.
        let found = catch_unwind(AssertUnwindSafe(work));
        CURRENT.set(outer);
        match found {
            Ok(result) => Some(result),
            Err(cause) if cause.is::<GivenUp>() => None,
            Err(cause) => resume_unwind(cause),
        }
    }

    /// That of the work of this thread, to be looked at by the threads that help it.
    #[must_use]
    pub fn current() -> Option<Stop> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// Gives the work up if its result is not wanted.
    pub fn look(&self) {
        if self.0.load(Ordering::Relaxed) {
            // Not a panic: no message, no backtrace.
            resume_unwind(Box::new(GivenUp));
        }
    }
}

/// Works on behalf of the thread whose work this stop belongs to: what the work calls looks at it.
pub(crate) fn helping<T>(stop: Option<&Stop>, work: impl FnOnce() -> T) -> T {
    struct Restored(Option<Stop>);
    impl Drop for Restored {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    let _outer = Restored(CURRENT.replace(stop.cloned()));
    work()
}

/// So many small steps may lie between two looks.
const OFTEN: usize = 1 << 12;

/// Looks now and then, from the index of a step of a loop.
pub(crate) fn look_at(step: usize) {
    if step.is_multiple_of(OFTEN) {
        look();
    }
}

/// Sorts on all threads, and looks all the while.
pub(crate) fn sort_by<T: Send>(items: &mut [T], compare: impl Fn(&T, &T) -> std::cmp::Ordering + Sync) {
    match Stop::current() {
        None => items.par_sort_unstable_by(compare),
        Some(stop) => items.par_sort_unstable_by(|a, b| {
            stop.look();
            compare(a, b)
        }),
    }
}

/// Gives the work of this thread up if its result is not wanted.
pub(crate) fn look() {
    CURRENT.with_borrow(|stop| {
        if let Some(stop) = stop {
            stop.look();
        }
    });
}
