//! The database the tests run on, and a way to it past the application.

use countersign::settings::DatabaseUrl;
use diesel::connection::SimpleConnection;
use diesel::{Connection, ConnectionResult};
use tempfile::TempDir;

use super::TestApp;

/// The one place that says which database it is.
pub fn url(home: &TempDir) -> DatabaseUrl {
    let path = home.path().join("countersign.sqlite3");
    DatabaseUrl::parse(&format!("sqlite://{}", path.display())).expect("a path")
}

impl TestApp {
    /// Runs SQL under the application's feet, as a slip of an administrator's hand would.
    pub fn execute(&self, sql: &str) {
        self.connection().batch_execute(sql).expect("it is SQL");
    }

    /// Keeps everybody else from writing until what is returned is dropped.
    pub fn hold_writes(&self) -> impl Drop + use<> {
        let mut connection = self.connection();
        connection.batch_execute(HOLD_WRITES).expect("nobody else holds them");
        Held(Some(connection))
    }

    fn connection(&self) -> Box<dyn SimpleConnection> {
        match &self.countersign.settings().database.url {
            #[cfg(feature = "sqlite")]
            DatabaseUrl::Sqlite(path) => opened(diesel::SqliteConnection::establish(&path.to_string_lossy())),
            #[cfg(feature = "postgres")]
            DatabaseUrl::Postgres(url) => opened(diesel::PgConnection::establish(url.expose())),
            #[allow(unreachable_patterns, reason = "reachable where an engine is left out")]
            url => panic!("{url} without its engine"),
        }
    }
}

/// Begins a transaction that nobody can write beside; closing the connection ends it.
const HOLD_WRITES: &str = "BEGIN IMMEDIATE";

struct Held(Option<Box<dyn SimpleConnection>>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0 = None;
    }
}

fn opened(connection: ConnectionResult<impl SimpleConnection + 'static>) -> Box<dyn SimpleConnection> {
    Box::new(connection.expect("the database is there"))
}
