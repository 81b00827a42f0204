//! Pauses between attempts. They double, and are random so that clients that failed together do not retry together.

use std::time::Duration;

/// Doubling pauses with a first and a longest length. Each pause is random, between half and all of its length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
}

impl Backoff {
    /// Creates pauses that double from `first` to `longest`.
    pub(crate) const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// Returns the pause after `failures` failures in a row; zero after none.
    pub(crate) fn pause(self, failures: u32) -> Duration {
        // If the system gives no random bytes, the whole pause is used: retries may then coincide.
        let fraction = getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
        self.whole(failures).mul_f64(0.5 + 0.5 * fraction)
    }

    fn whole(self, failures: u32) -> Duration {
        match failures.checked_sub(1) {
            None => Duration::ZERO,
            Some(doublings) => self.first.saturating_mul(1 << doublings.min(31)).min(self.longest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(86_400));
        let wholes = [0, 1, 2, 6, 21, 22, u32::MAX].map(|failures| backoff.whole(failures).as_millis());
        assert_eq!(wholes, [0, 50, 100, 1_600, 52_428_800, 86_400_000, 86_400_000]);
    }

    #[test]
    fn chance_takes_at_most_half_of_a_pause() {
        for _ in 0..100 {
            let pause = Backoff::new(Duration::from_millis(50), Duration::from_secs(2)).pause(3);
            assert!((100..=200).contains(&pause.as_millis()), "{pause:?}");
        }
    }
}
