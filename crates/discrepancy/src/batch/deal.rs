//! Rows dealt to threads.

use super::matrix::in_order;
use crate::error::Result;
use rayon::iter::plumbing::{Producer, ProducerCallback};
use rayon::prelude::*;
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
    S: Default,
    T: Send,
{
    if numbers <= SMALL {
        return items.with_producer(Here { one, scratch: PhantomData });
    }
    in_order(items.map_init(S::default, one).collect())
}

/// All items on this thread.
struct Here<F, S> {
    one: F,
    scratch: PhantomData<S>,
}

impl<I, S: Default, T, F: Fn(&mut S, I) -> Result<T>> ProducerCallback<I> for Here<F, S> {
    type Output = Result<Vec<T>>;
    fn callback<P: Producer<Item = I>>(self, items: P) -> Self::Output {
        let mut scratch = S::default();
        items.into_iter().map(|item| (self.one)(&mut scratch, item)).collect()
    }
}
