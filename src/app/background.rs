//! The background tasks and their shutdown.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::accounts::{Accounts, Housekeeping};
use crate::mail::MailWorker;

/// The running background tasks.
///
/// Dropping it leaves the tasks to the runtime; [`Background::stop`] lets them finish their current work.
pub struct Background {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    patience: Duration,
}

impl Background {
    pub(super) fn start(worker: Arc<MailWorker>, accounts: Accounts, patience: Duration) -> Self {
        let (stop, stopping) = watch::channel(false);
        let housekeeping = Housekeeping::new(accounts);
        let tasks = vec![
            tokio::spawn({
                let stopping = stopping.clone();
                async move { worker.run(stopping).await }
            }),
            tokio::spawn(housekeeping.run(stopping)),
        ];
        Self { stop, tasks, patience }
    }

    /// Claims no more mails and waits for those being sent, at most `server.shutdown_timeout_seconds`. A mail that is
    /// cut off stays in the outbox.
    pub async fn stop(self) {
        // Sending fails if the tasks have ended already.
        let _ = self.stop.send(true);
        let all_done = async {
            for task in self.tasks {
                // A panic was reported by the panic hook already.
                let _ = task.await;
            }
        };
        if tokio::time::timeout(self.patience, all_done).await.is_err() {
            tracing::warn!("background work was cut off; mails that were being sent are tried again later");
        }
    }
}
