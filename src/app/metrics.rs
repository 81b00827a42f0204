//! The metrics of a running program: what the rooms counted, and what is looked up when they are written.

use std::time::Duration;

use super::Countersign;
use crate::metrics::{Observed, OutboxState};

/// For how long the database may think about the outbox before the metrics are written without it.
const PATIENCE: Duration = Duration::from_secs(2);

impl Countersign {
    /// Returns all metrics in the OpenMetrics text format, for a program that serves them itself; `None` unless
    /// `metrics.bind` is set. The state of the outbox is asked of the database, two seconds at most.
    pub async fn metrics_text(&self) -> Option<String> {
        if !self.metrics.are_on() {
            return None;
        }
        let outbox = tokio::time::timeout(PATIENCE, self.outbox_state()).await.ok().flatten();
        let hashing_queue = self.accounts.hasher().waiting();
        self.metrics.text(Observed { hashing_queue, outbox })
    }

    async fn outbox_state(&self) -> Option<OutboxState> {
        let store = self.accounts.store();
        let counted =
            async { Ok::<_, crate::store::StoreError>((store.count_mails().await?, store.next_mail_due_at().await?)) };
        match counted.await {
            Ok((mails, next_due_at)) => {
                let now = self.accounts.clock().now();
                let oldest_due_seconds = next_due_at.map_or(0, |due_at| now.since(due_at).get());
                Some(OutboxState { waiting: mails.waiting, parked: mails.parked, oldest_due_seconds })
            }
            Err(error) => {
                tracing::debug!(%error, "metrics are written without the outbox");
                None
            }
        }
    }
}
