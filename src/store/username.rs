//! The queries of username changes: the unique index decides who has a username.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::notices::notify;
use super::outbox::{self, NewMail};
use super::schema::users;
use super::sessions::Actor;
use super::users::{User, lock};
use super::{Store, StoreError};
use crate::identity::{UserId, Username};
use crate::secret::Secret;

/// The outcome of a username change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeUsernameOutcome {
    /// The user has the new username.
    Changed,
    /// Another user has the username; nothing was changed.
    Taken,
    /// The actor's session has ended, or the link was used before or invalidated; nothing was changed.
    Void,
}

impl Store {
    /// Changes the username of a logged-in user, and stores the notice.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_username(
        &self,
        actor: Actor,
        username: Username,
        notice: NewMail,
    ) -> Result<ChangeUsernameOutcome, StoreError> {
        let user_id = actor.user_id.clone();
        let changed = self.write_as(actor, move |connection| rename(connection, &user_id, &username, &notice));
        outcome(changed.await.map(|changed| changed.is_some()))
    }

    /// Changes the username of a user who opened a link that is bound to the `link_secret` of `user`, and stores the
    /// notice, which a user who keeps the username does not get. The new secret invalidates the link. Of several
    /// concurrent uses of one link, one succeeds.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn reset_username(
        &self,
        user: User,
        username: Username,
        next_link_secret: Secret,
        notice: NewMail,
    ) -> Result<ChangeUsernameOutcome, StoreError> {
        let changed = self.lanes.write(move |connection| {
            lock(connection, &user.id)?;
            let is_valid = replace_link_secret(connection, &user, &next_link_secret)?;
            if is_valid && user.username.as_deref() != Some(username.as_str()) {
                rename(connection, &user.id, &username, &notice)?;
            }
            Ok(is_valid)
        });
        outcome(changed.await)
    }
}

/// Stores the new username, and the notice for the account's present address.
fn rename(connection: &mut AnyConnection, user_id: &UserId, username: &Username, notice: &NewMail) -> QueryResult<()> {
    diesel::update(users::table.find(user_id.as_str()))
        .set((users::username.eq(username.as_str()), users::username_key.eq(username.key())))
        .execute(connection)?;
    notify(connection, user_id, notice)
}

/// Replaces the `link_secret` of an enabled user if it is still the one in `user`, and deletes unsent mails with links
/// that are bound to it. Returns whether it was.
pub(super) fn replace_link_secret(connection: &mut AnyConnection, user: &User, next: &Secret) -> QueryResult<bool> {
    let unchanged = users::table
        .find(user.id.as_str())
        .filter(users::link_secret.eq(user.link_secret.expose()))
        .filter(users::disabled_at.is_null());
    let is_replaced = diesel::update(unchanged).set(users::link_secret.eq(next.expose())).execute(connection)? == 1;
    if is_replaced {
        outbox::take_back_bound_links(connection, &user.id)?;
    }
    Ok(is_replaced)
}

fn outcome(changed: Result<bool, StoreError>) -> Result<ChangeUsernameOutcome, StoreError> {
    match changed {
        Err(error) if error.violates_unique("users", "username_key") => Ok(ChangeUsernameOutcome::Taken),
        Err(error) => Err(error),
        Ok(true) => Ok(ChangeUsernameOutcome::Changed),
        Ok(false) => Ok(ChangeUsernameOutcome::Void),
    }
}
