//! Exact, mergeable sums: the same bits in any order, on any number of threads, from any partitioning.

pub mod exact;
mod fixed;
pub mod moments;
pub(crate) mod registers;
mod slice;

pub use exact::ExactSum;
pub(crate) use fixed::{Fixed, Whole, fixed_dot};
pub use moments::Moments;
