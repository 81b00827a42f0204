//! Limits how many mails are sent at once, so that slow ones do not delay the others.
//!
//! A mail server may take ten minutes for the last reply (RFC 5321, 4.5.3.2.6). A mail that takes longer than a few
//! seconds returns its turn for the next mail and continues without one. The number of such mails is bounded too.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

/// A mail that takes longer than this is slow.
const SLOW_AFTER: Duration = Duration::from_secs(5);
/// For each turn, this many slow mails may be sent beside it.
const SLOW_FOR_EACH: usize = 7;

/// Waiting time for further turns after the first, where mails are sent together.
const GATHERED_FOR: Duration = Duration::from_millis(2);

/// A permit to send a mail. Dropping it returns it.
pub(super) type Turn = OwnedSemaphorePermit;

/// A number of turns, and the slow mails that have returned theirs.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    turns: Arc<Semaphore>,
    slow: Arc<Semaphore>,
    slow_after: Duration,
    are_returned_together: bool,
}

impl Turns {
    /// Returns this many turns.
    pub(super) fn new(count: usize) -> Self {
        Self::of(count, false)
    }

    /// Returns this many turns, many of which are returned at the same moment, by mails that were sent together.
    pub(super) fn returned_together(count: usize) -> Self {
        Self::of(count, true)
    }

    fn of(count: usize, are_returned_together: bool) -> Self {
        Self {
            are_returned_together,
            turns: Arc::new(Semaphore::new(count)),
            slow: Arc::new(Semaphore::new(count * SLOW_FOR_EACH)),
            slow_after: SLOW_AFTER,
        }
    }

    /// Waits for a turn.
    pub(super) async fn next(&self) -> Turn {
        Arc::clone(&self.turns).acquire_owned().await.expect("the semaphore is never closed")
    }

    /// Waits for a turn, and acquires all that are free.
    pub(super) async fn all_free(&self) -> Turn {
        let mut taken = match Arc::clone(&self.turns).try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => {
                let turn = self.next().await;
                if self.are_returned_together {
                    sleep(GATHERED_FOR).await;
                }
                turn
            }
        };
        while let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() {
            taken.merge(turn);
        }
        taken
    }

    /// Does `work`, and returns the turn at the end, or earlier if the work is slow.
    pub(super) async fn spend<T>(&self, turn: Turn, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        if let Ok(done) = timeout(self.slow_after, work.as_mut()).await {
            return done;
        }
        match Arc::clone(&self.slow).try_acquire_owned() {
            Ok(_slow) => {
                drop(turn);
                work.await
            }
            Err(_) => work.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn slow_work_gives_its_turn_away_up_to_a_limit() {
        let turns = Turns { slow_after: Duration::from_millis(1), ..Turns::new(1) };
        for _ in 0..=SLOW_FOR_EACH {
            let turn = turns.next().await;
            let others = turns.clone();
            tokio::spawn(async move { others.spend(turn, pending::<()>()).await });
        }
        let one_more = timeout(Duration::from_millis(50), turns.next()).await;
        assert!(one_more.is_err(), "as many are slow as may be");
    }

    #[tokio::test]
    async fn work_that_is_done_gives_its_turn_back() {
        let turns = Turns::new(2);
        let all = turns.all_free().await;
        assert_eq!(all.num_permits(), 2);
        assert!(turns.next().now_or_never().is_none());
        assert_eq!(turns.spend(all, async { 7 }).await, 7);
        assert_eq!(turns.all_free().await.num_permits(), 2);
    }

    #[tokio::test]
    async fn turns_that_are_returned_together_are_taken_together() {
        for are_returned_together in [true, false] {
            let turns = Turns::of(3, are_returned_together);
            let mut all = turns.all_free().await;
            let (first, second) = (all.split(1), all.split(1));
            let mut next = pin!(turns.all_free());
            assert!(next.as_mut().now_or_never().is_none());
            drop(first);
            // The tasks that return turns run one after the other, and this one between them.
            let early = next.as_mut().now_or_never();
            drop((second, all));
            let taken = match early {
                Some(taken) => taken,
                None => next.await,
            };
            assert_eq!(taken.num_permits(), if are_returned_together { 3 } else { 1 });
        }
    }
}
