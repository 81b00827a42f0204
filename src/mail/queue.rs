//! The outbox for operators: lists waiting and parked mails, makes them due again, and deletes them.

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

    /// Finds a mail, parked or waiting.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find(&self, id: &str) -> Result<Option<OutboxEntry>, StoreError> {
        self.store.find_mail(id.to_owned()).await
    }

    /// Deletes a mail, parked or waiting, which is then never sent. A mail that a worker is sending at this moment may
    /// arrive all the same. Returns what was deleted, or `None` if there is no mail with this id.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn delete(&self, id: &str) -> Result<Option<OutboxEntry>, StoreError> {
        let deleted = self.store.delete_mail(id.to_owned()).await?;
        if let Some(mail) = &deleted {
            tracing::info!(mail_id = %mail.id, mail = mail.mail, user_id = mail.user_id.as_ref().map(|id| id.as_str()),
                "mail deleted by an operator");
        }
        Ok(deleted)
    }

    async fn make_due(&self, id: Option<String>) -> Result<usize, StoreError> {
        let due = self.store.retry_mails(id, self.clock.now()).await?;
        self.new_mail.notify_one();
        Ok(due)
    }
}
