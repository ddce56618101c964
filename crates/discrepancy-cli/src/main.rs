//! The command `discrepancy`. Exit codes: 0 done, 1 failed (one line on stderr), 2 wrong usage.
#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod description;
mod engine;
mod failure;
mod files;
mod output;
mod terminal;

use arguments::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::List(arguments) => commands::list::run(&arguments),
        Command::Show(arguments) => commands::show::run(&arguments),
        Command::Explore(arguments) => commands::explore::run(&arguments),
        Command::Score(arguments) => commands::score::run(&arguments),
        Command::Distance(arguments) => commands::distance::run(&arguments),
        Command::Sql(arguments) => commands::sql::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
