//! The three layers: the built-in `settings.toml`, a file, the environment.
//!
//! Each is checked against the keys that exist and flattened to dotted keys before figment lays one over the other, so
//! that a layer can replace a value and never a whole section.

use std::collections::BTreeMap;
use std::path::Path;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::error::SettingsError;
use super::source::{Source, VARIABLE_PREFIX, variable_name};
use super::suggestion::nearest;

/// The settings' documentation and, being compiled in, their defaults.
pub(super) const BUILT_IN: &str = include_str!("../../settings.toml");

/// Values by dotted key.
pub(super) type Flat = BTreeMap<String, Value>;

/// The layers as they lie over each other, and what was wrong with single ones.
pub(super) struct Layers {
    /// The built-in defaults, which name every key there is.
    pub(super) defaults: Flat,
    /// All layers, with the provenance of every value.
    pub(super) figment: Figment,
    /// Unknown keys and unreadable files.
    pub(super) faults: Vec<SettingsError>,
}

impl Layers {
    /// The built-in defaults alone.
    pub(super) fn built_in() -> Self {
        let defaults = flatten(parse(BUILT_IN).expect("the built-in settings are TOML"));
        let layer = Layer { metadata: Metadata::named("built-in defaults"), values: defaults.clone() };
        Self { defaults, figment: Figment::new().merge(layer), faults: Vec::new() }
    }

    /// Lays the file at `path` over what is there.
    pub(super) fn lay_file(&mut self, path: &Path) {
        let source = Source::File(path.to_owned());
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                let cause = format!("{error}; check the path given with --settings and the file's permissions");
                return self.faults.push(SettingsError::Unreadable { source_layer: source, cause });
            }
        };
        match parse(&text) {
            Ok(values) => self.lay(Metadata::from("settings file", path), &source, flatten(values)),
            Err(cause) => self.faults.push(SettingsError::Unreadable { source_layer: source, cause }),
        }
    }

    /// Lays those of the `variables` over what is there that name a setting.
    ///
    /// Only the double underscore marks ours: container platforms hand in variables like `COUNTERSIGN_SERVICE_HOST` on
    /// their own account.
    pub(super) fn lay_environment(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        let mut values = Flat::new();
        for (name, text) in variables {
            let Some(key) = name.strip_prefix(VARIABLE_PREFIX).map(|rest| rest.to_lowercase().replace("__", "."))
            else {
                continue;
            };
            match self.defaults.get(&key) {
                Some(default) if variable_name(&key) == name => {
                    values.insert(key, of_same_type(default, text));
                }
                _ => self.refuse_unknown(key, name.clone(), Source::Environment(name)),
            }
        }
        self.figment = std::mem::take(&mut self.figment)
            .merge(Layer { metadata: Metadata::from("environment", "environment".to_owned()), values });
    }

    fn lay(&mut self, metadata: Metadata, source: &Source, mut values: Flat) {
        let unknown: Vec<_> = values.keys().filter(|key| !self.defaults.contains_key(*key)).cloned().collect();
        for key in unknown {
            values.remove(&key);
            self.refuse_unknown(key.clone(), key, source.clone());
        }
        self.figment = std::mem::take(&mut self.figment).merge(Layer { metadata, values });
    }

    fn refuse_unknown(&mut self, key: String, spelling: String, source: Source) {
        let suggestion = nearest(&key, self.defaults.keys().map(String::as_str)).map(|known| source.spelling_of(known));
        self.faults.push(SettingsError::UnknownKey { key: spelling, source_layer: source, suggestion });
    }
}

/// Flat values with their provenance, as figment takes them.
struct Layer {
    metadata: Metadata,
    values: Flat,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

/// Parses TOML; the error tells the place and the reason but does not quote the text.
fn parse(text: &str) -> Result<Dict, String> {
    let mut profiles = Toml::string(text).data().map_err(|error| unquoted(&error.to_string()))?;
    Ok(profiles.remove(&Profile::Default).unwrap_or_default())
}

/// Drops the lines of a TOML error that quote the faulty line, since that may hold a secret.
fn unquoted(message: &str) -> String {
    let is_quotation = |line: &str| line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|');
    let kept: Vec<_> =
        message.lines().map(str::trim_end).filter(|line| !line.is_empty() && !is_quotation(line)).collect();
    kept.join(": ")
}

/// Turns sections within sections into dotted keys. A section without keys stays, so that an unknown one is noticed.
fn flatten(values: Dict) -> Flat {
    fn walk(prefix: &str, values: Dict, flat: &mut Flat) {
        for (name, value) in values {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                Value::Dict(_, inner) if !inner.is_empty() || is_section(&key) => walk(&key, inner, flat),
                value => {
                    flat.insert(key, value);
                }
            }
        }
    }
    let mut flat = Flat::new();
    walk("", values, &mut flat);
    flat
}

/// Whether the built-in settings have a section of this name. Its heading may stand in a file with nothing under it.
fn is_section(name: &str) -> bool {
    BUILT_IN.lines().any(|line| line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) == Some(name))
}

/// Reads the text of a variable as the type its default has. What cannot be read so stays text, and is refused with
/// its key and what is allowed like a wrong type in a file.
fn of_same_type(default: &Value, text: String) -> Value {
    match default {
        Value::String(..) => Value::from(text),
        Value::Array(..) if !text.trim_start().starts_with('[') => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::from(items.map(str::to_owned).collect::<Vec<String>>())
        }
        _ => {
            let parsed = parse(&format!("value = {text}")).ok().and_then(|mut values| values.remove("value"));
            parsed.unwrap_or_else(|| Value::from(text))
        }
    }
}
