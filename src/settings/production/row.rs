//! What is said about one key, and what is found when it is judged.

use std::fmt;

use crate::settings::Settings;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// In production the program does not start.
    Error,
    /// It works, and may hurt.
    Risk,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Risk => "risk",
        })
    }
}

/// Something that is valid in development and refused or risky in production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it stops the start.
    pub severity: Severity,
    /// The dotted key of the setting; [`SETTINGS_FILE`] for the file itself.
    pub key: &'static str,
    /// What may happen, and what to do about it.
    pub message: String,
    /// Whether it shows in development already, and at each start: something cannot be used as it is set up.
    pub shows_in_development: bool,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}`: {}", self.severity, self.key, self.message)
    }
}

/// The key of findings about the file given with `--settings`.
pub const SETTINGS_FILE: &str = "--settings";

/// What is said about one key of `settings.toml`.
pub(super) struct Row {
    pub(super) key: &'static str,
    /// Finds what is refused or risky; none where no value within the range can hurt.
    pub(super) judge: Option<fn(&Settings, &mut Findings)>,
}

/// Returns a row for a setting of which some values are refused or risky.
pub(super) const fn judged(key: &'static str, judge: fn(&Settings, &mut Findings)) -> Row {
    Row { key, judge: Some(judge) }
}

/// Returns a row for a setting of which no value can hurt, and why.
pub(super) const fn harmless(key: &'static str, _reason: &'static str) -> Row {
    Row { key, judge: None }
}

/// The findings so far, and the key that is being judged.
pub(super) struct Findings {
    pub(super) key: &'static str,
    pub(super) list: Vec<Finding>,
}

impl Findings {
    /// Notes down that production refuses the value, if it `is_wrong`.
    pub(super) fn error(&mut self, is_wrong: bool, message: &str) {
        self.note(is_wrong, Severity::Error, message, false);
    }

    /// Notes down that the value is risky, if it `is_risky`.
    pub(super) fn risk(&mut self, is_risky: bool, message: &str) {
        self.note(is_risky, Severity::Risk, message, false);
    }

    /// Notes down a risk that shows in development already, if something `is_useless` as it is set up.
    pub(super) fn risk_of_any_mode(&mut self, is_useless: bool, message: &str) {
        self.note(is_useless, Severity::Risk, message, true);
    }

    fn note(&mut self, applies: bool, severity: Severity, message: &str, shows_in_development: bool) {
        if applies {
            self.list.push(Finding { severity, key: self.key, message: message.to_owned(), shows_in_development });
        }
    }
}
