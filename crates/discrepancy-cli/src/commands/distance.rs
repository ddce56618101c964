//! `discrepancy distance`.

use crate::failure::{Failure, Outcome};

/// What `discrepancy distance` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments) -> Outcome {
    Err(Failure::new("not there yet"))
}
