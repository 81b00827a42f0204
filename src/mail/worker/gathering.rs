//! How long mails are gathered before they are claimed together.

use std::time::Duration;

/// The least time between two polls of the outbox, unless all turns are taken: mails that are left then are claimed as
/// soon as turns come back.
const SHORTEST: Duration = Duration::from_millis(50);
/// A poll that claims a multiple of this many mails makes the time the same multiple of [`SHORTEST`]: mails that are
/// claimed and written together cost less each.
const FEW: usize = 4;
/// The longest that a new mail is kept back for others. Its recipient does not notice so short a delay.
const LONGEST: Duration = Duration::from_millis(200);

/// Returns the least time from a poll that claimed this many mails to the next.
pub(super) fn gathered_for(claimed: usize) -> Duration {
    let multiple = u32::try_from(claimed / FEW).unwrap_or(u32::MAX).max(1);
    SHORTEST.saturating_mul(multiple).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_mails_come_the_longer_they_are_gathered() {
        let milliseconds = [0, 1, FEW, 2 * FEW, 12, 64, usize::MAX].map(|claimed| gathered_for(claimed).as_millis());
        assert_eq!(milliseconds, [50, 50, 50, 100, 150, 200, 200]);
    }
}
