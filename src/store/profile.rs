//! The queries of the profile.

use diesel::prelude::*;

use super::schema::users;
use super::sessions::Actor;
use super::users::{User, find, is_staff};
use super::{Store, StoreError};
use crate::identity::{PersonName, UserId, Username};

/// The changes to a profile. Absent values stay as they are.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// A new username.
    pub username: Option<Username>,
    /// A new first name, which may be empty.
    pub first_name: Option<PersonName>,
    /// A new last name, which may be empty.
    pub last_name: Option<PersonName>,
}

/// The outcome of a profile change.
#[derive(Clone, Debug)]
pub enum ProfileOutcome {
    /// The user as it is now.
    Changed(Box<User>),
    /// Another user has the username; nothing was changed.
    UsernameTaken,
    /// There is no such user.
    NoSuchUser,
    /// The actor's session has ended, or the actor may not change this user's profile; nothing was changed.
    LoggedOut,
}

#[derive(AsChangeset)]
#[diesel(table_name = users)]
struct Changes<'a> {
    username: Option<&'a str>,
    username_key: Option<String>,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
}

impl Store {
    /// Changes the profile of `user_id` for a logged-in user: the own profile, or another user's if the actor is staff.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_profile(
        &self,
        actor: Actor,
        user_id: UserId,
        change: ProfileChange,
    ) -> Result<ProfileOutcome, StoreError> {
        let actor_id = actor.user_id.clone();
        let written = self
            .write_as(actor, move |connection| {
                if actor_id != user_id && !is_staff(connection, &actor_id)? {
                    return Ok(None);
                }
                let changes = Changes {
                    username: change.username.as_ref().map(Username::as_str),
                    username_key: change.username.as_ref().map(Username::key),
                    first_name: change.first_name.as_ref().map(PersonName::as_str),
                    last_name: change.last_name.as_ref().map(PersonName::as_str),
                };
                let has_changes =
                    changes.username.is_some() || changes.first_name.is_some() || changes.last_name.is_some();
                // diesel refuses a changeset without changes.
                if has_changes {
                    diesel::update(users::table.find(user_id.as_str())).set(changes).execute(connection)?;
                }
                find(connection, user_id.as_str()).map(Some)
            })
            .await;
        match written {
            Err(error) if error.violates_unique("users", "username_key") => Ok(ProfileOutcome::UsernameTaken),
            Err(error) => Err(error),
            Ok(Some(Some(Some(user)))) => Ok(ProfileOutcome::Changed(Box::new(user))),
            Ok(Some(Some(None))) => Ok(ProfileOutcome::NoSuchUser),
            Ok(Some(None) | None) => Ok(ProfileOutcome::LoggedOut),
        }
    }
}
