//! What the benchmark stands on.

mod case;
mod clock;
mod data;
mod point;

pub use case::{Case, OUTPUTS, Output, Shape, TYPES, Targets, case, takes_soft};
pub use clock::{Copy, median, time};
pub use point::point;
