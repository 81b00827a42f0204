//! How a command that failed says so: one readable sentence with what to do, and an exit code.

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
    /// The command line asks for what cannot be meant.
    Misused(String),
    /// It could not be done.
    Failed(String),
    /// The log has told why already; what is left is the exit code.
    Logged(u8),
    /// Whoever read the output has seen enough, as `head` does.
    Unheard,
}

/// Prints a line that was asked for; a reader who has gone away ends the command. Whatever stands in it, it is one line
/// and steers no terminal.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::cli::terminal::print_line(&format!($($text)*)).map_err($crate::cli::failure::Failure::from_output)?
    };
}
pub(super) use say;

/// Writes a line to standard error. That nobody reads it keeps no command from its work.
pub(super) fn remark(line: impl fmt::Display) {
    let _ = print_error(&line.to_string());
}

impl Failure {
    /// A failure told in one sentence, which names the remedy.
    pub(super) fn new(sentence: impl fmt::Display) -> Self {
        Self::Failed(sentence.to_string())
    }

    /// A fault of the command line told in one sentence, which names the remedy.
    pub(super) fn misused(sentence: impl fmt::Display) -> Self {
        Self::Misused(sentence.to_string())
    }

    /// Why a line could not be printed.
    pub(super) fn from_output(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::Unheard,
            _ => Self::new(format!("the output cannot be written: {error}; see where standard output goes")),
        }
    }

    /// Says on standard error what there is to say.
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
            _ => Self::new(format!("{error}; see `database.url`, and `countersign check`")),
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
