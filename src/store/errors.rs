//! What can go wrong between us and a database, and the questions asked of a driver's error.

use std::path::PathBuf;

use diesel::result::{DatabaseErrorKind, Error};

use crate::lane::LaneError;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// More work waits than the queues hold. Worth another try after a second.
    #[error("the database has more work waiting than its queue holds")]
    Busy,
    /// The program is shutting down, or the work panicked.
    #[error("the database's threads have stopped")]
    Stopped,
    /// No connection can be made, or it was lost. Worth another try.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// There is no file of an SQLite database.
    #[error("there is no database at {}; correct the path, or run `countersign migrate` to make one", _0.display())]
    NoDatabase(PathBuf),
    /// There is no space left where the data is kept. Reading goes on. Worth another try.
    #[error("the database has no space left: {0}")]
    Full(String),
    /// The database is there, and refused.
    #[error("the database refused: {0}")]
    Query(#[source] Error),
    /// Tables are missing or of another version than this program's.
    #[error("the database's tables do not fit this program: {0}")]
    Migration(String),
    /// A row holds what this program never writes.
    #[error("the database holds an unreadable value: {0}")]
    Corrupt(String),
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        if is_out_of_space(&error) {
            Self::Full(error.to_string())
        } else if is_lost_connection(&error) {
            Self::Unavailable(one_line(&error.to_string()))
        } else {
            Self::Query(error)
        }
    }
}

impl From<LaneError> for StoreError {
    fn from(refused: LaneError) -> Self {
        match refused {
            LaneError::Full => Self::Busy,
            LaneError::Stopped => Self::Stopped,
        }
    }
}

impl StoreError {
    /// Tells whether the same request may well succeed a moment later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Busy | Self::Stopped | Self::Unavailable(_) | Self::NoDatabase(_) | Self::Full(_) => true,
            Self::Query(error) => is_contention(error) || is_overlong(error),
            Self::Migration(_) | Self::Corrupt(_) => false,
        }
    }

    /// The same answer for somebody else whose work met the same fate.
    pub(super) fn for_another(&self) -> Self {
        match self {
            Self::Busy => Self::Busy,
            Self::Stopped => Self::Stopped,
            Self::Full(why) => Self::Full(why.clone()),
            Self::NoDatabase(path) => Self::NoDatabase(path.clone()),
            Self::Unavailable(why) | Self::Migration(why) | Self::Corrupt(why) => Self::Unavailable(why.clone()),
            Self::Query(error) => Self::Unavailable(error.to_string()),
        }
    }

    /// Tells whether a row was refused because it refers to one that is not there (any more).
    pub(super) fn violates_foreign_key(&self) -> bool {
        matches!(self, Self::Query(Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)))
    }

    /// Tells whether a row was refused for what it has in `table.column`, by the unique index over it (named
    /// `table_column`) or by a trigger in its place.
    pub(super) fn violates_unique(&self, table: &str, column: &str) -> bool {
        let Self::Query(error @ Error::DatabaseError(_, details)) = self else { return false };
        if !is_unique_violation(error) {
            return false;
        }
        // PostgreSQL names the index; SQLite names the columns, in a message.
        details.constraint_name().is_some_and(|name| name == format!("{table}_{column}"))
            || details.message().ends_with(&format!("{table}.{column}"))
    }
}

/// Tells whether a statement failed on its own and left its transaction usable (on SQLite; on PostgreSQL any error
/// ends the transaction, or the savepoint it happened in).
pub(super) fn is_refused_statement(error: &Error) -> bool {
    matches!(
        error,
        Error::NotFound
            | Error::DatabaseError(
                DatabaseErrorKind::ForeignKeyViolation
                    | DatabaseErrorKind::NotNullViolation
                    | DatabaseErrorKind::CheckViolation,
                _
            )
    ) || is_unique_violation(error)
}

/// Tells whether a row was refused because another has its value. SQLite's triggers can say so only in words.
fn is_unique_violation(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        || message_contains(error, &["UNIQUE constraint failed: "])
}

/// Tells whether the work collided with another's and may be run again: 40001, deadlock, SQLITE_BUSY.
pub(super) fn is_contention(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        _ => message_contains(error, &["database is locked", "database table is locked", "deadlock detected"]),
    }
}

/// Tells whether the connection can be used after this error. Where the error says nothing of the connection, another
/// is better: it may be about something that the connection remembers, such as a table that has changed since.
pub(super) fn spares_connection(error: &Error) -> bool {
    is_refused_statement(error) || is_contention(error) || is_overlong(error)
}

/// Tells whether the server gave the work up because it, or its wait for a lock, took longer than the settings let it.
fn is_overlong(error: &Error) -> bool {
    message_contains(error, &["due to statement timeout", "due to lock timeout"])
}

/// Tells whether there was no room for what was to be written.
fn is_out_of_space(error: &Error) -> bool {
    message_contains(error, &["database or disk is full", "No space left on device"])
}

fn message_contains(error: &Error, parts: &[&str]) -> bool {
    // Neither driver gives these errors a kind of their own.
    let Error::DatabaseError(DatabaseErrorKind::Unknown, details) = error else { return false };
    parts.iter().any(|part| details.message().contains(part))
}

/// Tells whether the connection is of no more use: it is closed, or leads to a server that takes no writes (any more).
pub(super) fn is_lost_connection(error: &Error) -> bool {
    matches!(
        error,
        Error::BrokenTransactionManager
            | Error::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                    | DatabaseErrorKind::UnableToSendCommand
                    | DatabaseErrorKind::ReadOnlyTransaction,
                _
            )
    )
}

/// Tells whether the server refused the work because it takes no writes: it has done nothing then.
pub(super) fn is_read_only(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _))
}

/// A thread that works on the database cannot be started.
pub(super) fn no_thread(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("no thread for it: {error}"))
}

/// libpq speaks in several lines; an operator wants one sentence.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ")
}
