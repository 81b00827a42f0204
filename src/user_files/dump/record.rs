//! A record of a dump, and the values of its fields.

use serde::Deserialize;
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

impl Record<'_> {
    /// Parses the fields.
    pub(super) fn fields(&self) -> Result<Fields, String> {
        json::parse::<json::Members<Value>>(self.fields.get().as_bytes()).map(Fields::new)
    }
}
