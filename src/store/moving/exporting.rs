//! Reads all users with everything that moves along, as they are at one instant.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{MovedSession, MovedUser, Origin, RevokedToken};
use crate::clock::Timestamp;
use crate::secret::Secret;
use crate::store::access::Access;
use crate::store::connection::AnyConnection;
use crate::store::old_links::MovedEmail;
use crate::store::provider_accounts::ProviderAccountRow;
use crate::store::schema::{moved_emails, moved_tokens, moved_users, provider_accounts, sessions, users};
use crate::store::sessions::SessionRow;
use crate::store::users::UserRow;
use crate::store::{ProviderAccount, SessionKind, Store, StoreError, User, snapshot};

/// Users that are read at a time.
const PAGE: i64 = 500;
/// Revoked tokens that are read at a time.
const TOKENS_PAGE: i64 = 5_000;

/// The users of a database at one instant, whatever is written meanwhile.
pub(crate) struct Export {
    connection: AnyConnection,
    last_user: String,
    last_token: String,
}

impl Store {
    /// Begins an export on a connection of its own. Blocks the thread, as the export does.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) fn export(&self) -> Result<Export, StoreError> {
        let mut connection = self.connector.open(Access::ReadOnly)?;
        snapshot::begin(&mut connection)?;
        Ok(Export { connection, last_user: String::new(), last_token: String::new() })
    }
}

impl Export {
    /// Counts the users.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) fn count_users(&mut self) -> Result<u64, StoreError> {
        let count: i64 = users::table.count().get_result(&mut self.connection)?;
        Ok(count.unsigned_abs())
    }

    /// Reads the next users in the order of their ids; none at the end.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) fn next_users(&mut self) -> Result<Vec<MovedUser>, StoreError> {
        let connection = &mut self.connection;
        let rows: Vec<(UserRow, Option<String>)> = users::table
            .filter(users::id.gt(&self.last_user))
            .order(users::id.asc())
            .limit(PAGE)
            .select((UserRow::as_select(), users::owned_email_key))
            .load(connection)?;
        let users: Vec<(User, bool)> = rows.into_iter().map(|(row, owned)| (row.into(), owned.is_some())).collect();
        let Some((last, _)) = users.last() else { return Ok(Vec::new()) };
        self.last_user = last.id.to_string();
        let ids: Vec<String> = users.iter().map(|(user, _)| user.id.to_string()).collect();
        let mut sessions = read_sessions(connection, &ids)?;
        let mut accounts = read_provider_accounts(connection, &ids)?;
        let mut origins = read_origins(connection, &ids)?;
        let mut emails = read_emails(connection, &ids)?;
        let whole = users.into_iter().map(|(user, owns_email)| {
            let id = user.id.as_str();
            MovedUser {
                owns_email,
                sessions: sessions.remove(id).unwrap_or_default(),
                provider_accounts: accounts.remove(id).unwrap_or_default(),
                origin: origins.remove(id),
                emails: emails.remove(id).unwrap_or_default(),
                user,
            }
        });
        Ok(whole.collect())
    }

    /// Reads the next revoked tokens; none at the end.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) fn next_revoked_tokens(&mut self) -> Result<Vec<RevokedToken>, StoreError> {
        let rows: Vec<(String, i64)> = moved_tokens::table
            .filter(moved_tokens::digest.gt(&self.last_token))
            .order(moved_tokens::digest.asc())
            .limit(TOKENS_PAGE)
            .load(&mut self.connection)?;
        if let Some((last, _)) = rows.last() {
            self.last_token.clone_from(last);
        }
        let token =
            |(digest, expires_at)| RevokedToken { digest, expires_at: Timestamp::from_unix_seconds(expires_at) };
        Ok(rows.into_iter().map(token).collect())
    }
}

type OfUsers<T> = HashMap<String, Vec<T>>;

/// Puts values together that belong to one user, in the order in which they come.
fn by_user<T>(values: impl Iterator<Item = (String, T)>) -> OfUsers<T> {
    let mut of_users = OfUsers::<T>::new();
    values.for_each(|(user_id, value)| of_users.entry(user_id).or_default().push(value));
    of_users
}

type StoredSession = (String, SessionRow, String, String, Option<i64>, Option<String>);

fn read_sessions(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<OfUsers<MovedSession>> {
    let of_users = sessions::table.filter(sessions::user_id.eq_any(ids.to_vec())).order(sessions::id.asc());
    let columns = (
        sessions::user_id,
        SessionRow::as_select(),
        sessions::digest,
        sessions::kind,
        sessions::rotated_at,
        sessions::refresh_digest,
    );
    let rows: Vec<StoredSession> = of_users.select(columns).load(connection)?;
    Ok(by_user(rows.into_iter().map(|(user_id, session, digest, kind, rotated_at, refresh_digest)| {
        let kind = SessionKind::parse(&kind).unwrap_or(SessionKind::Token);
        let rotated_at = rotated_at.map(Timestamp::from_unix_seconds);
        (user_id, MovedSession { session: session.into(), kind, digest, refresh_digest, rotated_at })
    })))
}

fn read_provider_accounts(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<OfUsers<ProviderAccount>> {
    let rows: Vec<(String, ProviderAccountRow)> = provider_accounts::table
        .filter(provider_accounts::user_id.eq_any(ids.to_vec()))
        .order(provider_accounts::id.asc())
        .select((provider_accounts::user_id, ProviderAccountRow::as_select()))
        .load(connection)?;
    Ok(by_user(rows.into_iter().map(|(user_id, row)| (user_id, row.into()))))
}

fn read_origins(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<HashMap<String, Origin>> {
    let rows: Vec<(String, String, i64)> =
        moved_users::table.filter(moved_users::user_id.eq_any(ids.to_vec())).load(connection)?;
    let origin = |(user_id, link_secret, moved_at): (String, String, i64)| {
        let moved_at = Timestamp::from_unix_seconds(moved_at);
        (user_id, Origin { link_secret: Secret::new(link_secret), moved_at })
    };
    Ok(rows.into_iter().map(origin).collect())
}

fn read_emails(connection: &mut AnyConnection, ids: &[String]) -> QueryResult<OfUsers<MovedEmail>> {
    let of_users = moved_emails::table.filter(moved_emails::user_id.eq_any(ids.to_vec())).order(moved_emails::id.asc());
    let rows: Vec<(String, String, String)> = of_users.load(connection)?;
    Ok(by_user(rows.into_iter().map(|(id, user_id, email)| (user_id, MovedEmail { id, email }))))
}
