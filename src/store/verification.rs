//! The queries of verification: one guarded update makes a user verified, once.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::outbox::{self, NewMail};
use super::schema::users;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::{EmailAddress, UserId};

/// Whether proving an address keeps others from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailSharing {
    /// Whoever proves an address first has it.
    Unique,
    /// Several verified users may have one address.
    Shared,
}

/// What became of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyOutcome {
    /// The user is verified, by this call.
    Verified,
    /// The user was verified before.
    AlreadyVerified,
    /// An administrator has shut the account; nothing was changed.
    Disabled,
    /// Another user has proved the address; nothing was changed.
    EmailTaken,
    /// There is no such user (any more).
    NoSuchUser,
}

impl Store {
    /// Makes a user verified who is not yet, and owner of the address.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn mark_verified(
        &self,
        id: UserId,
        now: Timestamp,
        sharing: EmailSharing,
    ) -> Result<VerifyOutcome, StoreError> {
        let written = self.lanes.write_statement(move |connection| verify(connection, &id, now, sharing)).await;
        match written {
            Err(error) if error.violates_unique("users", "owned_email_key") => Ok(VerifyOutcome::EmailTaken),
            written => written,
        }
    }

    /// Finds the newest unverified, not disabled user with the address, registered not before `since`.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_unverified(
        &self,
        email: &EmailAddress,
        since: Option<Timestamp>,
    ) -> Result<Option<UserId>, StoreError> {
        let (key, since) = (email.key(), since.map_or(i64::MIN, Timestamp::unix_seconds));
        self.lanes
            .read(move |connection| {
                let newest = users::table
                    .filter(users::email_key.eq(&key))
                    .filter(users::verified_at.is_null())
                    .filter(users::disabled_at.is_null())
                    .filter(users::created_at.ge(since))
                    .order(users::id.desc())
                    .select(users::id)
                    .first::<String>(connection)
                    .optional()?;
                Ok(newest.map(UserId::from_stored))
            })
            .await
    }

    /// Stores a mail on its own. A decoy costs what any other does.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn enqueue(&self, mail: NewMail) -> Result<(), StoreError> {
        self.lanes.write_statement(move |connection| outbox::insert(connection, &mail)).await
    }
}

fn verify(
    connection: &mut AnyConnection,
    id: &UserId,
    now: Timestamp,
    sharing: EmailSharing,
) -> QueryResult<VerifyOutcome> {
    let pending =
        users::table.find(id.as_str()).filter(users::verified_at.is_null()).filter(users::disabled_at.is_null());
    let verified_at = users::verified_at.eq(now.unix_seconds());
    let changed = match sharing {
        EmailSharing::Unique => diesel::update(pending)
            .set((verified_at, users::owned_email_key.eq(users::email_key)))
            .execute(connection)?,
        EmailSharing::Shared => diesel::update(pending).set(verified_at).execute(connection)?,
    };
    if changed == 1 {
        return Ok(VerifyOutcome::Verified);
    }
    let standing = users::table
        .find(id.as_str())
        .select((users::verified_at, users::disabled_at))
        .first::<(Option<i64>, Option<i64>)>(connection)
        .optional()?;
    Ok(match standing {
        None => VerifyOutcome::NoSuchUser,
        Some((_, Some(_))) => VerifyOutcome::Disabled,
        Some((_, None)) => VerifyOutcome::AlreadyVerified,
    })
}
