//! Runs one piece of work on one connection, in a transaction if it needs one.

use std::thread;
use std::time::Duration;

use diesel::result::{Error, QueryResult};

use super::work::{Attempt, Shape};
use crate::backoff::Backoff;
use crate::store::connection::AnyConnection;
use crate::store::errors::{is_contention, is_lost_connection, is_read_only};

/// How often colliding work is run before its error is returned.
const ATTEMPTS: u32 = 8;

/// The pause between attempts of colliding transactions; each takes a few milliseconds.
const AFTER_A_COLLISION: Backoff = Backoff::new(Duration::from_millis(4), Duration::from_millis(64));

/// Why work failed, and whether any of it may have been committed.
pub(crate) struct Failed {
    pub error: Error,
    /// Whether it is certain that nothing was committed, so that the work may be run again on another connection.
    pub is_undone: bool,
}

/// Begins a transaction that several pieces of work share, and limits how long it waits for one lock. It holds the locks
/// of all of them, in the order in which they came, so two such transactions may wait for each other. PostgreSQL would
/// notice only after its `deadlock_timeout`, one second by default, and neither connection does anything meanwhile. The
/// limit is well above the time for which a small transaction holds a lock, a commit's wait for the disk included.
#[cfg(feature = "postgres")]
const BEGIN_SEVERAL: &str = "BEGIN; SET LOCAL lock_timeout = '50ms'";

/// Runs one piece of work, and runs it again after a collision.
pub(super) fn alone(connection: &mut AnyConnection, work: &mut dyn Attempt) -> Result<(), Failed> {
    // SQLite has waited for its lock already, and several pieces of work that collided run one by one instead.
    let attempts = if is_shared(connection) && work.shape() != Shape::Several { ATTEMPTS } else { 1 };
    let mut attempt = 1;
    loop {
        match once(connection, work) {
            Err(failed) if is_contention(&failed.error) && attempt < attempts => {
                // The random pause keeps the same transactions from colliding again.
                thread::sleep(AFTER_A_COLLISION.pause(attempt));
                attempt += 1;
            }
            done => return done,
        }
    }
}

fn once(connection: &mut AnyConnection, work: &mut dyn Attempt) -> Result<(), Failed> {
    match work.shape() {
        Shape::Transaction | Shape::Several => {
            begin(connection, work.shape()).map_err(undone)?;
            to_the_end(connection, |connection| work.attempt(connection))
        }
        shape @ (Shape::Read | Shape::Statement | Shape::Shared | Shape::Exclusive) => {
            work.attempt(connection).map_err(|error| {
                // If the answer was lost, the statement may have been committed.
                let is_undone = shape == Shape::Read || is_read_only(&error);
                Failed { error, is_undone }
            })
        }
    }
}

/// Returns whether other connections may write at the same time.
fn is_shared(connection: &AnyConnection) -> bool {
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => false,
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => true,
    }
}

/// Runs `work` in a transaction that takes SQLite's write lock at its beginning. A transaction that began with a read
/// could fail at its first write, if another process has written meanwhile.
pub(crate) fn in_transaction<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
) -> Result<T, Failed> {
    begin(connection, Shape::Transaction).map_err(undone)?;
    to_the_end(connection, work)
}

/// Runs `work` in the transaction that has begun, and commits it or rolls it back.
fn to_the_end<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
) -> Result<T, Failed> {
    use diesel::connection::TransactionManager;

    match work(connection) {
        Ok(value) => AnyConnection::commit_transaction(connection).map(|()| value).map_err(|error| {
            // The server may have committed although its answer was lost.
            let is_undone = !is_lost_connection(&error) || is_read_only(&error);
            Failed { error, is_undone }
        }),
        Err(error) => {
            // On a full disk and similar errors SQLite has rolled the transaction back itself, and this rollback fails.
            // The first error is the one to report.
            let _ = AnyConnection::rollback_transaction(connection);
            Err(undone(error))
        }
    }
}

fn undone(error: Error) -> Failed {
    Failed { error, is_undone: true }
}

#[cfg_attr(not(feature = "postgres"), allow(unused_variables, reason = "SQLite begins every transaction alike"))]
fn begin(connection: &mut AnyConnection, shape: Shape) -> QueryResult<()> {
    use diesel::connection::AnsiTransactionManager;

    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => {
            let begin = if shape == Shape::Several { BEGIN_SEVERAL } else { "BEGIN" };
            AnsiTransactionManager::begin_transaction_sql(postgres, begin)
        }
    }
}
