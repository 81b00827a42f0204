//! The queries of the profile.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::notices::notify;
use super::outbox::NewMail;
use super::schema::users;
use super::sessions::Actor;
use super::staff::ByStaff;
use super::users::{self as user_rows, User, find};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::{PersonName, UserId, Username};
use crate::profile_fields::{CheckedValues, StoredProfile, UnreadableProfile};

/// The changes to a profile. Absent values stay as they are.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// A new username.
    pub username: Option<Username>,
    /// A new first name, which may be empty.
    pub first_name: Option<PersonName>,
    /// A new last name, which may be empty.
    pub last_name: Option<PersonName>,
    /// New values of declared fields.
    pub fields: CheckedValues,
}

/// The outcome of a profile change.
#[derive(Clone, Debug)]
pub enum ProfileOutcome {
    /// The user as it is now.
    Changed(Box<User>),
    /// Another user has the username; nothing was changed.
    UsernameTaken,
    /// The values of declared fields would be more than a row may hold; nothing was changed.
    FieldsTooLarge,
    /// The actor's session has ended; nothing was changed.
    LoggedOut,
}

/// The outcome of a change to the row of a user.
#[derive(Clone, Debug)]
pub enum ProfileChanged {
    /// The user as it is now.
    Changed(Box<User>),
    /// The values of declared fields would be more than a row may hold; nothing was changed.
    FieldsTooLarge,
    /// There is no such user.
    NoSuchUser,
}

#[derive(AsChangeset)]
#[diesel(table_name = users)]
struct Changes<'a> {
    username: Option<&'a str>,
    username_key: Option<String>,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    profile: Option<&'a str>,
    profile_updated_at: Option<i64>,
}

impl Store {
    /// Changes the profile of a logged-in user, and stores the notice of a new username.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_profile(
        &self,
        actor: Actor,
        change: ProfileChange,
        notice: NewMail,
        now: Timestamp,
    ) -> Result<ProfileOutcome, StoreError> {
        let user_id = actor.user_id.clone();
        let written = self
            .write_as(actor, move |connection| {
                let changed = apply(connection, &user_id, &change, now)?;
                if change.username.is_some() && matches!(changed, ProfileChanged::Changed(_)) {
                    notify(connection, &user_id, &notice)?;
                }
                Ok(changed)
            })
            .await;
        match written {
            Err(error) if error.violates_unique("users", "username_key") => Ok(ProfileOutcome::UsernameTaken),
            Err(error) => Err(error),
            Ok(Some(ProfileChanged::Changed(user))) => Ok(ProfileOutcome::Changed(user)),
            Ok(Some(ProfileChanged::FieldsTooLarge)) => Ok(ProfileOutcome::FieldsTooLarge),
            Ok(Some(ProfileChanged::NoSuchUser) | None) => Ok(ProfileOutcome::LoggedOut),
        }
    }

    /// Changes another user's profile, but for the username, for a logged-in staff member.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_profile_as_staff(
        &self,
        actor: Actor,
        user_id: UserId,
        change: ProfileChange,
        now: Timestamp,
    ) -> Result<ByStaff<ProfileChanged>, StoreError> {
        let change = ProfileChange { username: None, ..change };
        self.write_as_staff(actor, move |connection| apply(connection, &user_id, &change, now)).await
    }

    /// Sets values of declared fields for an operator.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn set_profile_fields(
        &self,
        user_id: UserId,
        fields: CheckedValues,
        now: Timestamp,
    ) -> Result<ProfileChanged, StoreError> {
        let change = ProfileChange { fields, ..ProfileChange::default() };
        self.lanes.write(move |connection| apply(connection, &user_id, &change, now)).await
    }
}

pub(super) fn apply(
    connection: &mut AnyConnection,
    user_id: &UserId,
    change: &ProfileChange,
    now: Timestamp,
) -> QueryResult<ProfileChanged> {
    let profile = match change.fields.is_empty() {
        true => None,
        false => Some(merged(connection, user_id, &change.fields)?),
    };
    if profile.as_ref().is_some_and(StoredProfile::is_too_large) {
        return Ok(ProfileChanged::FieldsTooLarge);
    }
    let mut changes = Changes {
        username: change.username.as_ref().map(Username::as_str),
        username_key: change.username.as_ref().map(Username::key),
        first_name: change.first_name.as_ref().map(PersonName::as_str),
        last_name: change.last_name.as_ref().map(PersonName::as_str),
        profile: profile.as_ref().and_then(StoredProfile::as_stored),
        profile_updated_at: None,
    };
    let is_named = changes.username.is_some() || changes.first_name.is_some() || changes.last_name.is_some();
    // diesel refuses a changeset without changes.
    if is_named || changes.profile.is_some() {
        changes.profile_updated_at = Some(now.unix_seconds());
        diesel::update(users::table.find(user_id.as_str())).set(changes).execute(connection)?;
    }
    let user = find(connection, user_id.as_str())?;
    Ok(user.map_or(ProfileChanged::NoSuchUser, |user| ProfileChanged::Changed(Box::new(user))))
}

/// Returns a user's values with the new ones among them. The row is locked first: a concurrent change of another field
/// must not be lost.
fn merged(connection: &mut AnyConnection, user_id: &UserId, fields: &CheckedValues) -> QueryResult<StoredProfile> {
    stored_profile(connection, user_id)?.with(fields).map_err(unreadable)
}

/// Locks a user's row, and returns its values.
pub(super) fn stored_profile(connection: &mut AnyConnection, user_id: &UserId) -> QueryResult<StoredProfile> {
    user_rows::lock(connection, user_id)?;
    let stored = users::table.find(user_id.as_str()).select(users::profile).get_result(connection).optional()?;
    Ok(StoredProfile::from_stored(stored.flatten()))
}

pub(super) fn unreadable(error: UnreadableProfile) -> diesel::result::Error {
    diesel::result::Error::DeserializationError(Box::new(error))
}
