//! Why a stored hash cannot be verified.

use super::parameters::HashingParametersError;

/// Why a password hash cannot be imported: this server could not verify a password against it, or not at a bearable cost.
///
/// No variant holds a part of the hash, so that it can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportHashError {
    /// The text is longer than that of any known hash.
    #[error("the password hash has {bytes} bytes; allowed are {maximum}")]
    TooLong {
        /// The bytes of the text.
        bytes: usize,
        /// [`PasswordHash::MAXIMUM_BYTES`](super::PasswordHash::MAXIMUM_BYTES).
        maximum: usize,
    },
    /// Its scheme is not known.
    #[error("the password hash is of no known scheme; docs/moving.md lists those that can be imported")]
    UnknownScheme,
    /// The scheme is one that computes a password's hash in less than a microsecond.
    #[error(
        "the password hash is of scheme {scheme}, which is cheap to crack and is not accepted; wrap it in PBKDF2 as \
         docs/moving.md shows"
    )]
    Unprotected {
        /// The scheme, as `md5`.
        scheme: &'static str,
    },
    /// A part is missing, empty, not of its form, or too short to protect a password.
    #[error("the password hash of scheme {scheme} has a missing or malformed {part}")]
    Malformed {
        /// The scheme, as `pbkdf2_sha256`.
        scheme: &'static str,
        /// The part, as `salt`.
        part: &'static str,
    },
    /// A login would cost more than is allowed.
    #[error("the password hash of scheme {scheme} has {cost} {given}; allowed are at most {maximum}")]
    TooCostly {
        /// The scheme, as `bcrypt`.
        scheme: &'static str,
        /// The name of the cost, as `iterations`.
        cost: &'static str,
        /// The cost that the hash asks for. [`u64::MAX`] stands for all larger ones.
        given: u64,
        /// The most that is allowed.
        maximum: u64,
    },
    /// A login would cost more than is allowed, by Argon2.
    #[error("the password hash cannot be verified: {0}")]
    Argon2(#[from] HashingParametersError),
}

impl ImportHashError {
    /// Returns whether the hash is whole, but asks for too much work or memory.
    pub(super) fn is_about_cost(self) -> bool {
        matches!(self, Self::TooCostly { .. } | Self::Argon2(_))
    }
}
