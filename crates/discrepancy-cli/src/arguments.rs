//! What can be typed. Each command's own arguments stand in its file.

use crate::commands::{distance, explore, list, score, show, sql};
use clap::{Parser, Subcommand};

/// Losses, distances and divergences, exact to the last digits, over files.
#[derive(Debug, Parser)]
#[command(name = "discrepancy", version, about, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one of them in a run")]
pub(crate) enum Command {
    /// List what the catalogue has.
    List(list::Arguments),
    /// Explain one entry: formula, meaning, parameters, properties, source, plot.
    Show(show::Arguments),
    /// Open a page in the browser to take hold of losses, softmax, distances, distributions.
    Explore(explore::Arguments),
    /// Score files of predictions by segment, with standard errors.
    Score(score::Arguments),
    /// Measure distances between the rows of two files.
    Distance(distance::Arguments),
    /// Run a query in which every entry is a function.
    Sql(sql::Arguments),
}
