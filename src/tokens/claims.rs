//! What a token says: the claims as they are written, and as they are read.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenType {
    /// Proves a login to the API.
    Access,
    /// Is exchanged for new access tokens.
    Refresh,
    /// Is the only token of its login, which ends with it. Such a token has no claim `token_type`, as in drf-jwt.
    #[serde(skip_deserializing)]
    Single,
}

/// What a new token says.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    /// What it is for. A single token is a [`NewSingleToken`].
    pub kind: TokenType,
    /// When it is signed.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Its own id: 32 hexadecimal digits.
    pub id: &'a str,
    /// The user.
    pub user_id: &'a str,
    /// The public id of the session.
    pub session_id: &'a str,
}

/// What a new single token says.
#[derive(Clone, Copy, Debug)]
pub struct NewSingleToken<'a> {
    /// When it ends.
    pub expires_at: Timestamp,
    /// The user.
    pub user_id: &'a str,
    /// The name that the user logs in by.
    pub username: &'a str,
    /// The user's address; empty if there is none.
    pub email: &'a str,
    /// The public id of the session.
    pub session_id: &'a str,
}

/// The claims of a token that the signer has verified. No other code can make one.
#[derive(Clone)]
pub struct VerifiedToken(pub(super) ReadClaims);

impl VerifiedToken {
    /// Returns what the token is for.
    pub fn kind(&self) -> TokenType {
        self.0.token_type
    }

    /// Returns the token's own id; empty if the token is single.
    pub fn id(&self) -> &str {
        &self.0.jti
    }

    /// Returns the user's id.
    pub fn user_id(&self) -> &str {
        &self.0.user_id
    }

    /// Returns the public id of the session.
    pub fn session_id(&self) -> &str {
        &self.0.sid
    }
}

impl std::fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedToken").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

/// The claims in the order in which they are written.
#[derive(Serialize)]
pub(super) struct WrittenClaims<'a> {
    pub(super) token_type: TokenType,
    pub(super) exp: i64,
    pub(super) iat: i64,
    pub(super) jti: &'a str,
    pub(super) user_id: &'a str,
    pub(super) sid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aud: Option<&'a str>,
}

/// The claims of a single token in the order in which they are written.
#[derive(Serialize)]
pub(super) struct WrittenSingleClaims<'a> {
    pub(super) user_id: &'a str,
    pub(super) username: &'a str,
    pub(super) exp: i64,
    pub(super) email: &'a str,
    pub(super) sid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aud: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) iss: Option<&'a str>,
}

/// The claims that are read. Issuer and audience are checked before.
#[derive(Clone, Deserialize)]
pub(super) struct ReadClaims {
    #[serde(default = "single")]
    pub(super) token_type: TokenType,
    pub(super) exp: i64,
    /// Before this the token is not valid (RFC 7519, 4.1.5). Ours have none.
    pub(super) nbf: Option<i64>,
    #[serde(default)]
    jti: String,
    user_id: String,
    sid: String,
}

impl ReadClaims {
    /// Returns whether the ids can be ids. Another service that knows the secret may sign any text, and PostgreSQL
    /// accepts none with a NUL.
    pub(super) fn has_ids(&self) -> bool {
        let is_id = |id: &str| !id.is_empty() && !id.contains('\0');
        let has_own_id = self.token_type == TokenType::Single || is_id(&self.jti);
        has_own_id && is_id(&self.user_id) && is_id(&self.sid)
    }
}

/// Returns the type of a token that names none.
fn single() -> TokenType {
    TokenType::Single
}
