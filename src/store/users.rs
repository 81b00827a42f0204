//! Finding and locking users.

mod listing;
mod row;
mod searching;

use std::collections::HashMap;

use diesel::prelude::*;

use super::connection::{AnyConnection, on_engine};
use super::schema::users;
use super::{Store, StoreError};
use crate::identity::UserId;
use crate::settings::UsersSettings;

pub use row::User;
pub(super) use row::UserRow;

/// The most users that one look-up returns: any number of unverified users may have one address.
const MOST_FOUND: i64 = 100;

/// Whether several verified users may have one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailSharing {
    /// Only the first user who proves an address has it.
    Unique,
    /// Several verified users may have one address.
    Shared,
}

impl EmailSharing {
    /// Returns what the settings say (`users.email_unique`).
    pub(crate) fn of(settings: &UsersSettings) -> Self {
        if settings.email_unique { Self::Unique } else { Self::Shared }
    }
}

/// How an administrator names a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserQuery {
    /// By id.
    Id(UserId),
    /// By the compared form of the username.
    UsernameKey(String),
    /// By the compared form of the e-mail address; several unverified users may have it.
    EmailKey(String),
}

impl Store {
    /// Finds a user by id.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.lanes.read(move |connection| find(connection, id.as_str())).await
    }

    /// Finds the users that match `query`, newest first, 100 at most.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_users(&self, query: UserQuery) -> Result<Vec<User>, StoreError> {
        self.lanes
            .read(move |connection| {
                let all = users::table.select(UserRow::as_select()).limit(MOST_FOUND);
                let all = all.order((users::created_at.desc(), users::id.desc()));
                let rows = match &query {
                    UserQuery::Id(id) => all.filter(users::id.eq(id.as_str())).load(connection),
                    UserQuery::UsernameKey(key) => all.filter(users::username_key.eq(key)).load(connection),
                    UserQuery::EmailKey(key) => all.filter(users::email_key.eq(key)).load(connection),
                };
                Ok(rows?.into_iter().map(User::from).collect())
            })
            .await
    }
}

/// Locks a user's row until the transaction ends. SQLite needs no lock: it has one writer.
pub(super) fn lock(connection: &mut AnyConnection, id: &UserId) -> QueryResult<()> {
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => {
            let _ = id;
            Ok(())
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => {
            let row = users::table.find(id.as_str()).select(users::id).for_update();
            row.get_result::<String>(postgres).optional().map(|_| ())
        }
    }
}

/// Returns the condition that a row's user has proved the address; no row matches NULL. SQLite searches all users with
/// the address, PostgreSQL an index of verified users.
#[diesel::dsl::auto_type]
pub(super) fn owns<'a>(email_key: Option<&'a str>) -> _ {
    users::email_key.eq(email_key).and(users::owned_email_key.eq(email_key))
}

/// Loads one user by id.
pub(super) fn find(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<User>> {
    let row = users::table.find(id).select(UserRow::as_select()).get_result(connection).optional()?;
    Ok(row.map(User::from))
}

/// Loads users by their ids. Those that do not exist are missing.
pub(super) fn find_several<'a>(
    connection: &mut AnyConnection,
    ids: impl Iterator<Item = &'a str>,
) -> QueryResult<HashMap<String, User>> {
    let asked = users::table.filter(users::id.eq_any(ids));
    let rows: Vec<UserRow> = on_engine!(connection, engine => asked.select(UserRow::as_select()).load(engine))?;
    Ok(rows.into_iter().map(|row| (row.id().to_owned(), User::from(row))).collect())
}
