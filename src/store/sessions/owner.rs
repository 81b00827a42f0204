//! The user of a session, as one read finds both.

use crate::clock::Timestamp;
use crate::store::users::{User, UserRow};

/// The user of a session, and the times that decide whether the session is still valid.
#[derive(Clone, Debug)]
pub struct SessionOwner {
    /// The user.
    pub user: User,
    /// The public id, by which the user can end the session.
    pub session_id: String,
    /// When the session was last used, to the minute.
    pub last_used_at: Timestamp,
    /// When the session ends, even if it is used.
    pub expires_at: Timestamp,
}

/// A session whose user holds JSON Web Tokens.
#[derive(Clone, Debug)]
pub struct JwtSession {
    /// Its user, and the times that decide whether it is still valid.
    pub owner: SessionOwner,
    /// SHA-256 of the current refresh token's id, in hex.
    pub digest: String,
    /// When the refresh token was replaced last; absent if it never was.
    pub rotated_at: Option<Timestamp>,
}

/// A session's id and times, and its user, as they are loaded.
pub(super) type Loaded = (String, i64, i64, UserRow);

impl From<Loaded> for SessionOwner {
    fn from((session_id, last_used_at, expires_at, user): Loaded) -> Self {
        Self {
            user: user.into(),
            session_id,
            last_used_at: Timestamp::from_unix_seconds(last_used_at),
            expires_at: Timestamp::from_unix_seconds(expires_at),
        }
    }
}

/// A session whose user holds JSON Web Tokens, as it is loaded.
pub(super) type LoadedJwt = ((Option<String>, Option<i64>), Loaded);

impl From<LoadedJwt> for JwtSession {
    fn from(((digest, rotated_at), owner): LoadedJwt) -> Self {
        Self {
            owner: owner.into(),
            digest: digest.unwrap_or_default(),
            rotated_at: rotated_at.map(Timestamp::from_unix_seconds),
        }
    }
}
