//! The lease of a mail that is being sent, renewed for as long as that takes.

use std::time::{Duration, Instant};

use crate::clock::{Clock, Seconds};
use crate::store::{ClaimedMail, Settled, Store};

/// The lease is renewed this many times within its length, so that one or two failures do no harm.
const RENEWALS_PER_LEASE: u32 = 3;

/// The pause after a failure of the database.
pub(super) const DATABASE_PAUSE: Duration = Duration::from_secs(1);

/// How much earlier other workers may see a lease as expired: it is stored in whole seconds, and began with the claim.
const CLOCKS_DIFFER: Duration = Duration::from_secs(2);

/// The lease that keeps other workers away from a mail.
pub(super) struct Lease<'a> {
    pub store: &'a Store,
    pub clock: &'a Clock,
    pub length: Seconds,
    pub mail: &'a ClaimedMail,
}

/// Until when no other worker can claim the mail.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    ends_at: Instant,
    /// The row was deleted under the lease, so no other worker will ever find it.
    is_for_ever: bool,
}

impl Hold {
    /// Returns whether no other worker can have claimed the mail yet, within the accuracy of the clocks.
    pub(super) fn is_certain(&self) -> bool {
        self.is_for_ever || Instant::now() + CLOCKS_DIFFER < self.ends_at
    }

    /// Returns whether there is time for another attempt to settle the mail.
    pub(super) fn outlasts(&self, pause: Duration) -> bool {
        self.is_for_ever || Instant::now() + pause < self.ends_at
    }
}

impl Lease<'_> {
    /// Does `work` while renewing the lease. Returns its result, and how long the lease holds.
    pub(super) async fn keep<T>(&self, work: impl Future<Output = T>) -> (T, Hold) {
        let mut hold = Hold { ends_at: Instant::now() + self.length.duration(), is_for_ever: false };
        let done = {
            let renewals = self.renew(&mut hold);
            tokio::select! {
                done = work => done,
                () = renewals => unreachable!("renewing does not end"),
            }
        };
        (done, hold)
    }

    async fn renew(&self, hold: &mut Hold) {
        let pause = self.length.duration() / RENEWALS_PER_LEASE;
        let mut next_pause = pause;
        loop {
            tokio::time::sleep(next_pause).await;
            next_pause = match self.renew_once(hold).await {
                Renewal::Done => pause,
                Renewal::Failed => DATABASE_PAUSE.min(pause),
                Renewal::Lost => std::future::pending::<Duration>().await,
            };
        }
    }

    async fn renew_once(&self, hold: &mut Hold) -> Renewal {
        let begun_at = Instant::now();
        let until = self.clock.now().plus(self.length);
        let ClaimedMail { id, attempts, .. } = self.mail;
        match self.store.renew_lease(id.clone(), *attempts, until).await {
            Ok(Settled::Written) => {
                hold.ends_at = begun_at + self.length.duration();
                Renewal::Done
            }
            // An administrator has deleted the user, or the user has used another link.
            Ok(Settled::Gone) => {
                hold.is_for_ever = hold.is_certain();
                Renewal::Lost
            }
            Ok(Settled::TakenOver) => Renewal::Lost,
            Err(error) => {
                tracing::debug!(mail_id = %id, %error, "the lease of a mail could not be renewed yet");
                Renewal::Failed
            }
        }
    }
}

enum Renewal {
    Done,
    Failed,
    Lost,
}
