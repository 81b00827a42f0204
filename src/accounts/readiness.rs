//! Whether a process can serve: what a health check asks.

use super::Accounts;
use crate::clock::Seconds;
use crate::store::StoreError;

/// What the database says when it is asked whether this process can serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It answers.
    Answers {
        /// Whether all migrations that this program knows have been run.
        has_all_migrations: bool,
        /// How long the oldest mail that is due has been waiting; 0 when none is.
        oldest_due_mail: Seconds,
    },
    /// More work waits for it than its queue holds.
    Busy,
    /// It does not answer.
    Unavailable,
}

impl Accounts {
    /// Asks the database whether this process can serve. Why it cannot goes to the log.
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
