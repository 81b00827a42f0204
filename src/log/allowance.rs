//! Limits the rate of log lines that any client can cause, so that they cannot fill the disk or hide other lines.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many lines of one kind are written in each [`SPAN`].
const LINES: u32 = 100;
const SPAN: Duration = Duration::from_secs(10);

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
}
