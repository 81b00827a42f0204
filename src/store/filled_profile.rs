//! The queries that fill in a profile for the first time, and that empty it.

use diesel::prelude::*;

use super::profile::{ProfileChange, ProfileChanged, apply, stored_profile, unreadable};
use super::schema::users;
use super::sessions::Actor;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::profile_fields::CheckedValues;

/// The outcome of filling in an empty profile.
#[derive(Clone, Debug)]
pub enum ProfileFilled {
    /// What became of it.
    Done(ProfileChanged),
    /// A field has a value already; nothing was changed.
    NotEmpty,
    /// The actor's session has ended; nothing was changed.
    LoggedOut,
}

impl Store {
    /// Stores the first values of a logged-in user, if none of the fields `names` has one.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn fill_profile(
        &self,
        actor: Actor,
        names: Vec<String>,
        values: CheckedValues,
        now: Timestamp,
    ) -> Result<ProfileFilled, StoreError> {
        let user_id = actor.user_id.clone();
        let change = ProfileChange { fields: values, ..ProfileChange::default() };
        let written = self
            .write_as(actor, move |connection| {
                let stored = stored_profile(connection, &user_id)?;
                match stored.has_any(names.iter().map(String::as_str)).map_err(unreadable)? {
                    true => Ok(ProfileFilled::NotEmpty),
                    false => apply(connection, &user_id, &change, now).map(ProfileFilled::Done),
                }
            })
            .await?;
        Ok(written.unwrap_or(ProfileFilled::LoggedOut))
    }

    /// Deletes the values of the fields `names` of a logged-in user. Returns `false` if the session has ended.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn empty_profile(&self, actor: Actor, names: Vec<String>, now: Timestamp) -> Result<bool, StoreError> {
        let user_id = actor.user_id.clone();
        let written = self
            .write_as(actor, move |connection| {
                let mut profile = stored_profile(connection, &user_id)?;
                for name in &names {
                    profile = profile.without(name).map_err(unreadable)?.unwrap_or(profile);
                }
                let row = diesel::update(users::table.find(user_id.as_str()));
                let values = (users::profile.eq(profile.as_stored()), users::profile_updated_at.eq(now.unix_seconds()));
                row.set(values).execute(connection)
            })
            .await?;
        Ok(written.is_some())
    }
}
