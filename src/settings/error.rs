//! What is wrong with the settings: everything at once, each fault with its key, value, origin and remedy.

use std::fmt;

use super::log_format::LogFormat;
use super::source::{Entry, Source};

/// One fault in the settings. Shows no secret, neither in `Display` nor in `Debug`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A layer names a key that does not exist. Its value is not kept: it may be a secret under a misspelt key.
    #[error("{}", unknown(key, source_layer, suggestion.as_deref()))]
    UnknownKey {
        /// The key, or the name of the environment variable.
        key: String,
        /// The layer that names it.
        source_layer: Source,
        /// The nearest name that exists, spelt as in that layer.
        suggestion: Option<String>,
    },
    /// A layer names a key of an earlier version.
    #[error("{}", moved(key, source_layer, new_name))]
    Moved {
        /// The key, or the name of the environment variable.
        key: String,
        /// The layer that names it.
        source_layer: Source,
        /// Its present name, spelt as in that layer.
        new_name: String,
    },
    /// A value has the wrong type, is outside its range, or cannot be used as it is.
    #[error("settings key `{}` is {} ({}); {requirement}", entry.key, entry.shown_value, entry.source)]
    Refused {
        /// The setting as it was given.
        entry: Entry,
        /// What is allowed, or what to do.
        requirement: String,
    },
    /// Values that are fine each by itself cannot hold together.
    #[error("settings contradict each other: {}; {requirement}", joined(entries))]
    Contradiction {
        /// The settings concerned.
        entries: Vec<Entry>,
        /// What must hold between them, and how to get there.
        requirement: String,
    },
    /// A value that an embedding program has set and that production refuses.
    #[error("setting `{key}`: {requirement}")]
    NotForProduction {
        /// The dotted key.
        key: &'static str,
        /// What may happen, and what to do about it.
        requirement: String,
    },
    /// The file given with `--settings` cannot be read as TOML.
    #[error("{source_layer} cannot be used: {cause}")]
    Unreadable {
        /// The file.
        source_layer: Source,
        /// Why, without quoting the file: the faulty line may hold a secret.
        cause: String,
    },
}

impl SettingsError {
    /// Returns whether the fault concerns the setting `key`.
    pub(super) fn concerns(&self, key: &str) -> bool {
        match self {
            Self::Refused { entry, .. } => entry.key == key,
            Self::Contradiction { entries, .. } => entries.iter().any(|entry| entry.key == key),
            Self::NotForProduction { key: refused, .. } => *refused == key,
            Self::UnknownKey { .. } | Self::Moved { .. } | Self::Unreadable { .. } => false,
        }
    }
}

fn unknown(key: &str, source: &Source, suggestion: Option<&str>) -> String {
    let remedy = match suggestion {
        Some(name) => format!("did you mean `{name}`?"),
        None => "see settings.toml for the keys there are".to_owned(),
    };
    match source {
        Source::Environment(name) if name == key => {
            format!("environment variable `{}` names no setting; {remedy}", key.escape_debug())
        }
        // A key may hold anything in quotation marks, also a line end.
        _ => format!("settings key `{}` ({source}) does not exist; {remedy}", key.escape_debug()),
    }
}

fn moved(key: &str, source: &Source, new_name: &str) -> String {
    match source {
        Source::Environment(_) => format!("environment variable `{key}` is now called `{new_name}`"),
        _ => format!("settings key `{key}` ({source}) is now called `{new_name}`"),
    }
}

fn joined(entries: &[Entry]) -> String {
    let entries: Vec<_> = entries.iter().map(Entry::to_string).collect();
    entries.join(" and ")
}

/// Everything that is wrong with the settings. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsErrors {
    faults: Vec<SettingsError>,
    log_format: LogFormat,
}

impl SettingsErrors {
    /// Wraps the faults found, of which there must be one at least.
    pub(super) fn new(faults: Vec<SettingsError>) -> Self {
        debug_assert!(!faults.is_empty(), "settings without a fault are no error");
        Self { faults, log_format: LogFormat::Text }
    }

    /// Stores the format of the log, because these faults are printed in the same format.
    pub(super) fn in_log_format(self, log_format: LogFormat) -> Self {
        Self { log_format, ..self }
    }

    /// Returns `log.format`, if it could be read.
    pub fn log_format(&self) -> LogFormat {
        self.log_format
    }

    /// Returns the faults in the order they were found: layer by layer, then key by key.
    pub fn iter(&self) -> std::slice::Iter<'_, SettingsError> {
        self.faults.iter()
    }
}

impl<'a> IntoIterator for &'a SettingsErrors {
    type Item = &'a SettingsError;
    type IntoIter = std::slice::Iter<'a, SettingsError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for SettingsErrors {
    /// Writes one line for one fault; a heading and a list for several.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.faults.as_slice() {
            return only.fmt(f);
        }
        write!(f, "{} faults in the settings:", self.faults.len())?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n  - {fault}"))
    }
}

impl std::error::Error for SettingsErrors {}
