//! The outbox: mails still to be sent. A worker claims a mail with a lease; only the newest claim can settle it.

mod asked;
mod kind;
mod new_mail;
mod queue;

use diesel::prelude::*;

use super::connection::{AnyConnection, on_engine};
use super::schema::outbox;
use super::users::{self, User};
use super::{Store, StoreError};
use crate::clock::Timestamp;

pub use kind::MailKind;
pub use new_mail::NewMail;
pub(super) use new_mail::{insert, take_back_bound_links, take_back_links, take_back_requests};
pub use queue::OutboxEntry;

/// A claimed mail. Until the lease ends, only the worker that claimed it may send it.
#[derive(Clone, Debug)]
pub struct ClaimedMail {
    /// The row's id.
    pub id: String,
    /// What to send; absent for a decoy.
    pub kind: Option<MailKind>,
    /// The user it is about; absent for a decoy.
    pub user: Option<User>,
    /// The recipient, if not the user's own address.
    pub recipient: Option<String>,
    /// The contract whose page the link leads to, if not to the site's own.
    pub contract: Option<String>,
    /// The identity provider that it is about, by its name in the settings, if it is about one.
    pub provider: Option<String>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When an operator last had it sent again.
    pub retried_at: Option<Timestamp>,
    /// How often it has been claimed, this time included. Settling compares it: a claim is void once another claim has
    /// followed.
    pub attempts: i32,
}

/// The result of claiming.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The claimed mails, longest waiting first.
    pub mails: Vec<ClaimedMail>,
    /// When the next mail is due, if any waits. A claimed mail is due when its lease ends.
    pub next_due_at: Option<Timestamp>,
    /// The names of due mails of unknown kinds. A newer program stored them, and they wait for it. Looked up only if no
    /// other mail was due.
    pub unknown: Vec<String>,
}

/// How the worker settles a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Sent, or not to be sent at all: the row is deleted.
    Done,
    /// To be tried again.
    Postponed {
        /// Not before this.
        due_at: Timestamp,
        /// What went wrong, without addresses or links.
        error: String,
    },
    /// Kept for an administrator, never tried again by itself.
    Parked {
        /// Now.
        at: Timestamp,
        /// What went wrong, without addresses or links.
        error: String,
    },
}

/// The outcome of settling a claim or renewing its lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The change is stored.
    Written,
    /// The row is gone: its user was deleted, its link was withdrawn, or it was settled before.
    Gone,
    /// The lease has ended, and another claim holds the mail.
    TakenOver,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct OutboxRow {
    id: String,
    mail: String,
    user_id: Option<String>,
    recipient: Option<String>,
    created_at: i64,
    due_at: i64,
    attempts: i32,
    parked_at: Option<i64>,
    last_error: Option<String>,
    contract: Option<String>,
    provider: Option<String>,
    retried_at: Option<i64>,
}

impl Store {
    /// Claims up to `limit` mails that are due, until `lease_ends_at`. Mails of unknown kinds stay as they are: during
    /// a rolling update a newer replica sends them.
    ///
    /// # Errors
    ///
    /// When the database does not answer; nothing is claimed then.
    pub async fn claim_due_mails(
        &self,
        now: Timestamp,
        lease_ends_at: Timestamp,
        limit: i64,
    ) -> Result<Claimed, StoreError> {
        self.lanes
            .write(move |connection| {
                let mails = claim(connection, now, lease_ends_at, limit)?;
                let unknown = if mails.is_empty() { unknown_and_due(connection, now)? } else { Vec::new() };
                let waiting = outbox::table.filter(outbox::parked_at.is_null());
                let first = waiting.filter(outbox::mail.eq_any(kind::known_names()));
                let first = first.select(diesel::dsl::min(outbox::due_at)).get_result::<Option<i64>>(connection)?;
                Ok(Claimed { mails, next_due_at: first.map(Timestamp::from_unix_seconds), unknown })
            })
            .await
    }

    /// Renews the lease of a claim until `lease_ends_at`, if the claim still holds.
    ///
    /// # Errors
    ///
    /// When the database does not answer; the lease ends when it would have.
    pub async fn renew_lease(
        &self,
        id: String,
        attempts: i32,
        lease_ends_at: Timestamp,
    ) -> Result<Settled, StoreError> {
        self.lanes
            .write(move |connection| {
                let mine = outbox::table.find(&id).filter(outbox::attempts.eq(attempts));
                let unsettled = mine.filter(outbox::parked_at.is_null());
                let renewed = diesel::update(unsettled).set(outbox::due_at.eq(lease_ends_at.unix_seconds()));
                let renewed = renewed.execute(connection)?;
                outcome(connection, &id, renewed)
            })
            .await
    }

