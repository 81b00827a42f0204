//! The id of a user.

use std::fmt;

use serde::Serialize;
use uuid::Builder;

use crate::clock::{Timestamp, wall_clock};

/// An opaque text that identifies one user permanently.
///
/// New ones are UUIDs of version 7 (RFC 9562); users taken over from another system keep what they had.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct UserId(String);

impl UserId {
    /// Makes a new id: the second of `now`, the wall clock's milliseconds, and 74 random bits.
    ///
    /// The ids of one millisecond come in no order: a counter would order them, and two ids would then tell how many
    /// were made between them. An instant before 1970 counts as 1970.
    pub fn generate(now: Timestamp) -> Self {
        let seconds = u64::try_from(now.unix_seconds()).unwrap_or(0);
        let milliseconds = seconds.saturating_mul(1_000).saturating_add(u64::from(wall_clock().subsec_millis()));
        let mut tail = [0; 10];
        getrandom::fill(&mut tail).expect("the operating system gives random bytes");
        Self(Builder::from_unix_timestamp_millis(milliseconds, &tail).into_uuid().to_string())
    }

    /// Reads an id that a client has sent. Returns `None` for a text that no user has as an id: an id is a UUID, or a
    /// number that was taken over from another system.
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = !text.is_empty() && text.len() <= 36 && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_uuid = text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        (is_number || is_uuid).then(|| Self::from_stored(text))
    }

    /// Wraps an id from the store or from a link's claim. Any text is accepted; an unknown id matches no user.
    pub fn from_stored(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_new_id_is_a_uuid_of_version_7_of_the_given_second() {
        let id = UserId::generate(Timestamp::from_unix_seconds(1_700_000_000));
        let uuid = Uuid::parse_str(id.as_str()).expect("an id is a UUID");
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(uuid.get_timestamp().expect("version 7 has a time").to_unix().0, 1_700_000_000);
        assert_eq!(uuid.to_string(), id.to_string());
    }

    /// Returns the tails of ten thousand ids of one second, in the order of their making, as fractions of the largest.
    fn tails() -> Vec<(u128, f64)> {
        let now = Timestamp::from_unix_seconds(1_700_000_000);
        let tail = |id: UserId| {
            let bits = Uuid::parse_str(id.as_str()).expect("an id is a UUID").as_u128();
            // 12 bits before the variant's two, and 62 behind them.
            let tail = ((bits >> 64 & 0xfff) << 62) | (bits & ((1 << 62) - 1));
            (tail, tail as f64 / (1_u128 << 74) as f64)
        };
        (0..10_000).map(|_| tail(UserId::generate(now))).collect()
    }

    #[test]
    fn ids_do_not_tell_how_many_were_made_before_them() {
        let tails = tails();
        // The correlation of two independent series of 10,000 is normal with a deviation of 0.01.
        let mean = tails.iter().map(|(_, tail)| tail).sum::<f64>() / 1e4;
        let covariance: f64 =
            tails.iter().enumerate().map(|(index, (_, tail))| (index as f64 - 4_999.5) * (tail - mean)).sum();
        let [index_variance, tail_variance] = [
            (0..10_000).map(|index| (f64::from(index) - 4_999.5).powi(2)).sum::<f64>(),
            tails.iter().map(|(_, tail)| (tail - mean).powi(2)).sum::<f64>(),
        ];
        let correlation = covariance / (index_variance * tail_variance).sqrt();
        assert!(correlation.abs() < 0.06, "{correlation}");
        // Of two neighbours the later is the larger in half of all cases; the deviation is 29.
        let ascents = tails.windows(2).filter(|pair| pair[0].0 < pair[1].0).count();
        assert!((4_800..=5_200).contains(&ascents), "{ascents}");
    }

    #[test]
    fn every_bit_of_the_tail_is_random() {
        let tails = tails();
        for bit in 0..74 {
            let set = tails.iter().filter(|(tail, _)| tail >> bit & 1 == 1).count();
            assert!((4_650..=5_350).contains(&set), "bit {bit} is set in {set} of 10,000");
        }
        let distinct: std::collections::BTreeSet<_> = tails.iter().map(|(tail, _)| tail).collect();
        assert_eq!(distinct.len(), 10_000);
    }

    #[test]
    fn an_instant_before_1970_counts_as_1970() {
        let id = UserId::generate(Timestamp::from_unix_seconds(-5));
        assert!(id.as_str().starts_with("00000000-0"), "{id}");
        assert_eq!(Uuid::parse_str(id.as_str()).expect("an id is a UUID").get_version_num(), 7);
    }

    #[test]
    fn ids_of_clients_are_uuids_or_numbers() {
        let new = UserId::generate(Timestamp::from_unix_seconds(1_700_000_000));
        assert_eq!(UserId::parse(new.as_str()), Some(new));
        assert_eq!(UserId::parse("42").as_ref().map(UserId::as_str), Some("42"));
        let long = "9".repeat(37);
        for text in ["", "ann", "4 2", "4\0", "-1", "0x1", "²", &long, "00000000-0000-7000-8000-00000000000g"] {
            assert_eq!(UserId::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_stored_id_is_kept_as_it_is() {
        assert_eq!(UserId::from_stored("42").as_str(), "42");
    }
}
