//! The outbox for operators: lists waiting and parked mails, and makes them due again.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::store::{OutboxEntry, Store, StoreError};

/// The mails that wait or are parked.
pub struct MailQueue {
    store: Store,
    clock: Clock,
    /// Wakes the worker, if it runs in this process.
    new_mail: Arc<Notify>,
}

impl MailQueue {
    /// Returns the queue in `store`. Notifying `new_mail` wakes its worker.
    pub(crate) fn new(store: Store, clock: Clock, new_mail: Arc<Notify>) -> Self {
        Self { store, clock, new_mail }
    }

    /// Lists mails that wait or are parked, oldest first, `limit` at most.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list(&self, limit: u32) -> Result<Vec<OutboxEntry>, StoreError> {
        self.store.list_mails(i64::from(limit)).await
    }

    /// Makes a mail due now, parked or waiting. Returns whether there is one with this id.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn retry(&self, id: &str) -> Result<bool, StoreError> {
        Ok(self.make_due(Some(id.to_owned())).await? > 0)
    }

    /// Makes all parked mails due now. Returns their number.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn retry_parked(&self) -> Result<usize, StoreError> {
        self.make_due(None).await
    }

    async fn make_due(&self, id: Option<String>) -> Result<usize, StoreError> {
        let due = self.store.retry_mails(id, self.clock.now()).await?;
        self.new_mail.notify_one();
        Ok(due)
    }
}
