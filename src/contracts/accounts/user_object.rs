//! The user object of the contract: the fields that a site shows, always in the same order.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::accounts::{Registered, User};
use crate::identity::{EmailAddress, PersonName, Username};
use crate::settings::UserField;

/// A user in an answer. Absent values are empty texts.
pub(super) struct UserObject<'a> {
    shown: &'a [UserField],
    id: &'a str,
    username: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
    /// The address that a verified user requested and has not verified yet.
    pending_email: Option<&'a str>,
}

impl<'a> UserObject<'a> {
    pub(super) fn of_user(user: &'a User, shown: &'a [UserField]) -> Self {
        Self {
            shown,
            id: user.id.as_str(),
            username: user.username.as_deref().unwrap_or(""),
            first_name: &user.first_name,
            last_name: &user.last_name,
            email: user.email.as_deref().unwrap_or(""),
            // For an unverified user it is the address of the account itself.
            pending_email: user.pending_email.as_deref().filter(|_| user.verified_at.is_some()),
        }
    }

    pub(super) fn of_registered(user: &'a Registered, shown: &'a [UserField]) -> Self {
        Self {
            shown,
            id: user.id.as_str(),
            username: user.username.as_ref().map_or("", Username::as_str),
            first_name: PersonName::as_str(&user.first_name),
            last_name: PersonName::as_str(&user.last_name),
            email: user.email.as_ref().map_or("", EmailAddress::as_str),
            pending_email: None,
        }
    }
}

impl Serialize for UserObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = [
            (UserField::Id, self.id),
            (UserField::Username, self.username),
            (UserField::FirstName, self.first_name),
            (UserField::LastName, self.last_name),
            (UserField::Email, self.email),
        ];
        let mut object = serializer.serialize_map(None)?;
        for (field, value) in members {
            if self.shown.contains(&field) {
                object.serialize_entry(field.as_str(), value)?;
            }
        }
        if let Some(pending) = self.pending_email.filter(|_| self.shown.contains(&UserField::Email)) {
            object.serialize_entry("pending_email", pending)?;
        }
        object.end()
    }
}
