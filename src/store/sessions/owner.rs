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
