//! A user's record in answers.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::state::DjoserContract;
use crate::accounts::{Registered, User};
use crate::contracts::user_values::{UserValues, Viewer, describe_declared, describe_fields};
use crate::http::endpoint::Shape;
use crate::profile_fields::ProfileFields;
use crate::settings::UserField;

/// A user in an answer: the fields of the settings, in their order, then the declared ones.
pub(super) struct Record<'a> {
    fields: &'a [UserField],
    values: UserValues<'a>,
    declared: &'a ProfileFields,
    viewer: Viewer,
}

/// Describes a record in answers to `viewer`.
pub(super) fn describe_record(fields: &[UserField], declared: &ProfileFields, viewer: Viewer) -> Shape {
    let name = if viewer == Viewer::Owner { "NewUser" } else { "User" };
    Shape::object(describe_fields(fields.iter().copied()).chain(describe_declared(declared, viewer))).named(name)
}

impl<'a> Record<'a> {
    pub(super) fn of_registered(user: &'a Registered, fields: &'a [UserField], declared: &'a ProfileFields) -> Self {
        Self { fields, values: UserValues::of_registered(user), declared, viewer: Viewer::Owner }
    }
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        self.values.serialize_fields(self.fields.iter().copied(), &mut object)?;
        self.values.serialize_declared(self.declared, self.viewer, &mut object)?;
        object.end()
    }
}

impl DjoserContract {
    /// Returns a user's record as `viewer` sees it. Of other users, only staff members see every declared field.
    pub(super) fn record<'a>(&'a self, user: &'a User, viewer: &User) -> Record<'a> {
        let viewer = if user.id == viewer.id || viewer.is_staff() { Viewer::Owner } else { Viewer::Other };
        let (fields, declared) = (&self.options.shown_fields, &self.declared);
        Record { fields, values: UserValues::of_user(user), declared, viewer }
    }
}
