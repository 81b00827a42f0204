//! A user's record in answers.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::accounts::{Registered, User};
use crate::contracts::user_values::UserValues;
use crate::settings::UserField;

/// A user in an answer: the fields of the settings, in their order.
pub(super) struct Record<'a> {
    fields: &'a [UserField],
    values: UserValues<'a>,
}

impl<'a> Record<'a> {
    pub(super) fn of_user(user: &'a User, fields: &'a [UserField]) -> Self {
        Self { fields, values: UserValues::of_user(user) }
    }

    pub(super) fn of_registered(user: &'a Registered, fields: &'a [UserField]) -> Self {
        Self { fields, values: UserValues::of_registered(user) }
    }
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        self.values.serialize_fields(self.fields.iter().copied(), &mut object)?;
        object.end()
    }
}
