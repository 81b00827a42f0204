//! The queries of sessions.

mod expiry;
mod kind;
mod listing;
mod owner;
mod reads;
mod rotation;
mod trimming;

use diesel::prelude::*;

use super::budgets::{self, Restitution};
use super::connection::{AnyConnection, on_engine};
use super::old_links;
use super::schema::{sessions, users as user_rows};
use super::users;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::secret::Secret;

pub(crate) use kind::SessionKind;
pub use listing::SessionPage;
pub(crate) use owner::{JwtSession, SessionOwner};
pub(crate) use rotation::Rotation;

/// A new session.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// What its user holds.
    pub kind: SessionKind,
    /// SHA-256 of the token, or of the refresh token's id, in hex.
    pub digest: String,
    /// The public id, by which the user can end the session.
    pub id: String,
    /// Whose it is.
    pub user_id: UserId,
    /// Now.
    pub created_at: Timestamp,
    /// When the session ends, even if it is used.
    pub expires_at: Timestamp,
    /// The client's `User-Agent`, by which users recognise their devices.
    pub user_agent: String,
    /// The client's address.
    pub address: String,
    /// How many sessions the user may have, this one included. The oldest sessions beyond that are ended.
    pub most: u32,
}

/// A session as its user sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The public id, by which the user can end the session.
    pub id: String,
    /// When the user logged in.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
    /// When the session ends, even if it is used.
    pub expires_at: Timestamp,
    /// The client's `User-Agent`, by which users recognise their devices.
    pub user_agent: String,
    /// The client's address at login.
    pub address: String,
}

/// A user who acts through a session. Once the session has ended, no change may be made for the actor.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The user.
    pub user_id: UserId,
    /// The session.
    pub session_id: String,
}

/// Which of its user's sessions an [`Actor`] ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The session with that id.
    One(String),
    /// All but the actor's own session.
    Others,
    /// All.
    All,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(super) struct SessionRow {
    id: String,
    created_at: i64,
    last_used_at: i64,
    expires_at: i64,
    user_agent: String,
    address: String,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id,
            created_at: Timestamp::from_unix_seconds(row.created_at),
            last_used_at: Timestamp::from_unix_seconds(row.last_used_at),
            expires_at: Timestamp::from_unix_seconds(row.expires_at),
            user_agent: row.user_agent,
            address: row.address,
        }
    }
}

impl Store {
    /// Stores a session, records the login and gives back its cost, if the user still has this password hash and is not
    /// disabled. Returns whether it did. The check is in the transaction: a concurrent password change must not leave a
    /// session behind.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn create_session(
        &self,
        session: NewSession,
        password_hash: Option<Secret>,
        restitution: Option<Restitution>,
    ) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                let is_begun = create(connection, &session, password_hash.as_ref())?;
                if let Some(restitution) = restitution.as_ref().filter(|_| is_begun) {
                    budgets::make_good(connection, restitution, session.created_at)?;
                }
                Ok(is_begun)
            })
            .await
    }

    /// Stores another session of an actor. Returns whether it did: not if the actor's session has ended.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn create_session_as(&self, actor: Actor, session: NewSession) -> Result<bool, StoreError> {
        let created = self.write_as(actor, move |connection| create(connection, &session, None)).await?;
        Ok(created == Some(true))
    }

    /// Stores the time of a session's use, unless a use after `unless_after` is stored.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn touch_session(&self, id: String, now: Timestamp, unless_after: Timestamp) -> Result<(), StoreError> {
        self.lanes
            .write_statement(move |connection| {
                let stale = sessions::table
                    .filter(sessions::id.eq(&id))
                    .filter(sessions::last_used_at.le(unless_after.unix_seconds()));
                diesel::update(stale).set(sessions::last_used_at.eq(now.unix_seconds())).execute(connection)?;
                Ok(())
            })
            .await
    }

    /// Ends sessions for their user. Returns how many, or `None` if the actor's session has ended.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn end_sessions(&self, actor: Actor, ending: Ending) -> Result<Option<usize>, StoreError> {
        let (user_id, own) = (actor.user_id.clone(), actor.session_id.clone());
        self.write_as(actor, move |connection| match &ending {
            Ending::One(id) => end_one(connection, &user_id, id),
            Ending::Others => {
                old_links::forget(connection, &user_id)?;
                end_others(connection, &user_id, &own)
            }
            Ending::All => end_for_good(connection, &user_id),
        })
        .await
    }

    /// Runs `work` in a transaction that first locks the actor's live session. Returns `None` without running it if the
    /// session has ended: a request that was admitted before the end must change nothing after it.
    pub(super) async fn write_as<T, F>(&self, actor: Actor, mut work: F) -> Result<Option<T>, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    {
        self.lanes
            .write(move |connection| if hold(connection, &actor)? { work(connection).map(Some) } else { Ok(None) })
            .await
    }
}

