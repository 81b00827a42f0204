//! Why an address was not changed.

use crate::accounts::Refusal;
use crate::links::LinkError;

/// Why an address was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeEmailError {
    /// New addresses need no proof, and the link is not that of an unverified user.
    #[error("verification of e-mail addresses is switched off")]
    SwitchedOff,
    /// The claim is not from one of our links, or the address is no longer requested.
    #[error("the signature is invalid")]
    InvalidSignature,
    /// The link was used before, and the user has another address by now.
    #[error("the link was used before")]
    AlreadyUsed,
    /// The link is too old.
    #[error("the link has expired")]
    Expired,
    /// Another user has proved the address.
    #[error("the address is taken")]
    Taken,
    /// The user is disabled; or unverified, where addresses need no proof.
    #[error("there is no such user")]
    NoSuchUser,
    /// The site requires the password for this operation, and the request has none.
    #[error("the password is missing")]
    PasswordMissing,
    /// The password is not the user's.
    #[error("the password is wrong")]
    PasswordWrong,
    /// The password or the address was changed by another request meanwhile.
    #[error("the account was changed meanwhile")]
    Overtaken,
    /// The user's session has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for ChangeEmailError {}

impl From<LinkError> for ChangeEmailError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Expired => Self::Expired,
            LinkError::Malformed | LinkError::Forged | LinkError::FromTheFuture => Self::InvalidSignature,
        }
    }
}
