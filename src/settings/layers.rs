//! The three layers: the built-in `settings.toml`, a file, the environment.
//!
//! Each layer is checked against the existing keys and flattened to dotted keys before it is merged. So a layer can
//! replace single values, never a whole section.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use super::error::SettingsError;
use super::moved::moved;
use super::source::{SETTINGS_VARIABLE, Source, VARIABLE_PREFIX, variable_name};
use super::suggestion::{meant_by_variable, nearest};

/// The settings' documentation and, being compiled in, their defaults.
pub(super) const BUILT_IN: &str = include_str!("../../settings.toml");

/// The keys whose value is a list of tables.
const LISTS_OF_TABLES: &[&str] = &["profile_fields", "providers"];

/// The merged layers, and the faults of each.
pub(super) struct Layers {
    /// Every key there is, dotted.
    pub(super) values: BTreeMap<String, Layered>,
    /// Unknown keys and unreadable files.
    pub(super) faults: Vec<SettingsError>,
}

/// The values of one key, layer by layer.
pub(super) struct Layered {
    default: Given,
    file: Option<Given>,
    environment: Option<Given>,
}

/// A value and its origin.
pub(super) struct Given {
    pub(super) value: Value,
    pub(super) source: Source,
}

impl Layered {
    /// Returns the built-in default.
    pub(super) fn default(&self) -> &Given {
        &self.default
    }

    /// Returns the value in force without the environment.
    pub(super) fn below_environment(&self) -> &Given {
        self.file.as_ref().unwrap_or(&self.default)
    }

    /// Returns the value in force.
    pub(super) fn in_force(&self) -> &Given {
        self.environment.as_ref().unwrap_or_else(|| self.below_environment())
    }
}

impl Layers {
    /// Returns the built-in defaults alone.
    pub(super) fn built_in() -> Self {
        let defaults = flatten(parse(BUILT_IN).expect("the built-in settings are TOML"));
        let layered =
            |value| Layered { default: Given { value, source: Source::Defaults }, file: None, environment: None };
        let values = defaults.into_iter().map(|(key, value)| (key, layered(value))).collect();
        Self { values, faults: Vec::new() }
    }

    /// Returns the layers' values of `key`, which `settings.toml` documents.
    pub(super) fn of(&self, key: &str) -> &Layered {
        self.values.get(key).unwrap_or_else(|| panic!("settings.toml does not document `{key}`"))
    }

    /// Changes the default of `key`, which is a text.
    pub(super) fn change_default(&mut self, key: &str, change: impl FnOnce(&str) -> String) {
        if let Some(Layered { default: Given { value: Value::String(text), .. }, .. }) = self.values.get_mut(key) {
            *text = change(text);
        }
    }

    /// Merges the file at `path` over the present values.
    pub(super) fn lay_file(&mut self, path: &Path) {
        let source = Source::File(path.to_owned());
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(&error));
        match text.and_then(|text| parse(&text)) {
            Ok(values) => flatten(values).into_iter().for_each(|(key, value)| self.lay(key, value, &source)),
            Err(cause) => self.faults.push(SettingsError::Unreadable { source_layer: source, cause }),
        }
    }

    /// Merges the `variables` that name a setting over the present values.
    ///
    /// Only variables with the double underscore are settings: container platforms set variables like
    /// `COUNTERSIGN_SERVICE_HOST` themselves. A variable that differs from a setting's name by underscores, capitals or
    /// one letter is refused, because it would otherwise be ignored silently.
    pub(super) fn lay_environment(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        for (name, text) in variables {
            let key = name.strip_prefix(VARIABLE_PREFIX).map(|rest| rest.to_lowercase().replace("__", "."));
            let is_a_key = key.as_deref().is_some_and(|key| variable_name(key) == name);
            match key.as_ref().and_then(|key| self.values.get_mut(key)).filter(|_| is_a_key) {
                Some(layered) => {
                    // An empty variable does not replace a default. For a list it means the empty list, as "[]" does.
                    if !text.is_empty() || layered.default.value.is_array() || layered.file.is_some() {
                        let value = of_same_type(&layered.default.value, text);
                        layered.environment = Some(Given { value, source: Source::Environment(name) });
                    }
                }
                None => self.refuse_variable(name, key),
            }
        }
    }

    /// Refuses a variable that names no setting, if it begins with the settings' prefix or resembles a setting's name.
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
        self.values.keys().map(String::as_str).collect()
    }

    fn lay(&mut self, key: String, value: Value, source: &Source) {
        match self.values.get_mut(&key) {
            Some(layered) => layered.file = Some(Given { value, source: source.clone() }),
            None => self.refuse_key(key, value.is_table(), source.clone()),
        }
    }

    fn refuse_key(&mut self, key: String, is_section: bool, source: Source) {
        if let Some(new) = moved(&key) {
            self.faults.push(SettingsError::Moved { key, source_layer: source, new_name: new.to_owned() });
            return;
        }
        // A heading in one pair of brackets, as sections have.
        let is_below = |name: &&str| key.strip_prefix(*name).is_some_and(|rest| rest.starts_with('.'));
        if let Some(name) = LISTS_OF_TABLES.iter().copied().find(is_below) {
            let suggestion = Some(format!("[[{name}]]"));
            self.faults.push(SettingsError::UnknownKey { key, source_layer: source, suggestion });
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

/// Returns what to do about a settings file that cannot be read.
fn unreadable(error: &std::io::Error) -> String {
    let remedy = match error.kind() {
        std::io::ErrorKind::InvalidData => return "it is not UTF-8 text; save it in UTF-8".to_owned(),
        std::io::ErrorKind::PermissionDenied => "let the user that runs countersign read it",
        _ => "check the path given with --settings or in COUNTERSIGN_SETTINGS",
    };
    format!("{error}; {remedy}")
}

/// Returns whether a variable looks like a misspelt name of the settings file's variable.
fn is_meant_for_settings_file(name: &str) -> bool {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let what = letters.strip_prefix("COUNTERSIGN").map(|rest| rest.strip_suffix("FILE").unwrap_or(rest));
    name != SETTINGS_VARIABLE && matches!(what, Some("SETTING" | "SETTINGS" | "CONFIG"))
}

/// Parses TOML; the error names the place and the reason but does not quote the text, which may hold a secret.
fn parse(text: &str) -> Result<Table, String> {
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
        let rest = &text[before.len()..];
        let reason = values_remedy(before, rest).or_else(|| headings_remedy(before, error.message()));
        let reason = reason.unwrap_or_else(|| error.message().to_owned());
        format!("TOML parse error at line {line}, column {column}: {reason}")
    })
}

