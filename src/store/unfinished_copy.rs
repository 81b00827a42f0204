//! The mark of a database that holds an unfinished copy.
//!
//! The mark is a table that stores the last copied key of each table. The transaction that inserts the rows also
//! updates the key. While the mark exists, no server starts on the database. Only a database with the mark may be
//! emptied.

use diesel::connection::SimpleConnection;
use diesel::result::QueryResult;

use super::catalog::has_table;
use super::connection::AnyConnection;

/// The name of the table that serves as the mark.
const MARK: &str = "unfinished_copy";

diesel::table! {
    unfinished_copy (table_name) {
        table_name -> Text,
        // Empty before the first row.
        last_key -> Text,
    }
}

/// Returns whether the database has the mark of an unfinished copy.
pub(super) fn is_half_made(connection: &mut AnyConnection) -> QueryResult<bool> {
    has_table(connection, MARK)
}

/// Creates the mark, with no row for any table yet.
pub(super) fn set(connection: &mut AnyConnection) -> QueryResult<()> {
    connection.batch_execute(mark_sql(connection))
}

/// Deletes the mark.
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
