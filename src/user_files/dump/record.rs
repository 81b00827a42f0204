//! A record of a dump, and the values of its fields.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use super::fields::Fields;
use crate::user_files::json;

/// A record as `dumpdata` writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::user_files) struct Record<'a> {
    pub(super) model: String,
    #[serde(default)]
    pub(super) pk: Value,
    #[serde(borrow)]
    fields: &'a RawValue,
}

/// Returns whether an entry names a model, as records do; none if it is no JSON object.
pub(in crate::user_files) fn names_a_model(text: &[u8]) -> Option<bool> {
    let members = json::parse::<BTreeMap<String, IgnoredAny>>(text).ok()?;
    Some(members.contains_key("model"))
}

impl Record<'_> {
    /// Parses the fields.
    pub(super) fn fields(&self) -> Result<Fields, String> {
        json::parse::<json::Members<Value>>(self.fields.get().as_bytes()).map(Fields::new)
    }
}
