//! What logins and refreshes answer with.

use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::secret::Secret;

/// What a login answers with.
#[derive(Debug)]
pub struct TokenPair {
    /// Proves the login, for a few minutes.
    pub access: Secret,
    /// When `access` expires.
    pub access_expires_at: Timestamp,
    /// Is exchanged for new access tokens.
    pub refresh: Secret,
    /// When `refresh` expires, and the login with it.
    pub refresh_expires_at: Timestamp,
    /// When the login began.
    pub begun_at: Timestamp,
    /// The user who logged in.
    pub user_id: UserId,
    /// The public id of the session.
    pub session_id: String,
}

/// What a refresh answers with.
#[derive(Debug)]
pub struct Renewed {
    /// The new access token.
    pub access: Secret,
    /// When `access` expires.
    pub access_expires_at: Timestamp,
    /// The new refresh token, where the settings say that each is used once.
    pub refresh: Option<Secret>,
    /// When the refresh token expires, and the login with it.
    pub refresh_expires_at: Timestamp,
    /// When the tokens were signed.
    pub signed_at: Timestamp,
}
