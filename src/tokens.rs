//! JSON Web Tokens: signs them, and verifies those that come back. No other room knows how they are written.
//!
//! The claims of access and refresh tokens are those of simplejwt, in its order, those of single tokens are drf-jwt's. All
//! have `sid` too, the public id of the session that a token belongs to. Nothing here reads the wall clock or the database: time is an argument, and whether the session lives is decided by
//! the accounts.

mod claims;
mod key_ring;
mod keys;
mod moving;
mod signer;

#[cfg(test)]
mod tests;

pub use claims::{NewSingleToken, NewToken, TokenType, VerifiedToken};
pub use key_ring::TokenSecretError;
pub use keys::{KeyError, PrivateKey, PublicKey};
pub use moving::{OldRefreshToken, Simplejwt};
pub use signer::TokenSigner;

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// It is malformed, of another algorithm, issuer or audience, signed with another secret or key, or not valid yet.
    #[error("the token is invalid")]
    Invalid,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// It is an access token where a refresh token is needed, or the other way round.
    #[error("the token is of the wrong type")]
    WrongType,
}
