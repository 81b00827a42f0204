//! A connection to the engine that the URL names, configured as this program needs it.

#[cfg(feature = "sqlite")]
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::Connection;
#[cfg(feature = "postgres")]
use diesel::ConnectionError;
use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::result::QueryResult;

use super::StoreError;
use super::access::Access;
#[cfg(feature = "postgres")]
use super::errors::one_line;
#[cfg(feature = "sqlite")]
use super::sqlite_file;
use crate::settings::{DatabaseSettings, DatabaseUrl};

/// A connection to either engine; every query is written against this type.
#[derive(diesel::MultiConnection)]
pub(super) enum AnyConnection {
    #[cfg(feature = "sqlite")]
    Sqlite(diesel::SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(diesel::PgConnection),
}

/// Runs one query text on the engine's own connection. Through [`AnyConnection`] diesel writes a query's SQL anew each
/// time to find its prepared statement; here it finds the statement by the query's type. For the queries that run most
/// often: those of registrations, mails, logins and profiles.
macro_rules! on_engine {
    ($connection:expr, $engine:ident => $query:expr) => {
        match $connection {
            #[cfg(feature = "sqlite")]
            $crate::store::connection::AnyConnection::Sqlite($engine) => $query,
            #[cfg(feature = "postgres")]
            $crate::store::connection::AnyConnection::Postgres($engine) => $query,
        }
    };
}
pub(super) use on_engine;

/// Makes connections and counts the statements that run on them. Clones share one count.
#[derive(Clone)]
pub(super) struct Connector {
    pub settings: DatabaseSettings,
    /// The absolute path of SQLite's file. It stays the same if the program changes its working directory.
    #[cfg(feature = "sqlite")]
    place: PathBuf,
    statements: Arc<AtomicU64>,
}

impl Connector {
    pub(super) fn new(settings: DatabaseSettings) -> Self {
        Self {
            #[cfg(feature = "sqlite")]
            place: match &settings.url {
                // Fails only if the working directory was deleted; opening the path fails then too.
                DatabaseUrl::Sqlite(path) => std::path::absolute(path).unwrap_or_else(|_| path.clone()),
                DatabaseUrl::Postgres(_) => PathBuf::new(),
            },
            settings,
            statements: Arc::default(),
        }
    }

    /// Creates SQLite's file if it is missing. An operator creates PostgreSQL's databases.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] with what to do.
    pub(super) fn make_missing(&self) -> Result<(), StoreError> {
        match &self.settings.url {
            #[cfg(feature = "sqlite")]
            DatabaseUrl::Sqlite(path) => sqlite_file::make_missing(path),
            _ => Ok(()),
        }
    }

    /// Connects to an existing database and configures the session.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoDatabase`], and [`StoreError::Unavailable`] with the driver's message.
    pub(super) fn open(&self, access: Access) -> Result<AnyConnection, StoreError> {
        let mut connection = AnyConnection::open(self, access)?;
        self.count_statements_of(&mut connection);
        Ok(connection)
    }

    /// Probes the connection. The probe is not counted as a statement, because it belongs to no request.
    pub(super) fn ask(&self, connection: &mut AnyConnection) -> QueryResult<()> {
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

    /// Returns how many statements were begun, those of transactions included.
    pub(super) fn statements_run(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}

impl AnyConnection {
    fn open(connector: &Connector, access: Access) -> Result<Self, StoreError> {
        let settings = &connector.settings;
        match &settings.url {
            #[cfg(feature = "sqlite")]
            DatabaseUrl::Sqlite(path) => sqlite_file::open(path, &connector.place, settings, access).map(Self::Sqlite),
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

    /// Sends an empty query.
    pub(super) fn ping(&mut self) -> QueryResult<()> {
        self.batch_execute("SELECT 1")
    }
}

/// The libpq parameters that apply unless the URL sets them. They detect a vanished peer after 15 s: an idle connection
/// is probed after 5 s and twice more, and sent data may stay unacknowledged for 15 s.
#[cfg(feature = "postgres")]
fn libpq_parameters(settings: &DatabaseSettings) -> [(&'static str, String); 7] {
    [
        ("connect_timeout", settings.connect_timeout.get().to_string()),
        // After a failover, the old server must not be used.
        ("target_session_attrs", "read-write".to_owned()),
        ("fallback_application_name", "countersign".to_owned()),
        ("keepalives_idle", "5".to_owned()),
        ("keepalives_interval", "5".to_owned()),
        ("keepalives_count", "2".to_owned()),
        ("tcp_user_timeout", "15000".to_owned()),
    ]
}

/// Returns the SQL that sets the timeouts of a statement and of a wait for a lock.
#[cfg(feature = "postgres")]
pub(super) fn session_limits(settings: &DatabaseSettings) -> String {
    let (longest, wait) = (settings.statement_timeout.get(), settings.busy_timeout.get());
    format!("SET statement_timeout = '{longest}s'; SET lock_timeout = '{wait}s'")
}

#[cfg(feature = "postgres")]
fn unavailable(error: ConnectionError) -> StoreError {
    StoreError::Unavailable(one_line(&error.to_string()))
}
