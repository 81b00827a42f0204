//! Deletes expired sessions in small batches.
//!
//! The end of a session has no index: each refresh moves it. `expiry_check_at` has one. It holds the end that the
//! session had at its login or at its last check. A check deletes the session if it has expired, and otherwise moves
//! the next check to its present end.

use diesel::prelude::*;

use crate::clock::Timestamp;
use crate::store::connection::AnyConnection;
use crate::store::schema::sessions;
use crate::store::{Store, StoreError};

/// Sessions that one transaction checks at most.
const BATCH: i64 = 500;

/// The outcome of one batch.
struct Checked {
    /// Sessions whose check was due.
    due: usize,
    /// Those of them that had expired.
    deleted: usize,
}

impl Store {
    /// Deletes expired sessions in small batches. Returns how many.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_sessions(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut purged = 0;
        loop {
            let Checked { due, deleted } = self.lanes.write(move |connection| check_due(connection, now)).await?;
            purged += deleted;
            if due < BATCH as usize {
                return Ok(purged);
            }
        }
    }
}

fn check_due(connection: &mut AnyConnection, now: Timestamp) -> QueryResult<Checked> {
    let now = now.unix_seconds();
    let due = sessions::table
        .filter(sessions::expiry_check_at.le(now))
        .order(sessions::expiry_check_at.asc())
        .limit(BATCH)
        .select(sessions::id)
        .load::<String>(connection)?;
    let (expired, living) = (sessions::expires_at.le(now), sessions::expires_at.gt(now));
    let deleted =
        diesel::delete(sessions::table.filter(sessions::id.eq_any(&due)).filter(expired)).execute(connection)?;
    if deleted < due.len() {
        diesel::update(sessions::table.filter(sessions::id.eq_any(&due)).filter(living))
            .set(sessions::expiry_check_at.eq(sessions::expires_at))
            .execute(connection)?;
    }
    Ok(Checked { due: due.len(), deleted })
}
