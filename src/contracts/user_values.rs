//! The values of a user's fields in answers.

use serde::ser::SerializeMap;

use super::id_value::{IdValue, describe_id};
use crate::accounts::{Registered, User};
use crate::http::endpoint::{Member, Shape};
use crate::identity::{EmailAddress, PersonName, UserId, Username};
use crate::profile_fields::{FieldType, ProfileFields, StoredProfile, Visibility};
use crate::settings::UserField;

/// The values of a user's fields. Absent values are empty texts.
pub(super) struct UserValues<'a> {
    id: &'a UserId,
    username: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
    profile: &'a StoredProfile,
}

/// Who reads a user's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Viewer {
    /// The user, or a staff member.
    Owner,
    /// Another user.
    Other,
}

/// Describes these fields as [`UserValues::serialize_fields`] writes them.
pub(super) fn describe_fields(fields: impl IntoIterator<Item = UserField>) -> impl Iterator<Item = Member> {
    fields.into_iter().map(|field| match field {
        UserField::Id => describe_id(field.as_str()),
        field => Member::text(field.as_str()),
    })
}

/// Describes the declared fields as [`UserValues::serialize_declared`] writes them. In answers that show users to each
/// other, some are only there for some readers.
pub(super) fn describe_declared(declared: &ProfileFields, viewer: Viewer) -> impl Iterator<Item = Member> {
    declared.iter().map(move |field| {
        // Not the limits: a value that was stored before they were set is shown as it is.
        let shape = match field.field_type() {
            FieldType::Text { .. } | FieldType::Choice(_) => Shape::Text,
            FieldType::Date { .. } => Shape::Day,
            FieldType::Integer { .. } => Shape::Integer,
            FieldType::Boolean => Shape::Boolean,
        };
        let member = Member::new(field.name().to_owned(), shape.nullable());
        let is_always_seen = viewer == Viewer::Owner || field.visibility() == Visibility::LoggedIn;
        if is_always_seen { member } else { member.optional() }
    })
}

impl<'a> UserValues<'a> {
    pub(super) fn of_user(user: &'a User) -> Self {
        Self {
            id: &user.id,
            username: user.username.as_deref().unwrap_or(""),
            first_name: &user.first_name,
            last_name: &user.last_name,
            email: user.email.as_deref().unwrap_or(""),
            profile: &user.profile,
        }
    }

    pub(super) fn of_registered(user: &'a Registered) -> Self {
        Self {
            id: &user.id,
            username: user.username.as_ref().map_or("", Username::as_str),
            first_name: PersonName::as_str(&user.first_name),
            last_name: PersonName::as_str(&user.last_name),
            email: user.email.as_ref().map_or("", EmailAddress::as_str),
            profile: &user.profile,
        }
    }

    /// Serializes these fields, in this order, as entries of `object`.
    pub(super) fn serialize_fields<M: SerializeMap>(
        &self,
        fields: impl IntoIterator<Item = UserField>,
        object: &mut M,
    ) -> Result<(), M::Error> {
        fields.into_iter().try_for_each(|field| {
            let text = match field {
                UserField::Id => return object.serialize_entry(field.as_str(), &IdValue(self.id)),
                UserField::Username => self.username,
                UserField::FirstName => self.first_name,
                UserField::LastName => self.last_name,
                UserField::Email => self.email,
            };
            object.serialize_entry(field.as_str(), text)
        })
    }

    /// Serializes the declared fields that `viewer` may see, in their order, as entries of `object`.
    pub(super) fn serialize_declared<M: SerializeMap>(
        &self,
        declared: &ProfileFields,
        viewer: Viewer,
        object: &mut M,
    ) -> Result<(), M::Error> {
        let is_seen = |visibility| viewer == Viewer::Owner || visibility == Visibility::LoggedIn;
        let values = declared.values_of(self.profile).into_iter();
        let mut seen = values.filter(|(field, _)| is_seen(field.visibility()));
        seen.try_for_each(|(field, value)| object.serialize_entry(field.name(), &value))
    }
}
