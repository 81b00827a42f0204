//! What a stored hash is made of, and how it is computed again.

use super::argon2_recipe::{Argon2Recipe, Writer};
use super::foreign::ForeignHash;
use super::import_hash_error::ImportHashError;
use super::parameters::HashingParameters;

/// The most bytes of a stored hash. Django's column has 128; the longest text of a known scheme has some 250.
pub(super) const MAXIMUM_BYTES: usize = 512;

/// A parsed hash: how to compute it again, and the expected output.
pub(super) enum Recipe {
    /// Argon2, of this server or another system.
    Argon2(Argon2Recipe),
    /// Any other scheme.
    Foreign(ForeignHash),
}

impl Recipe {
    /// Parses a stored hash.
    ///
    /// # Errors
    ///
    /// Each [`ImportHashError`].
    pub(super) fn read(text: &str) -> Result<Self, ImportHashError> {
        if text.len() > MAXIMUM_BYTES {
            return Err(ImportHashError::TooLong { bytes: text.len(), maximum: MAXIMUM_BYTES });
        }
        if let Some(phc) = text.strip_prefix("argon2").filter(|rest| rest.starts_with('$')) {
            return Ok(Self::Argon2(Argon2Recipe::read(phc, Writer::Django)?));
        }
        if text.starts_with("$argon2") {
            return Ok(Self::Argon2(Argon2Recipe::read(text, Writer::ThisOrAnother)?));
        }
        Ok(Self::Foreign(ForeignHash::read(text)?))
    }

    /// Returns whether the hash has the method and cost of `parameters`, and a salt of the recommended length.
    pub(super) fn is_current(&self, parameters: HashingParameters) -> bool {
        match self {
            Self::Argon2(argon2) => argon2.is_current(parameters),
            Self::Foreign(_) => false,
        }
    }

    /// Returns whether the hash can be verified only with the key of a Firebase project.
    pub(super) fn needs_signer_key(&self) -> bool {
        matches!(self, Self::Foreign(hash) if hash.needs_signer_key())
    }

    /// Returns the name of the scheme.
    pub(super) fn scheme(&self) -> &'static str {
        match self {
            Self::Argon2(argon2) => argon2.scheme(),
            Self::Foreign(hash) => hash.scheme(),
        }
    }
}
