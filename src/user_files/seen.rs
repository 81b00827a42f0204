//! Finds what comes twice in one file.
//!
//! A value is remembered by 128 bits of a hash with random keys, which no writer of a file can choose collisions for: 40
//! bytes or so for each, where a million usernames and addresses would take hundreds of megabytes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};

use crate::accounts::{Key, KeyKind};

/// The values so far, each with the entry it was in.
#[derive(Default)]
pub(super) struct Seen {
    entries: HashMap<[u64; 2], Position>,
    hashers: [RandomState; 2],
}

/// Which entry of a file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// Counted from 0, in the order in which they are read.
    pub(super) entry: u32,
    /// Counted from 1.
    pub(super) line: u32,
}

/// A value that comes twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Twice {
    pub(super) kind: KeyKind,
    /// The entry that has it already; `None` if one entry has it twice.
    pub(super) earlier: Option<Position>,
}

impl Seen {
    /// Adds the keys of an entry. Returns what earlier entries have already; nothing is added then.
    pub(super) fn add(&mut self, position: Position, keys: &[Key]) -> Vec<Twice> {
        let (mut added, mut found) = (Vec::with_capacity(keys.len()), Vec::new());
        for key in keys {
            let hash = [0, 1].map(|n: usize| self.hashers[n].hash_one(key));
            match self.entries.entry(hash) {
                Entry::Occupied(there) => {
                    let earlier = Some(*there.get()).filter(|there| *there != position);
                    found.push(Twice { kind: key.kind, earlier });
                }
                Entry::Vacant(place) => {
                    place.insert(position);
                    added.push(hash);
                }
            }
        }
        if !found.is_empty() {
            for hash in &added {
                self.entries.remove(hash);
            }
        }
        found
    }
}

/// Returns the fact that an earlier entry, which is named so, has the same value; without a name, that one entry has it
/// twice.
pub(super) fn repeated(kind: KeyKind, earlier: Option<&str>) -> String {
    match earlier {
        Some(earlier) => format!("{earlier} has the same {}", name(kind)),
        None => format!("the same {} comes twice", name(kind)),
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
