//! Idempotency keys of registrations: which user a key has registered.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::purge::BATCH;
use super::schema::{idempotency_keys, users};
use super::users::{User, UserRow};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::UserId;

/// An idempotency key to store with the user whom its request registers.
#[derive(Clone, Debug)]
pub struct NewIdempotencyKey {
    /// A MAC of the key, in hex.
    pub digest: String,
    /// A MAC of the key and the registration, in hex.
    pub content: String,
    /// Until when the request may be sent again.
    pub expires_at: Timestamp,
}

/// A key that has registered a user.
#[derive(Clone, Debug)]
pub struct KnownIdempotencyKey {
    /// A MAC of the key, in hex.
    pub digest: String,
    /// A MAC of the key and the registration, in hex.
    pub content: String,
    /// The user, as it is now.
    pub user: User,
}

impl Store {
    /// Finds the key that has one of these digests and has not expired.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_idempotency_key(
        &self,
        digests: Vec<String>,
        now: Timestamp,
    ) -> Result<Option<KnownIdempotencyKey>, StoreError> {
        self.lanes
            .read(move |connection| {
                for digest in &digests {
                    if let Some(known) = find(connection, digest, now)? {
                        return Ok(Some(known));
                    }
                }
                Ok(None)
            })
            .await
    }

    /// Deletes expired keys in small batches.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_idempotency_keys(&self, now: Timestamp) -> Result<(), StoreError> {
        self.purge_in_batches(move |connection| delete_expired(connection, now)).await
    }
}

fn find(connection: &mut AnyConnection, digest: &str, now: Timestamp) -> QueryResult<Option<KnownIdempotencyKey>> {
    let live = idempotency_keys::table.find(digest).filter(idempotency_keys::expires_at.gt(now.unix_seconds()));
    let found = live
        .inner_join(users::table)
        .select((idempotency_keys::content, UserRow::as_select()))
        .get_result::<(String, UserRow)>(connection)
        .optional()?;
    Ok(found.map(|(content, row)| KnownIdempotencyKey { digest: digest.to_owned(), content, user: row.into() }))
}

/// Stores a key in place of an expired one. A live one violates the unique index, which is the caller's to judge.
pub(super) fn insert(
    connection: &mut AnyConnection,
    key: &NewIdempotencyKey,
    user_id: &UserId,
    now: Timestamp,
) -> QueryResult<()> {
    let expired = idempotency_keys::table.find(&key.digest).filter(idempotency_keys::expires_at.le(now.unix_seconds()));
    diesel::delete(expired).execute(connection)?;
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::digest.eq(&key.digest),
            idempotency_keys::content.eq(&key.content),
            idempotency_keys::user_id.eq(user_id.as_str()),
            idempotency_keys::expires_at.eq(key.expires_at.unix_seconds()),
        ))
        .execute(connection)?;
    Ok(())
}

fn delete_expired(connection: &mut AnyConnection, now: Timestamp) -> QueryResult<usize> {
    let expired = idempotency_keys::table
        .filter(idempotency_keys::expires_at.le(now.unix_seconds()))
        .order(idempotency_keys::expires_at.asc())
        .limit(BATCH)
        .select(idempotency_keys::digest)
        .load::<String>(connection)?;
    // Once more, as a registration may have replaced one of them in between.
    let still_expired = idempotency_keys::table
        .filter(idempotency_keys::digest.eq_any(expired))
        .filter(idempotency_keys::expires_at.le(now.unix_seconds()));
    diesel::delete(still_expired).execute(connection)
}
