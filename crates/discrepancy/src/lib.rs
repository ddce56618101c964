//! Discrepancies: losses, divergences, distances and transport, exact to the last digits.
#![forbid(unsafe_code)]

pub mod batch;
pub mod catalog;
pub mod distances;
pub mod divergences;
pub mod error;
pub mod heads;
pub mod losses;
pub mod number;
pub mod penalties;
pub mod rows;
pub mod samples;
pub mod sums;
pub mod transport;

pub use error::{Certificate, Error, ErrorKind, Result};

/// The code in the README and in the map of the architecture runs.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[doc = include_str!("../../../ARCHITECTURE.md")]
    struct Architecture;
}
