//! The lease of a mail that is being sent, renewed for as long as that takes.

use std::time::{Duration, Instant};

use super::DATABASE_PAUSE;
use crate::clock::{Clock, Seconds};
use crate::store::{ClaimedMail, Store};

/// Renewed so often within its length that one or two failures do not matter.
const RENEWALS_PER_LEASE: u32 = 3;

/// Keeps other workers away from a mail.
pub(super) struct Lease<'a> {
    pub store: &'a Store,
    pub clock: &'a Clock,
    pub length: Seconds,
    pub mail: &'a ClaimedMail,
}

impl Lease<'_> {
    /// Does `work` under the lease. Returns what came of it, and when the lease ends.
    pub async fn keep<T>(&self, work: impl Future<Output = T>) -> (T, Instant) {
        let mut ends_at = Instant::now() + self.length.duration();
        let done = {
            let renewals = self.renew(&mut ends_at);
            tokio::select! {
                done = work => done,
                () = renewals => unreachable!("renewing does not end"),
            }
        };
        (done, ends_at)
    }

    async fn renew(&self, ends_at: &mut Instant) {
        let pause = self.length.duration() / RENEWALS_PER_LEASE;
        let mut next_pause = pause;
        loop {
            tokio::time::sleep(next_pause).await;
            next_pause = match self.renew_once(ends_at).await {
                Renewal::Done => pause,
                Renewal::Failed => DATABASE_PAUSE.min(pause),
                Renewal::Lost => std::future::pending::<Duration>().await,
            };
        }
    }

    async fn renew_once(&self, ends_at: &mut Instant) -> Renewal {
        let begun_at = Instant::now();
        let until = self.clock.now().plus(self.length);
        let ClaimedMail { id, attempts, .. } = self.mail;
        match self.store.renew_lease(id.clone(), *attempts, until).await {
            Ok(true) => {
                *ends_at = begun_at + self.length.duration();
                Renewal::Done
            }
            // Another worker has it, or it was deleted meanwhile. Settling tells which.
            Ok(false) => Renewal::Lost,
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
