//! The failure of a command: one readable sentence with its remedy, and an exit code.

use std::fmt;
use std::process::ExitCode;

use super::terminal::print_error;
use crate::accounts::ServiceError;
use crate::app::StartError;
use crate::app::database::{OpenError, StoreError};
use crate::settings::SettingsErrors;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// The settings cannot be used; every fault is listed.
    Settings(SettingsErrors),
    /// The command line is wrong, or a setting or variable that it depends on.
    Misused(String),
    /// The command failed.
    Failed(String),
    /// The reason is logged already; only the exit code is left.
    Logged(u8),
    /// The reader of a list has closed the output, as `head` does. This is no error.
    Unheard,
}

/// Prints a line of the command's output. Special characters are escaped, so that the text stays one line and cannot
/// control the terminal.
///
/// If the reader has closed the output, the command goes on without it: its work decides the exit code.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::cli::terminal::print_line(&format!($($text)*)).or_else($crate::cli::failure::Failure::unless_closed)?
    };
}
pub(super) use say;

/// Writes a line to standard error. If that fails, the command goes on.
pub(super) fn remark(line: impl fmt::Display) {
    let _ = print_error(&line.to_string());
}

impl Failure {
    /// Returns a failure with this sentence, which names the remedy.
    pub(super) fn new(sentence: impl fmt::Display) -> Self {
        Self::Failed(sentence.to_string())
    }

    /// Returns a fault of the command line with this sentence, which names the remedy.
    pub(super) fn misused(sentence: impl fmt::Display) -> Self {
        Self::Misused(sentence.to_string())
    }

    /// Maps an output error to a failure. A closed output ends the command with exit code 0: only for commands that only
    /// print.
    pub(super) fn from_output(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::Unheard,
            _ => Self::new(format!("the output cannot be written: {error}; see where standard output goes")),
        }
    }

    /// Maps an output error to a failure, unless the reader has closed the output.
    pub(super) fn unless_closed(error: std::io::Error) -> Result<(), Self> {
        match Self::from_output(error) {
            Self::Unheard => Ok(()),
            failure => Err(failure),
        }
    }

    /// Prints the failure to standard error, and returns the exit code.
    pub(super) fn report(self) -> ExitCode {
        let (text, code) = match self {
            Self::Settings(errors) => (errors.to_string(), 2),
            Self::Misused(sentence) => (sentence, 2),
            Self::Failed(sentence) => (sentence, 1),
            Self::Logged(code) => return ExitCode::from(code),
            Self::Unheard => return ExitCode::SUCCESS,
        };
        remark(format_args!("error: {text}"));
        ExitCode::from(code)
    }
}

impl From<SettingsErrors> for Failure {
    fn from(errors: SettingsErrors) -> Self {
        Self::Settings(errors)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::new(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Migration(_) => Self::new(error),
            _ => Self::new(format!("{error}; see `database.url` or `database.url_file`, and `countersign check`")),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Store(error) => error.into(),
            other => Self::new(other),
        }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Store(error) => error.into(),
            other => Self::new(other),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(error)
    }
}
