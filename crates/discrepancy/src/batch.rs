//! From one formula to a million rows: domains, blocks, threads, weights, exact sums, storage types.

pub mod array;
pub(crate) mod bits;
pub mod block;
mod deal;
mod divisor;
mod doubtful;
pub mod element;
pub mod elements;
pub mod evaluation;
mod fused;
pub(crate) mod head;
mod labelled;
mod maps;
mod matrix;
mod pairs;
mod panels;
mod pass;
mod penalty;
pub(crate) mod products;
pub(crate) mod products_doubles;
mod rows;
pub(crate) mod spread;
pub(crate) mod spread_doubles;

pub(crate) mod tuple_block;
mod tuples;

pub use bits::{Word, hamming_bits, pairwise_bits};
pub use deal::SMALL;
pub use divisor::Divisor;
pub use element::Element;
pub use evaluation::{Evaluation, NanPolicy, Reduction, Results};
pub use head::HeadEvaluation;
pub use maps::{MapEvaluation, map_rows};
pub(crate) use matrix::room;
pub use pairs::{PairEvaluation, PairResults, condensed, nearest, pairwise, rowwise};
pub use penalty::PenaltyEvaluation;
pub use rows::{RowEvaluation, RowResults};
pub use tuples::{TupleEvaluation, TupleResults};
