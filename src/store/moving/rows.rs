//! The rows that an import inserts, many with one statement.

use diesel::prelude::*;

use super::{MovedSession, MovedUser, Origin, RevokedToken};
use crate::clock::Timestamp;
use crate::identity::{EmailAddress, Username};
use crate::store::ProviderAccount;
use crate::store::connection::{AnyConnection, on_engine};
use crate::store::old_links::MovedEmail;
use crate::store::schema::{moved_emails, moved_tokens, moved_users, provider_accounts, sessions, users};

/// Rows of one statement: SQLite takes 32 766 values at most, and a user has 22.
const ROWS_AT_ONCE: usize = 1_000;

/// Inserts all rows. Each engine writes many rows at once in its own way.
macro_rules! insert_all {
    ($connection:expr, $table:ident, $rows:expr) => {
        for rows in $rows.chunks(ROWS_AT_ONCE) {
            let insert = diesel::insert_into($table::table).values(rows);
            on_engine!($connection, engine => insert.execute(engine)?);
        }
    };
}

/// Inserts users and everything that belongs to them.
pub(super) fn insert_users(connection: &mut AnyConnection, moved: &[MovedUser]) -> QueryResult<()> {
    let rows: Vec<_> = moved.iter().map(UserRow::from).collect();
    insert_all!(connection, users, rows);
    let rows: Vec<_> = of_each(moved, |user| &user.sessions).map(SessionRow::from).collect();
    insert_all!(connection, sessions, rows);
    let rows: Vec<_> = of_each(moved, |user| &user.provider_accounts).map(ProviderAccountRow::from).collect();
    insert_all!(connection, provider_accounts, rows);
    let origins = moved.iter().filter_map(|user| Some((user.user.id.as_str(), user.origin.as_ref()?)));
    let rows: Vec<_> = origins.map(MovedUserRow::from).collect();
    insert_all!(connection, moved_users, rows);
    let rows: Vec<_> = of_each(moved, |user| &user.emails).map(MovedEmailRow::from).collect();
    insert_all!(connection, moved_emails, rows);
    Ok(())
}

/// Inserts tokens that are not there yet.
pub(super) fn insert_revoked_tokens(connection: &mut AnyConnection, tokens: &[RevokedToken]) -> QueryResult<()> {
    let rows: Vec<_> = tokens.iter().map(RevokedTokenRow::from).collect();
    for rows in rows.chunks(ROWS_AT_ONCE) {
        match connection {
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(sqlite) => {
                diesel::insert_or_ignore_into(moved_tokens::table).values(rows).execute(sqlite)?
            }
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(postgres) => {
                diesel::insert_into(moved_tokens::table).values(rows).on_conflict_do_nothing().execute(postgres)?
            }
        };
    }
    Ok(())
}

/// Returns what belongs to each user, with the user's id.
fn of_each<'a, T: 'a>(
    moved: &'a [MovedUser],
    part: impl Fn(&'a MovedUser) -> &'a Vec<T>,
) -> impl Iterator<Item = (&'a str, &'a T)> {
    moved.iter().flat_map(move |user| part(user).iter().map(|one| (user.user.id.as_str(), one)))
}

fn seconds(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::unix_seconds)
}

#[derive(Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct UserRow<'a> {
    id: &'a str,
    username: Option<&'a str>,
    username_key: Option<String>,
    email: Option<&'a str>,
    email_key: Option<String>,
    owned_email_key: Option<String>,
    first_name: &'a str,
    last_name: &'a str,
    password_hash: &'a str,
    link_secret: &'a str,
    created_at: i64,
    verified_at: Option<i64>,
    disabled_at: Option<i64>,
    last_login_at: Option<i64>,
    pending_email: Option<&'a str>,
    pending_email_secret: Option<&'a str>,
    used_email_secret: Option<&'a str>,
    used_reset_secret: Option<&'a str>,
    used_reset_at: Option<i64>,
    staff_at: Option<i64>,
    profile: Option<&'a str>,
    profile_updated_at: Option<i64>,
}

