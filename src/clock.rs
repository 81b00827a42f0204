//! Time in whole Unix seconds, passed as an argument.
//!
//! Only this module reads the wall clock, so that a test can control time.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

/// An instant in whole Unix seconds (UTC). May be negative: before 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Returns the instant `seconds` after 1970-01-01T00:00:00Z.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z.
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// Parses an instant as RFC 3339 has it, such as `2026-11-29T12:00:00.5+01:00`; one without a zone is in UTC. Parts of
    /// a second are cut off.
    pub fn parse(text: &str) -> Option<Self> {
        let with_zone = chrono::DateTime::parse_from_rfc3339(text).map(|instant| instant.timestamp());
        let in_utc =
            || chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|at| at.and_utc().timestamp());
        with_zone.or_else(|_| in_utc()).map(Self).ok()
    }

    /// Returns the instant `span` later; stays at the last representable second instead of wrapping.
    pub const fn plus(self, span: Seconds) -> Self {
        Self(self.0.saturating_add_unsigned(span.0))
    }

    /// Returns the instant `span` earlier; stays at the first representable second instead of wrapping.
    pub const fn minus(self, span: Seconds) -> Self {
        Self(self.0.saturating_sub_unsigned(span.0))
    }

    /// Returns the date and the time of day in UTC, as in `2026-11-29 17:30:00`; empty where a calendar has no name for
    /// them.
    pub fn date_and_time(self) -> String {
        let instant = chrono::DateTime::from_timestamp(self.0, 0);
        instant.map(|instant| instant.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
    }

    /// Returns how long ago `earlier` was; zero if it lies in the future.
    pub const fn since(self, earlier: Timestamp) -> Seconds {
        if earlier.0 >= self.0 { Seconds(0) } else { Seconds(self.0.abs_diff(earlier.0)) }
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, or the bare number where a calendar has no name for it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match chrono::DateTime::from_timestamp(self.0, 0) {
            Some(instant) => write!(f, "{}", instant.format("%Y-%m-%dT%H:%M:%SZ")),
            None => write!(f, "{}", self.0),
        }
    }
}

/// A span of time in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Seconds(u64);

impl Seconds {
    /// Returns a span of `seconds`.
    pub const fn new(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Returns the span as a number of seconds.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the same span for APIs that wait or time out.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}

/// The source of the present time: the machine's clock, or a test's.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that moves only by [`Clock::advance`]. All clones share one time.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Returns a clock that stands at `start` until [`Clock::advance`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.0)))
    }

    /// Returns the present second. A machine's clock before 1970 counts as 1970.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(0).plus(Seconds(wall_clock().as_secs())),
            Self::Manual(hand) => Timestamp(hand.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward.
    ///
    /// # Panics
    ///
    /// If this is the system clock, which cannot be moved.
    pub fn advance(&self, span: Seconds) {
        match self {
            Self::System => panic!("only a manual clock can be advanced"),
            Self::Manual(hand) => {
                let span = i64::try_from(span.0).expect("a test's span fits in 63 bits");
                hand.fetch_add(span, Ordering::SeqCst);
            }
        }
    }
}

/// Returns the time since 1970-01-01T00:00:00Z as exactly as the machine tells it: for the order of ids within one second,
/// and for log lines. A clock before 1970 counts as 1970.
#[expect(clippy::disallowed_methods, reason = "the one home of the wall clock")]
pub(crate) fn wall_clock() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::manual(Timestamp::from_unix_seconds(1_000));
        let same = clock.clone();
        assert_eq!(clock.now().unix_seconds(), 1_000);
        same.advance(Seconds::new(5));
        assert_eq!(clock.now().unix_seconds(), 1_005);
    }

    #[test]
    fn arithmetic_stops_at_the_ends_of_time() {
        let last = Timestamp::from_unix_seconds(i64::MAX);
        assert_eq!(last.plus(Seconds::new(1)), last);
        assert_eq!(last.since(Timestamp::from_unix_seconds(i64::MIN)), Seconds::new(u64::MAX));
        assert_eq!(Timestamp::from_unix_seconds(0).since(last), Seconds::new(0));
    }

    #[test]
    fn instants_are_parsed_with_and_without_a_zone_and_parts_of_a_second_are_cut_off() {
        for text in
            ["2023-11-14T22:13:20Z", "2023-11-14T23:13:20.999+01:00", "2023-11-14T22:13:20.5", "2023-11-14T22:13:20"]
        {
            assert_eq!(Timestamp::parse(text), Some(Timestamp(1_700_000_000)), "{text}");
        }
        assert_eq!(Timestamp::parse("1969-12-31T23:59:59.5Z"), Some(Timestamp(-1)), "cut off, not rounded");
        for text in ["", "now", "2023-11-14", "2023-02-30T00:00:00Z", "1700000000"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn timestamps_are_shown_in_utc() {
        assert_eq!(Timestamp::from_unix_seconds(1_700_000_000).to_string(), "2023-11-14T22:13:20Z");
    }
}
