//! Firebase's variant of scrypt.
//!
//! `$firebase-scrypt$ln=14,r=8$salt$separator$hash`: `mem_cost`, `rounds`, the user's salt, `base64_salt_separator` and
//! the user's hash, in base64. scrypt of the password gives a key of AES-256, with which Firebase encrypts a key of the
//! project (`base64_signer_key`). The result is the hash.
//!
//! The signer key is not part of the text, but of the settings: without it, guesses cannot be checked against a copy of
//! the database.

use aes::Aes256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::scrypt_hash::ScryptCost;
use super::text::Scheme;
use crate::passwords::implementation::ComputeError;
use crate::passwords::import_hash_error::ImportHashError;
use crate::passwords::signer_key::SignerKey;

const SCHEME: Scheme = Scheme("firebase-scrypt");

/// A parsed hash of Firebase.
pub(in crate::passwords) struct FirebaseHash {
    cost: ScryptCost,
    /// The user's salt and the project's separator.
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl FirebaseHash {
    /// Parses what follows `$firebase-scrypt$`.
    pub(super) fn read(rest: &str) -> Result<Self, ImportHashError> {
        let [cost, salt, separator, output] = SCHEME.split(rest)?;
        let [log_n, r] = SCHEME.parameters(["ln", "r"], cost)?;
        let cost = ScryptCost::new(SCHEME, log_n, r, 1)?;
        let output = SCHEME.bytes("output", output)?;
        if output.len() != SignerKey::BYTES {
            return Err(SCHEME.malformed("output"));
        }
        let salt = [SCHEME.bytes("salt", salt)?, SCHEME.bytes("separator", separator)?].concat();
        Ok(Self { cost, salt, output })
    }

    pub(super) fn scheme(&self) -> &'static str {
        SCHEME.0
    }

    pub(super) fn matches(&self, password: &[u8], signer_key: Option<&SignerKey>) -> Result<bool, ComputeError> {
        let signer_key = signer_key.ok_or(ComputeError::LacksSignerKey)?;
        let mut key = Zeroizing::new([0; 32]);
        self.cost.compute(password, &self.salt, key.as_mut_slice())?;
        let mut output = Zeroizing::new(signer_key.expose().to_vec());
        Ctr128BE::<Aes256>::new((&*key).into(), &[0; 16].into()).apply_keystream(&mut output);
        Ok(output.ct_eq(&self.output).into())
    }
}
