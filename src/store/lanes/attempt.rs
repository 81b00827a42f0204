//! One piece of work on one connection, in a transaction where it needs one.

use std::thread;
use std::time::Duration;

use diesel::result::{Error, QueryResult};

use super::work::{Attempt, Shape};
use crate::backoff::Backoff;
use crate::store::connection::AnyConnection;
use crate::store::errors::{is_contention, is_lost_connection, is_read_only};

/// How often work is run again after collisions before its error is handed on.
const ATTEMPTS: u32 = 8;

/// Between attempts of transactions that got in each other's way; each takes a few milliseconds.
const AFTER_A_COLLISION: Backoff = Backoff::new(Duration::from_millis(4), Duration::from_millis(64));

/// Why work did not come to its end, and what is left of it.
pub(crate) struct Failed {
    pub error: Error,
    /// Whether it is certain that nothing of it was kept, so that it may be run again on another connection.
    pub is_undone: bool,
}

/// Does one piece of work, again after a collision.
pub(super) fn alone(connection: &mut AnyConnection, work: &mut dyn Attempt) -> Result<(), Failed> {
    let mut attempt = 1;
    loop {
        match once(connection, work) {
            // SQLite has waited for its lock already.
            Err(failed) if is_contention(&failed.error) && is_shared(connection) && attempt < ATTEMPTS => {
                // Those that collided should not meet again.
                thread::sleep(AFTER_A_COLLISION.pause(attempt));
                attempt += 1;
            }
            done => return done,
        }
    }
}

fn once(connection: &mut AnyConnection, work: &mut dyn Attempt) -> Result<(), Failed> {
    match work.shape() {
        Shape::Transaction => in_transaction(connection, |connection| work.attempt(connection)),
        shape @ (Shape::Read | Shape::Statement | Shape::Shared | Shape::Unhurried | Shape::Exclusive) => {
            work.attempt(connection).map_err(|error| {
                // What became of a statement whose answer was lost, nobody knows.
                let is_undone = shape == Shape::Read || is_read_only(&error);
                Failed { error, is_undone }
            })
        }
    }
}

/// Whether others write at the same time.
fn is_shared(connection: &AnyConnection) -> bool {
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => false,
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => true,
    }
}

/// Runs `work` in a transaction that takes SQLite's write lock at its beginning: one that began by reading could
/// find the database changed under it and fail half-way.
pub(crate) fn in_transaction<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
) -> Result<T, Failed> {
    use diesel::connection::TransactionManager;

    let undone = |error| Failed { error, is_undone: true };
    begin(connection).map_err(undone)?;
    match work(connection) {
        Ok(value) => AnyConnection::commit_transaction(connection).map(|()| value).map_err(|error| {
            // The server may have committed, and only its word been lost.
            let is_undone = !is_lost_connection(&error) || is_read_only(&error);
            Failed { error, is_undone }
        }),
        Err(error) => {
            // On a full disk and the like SQLite has ended the transaction itself, and there is nothing to roll back;
            // the cause is worth more than that.
            let _ = AnyConnection::rollback_transaction(connection);
            Err(undone(error))
        }
    }
}

fn begin(connection: &mut AnyConnection) -> QueryResult<()> {
    use diesel::connection::AnsiTransactionManager;
    #[cfg(feature = "postgres")]
    use diesel::connection::TransactionManager;

    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => AnsiTransactionManager::begin_transaction(postgres),
    }
}
