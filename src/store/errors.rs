//! What can go wrong between us and a database, and the questions asked of a driver's error.

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
    /// The database is there, and refused.
    #[error("the database refused: {0}")]
    Query(#[from] Error),
    /// Tables are missing or of another version than this program's.
    #[error("the database's tables do not fit this program: {0}")]
    Migration(String),
    /// A row holds what this program never writes.
    #[error("the database holds an unreadable value: {0}")]
    Corrupt(String),
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
            Self::Busy | Self::Stopped | Self::Unavailable(_) => true,
            Self::Query(error) => is_contention(error) || is_lost_connection(error),
            Self::Migration(_) | Self::Corrupt(_) => false,
        }
    }

    /// Tells whether the unique index over `table.column` (named `table_column`) refused a row.
    pub(super) fn violates_unique(&self, table: &str, column: &str) -> bool {
        let Self::Query(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, details)) = self else {
            return false;
        };
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
                DatabaseErrorKind::UniqueViolation
                    | DatabaseErrorKind::ForeignKeyViolation
                    | DatabaseErrorKind::NotNullViolation
                    | DatabaseErrorKind::CheckViolation,
                _
            )
    )
}

/// Tells whether the work collided with another's and may be run again: 40001, deadlock, SQLITE_BUSY.
pub(super) fn is_contention(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        // Neither driver gives these a kind of their own.
        Error::DatabaseError(DatabaseErrorKind::Unknown, details) => {
            let message = details.message();
            message.contains("database is locked")
                || message.contains("database table is locked")
                || message.contains("deadlock detected")
        }
        _ => false,
    }
}

/// Tells whether the connection is of no more use.
pub(super) fn is_lost_connection(error: &Error) -> bool {
    match error {
        Error::BrokenTransactionManager | Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => true,
        Error::DatabaseError(DatabaseErrorKind::Unknown | DatabaseErrorKind::UnableToSendCommand, details) => {
            let message = details.message();
            message.contains("server closed the connection")
                || message.contains("terminating connection")
                || message.contains("no connection to the server")
                || message.contains("connection not open")
        }
        _ => false,
    }
}
