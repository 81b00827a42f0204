//! A refresh token that a client presents, and whose it is.

use crate::accounts::session_token::SessionToken;
use crate::tokens::{TokenFault, VerifiedToken};

/// A verified refresh token: its user, its session, and the digest of its id.
pub(in crate::accounts) struct Presented {
    pub(in crate::accounts) user_id: String,
    pub(in crate::accounts) session_id: String,
    pub(in crate::accounts) digest: String,
}

/// Returns the digest of a refresh token's id.
pub(super) fn digest_of_id(claims: &VerifiedToken) -> Result<String, TokenFault> {
    SessionToken::parse_id(claims.id()).map(|id| id.digest()).ok_or(TokenFault::Invalid)
}
