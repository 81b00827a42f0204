//! The database the tests run on, and a way to it past the application.
//!
//! SQLite in the test's directory; or, where `TEST_DATABASE_URL` names a PostgreSQL server
//! (`postgres://user@host/`), a database there for each test. `tests/with_postgres` starts one for a command.

use std::path::Path;

use countersign::settings::DatabaseUrl;
use diesel::connection::SimpleConnection;
use diesel::{Connection, ConnectionResult};

use super::TestApp;

/// The server on which each test makes a database, if the tests are to run on PostgreSQL.
fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// Makes a database for one test and gives its URL.
pub fn create(home: &Path) -> String {
    let Some(server) = server() else {
        return format!("sqlite://{}", home.join("countersign.sqlite3").display());
    };
    // The directory's name is random, and no other test has it.
    let name = home.file_name().expect("a directory has a name").to_string_lossy().to_lowercase().replace('.', "test_");
    administer(&server, &format!("CREATE DATABASE \"{name}\""));
    format!("{}/{name}", server.trim_end_matches('/'))
}

/// Drops what [`create`] made; a file goes with its directory.
pub fn drop(url: &str) {
    if let (Some(server), Some((_, name))) = (server(), url.rsplit_once('/')) {
        administer(&server, &format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"));
    }
}

#[cfg(feature = "postgres")]
fn administer(server: &str, sql: &str) {
    let url = format!("{}/postgres", server.trim_end_matches('/'));
    let mut connection = diesel::PgConnection::establish(&url).expect("TEST_DATABASE_URL names a server");
    connection.batch_execute(sql).expect("its user may make databases");
}

#[cfg(not(feature = "postgres"))]
fn administer(_: &str, _: &str) {
    panic!("TEST_DATABASE_URL is set, and this program was built without PostgreSQL");
}

impl TestApp {
    /// Runs SQL under the application's feet, as a slip of an administrator's hand would.
    pub fn execute(&self, sql: &str) {
        self.connection().batch_execute(sql).expect("it is SQL");
    }

    /// What whoever steals the database has: SQLite's files, or the rows of every table.
    pub fn everything_stored(&self) -> Vec<u8> {
        match &self.countersign.settings().database.url {
            DatabaseUrl::Sqlite(path) => {
                let log = path.with_extension("sqlite3-wal");
                [path, &log].map(|file| std::fs::read(file).expect("the database has both files")).concat()
            }
            #[cfg(feature = "postgres")]
            DatabaseUrl::Postgres(url) => rows(url.expose()).into_bytes(),
            #[cfg(not(feature = "postgres"))]
            url => panic!("{url} without its engine"),
        }
    }

    /// Keeps everybody else from writing until what is returned is dropped.
    pub fn hold_writes(&self) -> impl Drop + use<> {
        let mut connection = self.connection();
        connection.batch_execute(self.hold_writes_sql()).expect("nobody else holds them");
        Held(Some(connection))
    }

    /// Begins a transaction that nobody can write beside; closing the connection ends it.
    fn hold_writes_sql(&self) -> &'static str {
        match &self.countersign.settings().database.url {
            DatabaseUrl::Sqlite(_) => "BEGIN IMMEDIATE",
            DatabaseUrl::Postgres(_) => "BEGIN; LOCK TABLE users, outbox, sessions, budgets IN EXCLUSIVE MODE",
        }
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

/// Every row of every table, as PostgreSQL writes rows.
#[cfg(feature = "postgres")]
fn rows(url: &str) -> String {
    use diesel::RunQueryDsl;
    use diesel::sql_types::Text;

    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        line: String,
    }

    let mut connection = diesel::PgConnection::establish(url).expect("the database is there");
    let tables = ["users", "outbox", "sessions", "budgets"];
    let selects = tables.map(|table| format!("SELECT {table}::text AS line FROM {table}")).join(" UNION ALL ");
    let lines: Vec<Row> = diesel::sql_query(selects).load(&mut connection).expect("it is SQL");
    lines.into_iter().map(|row| row.line).collect::<Vec<_>>().join("\n")
}

struct Held(Option<Box<dyn SimpleConnection>>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0 = None;
    }
}

fn opened(connection: ConnectionResult<impl SimpleConnection + 'static>) -> Box<dyn SimpleConnection> {
    Box::new(connection.expect("the database is there"))
}
