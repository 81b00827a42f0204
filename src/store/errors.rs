//! The store's errors, and the classification of a driver's errors.

use std::path::PathBuf;

use diesel::result::{DatabaseErrorKind, Error};

use crate::lane::LaneError;

/// Why the store could not complete an operation.
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
    /// The database answered with an error.
    #[error("the database refused: {0}")]
    Query(#[source] Error),
    /// Tables are missing or of another version than this program's.
    #[error("the database's tables do not fit this program: {0}")]
    Migration(String),
    /// The database cannot store what this program writes, or its role may not do what the program does. The message has
    /// the remedy.
    #[error("the database cannot be used: {0}")]
    Unfit(String),
    /// A row holds a value that this program never writes.
    #[error("the database holds an unreadable value: {0}")]
    Corrupt(String),
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        if is_out_of_space(&error) {
            Self::Full(error.to_string())
        } else if is_lost_connection(&error) {
            Self::Unavailable(one_line(&error.to_string()))
        } else if is_forbidden(&error) {
            let why = one_line(&error.to_string());
            Self::Unfit(format!("{why}; let its owner grant the rights to the role that `database.url` names"))
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
    /// Returns whether the same request may succeed a moment later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Busy | Self::Stopped | Self::Unavailable(_) | Self::NoDatabase(_) | Self::Full(_) => true,
            Self::Query(error) => is_contention(error) || is_overlong(error),
            Self::Migration(_) | Self::Unfit(_) | Self::Corrupt(_) => false,
        }
    }

    /// Copies the error for another caller whose work failed with it.
    pub(super) fn for_another(&self) -> Self {
        match self {
            Self::Busy => Self::Busy,
            Self::Stopped => Self::Stopped,
            Self::Full(why) => Self::Full(why.clone()),
            Self::NoDatabase(path) => Self::NoDatabase(path.clone()),
            Self::Unavailable(why) | Self::Migration(why) | Self::Unfit(why) | Self::Corrupt(why) => {
                Self::Unavailable(why.clone())
            }
            Self::Query(error) => Self::Unavailable(error.to_string()),
        }
    }

    /// Returns whether a row was refused because it refers to a missing or deleted row.
    pub(super) fn violates_foreign_key(&self) -> bool {
        matches!(self, Self::Query(Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)))
    }

    /// Returns whether a row was refused because another row has one of its values.
    pub(super) fn violates_any_unique(&self) -> bool {
        matches!(self, Self::Query(error) if is_unique_violation(error))
    }

    /// Returns whether a row was refused for its value in `table.column`, by the unique index (named `table_column`) or
    /// by a trigger in its place.
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

/// Returns whether a statement failed and left its transaction usable (on SQLite; on PostgreSQL any error ends the
/// transaction, or the savepoint it happened in).
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

/// Returns whether a row was refused because another row has its value. SQLite's triggers report that only as text.
fn is_unique_violation(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        || message_contains(error, &["UNIQUE constraint failed: "])
}

/// Returns whether the work collided with another transaction and may be run again: 40001, deadlock, SQLITE_BUSY.
pub(super) fn is_contention(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        _ => message_contains(error, &["database is locked", "database table is locked", "deadlock detected"]),
    }
}

/// Returns whether the connection can be used after this error. After an error of unknown cause the caller replaces the
/// connection: the cause may be the connection's own cache, such as a table that has changed since.
pub(super) fn spares_connection(error: &Error) -> bool {
    is_refused_statement(error) || is_contention(error) || is_overlong(error)
}

/// Returns whether the server cancelled the work because a statement or a wait for a lock reached its timeout.
fn is_overlong(error: &Error) -> bool {
    message_contains(error, &["due to statement timeout", "due to lock timeout"])
}

/// Returns whether the disk was full.
fn is_out_of_space(error: &Error) -> bool {
    message_contains(error, &["database or disk is full", "No space left on device"])
}

/// Returns whether PostgreSQL's role may not do what was asked.
fn is_forbidden(error: &Error) -> bool {
    message_contains(error, &["permission denied for ", "must be owner of "])
}

fn message_contains(error: &Error, parts: &[&str]) -> bool {
    // Neither driver gives these errors a kind of their own.
    let Error::DatabaseError(DatabaseErrorKind::Unknown, details) = error else { return false };
    parts.iter().any(|part| details.message().contains(part))
}

/// Returns whether the connection must be replaced: it is closed, or its server accepts no writes.
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

/// Returns whether the server refused the work because it accepts no writes. Nothing was changed then.
pub(super) fn is_read_only(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _))
}

/// Returns the error for a database thread that cannot be started.
pub(super) fn no_thread(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("no thread for it: {error}"))
}

/// Joins libpq's several lines into one line for the log.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ")
}
