//! Which tables a database has.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::AnyConnection;

/// Returns whether the database has a table of this name.
pub(super) fn has_table(connection: &mut AnyConnection, name: &str) -> QueryResult<bool> {
    let sql = match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $1",
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => "SELECT relname::text AS name FROM pg_class WHERE oid = to_regclass($1)",
    };
    Ok(!diesel::sql_query(sql).bind::<Text, _>(name).load::<TableName>(connection)?.is_empty())
}

#[derive(QueryableByName)]
struct TableName {
    #[diesel(sql_type = Text)]
    #[expect(dead_code, reason = "that there is one is all that is asked")]
    name: String,
}
