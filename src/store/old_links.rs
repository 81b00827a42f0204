//! Users who moved here, as their old links name them.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::inspection;
use super::schema::{moved_emails, moved_users};
use super::users::{self, User};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::secret::Secret;
use crate::settings::DatabaseSettings;

/// A user who moved here from another system.
#[derive(Clone, Debug)]
pub(crate) struct OldLinkHolder {
    /// The user as stored now.
    pub user: User,
    /// The link secret that the user had at the move.
    pub link_secret: Secret,
    /// When the user moved.
    pub moved_at: Timestamp,
    /// The addresses that the other system kept in a table of their own.
    pub emails: Vec<MovedEmail>,
}

/// An address that the old system kept in a table of its own.
#[derive(Clone, Debug)]
pub(crate) struct MovedEmail {
    /// The id that it had there.
    pub(crate) id: String,
    /// The address, as it was there.
    pub(crate) email: String,
}

impl OldLinkHolder {
    /// Returns whether nothing has voided the old links and tokens of the user since the move.
    pub(crate) fn is_as_moved(&self) -> bool {
        self.user.link_secret.expose() == self.link_secret.expose()
    }
}

impl Store {
    /// Finds a user who moved here. The queries are the same whether or not there is one.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn find_moved_user(&self, id: UserId) -> Result<Option<OldLinkHolder>, StoreError> {
        self.lanes.read(move |connection| find(connection, id.as_str())).await
    }

    /// Finds the user who had the address with this id in the other system. The queries are the same whether or not
    /// there is one.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn find_user_of_moved_email(&self, id: String) -> Result<Option<OldLinkHolder>, StoreError> {
        self.lanes
            .read(move |connection| {
                let owner = moved_emails::table.find(&id).select(moved_emails::user_id);
                let owner = owner.get_result::<String>(connection).optional()?;
                find(connection, owner.as_deref().unwrap_or_default())
            })
            .await
    }
}

impl Store {
    /// Returns when the last user moved here, without changing anything on the disk. `None` if none did.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoDatabase`] if there is none, and others if it does not answer.
    pub async fn newest_move(settings: DatabaseSettings) -> Result<Option<Timestamp>, StoreError> {
        let read = |connection: &mut AnyConnection| {
            let newest = moved_users::table.select(diesel::dsl::max(moved_users::moved_at));
            Ok(newest.get_result::<Option<i64>>(connection)?.map(Timestamp::from_unix_seconds))
        };
        inspection::inspect_aside(settings, read).await
    }
}

fn find(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<OldLinkHolder>> {
    let user = users::find(connection, id)?;
    let moved = moved_users::table.find(id).select((moved_users::link_secret, moved_users::moved_at));
    let moved = moved.get_result::<(String, i64)>(connection).optional()?;
    let emails = moved_emails::table.filter(moved_emails::user_id.eq(id));
    let emails = emails.select((moved_emails::id, moved_emails::email)).load::<(String, String)>(connection)?;
    let Some((user, (link_secret, moved_at))) = user.zip(moved) else { return Ok(None) };
    Ok(Some(OldLinkHolder {
        user,
        link_secret: Secret::new(link_secret),
        moved_at: Timestamp::from_unix_seconds(moved_at),
        emails: emails.into_iter().map(|(id, email)| MovedEmail { id, email }).collect(),
    }))
}

/// Voids the old links and tokens of a user. Every operation that ends sessions for good must call this: a token of the other
/// system could begin a new one.
pub(super) fn forget(connection: &mut AnyConnection, id: &UserId) -> QueryResult<()> {
    diesel::delete(moved_users::table.find(id.as_str())).execute(connection).map(drop)
}
