//! The queries of e-mail changes: the unique index decides who has an address.

use diesel::prelude::*;

use super::outbox::{self, NewMail};
use super::schema::users;
use super::sessions;
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
}

impl Store {
    /// Stores a mail that somebody asks for who is logged in, if the session has not been ended meanwhile. Tells whether
    /// it did.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn enqueue_in_session(&self, mail: NewMail, session_id: String) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                let is_alive = sessions::hold(connection, &session_id)?;
                if is_alive {
                    outbox::insert(connection, &mail)?;
                }
                Ok(is_alive)
            })
            .await
    }

    /// Moves a verified user whose link was bound to `link_secret` to a new address, replaces that secret by
    /// `next_link_secret`, takes back links that wait to be mailed, and stores the notice to the old address.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_email(
        &self,
        user_id: UserId,
        email: EmailAddress,
        sharing: EmailSharing,
        link_secret: Secret,
        next_link_secret: Secret,
        notice: NewMail,
    ) -> Result<ChangeEmailOutcome, StoreError> {
        let key = email.key();
        let written = self
            .lanes
            .write(move |connection| {
                let bound = users::table
                    .find(user_id.as_str())
                    .filter(users::link_secret.eq(link_secret.expose()))
                    .filter(users::verified_at.is_not_null())
                    .filter(users::disabled_at.is_null());
                let old: Option<Option<String>> = bound.select(users::email).first(connection).optional()?;
                let owned = (sharing == EmailSharing::Unique).then_some(&key);
                let changed = diesel::update(bound)
                    .set((
                        users::email.eq(email.as_str()),
                        users::email_key.eq(&key),
                        users::owned_email_key.eq(owned),
                        users::link_secret.eq(next_link_secret.expose()),
                    ))
                    .execute(connection)?;
                if changed == 0 {
                    return Ok(ChangeEmailOutcome::Void);
                }
                outbox::take_back_links(connection, &user_id)?;
                if let Some(Some(old)) = old {
                    outbox::insert(connection, &NewMail { recipient: Some(old), ..notice.clone() })?;
                }
                Ok(ChangeEmailOutcome::Changed)
            })
            .await;
        match written {
            Err(error) if error.violates_unique("users", "owned_email_key") => Ok(ChangeEmailOutcome::Taken),
            written => written,
        }
    }
}
