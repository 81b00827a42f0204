//! Clears away accounts that were never verified, in small batches that hold nobody up.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::schema::users;
use super::{Store, StoreError};
use crate::clock::Timestamp;

/// Rows that one transaction deletes at most.
const BATCH: i64 = 500;

/// How many accounts were cleared away, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Registered too long ago.
    pub expired: usize,
    /// Another user has proved the address they name.
    pub outrun: usize,
}

impl Store {
    /// Deletes unverified users registered before `registered_before`, and those whose address another user proved
    /// before `proved_before` (for a while they stay, so that their links are refused with the reason).
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_unverified(
        &self,
        registered_before: Option<Timestamp>,
        proved_before: Timestamp,
    ) -> Result<Purged, StoreError> {
        let mut purged = Purged::default();
        if let Some(before) = registered_before {
            loop {
                let deleted = self.lanes.write_statement(move |connection| delete_expired(connection, before)).await?;
                purged.expired += deleted;
                if deleted < BATCH as usize {
                    break;
                }
            }
        }
        loop {
            let deleted =
                self.lanes.write_statement(move |connection| delete_outrun(connection, proved_before)).await?;
            purged.outrun += deleted;
            if deleted < BATCH as usize {
                return Ok(purged);
            }
        }
    }
}

fn delete_expired(connection: &mut super::connection::AnyConnection, before: Timestamp) -> QueryResult<usize> {
    let expired = users::table
        .filter(users::verified_at.is_null())
        .filter(users::created_at.lt(before.unix_seconds()))
        .order(users::created_at.asc())
        .limit(BATCH)
        .select(users::id)
        .load::<String>(connection)?;
    diesel::delete(users::table.filter(users::id.eq_any(expired)).filter(users::verified_at.is_null()))
        .execute(connection)
}

fn delete_outrun(connection: &mut super::connection::AnyConnection, before: Timestamp) -> QueryResult<usize> {
    // diesel has no join of a table with itself inside a DELETE. `$1` is a placeholder in both engines.
    diesel::sql_query(
        "DELETE FROM users WHERE id IN (
             SELECT pending.id FROM users AS pending
             JOIN users AS owner ON owner.owned_email_key = pending.email_key
             WHERE pending.verified_at IS NULL AND owner.verified_at < $1
             LIMIT 500)",
    )
    .bind::<BigInt, _>(before.unix_seconds())
    .execute(connection)
}
