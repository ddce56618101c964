//! The command `discrepancy`. Exit codes: 0 done, 1 failed (one line on stderr), 2 wrong usage.
#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod description;
mod engine;
mod failure;
mod interrupts;
mod output;
mod terminal;

use arguments::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => error.exit(),
        // Help goes where results go, and may fail to get there as they may.
        Err(help) => match output::print(&help.render().to_string()) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(failure) => return failure.report(),
        },
    };
    let done = match arguments.command {
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
