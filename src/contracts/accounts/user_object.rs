//! The user object of the contract: the built-in fields that a site shows, always in the same order, then the declared
//! ones.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::state::AccountsContract;
use crate::accounts::{Registered, User};
use crate::contracts::user_values::{UserValues, Viewer, describe_declared, describe_fields};
use crate::http::endpoint::{Member, Shape};
use crate::profile_fields::ProfileFields;
use crate::settings::UserField;

/// The order of the built-in fields, whatever the order of the settings is.
const ORDER: [UserField; 5] =
    [UserField::Id, UserField::Username, UserField::FirstName, UserField::LastName, UserField::Email];

/// A user in an answer.
pub(super) struct UserObject<'a> {
    shown: &'a [UserField],
    values: UserValues<'a>,
    declared: &'a ProfileFields,
    /// The address that a verified user requested and has not verified yet.
    pending_email: Option<&'a str>,
}

impl<'a> UserObject<'a> {
    fn of_user(user: &'a User, shown: &'a [UserField], declared: &'a ProfileFields) -> Self {
        // For an unverified user it is the address of the account itself.
        let pending_email = user.pending_email.as_deref().filter(|_| user.verified_at.is_some());
        Self { shown, values: UserValues::of_user(user), declared, pending_email }
    }

    pub(super) fn of_registered(user: &'a Registered, shown: &'a [UserField], declared: &'a ProfileFields) -> Self {
        Self { shown, values: UserValues::of_registered(user), declared, pending_email: None }
    }
}

impl Serialize for UserObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        let fields = ORDER.into_iter().filter(|field| self.shown.contains(field));
        self.values.serialize_fields(fields, &mut object)?;
        if let Some(pending) = self.pending_email.filter(|_| self.shown.contains(&UserField::Email)) {
            object.serialize_entry("pending_email", pending)?;
        }
        // Users see their own object only.
        self.values.serialize_declared(self.declared, Viewer::Owner, &mut object)?;
        object.end()
    }
}

impl AccountsContract {
    /// Describes the object of a user in answers.
    pub(super) fn user_shape(&self) -> Shape {
        let shows = |field: &UserField| self.options.shown_fields.contains(field);
        let pending = Member::text("pending_email").like("ann@new.example").optional();
        let built_in = describe_fields(ORDER.into_iter().filter(shows));
        let pending = shows(&UserField::Email).then_some(pending);
        let declared = describe_declared(self.accounts.profile_fields(), Viewer::Owner);
        Shape::object(built_in.chain(pending).chain(declared)).named("User")
    }

    /// Returns a user's own object.
    pub(super) fn user_object<'a>(&'a self, user: &'a User) -> UserObject<'a> {
        UserObject::of_user(user, &self.options.shown_fields, self.accounts.profile_fields())
    }
}
