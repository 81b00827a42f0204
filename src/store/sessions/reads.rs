//! The reads that precede most requests: one finds a session, by the digest of its token or by the id that a JSON Web
//! Token names, together with its user. On PostgreSQL, reads of a kind that wait together share a query.

use std::collections::HashMap;

use diesel::prelude::*;

use super::kind::SessionKind;
use super::owner::{JwtSession, Loaded, LoadedJwt, SessionOwner};
use crate::store::connection::{AnyConnection, on_engine};
use crate::store::lanes::Queries;
use crate::store::schema::{sessions, users};
use crate::store::users::UserRow;
use crate::store::{Store, StoreError};

/// The columns of [`Loaded`]. Their type depends on the engine.
macro_rules! owner {
    () => {
        (sessions::id, sessions::last_used_at, sessions::expires_at, UserRow::as_select())
    };
}

const BY_DIGEST: &Queries<SessionOwner> = &Queries { one: owner_by_digest, several: owners_by_digest };
const JWT_BY_ID: &Queries<JwtSession> = &Queries { one: jwt_session_by_id, several: jwt_sessions_by_id };

impl Store {
    /// Finds the session with this digest and its user, whether or not it has expired.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_session(&self, digest: String) -> Result<Option<SessionOwner>, StoreError> {
        self.lanes.look_up(digest, BY_DIGEST).await
    }

    /// Finds the session of a JSON Web Token, with its user, by its public id.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_jwt_session(&self, id: String) -> Result<Option<JwtSession>, StoreError> {
        self.lanes.look_up(id, JWT_BY_ID).await
    }
}

fn owner_by_digest(connection: &mut AnyConnection, digest: &str) -> QueryResult<Option<SessionOwner>> {
    let found = on_engine!(connection, engine => sessions::table
        .inner_join(users::table)
        .filter(sessions::digest.eq(digest))
        .filter(sessions::kind.eq(SessionKind::Token.as_str()))
        .select(owner!())
        .first::<Loaded>(engine));
    Ok(found.optional()?.map(SessionOwner::from))
}

fn owners_by_digest(connection: &mut AnyConnection, digests: &[&str]) -> QueryResult<HashMap<String, SessionOwner>> {
    let found = on_engine!(connection, engine => sessions::table
        .inner_join(users::table)
        .filter(sessions::digest.eq_any(digests))
        .filter(sessions::kind.eq(SessionKind::Token.as_str()))
        .select((sessions::digest, owner!()))
        .load::<(String, Loaded)>(engine))?;
    Ok(found.into_iter().map(|(digest, owner)| (digest, owner.into())).collect())
}

/// Finds the session of a JSON Web Token by its public id.
pub(super) fn jwt_session_by_id(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<JwtSession>> {
    let found = on_engine!(connection, engine => sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(id))
        .filter(sessions::kind.eq(SessionKind::Jwt.as_str()))
        .select(((sessions::refresh_digest, sessions::rotated_at), owner!()))
        .first::<LoadedJwt>(engine));
    Ok(found.optional()?.map(JwtSession::from))
}

fn jwt_sessions_by_id(connection: &mut AnyConnection, ids: &[&str]) -> QueryResult<HashMap<String, JwtSession>> {
    let found = on_engine!(connection, engine => sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq_any(ids))
        .filter(sessions::kind.eq(SessionKind::Jwt.as_str()))
        .select(((sessions::refresh_digest, sessions::rotated_at), owner!()))
        .load::<LoadedJwt>(engine))?;
    Ok(found.into_iter().map(JwtSession::from).map(|found| (found.owner.session_id.clone(), found)).collect())
}
