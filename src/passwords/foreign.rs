//! Password hashes that other systems have made, and that are no PHC strings of Argon2.
//!
//! Users who moved here log in with the password they had. Their hash is verified as the other system would have done,
//! and replaced by one of this server at that login. `docs/moving.md` lists the schemes.
//!
//! Each scheme has a file, which parses its texts and computes its hash. What they share:
//!
//! - A text is parsed in full before anything is computed. What has been parsed can be computed.
//! - Each has a ceiling of its cost: one login takes a few seconds of one core at most, and 256 MiB.
//! - Outputs are compared in constant time.
//! - An output has at least 16 bytes: a shorter one would match many passwords, an empty one all.

mod bcrypt_hash;
mod firebase_hash;
mod pbkdf2_hash;
mod scrypt_hash;
mod text;

use bcrypt_hash::BcryptHash;
use firebase_hash::FirebaseHash;
use pbkdf2_hash::Pbkdf2Hash;
use scrypt_hash::ScryptHash;

use super::implementation::ComputeError;
use super::import_hash_error::ImportHashError;
use super::signer_key::SignerKey;

/// A parsed hash of another system.
pub(super) enum ForeignHash {
    Bcrypt(BcryptHash),
    Firebase(FirebaseHash),
    Pbkdf2(Pbkdf2Hash),
    Scrypt(ScryptHash),
}

impl ForeignHash {
    /// Parses a hash of any scheme but Argon2: in the form of Django, whose texts begin with a name, or in the modular
    /// form, whose texts begin with a dollar.
    pub(super) fn read(text: &str) -> Result<Self, ImportHashError> {
        let (modular, text_or_rest) = match text.strip_prefix('$') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let Some((scheme, rest)) = text_or_rest.split_once('$') else {
            return Err(unsupported(text, ""));
        };
        let hash = match (modular, scheme) {
            (true, "2a" | "2b" | "2y") => Self::Bcrypt(BcryptHash::read_modular(text)?),
            (false, "bcrypt") => Self::Bcrypt(BcryptHash::read_plain(rest)?),
            (false, "bcrypt_sha256") => Self::Bcrypt(BcryptHash::read_prehashed(rest)?),
            (true, "scrypt") => Self::Scrypt(ScryptHash::read_modular(rest)?),
            (false, "scrypt") => Self::Scrypt(ScryptHash::read_django(rest)?),
            (true, "firebase-scrypt") => Self::Firebase(FirebaseHash::read(rest)?),
            (true, _) => Self::Pbkdf2(Pbkdf2Hash::read_modular(scheme, rest)?),
            (false, _) => match Pbkdf2Hash::read_django(scheme, rest) {
                Err(ImportHashError::UnknownScheme) => return Err(unsupported(text, scheme)),
                read => Self::Pbkdf2(read?),
            },
        };
        Ok(hash)
    }

    /// Returns the name of the scheme, as the other system writes it.
    pub(super) fn scheme(&self) -> &'static str {
        match self {
            Self::Bcrypt(hash) => hash.scheme(),
            Self::Firebase(hash) => hash.scheme(),
            Self::Pbkdf2(hash) => hash.scheme(),
            Self::Scrypt(hash) => hash.scheme(),
        }
    }

    /// Returns whether the hash can be verified only with the key of a Firebase project.
    pub(super) fn needs_signer_key(&self) -> bool {
        matches!(self, Self::Firebase(_))
    }

    /// Returns whether the hash is that of `password`.
    pub(super) fn matches(&self, password: &[u8], signer_key: Option<&SignerKey>) -> Result<bool, ComputeError> {
        match self {
            Self::Bcrypt(hash) => Ok(hash.matches(password)),
            Self::Firebase(hash) => hash.matches(password, signer_key),
            Self::Pbkdf2(hash) => Ok(hash.matches(password)),
            Self::Scrypt(hash) => hash.matches(password),
        }
    }
}

/// Names the schemes of Django that cost nothing to compute. Texts without a dollar may be MD5, as Django once wrote it.
fn unsupported(text: &str, scheme: &str) -> ImportHashError {
    let is_bare_md5 = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match scheme {
        "md5" | "unsalted_md5" => ImportHashError::Unprotected { scheme: "md5" },
        "sha1" | "unsalted_sha1" => ImportHashError::Unprotected { scheme: "sha1" },
        "" if is_bare_md5 => ImportHashError::Unprotected { scheme: "md5" },
        _ => ImportHashError::UnknownScheme,
    }
}

#[cfg(test)]
mod tests;
