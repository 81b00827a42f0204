//! Limits the rate of log lines that any client can cause, so that they cannot fill the disk or hide other lines.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many lines of one kind are written in each [`SPAN`].
const LINES: u32 = 100;
const SPAN: Duration = Duration::from_secs(10);

/// How many different texts are remembered, and how long each may be.
const REMEMBERED: usize = 64;

/// The rate limit of one kind of line: 100 in 10 seconds. Further lines are only counted.
pub(crate) struct Allowance(Mutex<Option<Spent>>);

struct Spent {
    since: Instant,
    lines: u32,
    withheld: u64,
}

impl Allowance {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Returns whether another line may be written now, and how many were dropped since the last written line.
    pub(crate) fn take(&self) -> Option<u64> {
        self.take_at(Instant::now())
    }

    fn take_at(&self, now: Instant) -> Option<u64> {
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = spent.get_or_insert(Spent { since: now, lines: 0, withheld: 0 });
        if now.saturating_duration_since(spent.since) >= SPAN {
            (spent.since, spent.lines) = (now, 0);
        }
        if spent.lines == LINES {
            spent.withheld += 1;
            return None;
        }
        spent.lines += 1;
        Some(std::mem::take(&mut spent.withheld))
    }
}

/// Lets each text be logged once. After 64 different texts, further ones are not logged.
pub(crate) struct Once(Mutex<Option<HashSet<String>>>);

impl Once {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Returns whether this text is new.
    pub(crate) fn is_first(&self, text: &str) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        known.len() < REMEMBERED && !known.contains(text) && known.insert(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_a_bounded_number_of_lines_and_a_count() {
        let (allowance, began) = (Allowance::new(), Instant::now());
        let told = (0..1_000).filter(|_| allowance.take_at(began).is_some()).count();
        assert_eq!(told, LINES as usize);
        assert_eq!(allowance.take_at(began + SPAN), Some(900));
        assert_eq!(allowance.take_at(began + SPAN), Some(0));
    }

    #[test]
    fn a_text_is_told_once_and_a_flood_of_texts_is_cut_short() {
        let once = Once::new();
        assert!(once.is_first("a") && !once.is_first("a") && once.is_first("b"));
        assert_eq!((0..1_000).filter(|number| once.is_first(&number.to_string())).count(), REMEMBERED - 2);
        assert!(!once.is_first("a"));
    }
}
