//! Readiness: whether a process can serve, for health checks.

use super::Accounts;
use crate::clock::Seconds;
use crate::store::StoreError;

/// The state of the database, which decides whether this process can serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// The database answers.
    Answers {
        /// Whether all migrations that this program knows have been run.
        has_all_migrations: bool,
        /// How long the oldest due mail has been waiting; 0 if no mail is due.
        oldest_due_mail: Seconds,
    },
    /// More work waits for the database than its queue holds.
    Busy,
    /// The database does not answer.
    Unavailable,
}

impl Accounts {
    /// Checks whether the database lets this process serve. If it does not, logs the reason.
    pub async fn readiness(&self) -> Readiness {
        let store = &self.parts.store;
        match (store.are_migrations_complete().await, store.next_mail_due_at().await) {
            (Ok(has_all_migrations), Ok(due_at)) => {
                let now = self.parts.clock.now();
                let oldest_due_mail = due_at.map_or(Seconds::new(0), |due_at| now.since(due_at));
                Readiness::Answers { has_all_migrations, oldest_due_mail }
            }
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%error, "not ready");
                if matches!(error, StoreError::Busy) { Readiness::Busy } else { Readiness::Unavailable }
            }
        }
    }
}
