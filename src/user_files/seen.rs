//! Finds what comes twice in one file.
//!
//! A value is remembered by 128 bits of a hash with random keys, which no writer of a file can choose collisions for: 40
//! bytes or so for each, where a million usernames and addresses would take hundreds of megabytes.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::accounts::{Key, KeyKind};

/// The values so far, each with the line it was in.
#[derive(Default)]
pub(super) struct Seen {
    lines: HashMap<[u64; 2], u32>,
    hashers: [RandomState; 2],
}

impl Seen {
    /// Adds the keys of an entry. Returns what earlier entries have already; nothing is added then.
    pub(super) fn add(&mut self, line: u32, keys: &[Key]) -> Vec<String> {
        let hashes: Vec<_> = keys.iter().map(|key| [0, 1].map(|n: usize| self.hashers[n].hash_one(key))).collect();
        let mut faults = Vec::new();
        for (position, (key, hash)) in keys.iter().zip(&hashes).enumerate() {
            if let Some(earlier) = self.lines.get(hash) {
                faults.push(format!("line {earlier} has the same {}", name(key.kind)));
            } else if hashes[..position].contains(hash) {
                faults.push(format!("the same {} comes twice", name(key.kind)));
            }
        }
        if faults.is_empty() {
            self.lines.extend(hashes.into_iter().map(|hash| (hash, line)));
        }
        faults
    }
}

/// Returns the fact that a stored user has a value already.
pub(super) fn taken(kind: KeyKind) -> String {
    match kind {
        KeyKind::OwnedEmail => "a verified user in the database has the same e-mail address".to_owned(),
        kind => format!("the database has the same {}", name(kind)),
    }
}

fn name(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::UserId => "`id`",
        KeyKind::Username => "`username`, but for letter case",
        KeyKind::OwnedEmail => "`email`, but for letter case, as verified",
        KeyKind::SessionDigest => "token of a session",
        KeyKind::SessionId => "`id` of a session",
        KeyKind::ProviderAccountId => "`id` of a provider account",
        KeyKind::ProviderAccount => "provider account",
        KeyKind::MovedEmailId => "`id` of a moved address",
    }
}
