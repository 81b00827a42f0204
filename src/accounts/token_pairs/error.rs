//! Why a JSON Web Token is refused.

use crate::accounts::{Failure, Refusal};
use crate::tokens::{TokenFault, TokenType};

/// Why a JSON Web Token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token itself is refused. The database was not asked.
    #[error(transparent)]
    Refused(#[from] TokenFault),
    /// The session of this token has ended.
    #[error("the session of the token has ended")]
    Ended(TokenType),
    /// The refresh token was replaced, and its session lives. Another tab, or the same request before, has the new one.
    #[error("the refresh token was replaced")]
    Replaced,
    /// The user of the token has been deleted.
    #[error("there is no such user")]
    NoSuchUser,
    /// An operator has disabled the user of the token.
    #[error("the user is disabled")]
    UserDisabled,
}

impl Refusal for TokenError {}

impl From<TokenFault> for Failure<TokenError> {
    fn from(fault: TokenFault) -> Self {
        Self::Refused(fault.into())
    }
}
