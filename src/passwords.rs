//! Passwords: the rules for a new one, and the thread pool that hashes and verifies them.
//!
//! ```text
//! Password::parse      what was sent, in Unicode's form NFC
//! PasswordRules::check only when a password is set, never at login
//! PasswordHasher       Argon2id on threads of its own; the same work for a user who does not exist
//! PasswordHash::import judges hashes of other systems, which the hasher verifies until they are replaced
//! ```

mod argon2_recipe;
mod common;
mod foreign;
mod hash;
mod hasher;
mod implementation;
mod import_hash_error;
mod method;
mod parameters;
mod password;
mod recipe;
mod rules;
mod signer_key;
mod similarity;
mod thread_hasher;
mod verdict;

pub use hash::{PasswordHash, StoredPassword};
pub use hasher::PasswordHasher;
pub use import_hash_error::ImportHashError;
pub use parameters::{HashingParameters, HashingParametersError};
pub use password::{Password, PasswordFault};
pub use rules::{PasswordRules, PersonalAttribute, PersonalData, WeakPassword};
pub use signer_key::{NoSignerKey, SignerKey};
pub use verdict::{HashError, Verdict};