/// Returns what to do about a bare word where a value should be, as people write it who come from Python or JavaScript.
fn values_remedy(before: &str, rest: &str) -> Option<String> {
    let word: String = rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
    // A list may go on in the next line.
    let is_value = before.trim_end_matches([' ', '\t']).ends_with('=') || before.trim_end().ends_with(['[', ',']);
    if is_in_heading(before) || !is_value || !word.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let remedy = match word.as_str() {
        "None" | "null" | "nil" => "TOML has no such value; write \"\" where a setting may be empty",
        "True" | "False" | "TRUE" | "FALSE" => "true and false are written in small letters",
        _ => "a text stands in quotation marks",
    };
    Some(remedy.to_owned())
}

/// Returns what to do about a heading that the rest of the file does not allow.
fn headings_remedy(before: &str, message: &str) -> Option<String> {
    let is_second = is_in_heading(before) && ["duplicate key", "extend"].iter().any(|part| message.contains(part));
    let remedy = "a heading of this name stands above already: write all lines of a section under one heading, and a \
                  heading in two pairs of brackets, as in [[providers]], for each part of a list";
    is_second.then(|| remedy.to_owned())
}

/// Returns whether the text ends within the name of a heading.
fn is_in_heading(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    let is_of_names = |letter: char| letter.is_alphanumeric() || " \t.-_\"'".contains(letter);
    line.starts_with('[') && line.trim_start_matches('[').chars().all(is_of_names)
}

/// Turns sections within sections into dotted keys. A section without keys stays, so that an unknown one is noticed.
fn flatten(values: Table) -> BTreeMap<String, Value> {
    fn walk(prefix: &str, values: Table, flat: &mut BTreeMap<String, Value>) {
        for (name, value) in values {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                Value::Table(inner) if !inner.is_empty() || is_section(&key) => walk(&key, inner, flat),
                value => {
                    flat.insert(key, value);
                }
            }
        }
    }
    let mut flat = BTreeMap::new();
    walk("", values, &mut flat);
    flat
}

/// Returns whether the built-in settings have a section of this name. Its heading may stand in a file with nothing
/// under it.
fn is_section(name: &str) -> bool {
    sections().any(|section| section == name)
}

/// Returns the sections of the built-in settings.
fn sections() -> impl Iterator<Item = &'static str> {
    BUILT_IN.lines().filter_map(|line| line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')))
}

/// Reads the text of a variable as the type of its default. Other text stays text; it is refused later, with its key
/// and the allowed values, like a wrong type in a file.
fn of_same_type(default: &Value, text: String) -> Value {
    match default {
        Value::String(_) => Value::String(text),
        Value::Array(_) if !text.trim_start().starts_with('[') => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::Array(items.map(Value::from).collect())
        }
        _ => {
            let parsed = parse(&format!("value = {text}")).ok().and_then(|mut values| values.remove("value"));
            parsed.unwrap_or(Value::String(text))
        }
    }
}
