//! Discrepancies: losses, divergences, distances and transport, exact to the last digits.
#![forbid(unsafe_code)]

pub mod error;
pub mod number;

pub use error::{Certificate, Error, ErrorKind, Result};
