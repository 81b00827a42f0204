//! The queries of sessions whose users hold JSON Web Tokens: one indexed read by the id that the tokens name, and the
//! replacement of a refresh token.

use diesel::prelude::*;

use super::kind::SessionKind;
use super::owner::SessionOwner;
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::store::connection::on_engine;
use crate::store::schema::{sessions, users as user_rows};
use crate::store::users::{self, UserRow};
use crate::store::{Store, StoreError};

/// A session whose user holds JSON Web Tokens.
#[derive(Clone, Debug)]
pub struct JwtSession {
    /// Its user, and the times that decide whether it is still valid.
    pub owner: SessionOwner,
    /// SHA-256 of the current refresh token's id, in hex.
    pub digest: String,
    /// When the user logged in.
    pub created_at: Timestamp,
}

/// The replacement of a refresh token.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The public id of the session.
    pub session_id: String,
    /// SHA-256 of the presented refresh token's id, in hex.
    pub presented: String,
    /// SHA-256 of the new refresh token's id, in hex.
    pub replacement: String,
    /// Now.
    pub now: Timestamp,
    /// When the session ends now.
    pub expires_at: Timestamp,
}

impl Store {
    /// Finds the session of a JSON Web Token, with its user, by its public id.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_jwt_session(&self, id: String) -> Result<Option<JwtSession>, StoreError> {
        self.lanes
            .read(move |connection| {
                let found = on_engine!(connection, engine => sessions::table
                    .inner_join(user_rows::table)
                    .filter(sessions::id.eq(&id))
                    .filter(sessions::kind.eq(SessionKind::Jwt.as_str()))
                    .select((
                        sessions::id,
                        sessions::last_used_at,
                        sessions::expires_at,
                        UserRow::as_select(),
                        sessions::digest,
                        sessions::created_at,
                    ))
                    .first::<(String, i64, i64, UserRow, String, i64)>(engine));
                Ok(found.optional()?.map(|(id, last_used_at, expires_at, user, digest, created_at)| JwtSession {
                    owner: SessionOwner::from((id, last_used_at, expires_at, user)),
                    digest,
                    created_at: Timestamp::from_unix_seconds(created_at),
                }))
            })
            .await
    }

    /// Replaces the refresh token of a session, if the presented one is the current one. Returns whether it was.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn rotate_session(&self, rotation: Rotation) -> Result<bool, StoreError> {
        self.lanes
            .write_statement(move |connection| {
                let current = sessions::table
                    .filter(sessions::digest.eq(&rotation.presented))
                    .filter(sessions::id.eq(&rotation.session_id));
                let replaced = diesel::update(current).set((
                    sessions::digest.eq(&rotation.replacement),
                    sessions::rotated_at.eq(rotation.now.unix_seconds()),
                    sessions::last_used_at.eq(rotation.now.unix_seconds()),
                    sessions::expires_at.eq(rotation.expires_at.unix_seconds()),
                ));
                Ok(replaced.execute(connection)? == 1)
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
                    .filter(sessions::digest.ne(&presented))
                    .filter(sessions::rotated_at.lt(replaced_before.unix_seconds()));
                Ok(diesel::delete(replayed).execute(connection)? == 1)
            })
            .await
    }

    /// Ends the session of the current refresh token that is presented. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn end_jwt_session(
        &self,
        user_id: UserId,
        session_id: String,
        presented: String,
    ) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                users::lock(connection, &user_id)?;
                let current =
                    sessions::table.filter(sessions::digest.eq(&presented)).filter(sessions::id.eq(&session_id));
                Ok(diesel::delete(current).execute(connection)? == 1)
            })
            .await
    }
}
