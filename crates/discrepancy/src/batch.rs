//! From one formula to a million rows: domains, blocks, threads, weights, exact sums, storage types.

pub mod array;
pub(crate) mod bits;
pub mod block;
mod deal;
mod doubtful;
pub mod element;
pub mod evaluation;
pub(crate) mod head;
mod labelled;
mod matrix;
mod pairs;
mod pass;
mod penalty;
mod rows;
pub(crate) mod spread;
pub mod straight;
pub(crate) mod tuple_block;
mod tuples;

pub use bits::{Word, hamming_bits, pairwise_bits};
pub use deal::SMALL;
pub use element::Element;
pub use evaluation::{Evaluation, NanPolicy, Reduction, Results};
pub use head::HeadEvaluation;
pub(crate) use matrix::room;
pub use pairs::{PairEvaluation, PairResults, condensed, nearest, pairwise, rowwise};
pub use penalty::PenaltyEvaluation;
pub use rows::{RowEvaluation, RowResults, map_rows};
pub use tuples::{TupleEvaluation, TupleResults};
