//! The end of a day of faults: everything calms down, and what people were told is compared with what is there.

use std::time::Duration;

use countersign::internals::Store;

use super::audit::{self, Findings};
use super::fleet::{Fleet, Life};
use super::ledger::{Ledger, Told};
use super::people::People;
use crate::support::smtp_server::SmtpServer;

/// What the day came to.
pub struct Evening {
    pub told: Told,
    pub life: Life,
    pub findings: Findings,
    pub drained_for: Duration,
}

impl Evening {
    /// Waits for the last mails and links, ends the replicas, and sees that everything was kept. Nobody registers any
    /// more.
    pub async fn after(
        store: &Store,
        smtp: &SmtpServer,
        people: People,
        fleet: Fleet,
        ledger: &Ledger,
        most_duplicates: usize,
    ) -> Self {
        audit::assert_nothing_half_made(store, smtp).await;
        let drained_for = audit::wait_until_drained(store).await;
        people.finish_following().await;
        let life = fleet.stop().await;
        assert!(life.ended_by_itself.is_empty(), "replicas ended by themselves: {:#?}", life.ended_by_itself);
        let told = ledger.snapshot();
        let findings = audit::assert_all_kept(store, smtp, &told, most_duplicates).await;
        Self { told, life, findings, drained_for }
    }
}
