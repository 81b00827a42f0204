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
use super::moved::moved;
use super::source::{SETTINGS_VARIABLE, Source, VARIABLE_PREFIX, variable_name};
use super::suggestion::{meant_by_variable, nearest};

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
    /// The layers below the environment.
    pub(super) below_environment: Figment,
    /// Unknown keys and unreadable files.
    pub(super) faults: Vec<SettingsError>,
}

impl Layers {
    /// The built-in defaults alone.
    pub(super) fn built_in() -> Self {
        let defaults = flatten(parse(BUILT_IN).expect("the built-in settings are TOML"));
        let layer = Layer { metadata: Metadata::named("built-in defaults"), values: defaults.clone() };
        let figment = Figment::new().merge(layer);
        Self { defaults, below_environment: figment.clone(), figment, faults: Vec::new() }
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
    /// their own account. One that differs from a setting's by underscores, capitals or a letter is refused, as it would
    /// be ignored without a word.
    pub(super) fn lay_environment(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        let mut values = Flat::new();
        for (name, text) in variables {
            let key = name.strip_prefix(VARIABLE_PREFIX).map(|rest| rest.to_lowercase().replace("__", "."));
            let default = key.as_ref().and_then(|key| self.defaults.get(key));
            match (key, default) {
                (Some(key), Some(default)) if variable_name(&key) == name => {
                    // Over a default, an empty variable says nothing. A list is empty then, as "[]" is.
                    if !text.is_empty() || matches!(default, Value::Array(..)) || self.is_set_by_file(&key) {
                        let value = of_same_type(default, text);
                        values.insert(key, value);
                    }
                }
                (key, _) => self.refuse_variable(name, key),
            }
        }
        self.below_environment = self.figment.clone();
        self.figment = std::mem::take(&mut self.figment)
            .merge(Layer { metadata: Metadata::from("environment", "environment".to_owned()), values });
    }

    fn is_set_by_file(&self, key: &str) -> bool {
        let value = self.figment.find_value("").ok().and_then(Value::into_dict).and_then(|mut dict| dict.remove(key));
        value.is_some_and(|value| Source::of(self.figment.get_metadata(value.tag()), key) != Source::Defaults)
    }

    /// Refuses a variable that names no setting; unless it does not begin as ours do and is near to none of them.
    fn refuse_variable(&mut self, name: String, key: Option<String>) {
        if let Some(new) = key.as_deref().and_then(moved) {
            let source_layer = Source::Environment(name.clone());
            self.faults.push(SettingsError::Moved { key: name, source_layer, new_name: variable_name(new) });
            return;
        }
        let known = self.known_keys();
        let meant = meant_by_variable(&name, &known).map(variable_name);
        let settings_file = || is_meant_for_settings_file(&name).then(|| SETTINGS_VARIABLE.to_owned());
        let nearest = || key.as_ref().and_then(|key| nearest(key, &known)).map(variable_name);
        let suggestion = meant.or_else(settings_file).or_else(nearest);
        if key.is_some() || suggestion.is_some() {
            let source_layer = Source::Environment(name.clone());
            self.faults.push(SettingsError::UnknownKey { key: name, source_layer, suggestion });
        }
    }

    fn known_keys(&self) -> Vec<&str> {
        self.defaults.keys().map(String::as_str).collect()
    }

    fn lay(&mut self, metadata: Metadata, source: &Source, mut values: Flat) {
        let unknown: Vec<_> = values.keys().filter(|key| !self.defaults.contains_key(*key)).cloned().collect();
        for key in unknown {
            let is_section = matches!(values.remove(&key), Some(Value::Dict(..)));
            self.refuse_key(key, is_section, source.clone());
        }
        self.figment = std::mem::take(&mut self.figment).merge(Layer { metadata, values });
        self.below_environment = self.figment.clone();
    }

    fn refuse_key(&mut self, key: String, is_section: bool, source: Source) {
        if let Some(new) = moved(&key) {
            self.faults.push(SettingsError::Moved { key, source_layer: source, new_name: new.to_owned() });
            return;
        }
        let sections: Vec<&str> = sections().collect();
        let section =
            if is_section { nearest(&key, &sections) } else { sections.into_iter().find(|name| *name == key) };
        let suggestion = match section {
            Some(name) => Some(format!("[{name}]")),
            None => nearest(&key, &self.known_keys()).map(str::to_owned),
        };
        self.faults.push(SettingsError::UnknownKey { key, source_layer: source, suggestion });
    }
}

/// Whether a variable looks as if it should name the settings file.
fn is_meant_for_settings_file(name: &str) -> bool {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let what = letters.strip_prefix("COUNTERSIGN").map(|rest| rest.strip_suffix("FILE").unwrap_or(rest));
    name != SETTINGS_VARIABLE && matches!(what, Some("SETTING" | "SETTINGS" | "CONFIG"))
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
    sections().any(|section| section == name)
}

/// The sections of the built-in settings.
fn sections() -> impl Iterator<Item = &'static str> {
    BUILT_IN.lines().filter_map(|line| line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')))
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
