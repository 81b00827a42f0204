//! Stored password hashes and their format.

use argon2::password_hash::phc;

use super::import_hash_error::ImportHashError;
use super::parameters::{HashingParameters, OUTPUT_BYTES};
use super::recipe::{MAXIMUM_BYTES, Recipe};
use crate::secret::{Secret, debug_as_name};

/// How a text begins that stands for no password at all, here as in Django.
const NO_PASSWORD: &str = "!";

/// A password hash as it is stored: a PHC string such as `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
///
/// Another system may have made it, in a scheme of its own (`docs/moving.md`). Whether it can be parsed is known only
/// when a password is verified against it, or when it is [imported](Self::import). `Debug` shows nothing of it.
#[derive(Clone)]
pub struct PasswordHash(Secret);

/// How the password of a user is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredPassword {
    /// There is none: the user logs in by other means, or resets it.
    None,
    /// A hash at the present cost, in the scheme of this name.
    Current(&'static str),
    /// A hash of another system or of another cost, which the next login replaces. It is in the scheme of this name.
    Outdated(&'static str),
    /// A hash that no password can be compared with. The user must reset the password.
    Unusable(ImportHashError),
}

impl PasswordHash {
    /// The most bytes of a hash that can be imported: 512, four times those of Django's column.
    pub const MAXIMUM_BYTES: usize = MAXIMUM_BYTES;

    /// Wraps a hash from the store, without parsing it.
    pub fn from_stored(hash: impl Into<String>) -> Self {
        Self(Secret::new(hash))
    }

    /// Parses a hash of another system, or of this one, and returns it unchanged. A text that begins with `!`, and an
    /// empty one, stand for a user without a password.
    ///
    /// Nothing is computed. A password can be verified against what is returned, at a cost within the ceilings that
    /// `docs/moving.md` lists.
    ///
    /// # Errors
    ///
    /// Each [`ImportHashError`].
    ///
    /// # Example
    ///
    /// ```
    /// use countersign::passwords::PasswordHash;
    ///
    /// let django = "pbkdf2_sha256$1000000$Mxv1mJkqsyQ3$WqZTq2Fo6MQvJ8sPpOLG2aYqEzaIi60L2DfTxMnGYOQ=";
    /// assert!(PasswordHash::import(django).is_ok());
    ///
    /// let error = PasswordHash::import("md5$salt$5f4dcc3b5aa765d61d8327deb882cf99").expect_err("cheap to crack");
    /// assert!(error.to_string().contains("md5"));
    /// ```
    pub fn import(text: impl Into<String>) -> Result<Self, ImportHashError> {
        let hash = Self::from_stored(text);
        if hash.as_str().is_empty() {
            return Ok(Self::from_stored(NO_PASSWORD));
        }
        let is_short = hash.as_str().len() <= MAXIMUM_BYTES;
        if !(is_short && hash.as_str().starts_with(NO_PASSWORD)) {
            Recipe::read(hash.as_str())?;
        }
        Ok(hash)
    }

    /// Returns how a password is stored where new ones are hashed at the cost of `parameters`.
    pub fn describe(&self, parameters: HashingParameters) -> StoredPassword {
        if self.as_str().starts_with(NO_PASSWORD) {
            return StoredPassword::None;
        }
        match Recipe::read(self.as_str()) {
            Ok(recipe) if recipe.is_current(parameters) => StoredPassword::Current(recipe.scheme()),
            Ok(recipe) => StoredPassword::Outdated(recipe.scheme()),
            Err(error) => StoredPassword::Unusable(error),
        }
    }

    /// Returns whether the hash is of Firebase, and so can be verified only with
    /// [`PasswordHasher::with_signer_key`](super::PasswordHasher::with_signer_key).
    pub fn needs_signer_key(&self) -> bool {
        Recipe::read(self.as_str()).is_ok_and(|recipe| recipe.needs_signer_key())
    }

    /// Returns the hash as text, for the store.
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }
}

debug_as_name!(PasswordHash);

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
