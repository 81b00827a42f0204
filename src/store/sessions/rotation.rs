//! The queries of refresh tokens: which session one began, and its replacement.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Text};

use super::owner::JwtSession;
use super::reads::jwt_session_by_id;
use crate::clock::{Seconds, Timestamp};
use crate::identity::UserId;
use crate::store::connection::on_engine;
use crate::store::schema::sessions;
use crate::store::users;
use crate::store::{Store, StoreError};

/// A session cannot last longer: about 35,000 years.
const LONGEST_LIFE: i64 = 1 << 40;

/// The replacement of a refresh token.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The public id of the session.
    pub session_id: String,
    /// Its user.
    pub user_id: String,
    /// SHA-256 of the presented refresh token's id, in hex.
    pub presented: String,
    /// SHA-256 of the new refresh token's id, in hex.
    pub replacement: String,
    /// Now.
    pub now: Timestamp,
    /// The session has ended if it was last used at this moment or before.
    pub idle_since: Timestamp,
    /// How long a session lasts, however much it is used.
    pub life: Seconds,
    /// When the new refresh token ends, unless its session ends earlier.
    pub expires_at: Timestamp,
}

impl Store {
    /// Finds the session whose first refresh token has this digest, with its user.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_jwt_session_begun_by(&self, digest: String) -> Result<Option<JwtSession>, StoreError> {
        self.lanes
            .read(move |connection| {
                let id = sessions::table.find(&digest).select(sessions::id);
                match id.get_result::<String>(connection).optional()? {
                    Some(id) => jwt_session_by_id(connection, &id),
                    None => Ok(None),
                }
            })
            .await
    }

    /// Replaces the refresh token of a live session, if the presented one is the current one. Returns when the session
    /// ends now; `None` if nothing was replaced.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn rotate_session(&self, rotation: Rotation) -> Result<Option<Timestamp>, StoreError> {
        self.lanes
            .write_shared(move |connection| {
                let replace = Replace::new(&rotation);
                let ends: Vec<i64> = on_engine!(connection, engine => replace.load(engine))?;
                Ok(ends.first().copied().map(Timestamp::from_unix_seconds))
            })
            .await
    }

    /// Ends a session of which a refresh token was presented that had been replaced before `replaced_before`. Returns
    /// whether it did: not if the token is the current one, or was replaced later.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn end_replayed_session(
        &self,
        user_id: UserId,
        session_id: String,
        presented: String,
        replaced_before: Timestamp,
    ) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                // The user's row first, as in every transaction that ends sessions.
                users::lock(connection, &user_id)?;
                let replayed = sessions::table
                    .filter(sessions::id.eq(&session_id))
                    .filter(sessions::refresh_digest.ne(&presented))
                    .filter(sessions::rotated_at.lt(replaced_before.unix_seconds()));
                Ok(diesel::delete(replayed).execute(connection)? == 1)
            })
            .await
    }
}

/// The guarded update of a refresh, as SQL text that is prepared once, as the update of a verification is. It checks all
/// that makes a session live, so that nothing is read before.
struct Replace<'a> {
    rotation: &'a Rotation,
    now: i64,
    idle_since: i64,
    life: i64,
    expires_at: i64,
}

impl<'a> Replace<'a> {
    fn new(rotation: &'a Rotation) -> Self {
        Self {
            rotation,
            now: rotation.now.unix_seconds(),
            idle_since: rotation.idle_since.unix_seconds(),
            // The database adds it to a time, which must not overflow.
            life: i64::try_from(rotation.life.get()).map_or(LONGEST_LIFE, |life| life.min(LONGEST_LIFE)),
            expires_at: rotation.expires_at.unix_seconds(),
        }
    }
}

impl<DB> QueryFragment<DB> for Replace<'_>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text>,
    i64: ToSql<BigInt, DB>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let Rotation { session_id, user_id, presented, replacement, .. } = self.rotation;
        out.push_sql("UPDATE sessions SET refresh_digest = ");
        out.push_bind_param::<Text, _>(replacement)?;
        out.push_sql(", rotated_at = ");
        out.push_bind_param::<BigInt, _>(&self.now)?;
        out.push_sql(", last_used_at = ");
        out.push_bind_param::<BigInt, _>(&self.now)?;
        out.push_sql(", expires_at = CASE WHEN created_at + ");
        out.push_bind_param::<BigInt, _>(&self.life)?;
        out.push_sql(" < ");
        out.push_bind_param::<BigInt, _>(&self.expires_at)?;
        out.push_sql(" THEN created_at + ");
        out.push_bind_param::<BigInt, _>(&self.life)?;
        out.push_sql(" ELSE ");
        out.push_bind_param::<BigInt, _>(&self.expires_at)?;
        out.push_sql(" END WHERE id = ");
        out.push_bind_param::<Text, _>(session_id)?;
        out.push_sql(" AND refresh_digest = ");
        out.push_bind_param::<Text, _>(presented)?;
        out.push_sql(" AND user_id = ");
        out.push_bind_param::<Text, _>(user_id)?;
        out.push_sql(" AND expires_at > ");
        out.push_bind_param::<BigInt, _>(&self.now)?;
        out.push_sql(" AND last_used_at > ");
        out.push_bind_param::<BigInt, _>(&self.idle_since)?;
        out.push_sql(
            " AND EXISTS (SELECT 1 FROM users WHERE users.id = sessions.user_id AND users.disabled_at IS NULL) \
             RETURNING expires_at",
        );
        Ok(())
    }
}

impl QueryId for Replace<'_> {
    type QueryId = Replace<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Replace<'_> {
    type SqlType = BigInt;
}

impl<C> RunQueryDsl<C> for Replace<'_> {}
