//! The values of one user as the database has them: one JSON object.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::{CheckedValues, MAXIMUM_DOCUMENT_BYTES, ProfileValue};

/// The stored values of a user, of declared fields and of fields that were declared once.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct StoredProfile(Option<String>);

/// A stored document is not a JSON object. Only another program can have written it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a user's stored profile is not a JSON object")]
pub struct UnreadableProfile;

/// The members of a document, each as it is written.
type Members = BTreeMap<String, Box<RawValue>>;

impl StoredProfile {
    /// Wraps what a row has: NULL where nothing is stored.
    pub(crate) fn from_stored(document: Option<String>) -> Self {
        Self(document)
    }

    /// Returns what is stored in the row.
    pub(crate) fn as_stored(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Returns the profile of a new user.
    pub(crate) fn of_new_user(values: &CheckedValues) -> Self {
        Self::default().with(values).unwrap_or_default()
    }

    /// Returns every stored value by its name. A value that only another program can have stored is
    /// [`ProfileValue::Other`], and its text as it is written where it is no value that this program can hold: a number
    /// such as `1e400`, or half of a surrogate pair.
    ///
    /// # Errors
    ///
    /// [`UnreadableProfile`].
    pub fn values(&self) -> Result<BTreeMap<String, ProfileValue>, UnreadableProfile> {
        Ok(self.members()?.into_iter().map(|(name, value)| (name, read(&value))).collect())
    }

    /// Returns the profile with `values` in place of the present values of their fields. All other values stay as they
    /// are written, those of undeclared fields as well.
    ///
    /// # Errors
    ///
    /// [`UnreadableProfile`]: nothing is thrown away that cannot be understood.
    pub(crate) fn with(&self, values: &CheckedValues) -> Result<Self, UnreadableProfile> {
        if values.is_empty() {
            return Ok(self.clone());
        }
        let mut members = self.members()?;
        for (name, value) in values.iter() {
            members.insert(name.to_owned(), to_raw_value(value).expect("values are JSON"));
        }
        Ok(Self::of_members(&members))
    }

    /// Returns whether one of these fields has a value. Null and the empty text mean that there is none.
    ///
    /// # Errors
    ///
    /// [`UnreadableProfile`].
    pub(crate) fn has_any<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<bool, UnreadableProfile> {
        let members = self.members()?;
        Ok(names.into_iter().filter_map(|name| members.get(name)).any(|value| !matches!(value.get(), "null" | r#""""#)))
    }

    /// Returns the profile without the value of `name`; `None` if it has none.
    ///
    /// # Errors
    ///
    /// [`UnreadableProfile`].
    pub(crate) fn without(&self, name: &str) -> Result<Option<Self>, UnreadableProfile> {
        let mut members = self.members()?;
        Ok(members.remove(name).map(|_| Self::of_members(&members)))
    }

    /// Returns whether the document is larger than what may be stored.
    pub(crate) fn is_too_large(&self) -> bool {
        self.0.as_ref().is_some_and(|document| document.len() > MAXIMUM_DOCUMENT_BYTES)
    }

    /// Returns whether the document with `values` in it would be larger than what may be stored.
    pub(crate) fn would_be_too_large(&self, values: &CheckedValues) -> bool {
        self.with(values).is_ok_and(|changed| changed.is_too_large())
    }

    fn members(&self) -> Result<Members, UnreadableProfile> {
        self.0
            .as_deref()
            .map_or(Ok(Members::new()), |document| serde_json::from_str(document).map_err(|_| UnreadableProfile))
    }

    fn of_members(members: &Members) -> Self {
        let document = || serde_json::to_string(members).expect("its members are JSON");
        Self((!members.is_empty()).then(document))
    }
}

fn read(value: &RawValue) -> ProfileValue {
    match serde_json::from_str::<Value>(value.get()) {
        Ok(json) => json.into(),
        Err(_) => ProfileValue::Other(Value::String(value.get().to_owned())),
    }
}

impl fmt::Debug for StoredProfile {
    /// Writes the size only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredProfile({} bytes)", self.0.as_ref().map_or(0, String::len))
    }
}
