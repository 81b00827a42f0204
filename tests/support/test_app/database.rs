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
        match &self.countersign.settings().database.url {
            #[cfg(feature = "sqlite")]
            DatabaseUrl::Sqlite(path) => run(diesel::SqliteConnection::establish(&path.to_string_lossy()), sql),
            #[cfg(feature = "postgres")]
            DatabaseUrl::Postgres(url) => run(diesel::PgConnection::establish(url.expose()), sql),
            #[allow(unreachable_patterns, reason = "reachable where an engine is left out")]
            url => panic!("{url} without its engine"),
        }
    }
}

fn run(connection: ConnectionResult<impl SimpleConnection>, sql: &str) {
    connection.expect("the database is there").batch_execute(sql).expect("it is SQL");
}
