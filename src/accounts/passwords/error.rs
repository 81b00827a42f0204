//! Why a password was not reset.

use crate::accounts::Refusal;
use crate::links::LinkError;
use crate::passwords::WeakPassword;

/// Why a password was not reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// Resetting is switched off.
    #[error("resetting passwords is switched off")]
    SwitchedOff,
    /// No user has that name. A client that learns this can find out who has an account.
    #[error("there is no such user")]
    NoSuchUser,
    /// The claim is not from one of our links, the link was made invalid by another change, or its user was deleted.
    #[error("the signature is invalid")]
    InvalidSignature,
    /// The link was used before.
    #[error("the link was used before")]
    AlreadyUsed,
    /// The user has not proved the address, and another user has proved it meanwhile.
    #[error("another user has the address")]
    EmailTaken,
    /// The link is too old.
    #[error("the link has expired")]
    Expired,
    /// The new password breaks these rules; none where the run was [dry](crate::accounts::Run::Dry).
    #[error("the password is refused")]
    Password(Vec<WeakPassword>),
}

impl Refusal for ResetPasswordError {}

impl From<LinkError> for ResetPasswordError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Expired => Self::Expired,
            LinkError::Malformed | LinkError::Forged | LinkError::FromTheFuture => Self::InvalidSignature,
        }
    }
}
