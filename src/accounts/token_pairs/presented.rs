//! A refresh token that a client presents, and whose it is.

use crate::accounts::old_tokens::Exchanged;
use crate::accounts::session_token::SessionToken;
use crate::tokens::{TokenFault, TokenType, VerifiedToken};

/// A verified refresh token, and the digest of its id.
pub(super) struct Presented {
    pub(super) bearer: Bearer,
    pub(super) digest: String,
}

impl From<Exchanged> for Presented {
    fn from(Exchanged { user_id, session_id, digest }: Exchanged) -> Self {
        Self { bearer: Bearer { kind: TokenType::Refresh, user_id, session_id }, digest }
    }
}

/// Whose a verified token is.
pub(super) struct Bearer {
    pub(super) kind: TokenType,
    pub(super) user_id: String,
    pub(super) session_id: String,
}

impl Bearer {
    pub(super) fn of(claims: &VerifiedToken) -> Self {
        let (user_id, session_id) = (claims.user_id().to_owned(), claims.session_id().to_owned());
        Self { kind: claims.kind(), user_id, session_id }
    }
}

/// Returns the digest of a refresh token's id.
pub(super) fn digest_of(claims: &VerifiedToken) -> Result<String, TokenFault> {
    SessionToken::parse_id(claims.id()).map(|id| id.digest()).ok_or(TokenFault::Invalid)
}
