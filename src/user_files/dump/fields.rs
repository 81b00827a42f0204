//! The fields of a record, by their names.

use serde_json::Value;

use crate::clock::Timestamp;
use crate::user_files::json::Members;

/// The fields of a record.
pub(in crate::user_files) struct Fields(Members<Value>);

/// A field that is looked for.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    name: &'a str,
    /// Whether the mapping names it: then it must be there.
    is_mapped: bool,
}

impl<'a> Name<'a> {
    /// The field that the mapping names, or the one of Django's own user.
    pub(super) fn new(mapped: Option<&'a str>, usual: &'a str) -> Self {
        Self { name: mapped.unwrap_or(usual), is_mapped: mapped.is_some() }
    }

    /// A field that must be there.
    pub(super) fn mapped(name: &'a str) -> Self {
        Self { name, is_mapped: true }
    }
}

impl Fields {
    pub(super) fn new(members: Members<Value>) -> Self {
        Self(members)
    }

    /// Returns a value that is not null.
    pub(super) fn get(&self, name: Name<'_>) -> Result<Option<&Value>, String> {
        match self.0.0.get(name.name) {
            None if name.is_mapped => Err(format!("the record has no member `{}`, which the mapping names", name.name)),
            None | Some(Value::Null) => Ok(None),
            Some(value) => Ok(Some(value)),
        }
    }

    pub(super) fn text(&self, name: Name<'_>) -> Result<Option<String>, String> {
        match self.get(name)? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("`{}` is no text", name.name)),
        }
    }

    /// Returns a flag. One that is null is false, as in Django.
    pub(super) fn truth(&self, name: Name<'_>) -> Result<Option<bool>, String> {
        match self.get(name)? {
            None => Ok(self.0.0.contains_key(name.name).then_some(false)),
            Some(Value::Bool(truth)) => Ok(Some(*truth)),
            Some(_) => Err(format!("`{}` is neither true nor false", name.name)),
        }
    }

    /// Returns an instant. A date alone is its midnight in UTC.
    pub(super) fn instant(&self, name: Name<'_>) -> Result<Option<Timestamp>, String> {
        let instant = self.text(name)?.map(|text| {
            let parsed = Timestamp::parse(&text).or_else(|| Timestamp::parse(&format!("{text}T00:00:00")));
            parsed.ok_or(format!("`{}` is no date", name.name))
        });
        instant.transpose()
    }

    /// Returns the key of another record.
    pub(super) fn key(&self, name: &str) -> Result<String, String> {
        let key = self.0.0.get(name).and_then(text_of_key);
        key.ok_or_else(|| format!("`{name}` is no key of a record; dump without --natural-foreign"))
    }
}

/// Returns a key as text: a number or a text. Natural keys are lists.
pub(super) fn text_of_key(key: &Value) -> Option<String> {
    match key {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
