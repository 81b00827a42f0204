//! What comes of comparing a password with a stored hash, and why it may not be compared.

use super::implementation::ComputeError;
use super::import_hash_error::ImportHashError;
use crate::lane::LaneError;

/// Whether a password matches the stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It matches.
    Match,
    /// It matches, but the hash has another cost than the settings have now, or is of another system. The caller should
    /// hash the password again.
    MatchButOutdated,
    /// It does not match, or there is no such user.
    Mismatch,
}

/// Why a password was neither hashed nor verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The queue is full. The client may try again after a second.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// The hasher is shutting down, or panicked.
    #[error("the password lane has stopped")]
    Stopped,
    /// The stored hash is of no known scheme, or lacks a part.
    #[error("the stored password hash cannot be read")]
    Unreadable,
    /// The stored hash asks for more work or memory than [`HashingParameters`](super::HashingParameters) allow, or the ceiling of its scheme.
    #[error("the stored password hash costs more than is allowed")]
    TooCostly,
    /// The stored hash is of Firebase, and its project's signer key is not set.
    #[error(
        "the stored password hash is of Firebase, whose signer key is not set; give passwords.firebase_signer_key_file"
    )]
    LacksSignerKey,
    /// The operating system has no memory for the hash. The client may try again after a second.
    #[error("there is no memory to hash a password in")]
    OutOfMemory,
}

impl From<LaneError> for HashError {
    fn from(error: LaneError) -> Self {
        match error {
            LaneError::Full => Self::Busy,
            LaneError::Stopped => Self::Stopped,
        }
    }
}

impl From<ComputeError> for HashError {
    fn from(error: ComputeError) -> Self {
        match error {
            ComputeError::Unsuitable => Self::Unreadable,
            ComputeError::OutOfMemory => Self::OutOfMemory,
            ComputeError::LacksSignerKey => Self::LacksSignerKey,
        }
    }
}

impl From<ImportHashError> for HashError {
    fn from(error: ImportHashError) -> Self {
        if error.is_about_cost() { Self::TooCostly } else { Self::Unreadable }
    }
}
