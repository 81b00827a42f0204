//! The queries of the profile.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::notices::notify;
use super::outbox::NewMail;
use super::schema::users;
use super::sessions::Actor;
use super::staff::ByStaff;
use super::users::{User, find};
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
    /// The actor's session has ended; nothing was changed.
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
    ) -> Result<ProfileOutcome, StoreError> {
        let user_id = actor.user_id.clone();
        let written = self
            .write_as(actor, move |connection| {
                let changed = apply(connection, &user_id, &change)?;
                if change.username.is_some() {
                    notify(connection, &user_id, &notice)?;
                }
                Ok(changed)
            })
            .await;
        match written {
            Err(error) if error.violates_unique("users", "username_key") => Ok(ProfileOutcome::UsernameTaken),
            Err(error) => Err(error),
            Ok(Some(Some(user))) => Ok(ProfileOutcome::Changed(Box::new(user))),
            Ok(_) => Ok(ProfileOutcome::LoggedOut),
        }
    }

    /// Changes the names in another user's profile for a logged-in staff member. Returns the user, if there is one.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_profile_as_staff(
        &self,
        actor: Actor,
        user_id: UserId,
        change: ProfileChange,
    ) -> Result<ByStaff<Option<User>>, StoreError> {
        let change = ProfileChange { username: None, ..change };
        self.write_as_staff(actor, move |connection| apply(connection, &user_id, &change)).await
    }
}

fn apply(connection: &mut AnyConnection, user_id: &UserId, change: &ProfileChange) -> QueryResult<Option<User>> {
    let changes = Changes {
        username: change.username.as_ref().map(Username::as_str),
        username_key: change.username.as_ref().map(Username::key),
        first_name: change.first_name.as_ref().map(PersonName::as_str),
        last_name: change.last_name.as_ref().map(PersonName::as_str),
    };
    // diesel refuses a changeset without changes.
    if changes.username.is_some() || changes.first_name.is_some() || changes.last_name.is_some() {
        diesel::update(users::table.find(user_id.as_str())).set(changes).execute(connection)?;
    }
    find(connection, user_id.as_str())
}
