//! Lists of users.

use diesel::prelude::*;

use super::{User, UserRow};
use crate::identity::UserId;
use crate::store::schema::users;
use crate::store::{Store, StoreError};

/// How many bytes of values a page has before it ends. One user has at most about 65 KiB.
const PAGE_BYTES: usize = 1 << 20;
/// How many rows are read at a time, so that a page holds little more than it shows.
const ROWS_AT_ONCE: u32 = 100;

impl Store {
    /// Lists users in the order they registered, `limit` at most: those after the user `after`, and none if there is no
    /// such user.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_users(&self, after: Option<UserId>, limit: i64) -> Result<Vec<User>, StoreError> {
        self.lanes
            .read(move |connection| {
                let mut page = users::table.select(UserRow::as_select()).limit(limit).into_boxed();
                if let Some(after) = &after {
                    let created_at = users::table.find(after.as_str()).select(users::created_at);
                    let Some(created_at) = created_at.first::<i64>(connection).optional()? else {
                        return Ok(Vec::new());
                    };
                    let later = users::created_at.gt(created_at).or(users::id.gt(after.as_str()));
                    // The first condition follows from the second; only the first can use the index.
                    page = page.filter(users::created_at.ge(created_at)).filter(later);
                }
                let rows = page.order((users::created_at.asc(), users::id.asc())).load(connection)?;
                Ok(rows.into_iter().map(User::from).collect())
            })
            .await
    }

    /// Lists users in the order they registered, without the first `offset` of all: `limit` at most, and fewer where their
    /// values are more than 1 MiB.
    ///
    /// The database walks over `offset` rows, so a page takes longer the later it is. Users who are deleted between two
    /// pages shift the second. [`list_users`](Self::list_users) has neither fault.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_users_from(&self, offset: u32, limit: u32) -> Result<Vec<User>, StoreError> {
        self.lanes
            .read(move |connection| {
                let rows = read_page(limit, |last, rows| {
                    let mut all = users::table.select(UserRow::as_select()).into_boxed();
                    all = match last {
                        None => all.offset(offset.into()),
                        Some(last) => {
                            let later = users::created_at.gt(last.created_at()).or(users::id.gt(last.id()));
                            all.filter(users::created_at.ge(last.created_at())).filter(later)
                        }
                    };
                    all.order((users::created_at.asc(), users::id.asc())).limit(rows).load(connection)
                })?;
                Ok(rows.into_iter().map(User::from).collect())
            })
            .await
    }

    /// Lists the users who are not disabled and, if `verified_only`, are verified: those who registered last first,
    /// without the first `offset` of all. `limit` at most, and fewer where their values are more than 1 MiB.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_active_users(
        &self,
        offset: u32,
        limit: u32,
        verified_only: bool,
    ) -> Result<Vec<User>, StoreError> {
        self.lanes
            .read(move |connection| {
                let rows = read_page(limit, |last, rows| {
                    let enabled = users::table.filter(users::disabled_at.is_null()).select(UserRow::as_select());
                    let mut active = enabled.into_boxed();
                    if verified_only {
                        active = active.filter(users::verified_at.is_not_null());
                    }
                    active = match last {
                        None => active.offset(offset.into()),
                        Some(last) => {
                            let earlier = users::created_at.lt(last.created_at()).or(users::id.lt(last.id()));
                            active.filter(users::created_at.le(last.created_at())).filter(earlier)
                        }
                    };
                    active.order((users::created_at.desc(), users::id.desc())).limit(rows).load(connection)
                })?;
                Ok(rows.into_iter().map(User::from).collect())
            })
            .await
    }
}

/// Reads a page in parts: `rows_after` returns some rows after the last one of the part before.
fn read_page(
    limit: u32,
    mut rows_after: impl FnMut(Option<&UserRow>, i64) -> QueryResult<Vec<UserRow>>,
) -> QueryResult<Vec<UserRow>> {
    let (mut page, mut bytes, mut left) = (Vec::<UserRow>::new(), 0, limit);
    while left > 0 {
        let wanted = left.min(ROWS_AT_ONCE);
        let rows = rows_after(page.last(), wanted.into())?;
        let is_last_part = rows.len() < wanted as usize;
        for row in rows {
            bytes += row.shown_bytes();
            page.push(row);
            if bytes >= PAGE_BYTES {
                return Ok(page);
            }
        }
        if is_last_part {
            break;
        }
        left -= wanted;
    }
    Ok(page)
}
