//! Lists of a user's sessions, newest first and bounded: for the user, and for an administrator.

use diesel::prelude::*;

use super::{Session, SessionRow};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::store::schema::sessions;
use crate::store::{Store, StoreError};

/// The most sessions that an administrator's list shows.
const MOST_LISTED: i64 = 1_000;

/// A page of the list of a user's live sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionPage {
    /// How many at most.
    pub limit: u32,
    /// How many newer sessions to skip.
    pub offset: u32,
}

impl Store {
    /// Lists a user's sessions, newest first, those already expired included, 1000 at most.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_sessions(&self, user_id: UserId) -> Result<Vec<Session>, StoreError> {
        self.lanes
            .read(move |connection| {
                let rows = sessions::table
                    .filter(sessions::user_id.eq(user_id.as_str()))
                    .order((sessions::created_at.desc(), sessions::id.desc()))
                    .limit(MOST_LISTED)
                    .select(SessionRow::as_select())
                    .load(connection)?;
                Ok(rows.into_iter().map(Session::from).collect())
            })
            .await
    }

    /// Lists a page of those sessions of a user that neither have expired by `now` nor were last used before
    /// `unused_since`, newest first.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_live_sessions(
        &self,
        user_id: UserId,
        now: Timestamp,
        unused_since: Timestamp,
        page: SessionPage,
    ) -> Result<Vec<Session>, StoreError> {
        self.lanes
            .read(move |connection| {
                let rows = sessions::table
                    .filter(sessions::user_id.eq(user_id.as_str()))
                    .filter(sessions::expires_at.gt(now.unix_seconds()))
                    .filter(sessions::last_used_at.gt(unused_since.unix_seconds()))
                    .order((sessions::created_at.desc(), sessions::id.desc()))
                    .limit(i64::from(page.limit))
                    .offset(i64::from(page.offset))
                    .select(SessionRow::as_select())
                    .load(connection)?;
                Ok(rows.into_iter().map(Session::from).collect())
            })
            .await
    }
}
