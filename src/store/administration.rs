//! The operator's changes to an account: disabling, enabling, deleting, ending sessions, making users staff.

use diesel::dsl::case_when;
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::schema::users;
use super::sessions::{Actor, end_for_good};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::UserId;

impl Store {
    /// Disables an account and ends its sessions. Returns whether the user exists.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn disable_user(&self, id: UserId, now: Timestamp) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                // The user's row first: a login locks it too. In the other order a login on PostgreSQL could run in
                // between.
                let is_disabled = set_disabled(connection, &id, Some(now))?;
                end_for_good(connection, &id)?;
                Ok(is_disabled)
            })
            .await
    }

    /// Enables an account again. Returns whether the user exists.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn enable_user(&self, id: UserId) -> Result<bool, StoreError> {
        self.lanes.write_statement(move |connection| set_disabled(connection, &id, None)).await
    }

    /// Makes a user staff since `at`; with `None`, staff no longer. A user who is staff already keeps the earlier time.
    /// Returns whether the user exists.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn set_staff(&self, id: UserId, at: Option<Timestamp>) -> Result<bool, StoreError> {
        let at = at.map(Timestamp::unix_seconds);
        self.lanes
            .write_statement(move |connection| {
                let user = diesel::update(users::table.find(id.as_str()));
                let changed = match at {
                    Some(_) => {
                        let kept = case_when(users::staff_at.is_null(), at).otherwise(users::staff_at);
                        user.set(users::staff_at.eq(kept)).execute(connection)?
                    }
                    None => user.set(users::staff_at.eq(None::<i64>)).execute(connection)?,
                };
                Ok(changed == 1)
            })
            .await
    }

    /// Deletes a user with all rows that refer to it. Returns whether the user existed.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn delete_user(&self, id: UserId) -> Result<bool, StoreError> {
        self.lanes.write_statement(move |connection| delete(connection, &id)).await
    }

    /// Deletes the account of a logged-in user. Returns `None` if the session has ended.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn delete_user_as(&self, actor: Actor, id: UserId) -> Result<Option<bool>, StoreError> {
        self.write_as(actor, move |connection| delete(connection, &id)).await
    }

    /// Ends all sessions of a user for an administrator. Returns how many.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn end_all_sessions(&self, user_id: UserId) -> Result<usize, StoreError> {
        self.lanes.write(move |connection| end_for_good(connection, &user_id)).await
    }
}

pub(super) fn delete(connection: &mut AnyConnection, id: &UserId) -> QueryResult<bool> {
    Ok(diesel::delete(users::table.find(id.as_str())).execute(connection)? == 1)
}

fn set_disabled(connection: &mut AnyConnection, id: &UserId, at: Option<Timestamp>) -> QueryResult<bool> {
    let changed = diesel::update(users::table.find(id.as_str()))
        .set(users::disabled_at.eq(at.map(Timestamp::unix_seconds)))
        .execute(connection)?;
    Ok(changed == 1)
}
