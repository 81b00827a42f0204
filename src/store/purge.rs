//! Deletes accounts that were never verified, in small batches that do not delay other writes.
//!
//! A disabled account stays, so that its username and address cannot be registered again.

use std::ops::RangeInclusive;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::connection::AnyConnection;
use super::schema::users;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::UserId;

/// Rows that one transaction deletes at most.
pub(super) const BATCH: i64 = 500;
/// Rows whose address one statement checks; more if more users registered within one second.
const PAGE: i64 = 2_000;

/// How many accounts were deleted, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Registered too long ago.
    pub expired: usize,
    /// Another user has proved the address they name.
    pub outrun: usize,
}

impl Store {
    /// Runs `delete`, which deletes at most [`BATCH`] rows and returns how many, until it finds fewer.
    pub(super) async fn purge_in_batches(
        &self,
        delete: impl Fn(&mut AnyConnection) -> QueryResult<usize> + Copy + Send + 'static,
    ) -> Result<(), StoreError> {
        while self.lanes.write_statement(delete).await? >= BATCH as usize {}
        Ok(())
    }

    /// Deletes unverified users registered before `registered_before`, and those whose address another user proved
    /// before `proved_before` (for a while they stay, so that their links are refused with the reason). Disabled users
    /// stay, and so do those who have logged in, which was possible under other settings: their account was in use. Calls `deleted` with the ids of each batch once it is committed.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_unverified(
        &self,
        registered_before: Option<Timestamp>,
        proved_before: Option<Timestamp>,
        mut deleted: impl FnMut(&[UserId]) + Send,
    ) -> Result<Purged, StoreError> {
        let mut purged = Purged::default();
        if let Some(before) = registered_before {
            loop {
                let batch = self.lanes.write_statement(move |connection| delete_expired(connection, before)).await?;
                purged.expired += batch.len();
                deleted(&batch);
                if batch.len() < BATCH as usize {
                    break;
                }
            }
        }
        let Some(proved_before) = proved_before else { return Ok(purged) };
        let mut since = i64::MIN;
        loop {
            let end = self.lanes.read(move |connection| end_of_page(connection, since)).await?;
            let page = since..=end.unwrap_or(i64::MAX);
            let deleting = move |connection: &mut AnyConnection| delete_outrun(connection, &page, proved_before);
            let batch = self.lanes.write_statement(deleting).await?;
            purged.outrun += batch.len();
            deleted(&batch);
            match end {
                Some(end) => since = end + 1,
                None => return Ok(purged),
            }
        }
    }
}

#[derive(QueryableByName)]
struct Deleted {
    #[diesel(sql_type = Text)]
    id: String,
}

/// Returns the ids of the deleted rows. A user who is verified meanwhile stays and must not be reported as deleted.
fn ids(deleted: Vec<Deleted>) -> Vec<UserId> {
    deleted.into_iter().map(|user| UserId::from_stored(user.id)).collect()
}

fn delete_expired(connection: &mut AnyConnection, before: Timestamp) -> QueryResult<Vec<UserId>> {
    // Both engines have the same `RETURNING`, but diesel does not offer it on this connection type.
    let deleted = diesel::sql_query(
        "DELETE FROM users WHERE id IN (
             SELECT id FROM users
             WHERE verified_at IS NULL AND disabled_at IS NULL AND last_login_at IS NULL AND created_at < $1
             ORDER BY created_at LIMIT $2)
         AND verified_at IS NULL AND disabled_at IS NULL AND last_login_at IS NULL
         RETURNING id",
    );
    let deleted = deleted.bind::<BigInt, _>(before.unix_seconds()).bind::<BigInt, _>(BATCH);
    deleted.load(connection).map(ids)
}

/// Returns when the last user of the next page of unverified users registered; `None` on the last page. One statement
/// checks the addresses of one page: all of them would be too many on a large site.
fn end_of_page(connection: &mut AnyConnection, since: i64) -> QueryResult<Option<i64>> {
    let page = users::table.filter(users::verified_at.is_null()).filter(users::created_at.ge(since));
    page.order(users::created_at.asc()).offset(PAGE - 1).limit(1).select(users::created_at).first(connection).optional()
}

fn delete_outrun(
    connection: &mut AnyConnection,
    registered: &RangeInclusive<i64>,
    proved_before: Timestamp,
) -> QueryResult<Vec<UserId>> {
    // diesel has no join of a table with itself inside a DELETE. `$1` is a placeholder in both engines.
    let deleted = diesel::sql_query(
        "DELETE FROM users WHERE id IN (
             SELECT pending.id FROM users AS pending
             JOIN users AS owner
                 ON owner.email_key = pending.email_key AND owner.owned_email_key = pending.email_key
             WHERE pending.verified_at IS NULL AND pending.disabled_at IS NULL AND pending.last_login_at IS NULL
                 AND pending.created_at BETWEEN $1 AND $2 AND owner.verified_at < $3)
         AND verified_at IS NULL AND disabled_at IS NULL AND last_login_at IS NULL
         RETURNING id",
    );
    let deleted = deleted.bind::<BigInt, _>(registered.start()).bind::<BigInt, _>(registered.end());
    deleted.bind::<BigInt, _>(proved_before.unix_seconds()).load(connection).map(ids)
}
