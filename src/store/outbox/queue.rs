//! The administrator's view of the outbox: waiting mails, parked mails with the reason, and retrying.

use diesel::prelude::*;

use super::OutboxRow;
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::store::schema::outbox;
use crate::store::{Store, StoreError};

/// A line of the queue as an administrator sees it.
#[derive(Clone, Debug)]
pub struct OutboxEntry {
    /// The row's id.
    pub id: String,
    /// What to send.
    pub mail: String,
    /// The user it is about.
    pub user_id: Option<UserId>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// How often it has been tried.
    pub attempts: i32,
    /// Since when it is parked.
    pub parked_at: Option<Timestamp>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// How many mails are in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedMails {
    /// Those that are tried again by themselves.
    pub waiting: u64,
    /// Those that wait for an administrator.
    pub parked: u64,
}

impl Store {
    /// Lists mails that wait or are parked, oldest first.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_mails(&self, limit: i64) -> Result<Vec<OutboxEntry>, StoreError> {
        self.lanes
            .read(move |connection| {
                let rows: Vec<OutboxRow> = outbox::table
                    .order((outbox::created_at.asc(), outbox::id.asc()))
                    .limit(limit)
                    .select(OutboxRow::as_select())
                    .load(connection)?;
                Ok(rows.into_iter().map(OutboxEntry::from).collect())
            })
            .await
    }

    /// Counts the mails that wait, and those that are parked.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn count_mails(&self) -> Result<CountedMails, StoreError> {
        self.lanes
            .read(|connection| {
                let waiting = outbox::table.filter(outbox::parked_at.is_null()).count();
                let parked = outbox::table.filter(outbox::parked_at.is_not_null()).count();
                let number = |count: i64| u64::try_from(count).unwrap_or(0);
                Ok(CountedMails {
                    waiting: number(waiting.get_result(connection)?),
                    parked: number(parked.get_result(connection)?),
                })
            })
            .await
    }

    /// Deletes a mail, parked or waiting. Returns what it was, or `None` if there is none with this id.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn delete_mail(&self, id: String) -> Result<Option<OutboxEntry>, StoreError> {
        self.lanes
            .write(move |connection| {
                let row = outbox::table.find(&id).select(OutboxRow::as_select()).first(connection).optional()?;
                let deleted = diesel::delete(outbox::table.find(&id)).execute(connection)?;
                Ok(row.filter(|_| deleted == 1).map(OutboxEntry::from))
            })
            .await
    }

    /// Finds a mail that waits or is parked.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_mail(&self, id: String) -> Result<Option<OutboxEntry>, StoreError> {
        self.lanes
            .read(move |connection| {
                let row = outbox::table.find(&id).select(OutboxRow::as_select()).first(connection).optional()?;
                Ok(row.map(OutboxEntry::from))
            })
            .await
    }

    /// Makes the named mail, or all parked mails, due now, and remembers when that was. Returns how many.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn retry_mails(&self, id: Option<String>, now: Timestamp) -> Result<usize, StoreError> {
        self.lanes
            .write_statement(move |connection| {
                let now = now.unix_seconds();
                let due_now =
                    (outbox::parked_at.eq(None::<i64>), outbox::due_at.eq(now), outbox::retried_at.eq(Some(now)));
                match &id {
                    Some(id) => diesel::update(outbox::table.find(id)).set(due_now).execute(connection),
                    None => diesel::update(outbox::table.filter(outbox::parked_at.is_not_null()))
                        .set(due_now)
                        .execute(connection),
                }
            })
            .await
    }
}

impl From<OutboxRow> for OutboxEntry {
    fn from(row: OutboxRow) -> Self {
        Self {
            id: row.id,
            mail: row.mail,
            user_id: row.user_id.map(UserId::from_stored),
            created_at: Timestamp::from_unix_seconds(row.created_at),
            due_at: Timestamp::from_unix_seconds(row.due_at),
            attempts: row.attempts,
            parked_at: row.parked_at.map(Timestamp::from_unix_seconds),
            last_error: row.last_error,
        }
    }
}
