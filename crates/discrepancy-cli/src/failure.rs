//! Failures: one clear line on stderr, exit code 1 (2 for wrong usage).

use discrepancy_sql::files::Fault;
use std::fmt::Display;
use std::process::ExitCode;

/// Why a command stopped.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    code: u8,
    /// Whether the message says in which file.
    located: bool,
}

/// The result of a command.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// The data or the machine are to blame.
    pub(crate) fn new(message: impl Display) -> Self {
        Failure { message: message.to_string(), code: 1, located: false }
    }
    /// What was typed is to blame.
    pub(crate) fn usage(message: impl Display) -> Self {
        Failure { message: message.to_string(), code: 2, located: false }
    }
    /// The same, with the place before it.
    #[must_use]
    pub(crate) fn at(self, place: impl Display) -> Self {
        Failure { message: format!("{place}: {}", self.message), ..self }
    }
    /// Whether the message says in which file.
    pub(crate) fn is_located(&self) -> bool {
        self.located
    }
    /// Says so and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("error: {}", self.message.replace('\n', " "));
        ExitCode::from(self.code)
    }
}

impl From<discrepancy::Error> for Failure {
    fn from(error: discrepancy::Error) -> Self {
        Failure::new(error)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let failure = if fault.is_usage() { Failure::usage(fault) } else { Failure::new(fault) };
        Failure { located: true, ..failure }
    }
}
