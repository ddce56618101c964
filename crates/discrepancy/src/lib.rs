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
