//! The database the tests run on, and a way to it past the application.
//!
//! SQLite in the test's directory; or, where `TEST_DATABASE_URL` names a PostgreSQL server
//! (`postgres://user@host/`), a database there for each test. `tests/suite_on_postgres.rs` sets it.

use std::path::Path;

use countersign::settings::DatabaseUrl;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, ConnectionResult, QueryResult, RunQueryDsl};

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

/// Runs SQL on a database that no application uses yet. `sql` writes it for `sqlite` or `postgres`.
pub fn prepare(url: &DatabaseUrl, sql: impl FnOnce(&str) -> String) {
    let mut connection = Raw::connect(url);
    let sql = sql(connection.engine());
    connection.execute(&sql).expect("it is SQL");
}

/// A connection past the application.
enum Raw {
    #[cfg(feature = "sqlite")]
    Sqlite(diesel::SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(diesel::PgConnection),
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Raw {
    fn connect(url: &DatabaseUrl) -> Self {
        match url {
            #[cfg(feature = "sqlite")]
            DatabaseUrl::Sqlite(path) => {
                Self::Sqlite(opened(diesel::SqliteConnection::establish(&path.to_string_lossy())))
            }
            #[cfg(feature = "postgres")]
            DatabaseUrl::Postgres(url) => Self::Postgres(opened(diesel::PgConnection::establish(url.expose()))),
            #[allow(unreachable_patterns, reason = "reachable where an engine is left out")]
            url => panic!("{url} without its engine"),
        }
    }

    fn engine(&self) -> &'static str {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => "sqlite",
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => "postgres",
        }
    }

    fn execute(&mut self, sql: &str) -> QueryResult<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => connection.batch_execute(sql),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.batch_execute(sql),
        }
    }

    /// What a query gives that selects one text and calls it `line`.
    fn lines(&mut self, sql: &str) -> Vec<String> {
        let rows: QueryResult<Vec<Row>> = match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => diesel::sql_query(sql).load(connection),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => diesel::sql_query(sql).load(connection),
        };
        rows.expect("it is SQL").into_iter().map(|row| row.line).collect()
    }
}

fn opened<C>(connection: ConnectionResult<C>) -> C {
    connection.expect("the database is there")
}

impl TestApp {
    /// Runs SQL under the application's feet, as a slip of an administrator's hand would.
    pub fn execute(&self, sql: &str) {
        self.past_it().execute(sql).expect("it is SQL");
    }

    /// Runs SQL that the database must refuse, and tells in which words it does.
    pub fn refused(&self, sql: &str) -> String {
        self.past_it().execute(sql).expect_err("the database refuses").to_string()
    }

    /// What a query gives that selects one text and calls it `line`.
    pub fn lines(&self, sql: &str) -> Vec<String> {
        self.past_it().lines(sql)
    }

    /// The database's engine: `sqlite` or `postgres`.
    pub fn engine(&self) -> &'static str {
        self.past_it().engine()
    }

    /// Every table, column and index of ours, as the engine describes them.
    pub fn schema(&self) -> Vec<String> {
        let mut connection = self.past_it();
        let sql = match connection.engine() {
            "sqlite" => {
                "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS line FROM sqlite_master \
                 WHERE tbl_name <> '__diesel_schema_migrations' ORDER BY 1"
            }
            _ => {
                "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) AS line \
                 FROM information_schema.columns WHERE table_schema = 'public' \
                 UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
                 UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
                 WHERE connamespace = 'public'::regnamespace ORDER BY 1"
            }
        };
        connection.lines(sql)
    }

    /// What whoever steals the database has: SQLite's files, or the rows of every table.
    pub fn everything_stored(&self) -> Vec<u8> {
        match &self.countersign.settings().database.url {
            DatabaseUrl::Sqlite(path) => {
                let log = path.with_extension("sqlite3-wal");
                [path, &log].map(|file| std::fs::read(file).expect("the database has both files")).concat()
            }
            DatabaseUrl::Postgres(_) => {
                let tables = ["users", "outbox", "sessions", "budgets", "provider_accounts", "idempotency_keys"];
                let rows = tables.map(|table| format!("SELECT {table}::text AS line FROM {table}"));
                self.lines(&rows.join(" UNION ALL ")).join("\n").into_bytes()
            }
        }
    }

    /// Keeps everybody else from writing until what is returned is dropped.
    pub fn hold_writes(&self) -> OpenTransaction {
        self.open_transaction(match self.engine() {
            "sqlite" => "BEGIN IMMEDIATE",
            _ => "BEGIN; LOCK TABLE users, outbox, sessions, budgets IN EXCLUSIVE MODE",
        })
    }

    /// Runs SQL in a transaction that holds its locks until what is returned is dropped.
    pub fn begin(&self, sql: &str) -> OpenTransaction {
        self.open_transaction(&format!("BEGIN; {sql}"))
    }

    fn open_transaction(&self, begin: &str) -> OpenTransaction {
        let mut transaction = OpenTransaction(self.past_it());
        transaction.execute(begin);
        transaction
    }

    fn past_it(&self) -> Raw {
        Raw::connect(&self.countersign.settings().database.url)
    }
}

/// A transaction past the application. Dropping it closes its connection, which rolls it back.
pub struct OpenTransaction(Raw);

impl OpenTransaction {
    /// Runs SQL in the transaction.
    pub fn execute(&mut self, sql: &str) {
        self.0.execute(sql).expect("the database does it");
    }
}
