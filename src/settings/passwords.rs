//! The cost of hashing a password, and the rules for new passwords.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::reader::Reader;
use super::secret_file;
use crate::passwords::SignerKey;

/// `[passwords]`: the cost of Argon2id, the lane that pays it, and the rules for new passwords.
#[derive(Clone, Debug)]
pub struct PasswordsSettings {
    /// Memory per hash in KiB: 8 to 262,144 (256 MiB), and at least 8 per lane of `parallelism`.
    pub memory_kib: u32,
    /// Passes over that memory: 1 to 32.
    pub passes: u32,
    /// Lanes of Argon2: 1 to 64.
    pub parallelism: u32,
    /// What computes Argon2.
    pub implementation: Argon2Implementation,
    /// Threads that hash.
    pub threads: NonZeroUsize,
    /// Hashes that may wait for a thread: 1 to 100,000.
    pub queue: NonZeroUsize,
    /// The fewest characters of a new password: 1 to 64.
    pub min_length: usize,
    /// The most characters of a new password: 64 to 1,024.
    pub max_length: usize,
    /// Whether passwords too similar to the user's name or address are refused.
    pub reject_similar: bool,
    /// Whether common passwords are refused.
    pub reject_common: bool,
    /// Whether passwords of digits only are refused.
    pub reject_numeric: bool,
    /// The key of the Firebase project whose hashes were imported.
    pub firebase_signer_key: Option<SignerKey>,
    /// The file that holds it.
    pub firebase_signer_key_file: Option<PathBuf>,
}

const KEY: &str = "passwords.firebase_signer_key";
const KEY_FILE: &str = "passwords.firebase_signer_key_file";

/// What computes Argon2. Both give the same hashes, so the setting can change at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argon2Implementation {
    /// `argon2-rust`, with the widest instructions of the processor.
    Fastest,
    /// RustCrypto's `argon2`.
    Portable,
}

impl PasswordsSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let implementations =
            [("fastest", Argon2Implementation::Fastest), ("portable", Argon2Implementation::Portable)];
        Self {
            memory_kib: reader.number("passwords.memory_kib", 8..=262_144),
            passes: reader.number("passwords.passes", 1..=32),
            parallelism: reader.number("passwords.parallelism", 1..=64),
            implementation: reader.choice("passwords.implementation", &implementations),
            threads: reader.threads("passwords.threads", 1024),
            queue: reader.count("passwords.queue", 1..=100_000),
            min_length: reader.number("passwords.min_length", 1..=64),
            max_length: reader.number("passwords.max_length", 64..=1024),
            reject_similar: reader.flag("passwords.reject_similar"),
            reject_common: reader.flag("passwords.reject_common"),
            reject_numeric: reader.flag("passwords.reject_numeric"),
            firebase_signer_key: reader
                .secret(KEY, |text| if text.is_empty() { Ok(None) } else { parse_signer_key(text).map(Some) }),
            firebase_signer_key_file: reader.secret_path(KEY_FILE),
        }
    }

    pub(super) fn complete(&mut self, reader: &mut Reader) {
        if let Some(path) = secret_file::chosen(reader, KEY, KEY_FILE, &mut self.firebase_signer_key_file) {
            match secret_file::read(path).and_then(|text| parse_signer_key(text.expose())) {
                Ok(key) => self.firebase_signer_key = Some(key),
                Err(requirement) => reader.refuse(KEY_FILE, requirement),
            }
        }
    }

    /// Returns whether the cost is below every one of the equivalent choices in the OWASP Password Storage Cheat Sheet.
    pub(super) fn are_below_owasp(&self) -> bool {
        const CHOICES: [(u32, u32); 5] = [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];
        !CHOICES.iter().any(|(memory_kib, passes)| self.memory_kib >= *memory_kib && self.passes >= *passes)
    }
}

fn parse_signer_key(text: &str) -> Result<SignerKey, String> {
    SignerKey::parse(text).map_err(|error| error.to_string())
}
