//! One connection to whichever engine the URL names, set up the way this program relies on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::result::QueryResult;
use diesel::{Connection, ConnectionError};

use super::StoreError;
use super::errors::one_line;
use crate::settings::{DatabaseSettings, DatabaseUrl};

/// A connection to either engine; every query is written against this type.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    #[cfg(feature = "sqlite")]
    Sqlite(diesel::SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(diesel::PgConnection),
}

/// What a connection will be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Statements that change nothing.
    ReadOnly,
    /// Everything.
    ReadWrite,
}

/// Makes connections, and counts what is run on them. Clones count together.
#[derive(Clone)]
pub struct Connector {
    pub settings: DatabaseSettings,
    statements: Arc<AtomicU64>,
}

impl Connector {
    pub fn new(settings: DatabaseSettings) -> Self {
        Self { settings, statements: Arc::default() }
    }

    /// Connects and sets the session up.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] with the driver's words.
    pub fn open(&self, access: Access) -> Result<AnyConnection, StoreError> {
        let mut connection = AnyConnection::open(&self.settings, access)?;
        self.count_statements_of(&mut connection);
        Ok(connection)
    }

    /// Asks for a sign of life. It does not count as a statement: no request is to blame for it.
    pub fn ask(&self, connection: &mut AnyConnection) -> QueryResult<()> {
        connection.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        let answer = connection.ping();
        self.count_statements_of(connection);
        answer
    }

    fn count_statements_of(&self, connection: &mut AnyConnection) {
        let statements = Arc::clone(&self.statements);
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                statements.fetch_add(1, Ordering::Relaxed);
            }
        });
    }

    /// How many statements were begun, those of transactions included.
    pub fn statements_run(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}

impl AnyConnection {
    /// Connects and sets the session up.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] with the driver's words.
    fn open(settings: &DatabaseSettings, access: Access) -> Result<Self, StoreError> {
        match &settings.url {
            #[cfg(feature = "sqlite")]
            DatabaseUrl::Sqlite(path) => {
                if access == Access::ReadWrite {
                    make_writable_file(path).map_err(|error| unwritable(path, &error))?;
                }
                let mut connection =
                    diesel::SqliteConnection::establish(&path.to_string_lossy()).map_err(unavailable)?;
                // Durable before it is answered: WAL with synchronous=FULL syncs at every commit. The log may grow to
                // 16 MB before a commit has to copy it itself; `checkpoint` does so earlier. The kind of log is kept in the
                // file, which whoever only reads leaves as it is.
                let journal = if access == Access::ReadWrite { "PRAGMA journal_mode = WAL;" } else { "" };
                connection
                    .batch_execute(&format!(
                        "PRAGMA busy_timeout = {};
                         {journal}
                         PRAGMA synchronous = FULL;
                         PRAGMA wal_autocheckpoint = 4000;
                         PRAGMA foreign_keys = ON;
                         PRAGMA temp_store = MEMORY;
                         PRAGMA trusted_schema = OFF;
                         PRAGMA query_only = {};",
                        settings.busy_timeout.get().saturating_mul(1_000),
                        if access == Access::ReadOnly { "ON" } else { "OFF" },
                    ))
                    .map_err(|error| match error.to_string() {
                        // All that SQLite says when it cannot make the files that it needs beside the database.
                        vague if vague == "unable to open database file" => unwritable(path, &vague),
                        told => StoreError::Unavailable(format!("{}: {told}", path.display())),
                    })?;
                Ok(Self::Sqlite(connection))
            }
            #[cfg(feature = "postgres")]
            DatabaseUrl::Postgres(url) => {
                let _ = access;
                let text = url.expose_with(&libpq_parameters(settings));
                let mut connection = diesel::PgConnection::establish(text.expose()).map_err(unavailable)?;
                connection
                    .batch_execute(&format!("{}; SET TIME ZONE 'UTC'", session_limits(settings)))
                    .map_err(|error| StoreError::Unavailable(one_line(&error.to_string())))?;
                Ok(Self::Postgres(connection))
            }
            #[cfg(not(all(feature = "sqlite", feature = "postgres")))]
            other => Err(StoreError::Unavailable(format!("{other}: the engine was left out of this build"))),
        }
    }

    /// Asks the database for nothing but an answer.
    pub fn ping(&mut self) -> QueryResult<()> {
        self.batch_execute("SELECT 1")
    }
}

/// What libpq is told where the URL says nothing. Probes find a peer that has gone without a word after 15 s: an idle
/// connection is probed after 5 s and twice more, and what was sent may go unacknowledged for 15 s.
#[cfg(feature = "postgres")]
fn libpq_parameters(settings: &DatabaseSettings) -> [(&'static str, String); 7] {
    [
        ("connect_timeout", settings.connect_timeout.get().to_string()),
        // After a failover, the server that was left behind is of no use.
        ("target_session_attrs", "read-write".to_owned()),
        ("fallback_application_name", "countersign".to_owned()),
        ("keepalives_idle", "5".to_owned()),
        ("keepalives_interval", "5".to_owned()),
        ("keepalives_count", "2".to_owned()),
        ("tcp_user_timeout", "15000".to_owned()),
    ]
}

/// Sets how long a statement may take, and wait for a lock.
#[cfg(feature = "postgres")]
pub fn session_limits(settings: &DatabaseSettings) -> String {
    let (longest, wait) = (settings.statement_timeout.get(), settings.busy_timeout.get());
    format!("SET statement_timeout = '{longest}s'; SET lock_timeout = '{wait}s'")
}

fn unavailable(error: ConnectionError) -> StoreError {
    StoreError::Unavailable(one_line(&error.to_string()))
}

#[cfg(feature = "sqlite")]
fn unwritable(path: &std::path::Path, error: &dyn std::fmt::Display) -> StoreError {
    let remedy = "let the user that runs countersign write the file and its directory, and see that the disk has room";
    StoreError::Unavailable(format!("{}: {error}; {remedy}", path.display()))
}

/// Makes the file, and the directory it is in, for their owner alone before SQLite makes them for everyone. SQLite
/// would open a file that cannot be written all the same, and fail later.
#[cfg(feature = "sqlite")]
fn make_writable_file(path: &std::path::Path) -> std::io::Result<()> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