/// Locks the session and returns whether it still exists. The lock keeps other transactions from ending it until this
/// one is over.
fn hold(connection: &mut AnyConnection, actor: &Actor) -> QueryResult<bool> {
    // The user's row first, as in every transaction that ends sessions: another order could deadlock.
    users::lock(connection, &actor.user_id)?;
    let own = sessions::table.filter(sessions::user_id.eq(actor.user_id.as_str()));
    let session = diesel::update(own.filter(sessions::id.eq(&actor.session_id)));
    // An UPDATE with the present value locks the row on PostgreSQL too. Both engines accept this statement.
    Ok(session.set(sessions::last_used_at.eq(sessions::last_used_at)).execute(connection)? == 1)
}

/// Inserts a session and records the login, unless the user is disabled or has another password hash than this.
pub(super) fn create(
    connection: &mut AnyConnection,
    session: &NewSession,
    password_hash: Option<&Secret>,
) -> QueryResult<bool> {
    let user = user_rows::table.find(session.user_id.as_str()).filter(user_rows::disabled_at.is_null());
    let noted = user_rows::last_login_at.eq(session.created_at.unix_seconds());
    let changed = match password_hash {
        Some(hash) => {
            diesel::update(user.filter(user_rows::password_hash.eq(hash.expose()))).set(noted).execute(connection)?
        }
        None => diesel::update(user).set(noted).execute(connection)?,
    };
    if changed == 0 {
        return Ok(false);
    }
    insert(connection, session)?;
    Ok(true)
}

/// Inserts a session, and ends the oldest ones of its user beyond the limit.
pub(super) fn insert(connection: &mut AnyConnection, session: &NewSession) -> QueryResult<()> {
    let row = (
        sessions::digest.eq(&session.digest),
        sessions::kind.eq(session.kind.as_str()),
        sessions::refresh_digest.eq((session.kind == SessionKind::Jwt).then_some(&session.digest)),
        sessions::id.eq(&session.id),
        sessions::user_id.eq(session.user_id.as_str()),
        sessions::created_at.eq(session.created_at.unix_seconds()),
        sessions::last_used_at.eq(session.created_at.unix_seconds()),
        sessions::expires_at.eq(session.expires_at.unix_seconds()),
        sessions::expiry_check_at.eq(session.expires_at.unix_seconds()),
        sessions::user_agent.eq(&session.user_agent),
        sessions::address.eq(&session.address),
    );
    on_engine!(connection, engine => diesel::insert_into(sessions::table).values(row).execute(engine))?;
    let (user_id, new) = (session.user_id.as_str(), Some(session.id.as_str()));
    trimming::end_oldest(connection, user_id, session.most, new, trimming::ENDED_BY_A_LOGIN).map(drop)
}

fn end_one(connection: &mut AnyConnection, user_id: &UserId, id: &str) -> QueryResult<usize> {
    let own = sessions::table.filter(sessions::user_id.eq(user_id.as_str()));
    diesel::delete(own.filter(sessions::id.eq(id))).execute(connection)
}

pub(super) fn end_all(connection: &mut AnyConnection, user_id: &UserId) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user_id.as_str()))).execute(connection)
}

/// Ends all sessions of a user, and voids the tokens of another system that could begin new ones. A new password does so
/// by itself.
pub(super) fn end_for_good(connection: &mut AnyConnection, user_id: &UserId) -> QueryResult<usize> {
    old_links::forget(connection, user_id)?;
    end_all(connection, user_id)
}

pub(super) fn end_others(connection: &mut AnyConnection, user_id: &UserId, kept: &str) -> QueryResult<usize> {
    let others = sessions::table.filter(sessions::user_id.eq(user_id.as_str())).filter(sessions::id.ne(kept));
    diesel::delete(others).execute(connection)
}
