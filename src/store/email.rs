//! The queries of e-mail changes: the unique index decides who has an address.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::outbox::{self, NewMail};
use super::schema::users;
use super::sessions::Actor;
use super::verification::EmailSharing;
use super::{Store, StoreError};
use crate::identity::{EmailAddress, UserId};
use crate::secret::Secret;

/// What became of a change of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeEmailOutcome {
    /// The user has the new address.
    Changed,
    /// Another user has proved the address; nothing was changed.
    Taken,
    /// The link was used before, or the user is gone, unverified or disabled; nothing was changed.
    Void,
    /// The session of whoever asked has ended; nothing was changed.
    LoggedOut,
}

/// A change of address about to be made.
#[derive(Clone, Debug)]
pub struct EmailChange {
    /// Whose.
    pub user_id: UserId,
    /// The new address.
    pub email: EmailAddress,
    /// Whether the address is then the user's alone.
    pub sharing: EmailSharing,
    /// What the user's row must hold still: whoever changes something else meanwhile replaces it.
    pub link_secret: Secret,
    /// What it holds afterwards.
    pub next_link_secret: Secret,
    /// The mail to the old address, which is its recipient.
    pub notice: NewMail,
}

impl Store {
    /// Stores a mail that somebody asks for who is logged in, if the session has not been ended meanwhile. Tells whether
    /// it did.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn enqueue_as(&self, actor: Actor, mail: NewMail) -> Result<bool, StoreError> {
        let stored = self.write_as(actor, move |connection| outbox::insert(connection, &mail)).await?;
        Ok(stored.is_some())
    }

    /// Changes an address on the word of a link that was bound to the user's secret.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_email(&self, change: EmailChange) -> Result<ChangeEmailOutcome, StoreError> {
        unless_taken(self.lanes.write(move |connection| apply(connection, &change)).await)
    }

    /// Changes the address of somebody who is logged in, if the session has not been ended meanwhile.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_email_as(
        &self,
        session_id: String,
        change: EmailChange,
    ) -> Result<ChangeEmailOutcome, StoreError> {
        let actor = Actor { user_id: change.user_id.clone(), session_id };
        let written = self.write_as(actor, move |connection| apply(connection, &change)).await;
        unless_taken(written.map(|outcome| outcome.unwrap_or(ChangeEmailOutcome::LoggedOut)))
    }
}

/// Moves the user to the new address, replaces the secret, takes back links that wait to be mailed, and stores the
/// notice to the old address.
fn apply(connection: &mut AnyConnection, change: &EmailChange) -> QueryResult<ChangeEmailOutcome> {
    let key = change.email.key();
    let bound = users::table
        .find(change.user_id.as_str())
        .filter(users::link_secret.eq(change.link_secret.expose()))
        .filter(users::verified_at.is_not_null())
        .filter(users::disabled_at.is_null());
    let old: Option<Option<String>> = bound.select(users::email).get_result(connection).optional()?;
    let owned = (change.sharing == EmailSharing::Unique).then_some(&key);
    let changed = diesel::update(bound)
        .set((
            users::email.eq(change.email.as_str()),
            users::email_key.eq(&key),
            users::owned_email_key.eq(owned),
            users::link_secret.eq(change.next_link_secret.expose()),
        ))
        .execute(connection)?;
    if changed == 0 {
        return Ok(ChangeEmailOutcome::Void);
    }
    outbox::take_back_links(connection, &change.user_id)?;
    if let Some(Some(old)) = old {
        outbox::insert(connection, &NewMail { recipient: Some(old), ..change.notice.clone() })?;
    }
    Ok(ChangeEmailOutcome::Changed)
}

fn unless_taken(written: Result<ChangeEmailOutcome, StoreError>) -> Result<ChangeEmailOutcome, StoreError> {
    match written {
        Err(error) if error.violates_unique("users", "owned_email_key") => Ok(ChangeEmailOutcome::Taken),
        written => written,
    }
}
