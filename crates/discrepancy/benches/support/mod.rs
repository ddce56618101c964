//! What the benchmark stands on.

mod case;
mod clock;
mod data;

pub use case::{Case, OUTPUTS, Output, Shape, TYPES, case};
pub use clock::{Copy, median, time};
