//! bcrypt: `$2b$12$` and 53 characters, alone or behind the name that Django gives it.
//!
//! Django's `bcrypt_sha256` computes it of the hexadecimal SHA-256 of the password. All others compute it of the password
//! itself, of which bcrypt takes the first 72 bytes: the rest may be typed wrongly until the first login.

use bcrypt::HashParts;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::text::Scheme;
use crate::passwords::import_hash_error::ImportHashError;

/// Eight times the work of Django's 12, and of the OWASP Password Storage Cheat Sheet's 10 the 32-fold. It takes two to
/// three seconds.
const MAXIMUM_COST: u32 = 15;

/// The cheapest that the algorithm knows.
const MINIMUM_COST: u32 = 4;

/// A parsed hash of bcrypt.
pub(in crate::passwords) struct BcryptHash {
    scheme: Scheme,
    of: Of,
    /// The text from `$2b$` on, which the crate parses.
    text: String,
}

/// What bcrypt is computed of.
enum Of {
    Password,
    /// The hexadecimal SHA-256 of the password.
    Sha256,
}

impl BcryptHash {
    /// Parses `$2b$12$…`.
    pub(super) fn read_modular(text: &str) -> Result<Self, ImportHashError> {
        Self::read(Scheme("bcrypt"), Of::Password, text)
    }

    /// Parses what follows `bcrypt$` in a text of Django.
    pub(super) fn read_plain(rest: &str) -> Result<Self, ImportHashError> {
        Self::read(Scheme("bcrypt"), Of::Password, rest)
    }

    /// Parses what follows `bcrypt_sha256$` in a text of Django.
    pub(super) fn read_prehashed(rest: &str) -> Result<Self, ImportHashError> {
        Self::read(Scheme("bcrypt_sha256"), Of::Sha256, rest)
    }

    fn read(scheme: Scheme, of: Of, text: &str) -> Result<Self, ImportHashError> {
        // `$2x$` is a faulty variant, of which the crate does not compute the fault.
        if !["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix)) {
            return Err(scheme.malformed("variant"));
        }
        let cost = text.get(4..6).filter(|cost| cost.bytes().all(|byte| byte.is_ascii_digit()));
        let cost: u64 = cost.and_then(|cost| cost.parse().ok()).ok_or_else(|| scheme.malformed("cost"))?;
        if scheme.cost("cost", cost, MAXIMUM_COST)? < MINIMUM_COST {
            return Err(scheme.malformed("cost"));
        }
        text.parse::<HashParts>().map_err(|_| scheme.malformed("salt or output"))?;
        Ok(Self { scheme, of, text: text.to_owned() })
    }

    pub(super) fn scheme(&self) -> &'static str {
        self.scheme.0
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let verified = match self.of {
            Of::Password => bcrypt::verify(password, &self.text),
            Of::Sha256 => bcrypt::verify(Zeroizing::new(hex::encode(Sha256::digest(password))), &self.text),
        };
        verified.expect("the crate has parsed this text before")
    }
}
