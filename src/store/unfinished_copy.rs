//! The mark of a database into which a copy was begun and not finished.
//!
//! The mark is a table with the last key that was copied of each table, moved on in the transaction that brings the
//! rows. While it is there no server starts on the database, and only a database that bears it may be emptied.

use diesel::connection::SimpleConnection;
use diesel::result::QueryResult;

use super::catalog::has_table;
use super::connection::AnyConnection;

/// The table that is the mark.
const MARK: &str = "unfinished_copy";

diesel::table! {
    unfinished_copy (table_name) {
        table_name -> Text,
        // Empty before the first row.
        last_key -> Text,
    }
}

/// Tells whether the database bears the mark of a copy that was begun and not finished.
pub(super) fn is_half_made(connection: &mut AnyConnection) -> QueryResult<bool> {
    has_table(connection, MARK)
}

/// Sets the mark. It says nothing of any table yet.
pub(super) fn set(connection: &mut AnyConnection) -> QueryResult<()> {
    connection.batch_execute(mark_sql(connection))
}

/// Takes the mark away.
pub(super) fn remove(connection: &mut AnyConnection) -> QueryResult<()> {
    connection.batch_execute(&format!("DROP TABLE {MARK}"))
}

fn mark_sql(connection: &AnyConnection) -> &'static str {
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => {
            "CREATE TABLE unfinished_copy (table_name TEXT NOT NULL PRIMARY KEY, last_key TEXT NOT NULL) STRICT"
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => {
            "CREATE TABLE unfinished_copy (table_name TEXT NOT NULL PRIMARY KEY, last_key TEXT NOT NULL)"
        }
    }
}