    /// Settles a claim, if it still holds. May wait a moment to share a transaction with other work.
    ///
    /// # Errors
    ///
    /// When the database does not answer; the mail is tried again after its lease then.
    pub async fn settle_mail(&self, id: String, attempts: i32, settlement: Settlement) -> Result<Settled, StoreError> {
        let lanes = self.lanes.that_can_wait(true);
        lanes.write_shared(move |connection| settle(connection, &id, attempts, &settlement)).await
    }

    /// Returns when the next mail is due, of whatever kind, if any waits.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn next_mail_due_at(&self) -> Result<Option<Timestamp>, StoreError> {
        self.lanes
            .read(|connection| {
                let waiting = outbox::table.filter(outbox::parked_at.is_null());
                let first: Option<i64> = waiting.select(diesel::dsl::min(outbox::due_at)).get_result(connection)?;
                Ok(first.map(Timestamp::from_unix_seconds))
            })
            .await
    }
}

fn claim(
    connection: &mut AnyConnection,
    now: Timestamp,
    lease_ends_at: Timestamp,
    limit: i64,
) -> QueryResult<Vec<ClaimedMail>> {
    let due = due(connection, now, limit)?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // `due` has locked these rows, so no other worker can claim them before this transaction ends.
    let claim = diesel::update(outbox::table.filter(outbox::id.eq_any(due.iter().map(|row| &row.id))))
        .set((outbox::attempts.eq(outbox::attempts + 1), outbox::due_at.eq(lease_ends_at.unix_seconds())));
    on_engine!(connection, engine => claim.execute(engine))?;
    let users = users::find_several(connection, due.iter().filter_map(|row| row.user_id.as_deref()))?;
    let claimed = due.into_iter().map(|row| ClaimedMail {
        id: row.id,
        kind: MailKind::parse(&row.mail),
        user: row.user_id.and_then(|id| users.get(&id).cloned()),
        recipient: row.recipient,
        contract: row.contract,
        provider: row.provider,
        created_at: Timestamp::from_unix_seconds(row.created_at),
        retried_at: row.retried_at.map(Timestamp::from_unix_seconds),
        attempts: row.attempts + 1,
    });
    Ok(claimed.collect())
}

/// Returns the due mails, longest waiting first, and locks them: SQLite has one writer at a time, PostgreSQL locks the
/// rows. Rows that another worker has locked are skipped, so that concurrent workers share the queue instead of waiting
/// for each other.
fn due(connection: &mut AnyConnection, now: Timestamp, limit: i64) -> QueryResult<Vec<OutboxRow>> {
    let waiting = outbox::table.filter(outbox::parked_at.is_null()).filter(outbox::due_at.le(now.unix_seconds()));
    let due = waiting.filter(outbox::mail.eq_any(kind::known_names())).order(outbox::due_at.asc()).limit(limit);
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => due.select(OutboxRow::as_select()).load(sqlite),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => {
            due.select(OutboxRow::as_select()).for_update().skip_locked().load(postgres)
        }
    }
}

/// Returns the names, ten at most, of due mails of unknown kinds.
fn unknown_and_due(connection: &mut AnyConnection, now: Timestamp) -> QueryResult<Vec<String>> {
    let due = outbox::table.filter(outbox::parked_at.is_null()).filter(outbox::due_at.le(now.unix_seconds()));
    let unknown = due.filter(outbox::mail.ne_all(kind::known_names()));
    unknown.select(outbox::mail).distinct().order(outbox::mail.asc()).limit(10).load(connection)
}

fn settle(connection: &mut AnyConnection, id: &str, attempts: i32, settlement: &Settlement) -> QueryResult<Settled> {
    let mine = outbox::table.find(id).filter(outbox::attempts.eq(attempts));
    let changed = match settlement {
        Settlement::Done => on_engine!(connection, engine => diesel::delete(mine).execute(engine))?,
        Settlement::Postponed { due_at, error } => diesel::update(mine)
            .set((outbox::due_at.eq(due_at.unix_seconds()), outbox::last_error.eq(error)))
            .execute(connection)?,
        Settlement::Parked { at, error } => diesel::update(mine)
            .set((outbox::parked_at.eq(at.unix_seconds()), outbox::last_error.eq(error)))
            .execute(connection)?,
    };
    outcome(connection, id, changed)
}

/// Returns the outcome of a change to a claim, given the number of rows it changed.
fn outcome(connection: &mut AnyConnection, id: &str, changed: usize) -> QueryResult<Settled> {
    if changed == 1 {
        return Ok(Settled::Written);
    }
    let is_there: bool = diesel::select(diesel::dsl::exists(outbox::table.find(id))).get_result(connection)?;
    Ok(if is_there { Settled::TakenOver } else { Settled::Gone })
}
