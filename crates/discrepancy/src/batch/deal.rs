//! Rows dealt to threads.

use super::matrix::in_order;
use crate::error::Result;
use crate::stop::{self, Stop};
use rayon::iter::plumbing::{Producer, ProducerCallback};
use rayon::prelude::*;
use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;

/// Batches of rows of up to so many numbers in all are computed where the caller is, before a thread would wake up; no
/// pool of threads is touched.
pub const SMALL: usize = 1 << 11;

/// What becomes of each item, in order; the first error of rows in their order, whatever the threads do. `numbers` are
/// those of all rows.
pub(super) fn deal<I, S, T>(
    numbers: usize,
    items: I,
    one: impl Fn(&mut S, I::Item) -> Result<T> + Sync + Send,
) -> Result<Vec<T>>
where
    I: IndexedParallelIterator,
    S: Default + 'static,
    T: Send,
{
    if numbers <= SMALL {
        return items.with_producer(Here { one, scratch: PhantomData });
    }
    let Some(stop) = Stop::current() else { return in_order(items.map_init(S::default, one).collect()) };
    let one = |scratch: &mut S, item| {
        stop.look();
        stop::helping(Some(&stop), || one(scratch, item))
    };
    in_order(items.map_init(S::default, one).collect())
}

/// All items on this thread.
struct Here<F, S> {
    one: F,
    scratch: PhantomData<S>,
}

impl<I, S: Default + 'static, T, F: Fn(&mut S, I) -> Result<T>> ProducerCallback<I> for Here<F, S> {
    type Output = Result<Vec<T>>;
    fn callback<P: Producer<Item = I>>(self, items: P) -> Self::Output {
        with_scratch(|scratch| items.into_iter().map(|item| (self.one)(scratch, item)).collect())
    }
}

thread_local! {
    /// What this thread computed in, one of each type: to make it would take longer than a small batch does.
    static KEPT: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

/// Works in what the last work of the type has left.
pub(super) fn with_scratch<S: Default + 'static, T>(work: impl FnOnce(&mut S) -> T) -> T {
    let kept = KEPT.with_borrow_mut(|all| {
        let place = all.iter().position(|one| one.is::<S>())?;
        all.swap_remove(place).downcast().ok()
    });
    let mut scratch: Box<S> = kept.unwrap_or_default();
    let result = work(&mut scratch);
    KEPT.with_borrow_mut(|all| all.push(scratch));
    result
}