impl<'a> From<&'a MovedUser> for UserRow<'a> {
    fn from(moved: &'a MovedUser) -> Self {
        let user = &moved.user;
        let email_key = moved.email_key();
        Self {
            id: user.id.as_str(),
            username: user.username.as_deref(),
            username_key: moved.username_key(),
            email: user.email.as_deref(),
            owned_email_key: email_key.clone().filter(|_| moved.owns_email),
            email_key,
            first_name: &user.first_name,
            last_name: &user.last_name,
            password_hash: user.password_hash.expose(),
            link_secret: user.link_secret.expose(),
            created_at: user.created_at.unix_seconds(),
            verified_at: seconds(user.verified_at),
            disabled_at: seconds(user.disabled_at),
            last_login_at: seconds(user.last_login_at),
            pending_email: user.pending_email.as_deref(),
            pending_email_secret: user.pending_email_secret.as_ref().map(|secret| secret.expose()),
            used_email_secret: user.used_email_secret.as_ref().map(|secret| secret.expose()),
            used_reset_secret: user.used_reset_secret.as_ref().map(|secret| secret.expose()),
            used_reset_at: seconds(user.used_reset_at),
            staff_at: seconds(user.staff_at),
            profile: user.profile.as_stored(),
            profile_updated_at: seconds(user.profile_updated_at),
        }
    }
}

impl MovedUser {
    /// Returns the key under which the username is unique and looked up, also of a name that only older rules accept.
    pub(crate) fn username_key(&self) -> Option<String> {
        let name = self.user.username.as_deref()?;
        Some(Username::lookup_key(name).unwrap_or_else(|| Username::from_stored(name).key()))
    }

    /// Returns the key under which the address is looked up.
    pub(crate) fn email_key(&self) -> Option<String> {
        self.user.email.as_deref().map(|email| EmailAddress::from_stored(email).key())
    }
}

#[derive(Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
struct SessionRow<'a> {
    digest: &'a str,
    id: &'a str,
    user_id: &'a str,
    created_at: i64,
    last_used_at: i64,
    expires_at: i64,
    user_agent: &'a str,
    address: &'a str,
    kind: &'a str,
    rotated_at: Option<i64>,
    refresh_digest: Option<&'a str>,
    expiry_check_at: i64,
}

impl<'a> From<(&'a str, &'a MovedSession)> for SessionRow<'a> {
    fn from((user_id, moved): (&'a str, &'a MovedSession)) -> Self {
        let session = &moved.session;
        Self {
            digest: &moved.digest,
            id: &session.id,
            user_id,
            created_at: session.created_at.unix_seconds(),
            last_used_at: session.last_used_at.unix_seconds(),
            expires_at: session.expires_at.unix_seconds(),
            user_agent: &session.user_agent,
            address: &session.address,
            kind: moved.kind.as_str(),
            rotated_at: seconds(moved.rotated_at),
            refresh_digest: moved.refresh_digest.as_deref(),
            expiry_check_at: session.expires_at.unix_seconds(),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = provider_accounts, treat_none_as_default_value = false)]
struct ProviderAccountRow<'a> {
    id: &'a str,
    provider: &'a str,
    subject: &'a str,
    user_id: &'a str,
    created_at: i64,
    last_login_at: Option<i64>,
    doubted_at: Option<i64>,
}

impl<'a> From<(&'a str, &'a ProviderAccount)> for ProviderAccountRow<'a> {
    fn from((user_id, account): (&'a str, &'a ProviderAccount)) -> Self {
        Self {
            id: &account.id,
            provider: &account.provider,
            subject: &account.subject,
            user_id,
            created_at: account.created_at.unix_seconds(),
            last_login_at: seconds(account.last_login_at),
            doubted_at: seconds(account.doubted_at),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = moved_users)]
struct MovedUserRow<'a> {
    user_id: &'a str,
    link_secret: &'a str,
    moved_at: i64,
}

impl<'a> From<(&'a str, &'a Origin)> for MovedUserRow<'a> {
    fn from((user_id, origin): (&'a str, &'a Origin)) -> Self {
        Self { user_id, link_secret: origin.link_secret.expose(), moved_at: origin.moved_at.unix_seconds() }
    }
}

#[derive(Insertable)]
#[diesel(table_name = moved_emails)]
struct MovedEmailRow<'a> {
    id: &'a str,
    user_id: &'a str,
    email: &'a str,
}

impl<'a> From<(&'a str, &'a MovedEmail)> for MovedEmailRow<'a> {
    fn from((user_id, moved): (&'a str, &'a MovedEmail)) -> Self {
        Self { id: &moved.id, user_id, email: &moved.email }
    }
}

#[derive(Insertable)]
#[diesel(table_name = moved_tokens)]
struct RevokedTokenRow<'a> {
    digest: &'a str,
    expires_at: i64,
}

impl<'a> From<&'a RevokedToken> for RevokedTokenRow<'a> {
    fn from(token: &'a RevokedToken) -> Self {
        Self { digest: &token.digest, expires_at: token.expires_at.unix_seconds() }
    }
}
