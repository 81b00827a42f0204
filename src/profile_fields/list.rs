//! All declared fields of a site.

use std::sync::Arc;

use super::{CheckedValues, MAXIMUM_FIELDS, ProfileField, ProfileValue, StoredProfile};

/// The declared fields of a site, in the order of their declaration. Clones share them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileFields(Arc<[ProfileField]>);

impl ProfileFields {
    /// Puts fields together.
    ///
    /// # Errors
    ///
    /// When there are more than 64 fields, or two have one name, whose letters are compared in any case.
    pub fn new(fields: Vec<ProfileField>) -> Result<Self, String> {
        if fields.len() > MAXIMUM_FIELDS {
            return Err(format!("{} fields are declared; {MAXIMUM_FIELDS} are allowed", fields.len()));
        }
        for (position, field) in fields.iter().enumerate() {
            if fields[..position].iter().any(|earlier| earlier.name.eq_ignore_ascii_case(&field.name)) {
                return Err(format!("two fields are named `{}`", field.name));
            }
        }
        Ok(Self(fields.into()))
    }

    /// Returns the fields in the order of their declaration.
    pub fn iter(&self) -> std::slice::Iter<'_, ProfileField> {
        self.0.iter()
    }

    /// Returns whether no field is declared.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the field of this name.
    pub fn get(&self, name: &str) -> Option<&ProfileField> {
        self.iter().find(|field| field.name == name)
    }

    /// Returns the names of the fields that a registration requires and that have no value in `values`.
    pub fn missing_in(&self, values: &CheckedValues) -> Vec<&str> {
        let required = self.iter().filter(|field| field.is_required()).map(ProfileField::name);
        required.filter(|name| values.get(name).is_none()).collect()
    }

    /// Returns every declared field with its value in `stored`. Where nothing is stored, that is the field's
    /// [value of nothing](ProfileField::value_of_nothing). A stored value that does not fit its field any more is
    /// returned as it is, and nothing of a document that cannot be read.
    pub fn values_of(&self, stored: &StoredProfile) -> Vec<(&ProfileField, ProfileValue)> {
        let mut values = if self.is_empty() { Default::default() } else { stored.values().unwrap_or_default() };
        let value = |field: &ProfileField| values.remove(field.name()).unwrap_or_else(|| field.value_of_nothing());
        self.iter().zip(self.iter().map(value).collect::<Vec<_>>()).collect()
    }
}

impl<'a> IntoIterator for &'a ProfileFields {
    type Item = &'a ProfileField;
    type IntoIter = std::slice::Iter<'a, ProfileField>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
