//! When a mail that was not taken is tried again, and when it is given up.

use crate::clock::{Seconds, Timestamp};
use crate::settings::MailSettings;

/// Pauses that double from one length to another, each drawn from its upper half, and an end.
#[derive(Clone, Debug)]
pub(super) struct RetrySchedule {
    first: Seconds,
    longest: Seconds,
    give_up_after: Seconds,
}

impl RetrySchedule {
    pub fn new(settings: &MailSettings) -> Self {
        Self {
            first: settings.first_retry_after,
            longest: settings.longest_retry_after,
            give_up_after: settings.give_up_after,
        }
    }

    /// When to try a mail again that has now failed `attempts` times; `None` when it is given up.
    pub fn next_attempt_at(&self, created_at: Timestamp, attempts: i32, now: Timestamp) -> Option<Timestamp> {
        if now.since(created_at) >= self.give_up_after {
            return None;
        }
        Some(now.plus(self.pause(attempts, random_fraction())))
    }

    /// The pause after `attempts` failures. `fraction`, 0 to 1, says where in the upper half of the range: mails that
    /// failed together should not come back together.
    fn pause(&self, attempts: i32, fraction: f64) -> Seconds {
        let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(32);
        let whole = self.first.get().saturating_mul(1 << doublings).min(self.longest.get());
        let pause = whole as f64 * (0.5 + 0.5 * fraction);
        Seconds::new((pause.round() as u64).max(1))
    }
}

fn random_fraction() -> f64 {
    // Without randomness mails come back together, which is no reason to lose one.
    getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule() -> RetrySchedule {
        RetrySchedule { first: Seconds::new(10), longest: Seconds::new(3_600), give_up_after: Seconds::new(86_400) }
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pauses: Vec<u64> = [1, 2, 3, 9, 10, i32::MAX].map(|attempts| schedule().pause(attempts, 1.0).get()).into();
        assert_eq!(pauses, [10, 20, 40, 2_560, 3_600, 3_600]);
    }

    #[test]
    fn jitter_takes_at_most_half_of_a_pause() {
        assert_eq!(schedule().pause(2, 0.0), Seconds::new(10));
        assert_eq!(schedule().pause(2, 0.5), Seconds::new(15));
    }

    #[test]
    fn a_mail_is_given_up_when_it_is_old_enough() {
        let created_at = Timestamp::from_unix_seconds(1_000);
        let last_chance = created_at.plus(Seconds::new(86_399));
        assert!(schedule().next_attempt_at(created_at, 5, last_chance).is_some());
        assert_eq!(schedule().next_attempt_at(created_at, 5, created_at.plus(Seconds::new(86_400))), None);
    }
}
