//! From one formula to a million rows: domains, blocks, threads, weights, exact sums, storage types.

pub mod block;
pub mod element;

pub use element::Element;
