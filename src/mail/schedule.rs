//! When a failed mail is tried again, and when it is given up.

use crate::backoff::Backoff;
use crate::clock::{Seconds, Timestamp};
use crate::settings::MailSettings;

/// The pauses between the attempts to send a mail, and the time after which it is given up.
#[derive(Clone, Debug)]
pub(super) struct RetrySchedule {
    backoff: Backoff,
    give_up_after: Seconds,
}

impl RetrySchedule {
    pub(super) fn new(settings: &MailSettings) -> Self {
        let (first, longest) = (settings.first_retry_after, settings.longest_retry_after);
        Self { backoff: Backoff::new(first.duration(), longest.duration()), give_up_after: settings.give_up_after }
    }

    /// Returns when to try a mail again that is to be sent since `since` and has failed `attempts` times; `None` when it
    /// is given up.
    pub(super) fn next_attempt_at(&self, since: Timestamp, attempts: i32, now: Timestamp) -> Option<Timestamp> {
        if now.since(since) >= self.give_up_after {
            return None;
        }
        let pause = self.backoff.pause(u32::try_from(attempts).unwrap_or(0));
        Some(now.plus(Seconds::new((pause.as_secs_f64().round() as u64).max(1))))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn schedule() -> RetrySchedule {
        let backoff = Backoff::new(Duration::from_secs(10), Duration::from_secs(3_600));
        RetrySchedule { backoff, give_up_after: Seconds::new(86_400) }
    }

    #[test]
    fn the_next_attempt_comes_after_a_pause_that_grows() {
        let now = Timestamp::from_unix_seconds(1_000);
        for (attempts, shortest, longest) in [(1, 5, 10), (2, 10, 20), (9, 1_280, 2_560), (i32::MAX, 1_800, 3_600)] {
            let next = schedule().next_attempt_at(now, attempts, now).expect("it is young");
            assert!((shortest..=longest).contains(&next.since(now).get()), "{attempts}: {next:?}");
        }
    }

    #[test]
    fn a_pause_is_a_second_at_least() {
        let schedule = RetrySchedule { backoff: Backoff::new(Duration::ZERO, Duration::ZERO), ..schedule() };
        let now = Timestamp::from_unix_seconds(1_000);
        assert_eq!(schedule.next_attempt_at(now, 1, now), Some(now.plus(Seconds::new(1))));
    }

    #[test]
    fn a_mail_is_given_up_when_it_is_old_enough() {
        let since = Timestamp::from_unix_seconds(1_000);
        let last_chance = since.plus(Seconds::new(86_399));
        assert!(schedule().next_attempt_at(since, 5, last_chance).is_some());
        assert_eq!(schedule().next_attempt_at(since, 5, since.plus(Seconds::new(86_400))), None);
    }
}
