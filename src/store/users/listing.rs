//! Lists of users.

use diesel::prelude::*;

use super::{User, UserRow};
use crate::identity::UserId;
use crate::store::schema::users;
use crate::store::{Store, StoreError};

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

    /// Lists users in the order they registered, `limit` at most, without the first `offset` of all.
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
                let all = users::table.select(UserRow::as_select()).order((users::created_at.asc(), users::id.asc()));
                let rows = all.offset(i64::from(offset)).limit(i64::from(limit)).load(connection)?;
                Ok(rows.into_iter().map(User::from).collect())
            })
            .await
    }

    /// Lists the users who are not disabled and, if `verified_only`, are verified: those who registered last first,
    /// `limit` at most, without the first `offset` of all.
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
                let enabled = users::table.filter(users::disabled_at.is_null()).select(UserRow::as_select());
                let mut active = enabled.into_boxed();
                if verified_only {
                    active = active.filter(users::verified_at.is_not_null());
                }
                let newest = active.order((users::created_at.desc(), users::id.desc()));
                let rows = newest.offset(i64::from(offset)).limit(i64::from(limit)).load(connection)?;
                Ok(rows.into_iter().map(User::from).collect())
            })
            .await
    }
}
