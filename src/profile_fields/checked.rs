//! Values that were judged.

use std::collections::BTreeMap;
use std::fmt;

use super::{ProfileField, ProfileValue, ValueFault};

/// Values of declared fields that fit their fields. Absent fields stay as they are.
#[derive(Clone, Default, PartialEq)]
pub struct CheckedValues(BTreeMap<String, ProfileValue>);

impl CheckedValues {
    /// Judges a value of `field`, and adds it if it fits. It replaces an earlier one.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the value.
    pub fn add(&mut self, field: &ProfileField, value: impl Into<ProfileValue>) -> Result<(), Vec<ValueFault>> {
        let value = field.check(value.into())?;
        self.0.insert(field.name().to_owned(), value);
        Ok(())
    }

    /// Returns whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value of a field, if it has one.
    pub fn get(&self, name: &str) -> Option<&ProfileValue> {
        self.0.get(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &ProfileValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl fmt::Debug for CheckedValues {
    /// Writes the names only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
