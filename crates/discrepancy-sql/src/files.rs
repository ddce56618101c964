//! Files as one table. SQL and the command read through this door alone.
//!
//! Columns are found by their names, never by their places, so files may differ in the order of their columns, and in
//! their kind. Types of text files are those of all rows of all files. What cannot be read exactly as it is written (a
//! quote that is not closed, an integer beyond 2^53 among floats) is an error with file, row and line.

mod csv;
mod digits;
mod find;
mod json;
mod kind;
mod seen;
mod stored;
mod strict;
mod table;
mod url;

pub use digits::Digits;
pub use find::{File, Files, kept_streams};
pub use kind::Kind;
pub use seen::number;
pub use strict::Strict;
pub use table::{ReadAs, Table};
pub(crate) use url::Addresses;

use datafusion::error::DataFusionError;
use std::fmt;

/// What is wrong with files, or with how they were named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    message: String,
    usage: bool,
}

impl Fault {
    /// The files are to blame.
    pub fn new(message: impl fmt::Display) -> Self {
        Fault { message: message.to_string(), usage: false }
    }
    /// What was typed is to blame.
    pub fn usage(message: impl fmt::Display) -> Self {
        Fault { message: message.to_string(), usage: true }
    }
    /// Whether what was typed is to blame.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        self.usage
    }
    /// The same, with the place before it.
    #[must_use]
    pub fn at(self, place: impl fmt::Display) -> Self {
        Fault { message: format!("{place}: {}", self.message), ..self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for Fault {}

impl From<Fault> for DataFusionError {
    fn from(fault: Fault) -> Self {
        DataFusionError::External(Box::new(fault))
    }
}
