//! One piece of work on one connection, in a transaction where it needs one.

use diesel::result::QueryResult;

use super::work::{Shape, Work};
use crate::store::connection::AnyConnection;
use crate::store::errors::is_contention;

/// How often work is run again after collisions before its error is handed on.
const ATTEMPTS: usize = 8;

/// Does one piece of work, again after a collision.
pub fn alone(connection: &mut AnyConnection, work: &mut dyn Work) -> QueryResult<()> {
    let mut attempt = 1;
    loop {
        let done = match work.shape() {
            Shape::Read | Shape::Statement | Shape::Exclusive => work.attempt(connection),
            Shape::Transaction => in_transaction(connection, |connection| work.attempt(connection)),
        };
        match done {
            Err(error) if is_contention(&error) && attempt < ATTEMPTS => attempt += 1,
            done => return done,
        }
    }
}

/// Runs `work` in a transaction that takes SQLite's write lock at its beginning: one that began by reading could
/// find the database changed under it and fail half-way.
pub fn in_transaction<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    use diesel::connection::{AnsiTransactionManager, TransactionManager};

    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?,
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => AnsiTransactionManager::begin_transaction(postgres)?,
    }
    match work(connection) {
        Ok(value) => {
            AnyConnection::commit_transaction(connection)?;
            Ok(value)
        }
        Err(error) => {
            // On a full disk and the like SQLite has ended the transaction itself, and there is nothing to roll back;
            // the cause is worth more than that.
            let _ = AnyConnection::rollback_transaction(connection);
            Err(error)
        }
    }
}
