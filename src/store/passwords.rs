//! The queries of passwords. Each replaces the `link_secret`, so that every older link that could take the account over
//! is dead, takes back those that wait to be mailed, and ends sessions, in the same transaction.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::outbox::{self, NewMail};
use super::schema::users;
use super::sessions::{self, Actor};
use super::{Store, StoreError};
use crate::identity::UserId;
use crate::secret::Secret;

/// What became of a change of password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangePasswordOutcome {
    /// The user has the new password.
    Changed,
    /// The password is not the old one any more, or the user was disabled; nothing was changed.
    Overtaken,
    /// The session of whoever asked has ended; nothing was changed.
    LoggedOut,
}

/// What a user has from now on.
#[derive(Clone, Debug)]
pub struct NewCredentials {
    /// PHC string.
    pub password_hash: Secret,
    /// Kills older links.
    pub link_secret: Secret,
}

impl Store {
    /// Replaces the password of somebody who is logged in and still has `old_hash`, ends all other sessions, and stores
    /// the notice. Of several changes at once, one wins.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_password(
        &self,
        actor: Actor,
        old_hash: Secret,
        new: NewCredentials,
        notice: NewMail,
    ) -> Result<ChangePasswordOutcome, StoreError> {
        let (user_id, own_session) = (actor.user_id.clone(), actor.session_id.clone());
        let changed = self
            .write_as(actor, move |connection| {
                let unchanged = users::table
                    .find(user_id.as_str())
                    .filter(users::password_hash.eq(old_hash.expose()))
                    .filter(users::disabled_at.is_null());
                let won = diesel::update(unchanged).set(credentials(&new)).execute(connection)? == 1;
                if won {
                    sessions::end_others(connection, &user_id, &own_session)?;
                    outbox::take_back_links(connection, &user_id)?;
                    notify(connection, &user_id, &notice)?;
                }
                Ok(won)
            })
            .await?;
        Ok(match changed {
            Some(true) => ChangePasswordOutcome::Changed,
            Some(false) => ChangePasswordOutcome::Overtaken,
            None => ChangePasswordOutcome::LoggedOut,
        })
    }

    /// Replaces the password of a user whose link was bound to `link_secret`, ends all sessions, and stores the notice.
    /// Tells whether it did: of several uses of one link, one wins.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn reset_password(
        &self,
        user_id: UserId,
        link_secret: Secret,
        new: NewCredentials,
        notice: NewMail,
    ) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                let bound = users::table.find(user_id.as_str()).filter(users::link_secret.eq(link_secret.expose()));
                let won = diesel::update(bound).set(credentials(&new)).execute(connection)? == 1;
                if won {
                    sessions::end_all(connection, &user_id)?;
                    outbox::take_back_links(connection, &user_id)?;
                    notify(connection, &user_id, &notice)?;
                }
                Ok(won)
            })
            .await
    }

    /// Sets a password on an administrator's word, and ends all sessions. Tells whether there is such a user.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn set_password(&self, user_id: UserId, new: NewCredentials) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                // First the user, whose row a login locks too: the other way round PostgreSQL lets one in between.
                let user = users::table.find(user_id.as_str());
                let is_set = diesel::update(user).set(credentials(&new)).execute(connection)? == 1;
                sessions::end_all(connection, &user_id)?;
                outbox::take_back_links(connection, &user_id)?;
                Ok(is_set)
            })
            .await
    }

    /// Replaces a hash by one of the same password at today's cost; links stay alive. Tells whether the old one was
    /// still there.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn rehash_password(&self, user_id: UserId, old: Secret, new: Secret) -> Result<bool, StoreError> {
        self.lanes
            .write_statement(move |connection| {
                let unchanged = users::table.find(user_id.as_str()).filter(users::password_hash.eq(old.expose()));
                Ok(diesel::update(unchanged).set(users::password_hash.eq(new.expose())).execute(connection)? == 1)
            })
            .await
    }
}

fn credentials(
    new: &NewCredentials,
) -> (diesel::dsl::Eq<users::password_hash, &str>, diesel::dsl::Eq<users::link_secret, &str>) {
    (users::password_hash.eq(new.password_hash.expose()), users::link_secret.eq(new.link_secret.expose()))
}

/// Tells the user at the address that the account has now, if it has one, and not at one it may have when the mail is
/// sent: who has just taken the account over is not the one to be told.
fn notify(connection: &mut AnyConnection, user_id: &UserId, notice: &NewMail) -> QueryResult<()> {
    let recipient: Option<String> = users::table.find(user_id.as_str()).select(users::email).first(connection)?;
    if recipient.is_none() {
        return Ok(());
    }
    outbox::insert(connection, &NewMail { recipient, ..notice.clone() })
}
