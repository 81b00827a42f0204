//! A transaction that reads what is there at one instant, whatever is written meanwhile.

use diesel::connection::SimpleConnection;
use diesel::result::QueryResult;

use super::connection::AnyConnection;

/// Begins one on a connection that will only read.
pub(super) fn begin(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        // The snapshot is taken by the first query.
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => sqlite.batch_execute("BEGIN; SELECT count(*) FROM sqlite_master"),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => postgres.batch_execute(
            // It lies idle for as long as its reader takes to write.
            "SET idle_in_transaction_session_timeout = 0;
             BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
             SELECT 1",
        ),
    }
}
