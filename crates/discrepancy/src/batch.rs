//! From one formula to a million rows: domains, blocks, threads, weights, exact sums, storage types.

pub mod block;
pub mod element;
pub mod evaluation;
mod pass;

pub use element::Element;
pub use evaluation::{Evaluation, NanPolicy, Reduction, Results};
