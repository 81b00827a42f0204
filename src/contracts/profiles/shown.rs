//! A profile in answers.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::state::ProfilesContract;
use crate::accounts::User;
use crate::contracts::id_value::{IdValue, describe_id};
use crate::contracts::user_values::{UserValues, Viewer, describe_declared};
use crate::http::endpoint::{Member, Shape};
use crate::profile_fields::ProfileFields;

/// A user's profile, with the declared fields that its reader may see. Times are RFC 3339 in UTC.
pub(super) struct Profile<'a> {
    user: &'a User,
    declared: &'a ProfileFields,
    viewer: Viewer,
}

/// Describes a profile in answers.
pub(super) fn describe_profile(contract: &ProfilesContract) -> Shape {
    let declared = describe_declared(contract.site.accounts.profile_fields(), Viewer::Other);
    let times = ["date_joined", "updated_on"].map(|name| Member::new(name, Shape::Moment));
    let user = [describe_id("id"), Member::text("user")];
    Shape::object(user.into_iter().chain(declared).chain(times)).named("Profile")
}

impl ProfilesContract {
    /// Returns the profile of `user` as `viewer` sees it.
    pub(super) fn profile<'a>(&'a self, user: &'a User, viewer: &User) -> Profile<'a> {
        let viewer = if user.id == viewer.id { Viewer::Owner } else { Viewer::Other };
        Profile { user, declared: self.site.accounts.profile_fields(), viewer }
    }
}

impl Serialize for Profile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let user = self.user;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("id", &IdValue(&user.id))?;
        object.serialize_entry("user", user.username.as_deref().unwrap_or(""))?;
        UserValues::of_user(user).serialize_declared(self.declared, self.viewer, &mut object)?;
        object.serialize_entry("date_joined", &user.created_at.to_string())?;
        object.serialize_entry("updated_on", &user.profile_updated_at.unwrap_or(user.created_at).to_string())?;
        object.end()
    }
}
