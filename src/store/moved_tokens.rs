//! The queries of refresh tokens that another system has signed and that must not be accepted any more.

use diesel::prelude::*;

use super::schema::moved_tokens;
use super::{Store, StoreError};
use crate::clock::Timestamp;

/// Rows that one transaction deletes at most.
const BATCH: i64 = 500;

impl Store {
    /// Deletes the tokens that have expired by now in small batches. Returns how many.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_moved_tokens(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut purged = 0;
        loop {
            let delete = move |connection: &mut _| {
                let expired = moved_tokens::table
                    .filter(moved_tokens::expires_at.le(now.unix_seconds()))
                    .order(moved_tokens::expires_at.asc())
                    .limit(BATCH)
                    .select(moved_tokens::digest)
                    .load::<String>(connection)?;
                diesel::delete(moved_tokens::table.filter(moved_tokens::digest.eq_any(expired))).execute(connection)
            };
            let deleted = self.lanes.write(delete).await?;
            purged += deleted;
            if deleted < BATCH as usize {
                return Ok(purged);
            }
        }
    }
}
