//! Passwords: the rules for a new one, and the thread pool that hashes and verifies them.
//!
//! ```text
//! Password::parse      what was sent, in Unicode's form NFC
//! PasswordRules::check only when a password is set, never at login
//! PasswordHasher       Argon2id on threads of its own; the same work for a user who does not exist
//! ```

mod common;
mod hash;
mod hasher;
mod implementation;
mod method;
mod parameters;
mod password;
mod rules;
mod similarity;
mod thread_hasher;

pub use hash::PasswordHash;
pub use hasher::{HashError, PasswordHasher, Verdict};
pub use parameters::{HashingParameters, HashingParametersError};
pub use password::{Password, PasswordFault};
pub use rules::{PasswordRules, PersonalAttribute, PersonalData, WeakPassword};
