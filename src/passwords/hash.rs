//! Stored password hashes and their format.

use argon2::password_hash::phc;
use argon2::{Algorithm, Params, Version};

use super::method::Method;
use super::parameters::{HashingParameters, OUTPUT_BYTES};
use crate::secret::{Secret, debug_as_name};

/// A password hash as it is stored: a PHC string such as `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
///
/// Another system may have made it. Whether it can be parsed is known only when a password is verified against it.
/// `Debug` shows nothing of it.
#[derive(Clone)]
pub struct PasswordHash(Secret);

impl PasswordHash {
    /// Wraps a hash from the store, without parsing it.
    pub fn from_stored(hash: impl Into<String>) -> Self {
        Self(Secret::new(hash))
    }

    /// Returns the hash as text, for the store.
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }
}

debug_as_name!(PasswordHash);

/// Why a stored hash cannot be computed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecipeError {
    /// It is not a PHC string of Argon2 with all its parts.
    Unreadable,
    /// It asks for more than [`HashingParameters`] allow.
    TooCostly,
}

/// A parsed hash: how to compute it again, and the expected output.
pub(super) struct Recipe {
    pub(super) method: Method,
    pub(super) salt: phc::Salt,
    pub(super) output: phc::Output,
}

impl Recipe {
    /// Parses a stored hash of any variant and version of Argon2.
    pub(super) fn read(hash: &PasswordHash) -> Result<Self, RecipeError> {
        let unreadable = |_| RecipeError::Unreadable;
        let parts = phc::PasswordHash::new(hash.as_str()).map_err(|_| RecipeError::Unreadable)?;
        let algorithm = Algorithm::try_from(parts.algorithm.as_str()).map_err(unreadable)?;
        // The format had no version before 0x13, so a hash without one is of 0x10.
        let version =
            parts.version.map_or(Ok(Version::V0x10), Version::try_from).map_err(|_| RecipeError::Unreadable)?;
        if ["m", "t", "p"].iter().any(|name| parts.params.get(*name).is_none()) {
            return Err(RecipeError::Unreadable);
        }
        let params = Params::try_from(&parts).map_err(unreadable)?;
        HashingParameters::new(params.m_cost(), params.t_cost(), params.p_cost())
            .map_err(|_| RecipeError::TooCostly)?;
        let (Some(salt), Some(output)) = (parts.salt, parts.hash) else {
            return Err(RecipeError::Unreadable);
        };
        Ok(Self { method: Method { algorithm, version, params }, salt, output })
    }

    /// Returns whether the hash has the method and cost of `parameters`, and a salt of the recommended length.
    pub(super) fn is_current(&self, parameters: HashingParameters) -> bool {
        self.method == parameters.method() && self.salt.len() >= phc::Salt::RECOMMENDED_LENGTH
    }
}

/// Writes the Argon2id hash of a password and `salt` as a PHC string.
pub(super) fn write(parameters: HashingParameters, salt: phc::Salt, output: &[u8; OUTPUT_BYTES]) -> PasswordHash {
    let method = parameters.method();
    let parts = phc::PasswordHash {
        algorithm: method.algorithm.ident(),
        version: Some(method.version.into()),
        params: method.params.try_into().expect("three numbers fit a PHC string"),
        salt: Some(salt),
        hash: Some(phc::Output::new(output).expect("32 bytes fit a PHC string")),
    };
    PasswordHash::from_stored(parts.to_string())
}
