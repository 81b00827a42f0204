//! One connection to whichever engine the URL names, set up the way this program relies on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::result::QueryResult;
use diesel::{Connection, ConnectionError};

use super::StoreError;
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
        let statements = Arc::clone(&self.statements);
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                statements.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(connection)
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
                let shown = path.display();
                create_private_file(path).map_err(|error| StoreError::Unavailable(format!("{shown}: {error}")))?;
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
                    .map_err(|error| StoreError::Unavailable(format!("{shown}: {error}")))?;
                Ok(Self::Sqlite(connection))
            }
            #[cfg(feature = "postgres")]
            DatabaseUrl::Postgres(url) => {
                let _ = access;
                let mut connection = diesel::PgConnection::establish(url.expose()).map_err(unavailable)?;
                connection
                    .batch_execute(&format!(
                        "SET statement_timeout = '{0}s'; SET lock_timeout = '{0}s'; SET TIME ZONE 'UTC'",
                        settings.busy_timeout.get(),
                    ))
                    .map_err(|error| StoreError::Unavailable(error.to_string()))?;
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

fn unavailable(error: ConnectionError) -> StoreError {
    // libpq speaks in several lines; an operator wants one sentence.
    let words: Vec<_> = error.to_string().split_whitespace().map(str::to_owned).collect();
    StoreError::Unavailable(words.join(" "))
}

/// Makes the file, and the directory it is in, for their owner alone before SQLite makes them for everyone.
#[cfg(feature = "sqlite")]
fn create_private_file(path: &std::path::Path) -> std::io::Result<()> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
