//! Asks the operator before something is deleted for good.

use std::io::{IsTerminal, Write as _, stderr, stdin};

use super::failure::Failure;

/// Whether the operator has agreed to a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// By an argument.
    Given,
    /// Not yet: ask.
    Asked,
}

impl From<bool> for Consent {
    /// Returns the consent of a command that has `--yes`, or has it not.
    fn from(yes: bool) -> Self {
        if yes { Self::Given } else { Self::Asked }
    }
}

/// Asks a question on the terminal, to which anything but `y` or `yes` is no.
///
/// # Errors
///
/// When the operator does not agree, or cannot be asked because there is no terminal; `remedy` then says what to do.
pub(super) fn ask(question: &str, remedy: &str) -> Result<(), Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::misused(format!("the program cannot ask here, as its input is no terminal: {remedy}")));
    }
    let _ = write!(stderr(), "{question} [y/N] ");
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::new("nothing was deleted")),
    }
}

/// Asks a question where there is a terminal. Scripts, which have none, go on without it.
///
/// # Errors
///
/// When the operator does not agree.
pub(super) fn ask_at_terminals(consent: Consent, question: &str) -> Result<(), Failure> {
    match consent {
        Consent::Asked if stdin().is_terminal() => ask(question, "add --yes"),
        Consent::Asked | Consent::Given => Ok(()),
    }
}
