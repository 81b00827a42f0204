//! Why an operation for operators was refused.

use crate::accounts::Refusal;

/// No user has this id (any more).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such user")]
pub struct NoSuchUser;

impl Refusal for NoSuchUser {}

/// Why a user was not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyUserError {
    /// No user has this id (any more).
    #[error("there is no such user")]
    NoSuchUser,
    /// The user was verified before.
    #[error("the user is verified already")]
    AlreadyVerified,
    /// The user is disabled, and must be enabled first.
    #[error("the user is disabled")]
    Disabled,
    /// Another user has proved the address.
    #[error("another user has proved the address")]
    EmailTaken,
}

impl Refusal for VerifyUserError {}

/// Why the values of declared fields were not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetFieldsError {
    /// No user has this id (any more).
    #[error("there is no such user")]
    NoSuchUser,
    /// The values are more than is stored of a user:
    /// [`MAXIMUM_DOCUMENT_BYTES`](crate::profile_fields::MAXIMUM_DOCUMENT_BYTES).
    #[error("the values of declared fields are too large")]
    FieldsTooLarge,
}

impl Refusal for SetFieldsError {}
