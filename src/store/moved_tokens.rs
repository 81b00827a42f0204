//! The queries of refresh tokens that another system has signed and that must not be accepted any more.

use diesel::prelude::*;

use super::purge::BATCH;
use super::schema::moved_tokens;
use super::{Store, StoreError};
use crate::clock::Timestamp;

impl Store {
    /// Deletes the tokens that have expired by now in small batches.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_moved_tokens(&self, now: Timestamp) -> Result<(), StoreError> {
        self.purge_in_batches(move |connection| {
            let expired = moved_tokens::table
                .filter(moved_tokens::expires_at.le(now.unix_seconds()))
                .order(moved_tokens::expires_at.asc())
                .limit(BATCH)
                .select(moved_tokens::digest)
                .load::<String>(connection)?;
            diesel::delete(moved_tokens::table.filter(moved_tokens::digest.eq_any(expired))).execute(connection)
        })
        .await
    }
}
