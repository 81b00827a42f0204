//! Where a setting came from, and how it is shown to people.

use std::fmt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// The prefix of every variable that names a setting.
pub(crate) const VARIABLE_PREFIX: &str = "COUNTERSIGN__";

/// The environment variable that names the settings file where `--settings` does not.
pub(crate) const SETTINGS_VARIABLE: &str = "COUNTERSIGN_SETTINGS";

/// The text shown instead of a secret.
pub(super) const HIDDEN: &str = "(hidden)";

/// Where the value of a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The `settings.toml` that is compiled in.
    Defaults,
    /// The file given with `--settings`.
    File(PathBuf),
    /// The environment variable of this name.
    Environment(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Defaults => f.write_str("built-in defaults"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
        }
    }
}

/// Returns the environment variable that sets `key`.
pub(super) fn variable_name(key: &str) -> String {
    format!("{VARIABLE_PREFIX}{}", key.to_uppercase().replace('.', "__"))
}

/// One setting in force, as `countersign settings` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The dotted key, as in `mail.smtp.host`.
    pub key: String,
    /// The value as TOML writes it; `(hidden)` for a secret that is set.
    pub shown_value: String,
    /// The layer that has the say.
    pub source: Source,
    /// The key of the setting that counts instead, as the file of a secret does.
    pub overruled_by: Option<String>,
}

impl Entry {
    pub(super) fn new(key: &str, shown_value: String, source: Source) -> Self {
        Self { key: key.to_owned(), shown_value, source, overruled_by: None }
    }

    /// Returns whether the setting is set to nothing.
    pub(super) fn is_nothing(&self) -> bool {
        self.shown_value == "\"\"" || self.shown_value == "[]"
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` = {} ({})", self.key, self.shown_value, self.source)
    }
}

/// Whether a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exposure {
    Open,
    Secret,
    /// Of a list of tables, only these members are shown; of anything else, nothing.
    OpenMembers(&'static [&'static str]),
}

/// Returns whether the value of a setting that names a secret's file may be shown. If it is not the name of a file, it
/// may be the secret itself.
pub(super) fn may_name_a_file(text: &str) -> bool {
    let path = Path::new(text);
    let is_below_something = path.ancestors().skip(1).any(|place| place != Path::new("") && place.exists());
    let is_plain = ["/", "./", "../"].iter().any(|start| text.starts_with(start));
    let is_below_and_has_ending = text.contains('/') && path.extension().is_some();
    text.is_empty()
        || !text.contains("://") && (is_plain || is_below_and_has_ending || is_below_something || path.exists())
}

/// Writes `value` as a person would in TOML.
pub(super) fn shown(value: &Value, exposure: Exposure) -> String {
    match (value, exposure) {
        // That a secret is not set is no secret, and worth seeing.
        (Value::String(text), _) if text.is_empty() => "\"\"".to_owned(),
        (Value::Array(items), _) if items.is_empty() => "[]".to_owned(),
        (_, Exposure::Secret) => HIDDEN.to_owned(),
        (Value::Array(items), Exposure::OpenMembers(open)) if items.iter().all(Value::is_table) => shown_list(
            items.iter().filter_map(Value::as_table).map(|table| shown_table(table, |name| open.contains(&name))),
        ),
        (_, Exposure::OpenMembers(_)) => HIDDEN.to_owned(),
        (Value::String(text), Exposure::Open) => format!("{text:?}"),
        (Value::Boolean(truth), Exposure::Open) => truth.to_string(),
        (Value::Integer(number), Exposure::Open) => number.to_string(),
        (Value::Float(number), Exposure::Open) => format!("{number:?}"),
        (Value::Datetime(instant), Exposure::Open) => instant.to_string(),
        (Value::Array(items), Exposure::Open) => shown_list(items.iter().map(|item| shown(item, Exposure::Open))),
        (Value::Table(members), Exposure::Open) => shown_table(members, |_| true),
    }
}

fn shown_list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn shown_table(members: &Table, is_open: impl Fn(&str) -> bool) -> String {
    let members = members.iter().map(|(name, value)| {
        let is_secret = name.ends_with("_file") && value.as_str().is_some_and(|text| !may_name_a_file(text));
        let exposure = if is_open(name) && !is_secret { Exposure::Open } else { Exposure::Secret };
        format!("{name} = {}", shown(value, exposure))
    });
    format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
}
