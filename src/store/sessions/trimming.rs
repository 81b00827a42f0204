//! Bounds the number of a user's sessions. Each login ends the oldest sessions beyond the limit. Housekeeping does the
//! same for users who have more sessions from the time of no limit or a higher one.

use std::ops::Bound;

use diesel::prelude::*;

use crate::identity::UserId;
use crate::store::connection::{AnyConnection, on_engine};
use crate::store::schema::sessions;
use crate::store::{Store, StoreError, users};

/// Sessions that one login ends at most, so that it stays quick where there are very many.
pub(super) const ENDED_BY_A_LOGIN: i64 = 10;

/// Sessions that one transaction of housekeeping ends at most.
const BATCH: i64 = 200;

/// Sessions that are counted together. It exceeds every limit, so a page with sessions of only one user is always over
/// the limit.
const PAGE: i64 = 5_000;

impl Store {
    /// Ends the oldest sessions of all users who have more than `most`, in small batches. Returns how many.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was ended stays ended.
    pub async fn trim_sessions(&self, most: u32) -> Result<usize, StoreError> {
        let mut ended = 0;
        let mut from = Bound::Unbounded;
        loop {
            let owners = self.lanes.read(move |connection| page_of_owners(connection, &from)).await?;
            let is_last = i64::try_from(owners.len()).is_ok_and(|rows| rows < PAGE);
            let Some(last) = owners.last().cloned() else { return Ok(ended) };
            for run in owners.chunk_by(|one, other| one == other) {
                if run.len() > most as usize {
                    ended += self.trim_sessions_of(UserId::from_stored(&run[0]), most).await?;
                }
            }
            if is_last {
                return Ok(ended);
            }
            // The last user may have more sessions beyond the page, so the next page starts with that user, unless the
            // page has no other user.
            from = if owners[0] == last { Bound::Excluded(last) } else { Bound::Included(last) };
        }
    }

    async fn trim_sessions_of(&self, user_id: UserId, most: u32) -> Result<usize, StoreError> {
        let mut ended = 0;
        loop {
            let user_id = user_id.clone();
            let batch = self
                .lanes
                .write(move |connection| {
                    // The user's row first, as in every transaction that ends sessions.
                    users::lock(connection, &user_id)?;
                    end_oldest(connection, user_id.as_str(), most, None, BATCH)
                })
                .await?;
            ended += batch;
            if batch < BATCH as usize {
                return Ok(ended);
            }
        }
    }
}

/// Returns the user ids of the next sessions in the order of user ids, from `from` on; each as often as the user has
/// sessions.
fn page_of_owners(connection: &mut AnyConnection, from: &Bound<String>) -> QueryResult<Vec<String>> {
    let page = sessions::table.order(sessions::user_id.asc()).limit(PAGE).select(sessions::user_id);
    match from {
        Bound::Unbounded => page.load(connection),
        Bound::Included(from) => page.filter(sessions::user_id.ge(from)).load(connection),
        Bound::Excluded(from) => page.filter(sessions::user_id.gt(from)).load(connection),
    }
}

/// Ends a user's oldest sessions beyond `most`, `at_most` of them. Returns how many. The session with the id `new`
/// counts as the newest, whatever its creation time.
pub(super) fn end_oldest(
    connection: &mut AnyConnection,
    user_id: &str,
    most: u32,
    new: Option<&str>,
    at_most: i64,
) -> QueryResult<usize> {
    let surplus = sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::id.ne(new.unwrap_or("")))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .offset(i64::from(most) - i64::from(new.is_some()))
        .limit(at_most)
        .select(sessions::id);
    let surplus: Vec<String> = on_engine!(connection, engine => surplus.load(engine))?;
    if surplus.is_empty() {
        return Ok(0);
    }
    diesel::delete(sessions::table.filter(sessions::id.eq_any(surplus))).execute(connection)
}
