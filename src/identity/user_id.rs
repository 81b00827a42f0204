//! The name of a user among machines.

use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use uuid::Uuid;

use crate::clock::Timestamp;

/// How many bits of an id count. 32 random bits remain below them.
const COUNTER_BITS: u8 = 42;

/// Orders the ids that one process makes within one second, which is as fine as a [`Timestamp`] is.
///
/// It starts at random and goes on by random steps, so that two ids do not tell how many users came between them.
static COUNTER: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(random()));

/// An opaque text that names one user for ever.
///
/// New ones are UUIDs of version 7 (RFC 9562); users taken over from another system keep what they had.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct UserId(String);

impl UserId {
    /// Makes a new id that sorts after those this process made before, as long as `now` does not go back.
    ///
    /// An instant before 1970 counts as 1970.
    pub fn generate(now: Timestamp) -> Self {
        let seconds = u64::try_from(now.unix_seconds()).unwrap_or(0);
        let step = 1 + random() % 1024;
        let counter = COUNTER.fetch_add(step, Ordering::Relaxed) & ((1 << COUNTER_BITS) - 1);
        let time = uuid::Timestamp::from_unix_time(seconds, 0, u128::from(counter), COUNTER_BITS);
        Self(Uuid::new_v7(time).to_string())
    }

    /// Takes over an id that the store, or a link's claim, names. Any text will do; an unknown one names nobody.
    pub fn from_stored(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn random() -> u64 {
    getrandom::u64().expect("the operating system gives random bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_id_is_a_uuid_of_version_7_of_the_given_second() {
        let id = UserId::generate(Timestamp::from_unix_seconds(1_700_000_000));
        let uuid = Uuid::parse_str(id.as_str()).expect("an id is a UUID");
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(uuid.get_timestamp().expect("version 7 has a time").to_unix().0, 1_700_000_000);
        assert_eq!(uuid.to_string(), id.to_string());
    }

    #[test]
    fn ids_of_one_second_differ_and_sort_in_the_order_of_their_making() {
        let now = Timestamp::from_unix_seconds(1_700_000_000);
        let ids: Vec<UserId> = (0..100).map(|_| UserId::generate(now)).collect();
        // The counter wraps once in some thousand million ids: at most one place may be out of order.
        assert!(ids.windows(2).filter(|pair| pair[0] >= pair[1]).count() <= 1);
        assert!(ids.iter().all(|id| ids.iter().filter(|other| *other == id).count() == 1));
    }

    #[test]
    fn an_instant_before_1970_counts_as_1970() {
        let id = UserId::generate(Timestamp::from_unix_seconds(-5));
        assert!(id.as_str().starts_with("00000000-0000-7"), "{id}");
    }

    #[test]
    fn a_stored_id_is_kept_as_it_is() {
        assert_eq!(UserId::from_stored("42").as_str(), "42");
    }
}
