//! The migrations of each engine, carried inside the program.

use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::AnyConnection;
#[cfg(feature = "postgres")]
use super::connection::session_limits;
use super::{Store, StoreError, copy};
use crate::settings::DatabaseSettings;

#[cfg(feature = "sqlite")]
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The key of PostgreSQL's advisory lock under which one process migrates: "countersign" in a telephone's letters.
#[cfg(feature = "postgres")]
const ADVISORY_LOCK: i64 = 26_868_637_744;

/// How the database's tables stand to this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationState {
    /// They fit.
    Complete,
    /// These migrations have not been run yet.
    Pending(Vec<String>),
    /// The database has these migrations, which this program does not know: it is older than the database.
    TooNew(Vec<String>),
    /// A copy into the database was begun and not finished: some of the data is missing.
    HalfCopied,
}

impl Store {
    /// Brings the tables to this program's version and tells which migrations were run. Processes that start
    /// at the same time wait for one another.
    ///
    /// # Errors
    ///
    /// [`StoreError::Migration`] if one fails or the database is newer than this program; each migration is one
    /// transaction, so those before it stay.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let settings = self.connector.settings.clone();
        self.lanes.exclusive(move |connection| migrate(connection, &settings)).await
    }

    /// Compares the tables with this program.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn migration_state(&self) -> Result<MigrationState, StoreError> {
        self.lanes.exclusive(state).await
    }
}

impl Store {
    /// Tells whether every migration that this program knows has been run, on a connection that only reads. A newer
    /// program may have run more meanwhile: those leave the tables usable for the version before them.
    ///
    /// # Errors
    ///
    /// When the database does not answer, or has no tables at all.
    pub async fn are_migrations_complete(&self) -> Result<bool, StoreError> {
        self.lanes
            .read(|connection| {
                let applied = applied_versions(connection)?;
                let known = all_versions(connection);
                Ok(known.is_ok_and(|known| known.iter().all(|one| applied.contains(one))))
            })
            .await
    }
}

/// The versions of the migrations that have been run, oldest first. Only reads; fails where none ever was.
pub(super) fn applied_versions(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    let versions = applied_migrations::table.select(applied_migrations::version);
    versions.order(applied_migrations::version.asc()).load(connection)
}

/// The versions that this program knows for the connection's engine, oldest first.
pub(super) fn all_versions(connection: &AnyConnection) -> Result<Vec<String>, StoreError> {
    let mut versions = match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => known_versions::<diesel::sqlite::Sqlite>(&SQLITE),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => known_versions::<diesel::pg::Pg>(&POSTGRES),
    }?;
    versions.sort();
    Ok(versions)
}

/// The table that tells of migrations.
pub(super) const TABLE: &str = "__diesel_schema_migrations";

diesel::table! {
    #[sql_name = "__diesel_schema_migrations"]
    applied_migrations (version) {
        version -> Text,
    }
}

fn known_versions<DB: diesel::backend::Backend>(migrations: &EmbeddedMigrations) -> Result<Vec<String>, StoreError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let known = MigrationSource::<DB>::migrations(migrations);
    let known = known.map_err(|error| StoreError::Migration(error.to_string()))?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// Brings the tables to this program's version.
pub(super) fn migrate(connection: &mut AnyConnection, settings: &DatabaseSettings) -> Result<Vec<String>, StoreError> {
    match state(connection)? {
        MigrationState::TooNew(unknown) => {
            return Err(StoreError::Migration(format!(
                "the database has {} which this program does not know; use a newer program",
                unknown.join(", ")
            )));
        }
        MigrationState::HalfCopied => {
            return Err(StoreError::Migration(
                "a copy into the database was not finished; run `countersign database copy` again".to_owned(),
            ));
        }
        MigrationState::Complete | MigrationState::Pending(_) => {}
    }
    match run_pending(connection, settings) {
        // Another process may have run them while this one was about to: then nothing is left to do. (PostgreSQL's
        // lock keeps them apart; SQLite has none that spans several transactions.)
        Err(_) if state(connection)? == MigrationState::Complete => Ok(Vec::new()),
        outcome => outcome,
    }
}

fn run_pending(connection: &mut AnyConnection, settings: &DatabaseSettings) -> Result<Vec<String>, StoreError> {
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => {
            let _ = settings;
            run(sqlite, SQLITE)
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => {
            use diesel::connection::SimpleConnection;

            // Waiting for another process's migrations takes as long as they do, and so do our own. For the lock of a
            // table they wait no longer than any statement, as whoever comes after them in the line waits as well.
            postgres.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")?;
            postgres.batch_execute(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"))?;
            postgres.batch_execute(&format!("SET lock_timeout = '{}s'", settings.busy_timeout.get()))?;
            let outcome = run(postgres, POSTGRES);
            postgres.batch_execute(&format!("SELECT pg_advisory_unlock({ADVISORY_LOCK})"))?;
            postgres.batch_execute(&session_limits(settings))?;
            outcome
        }
    }
}

fn run<DB, C>(connection: &mut C, migrations: EmbeddedMigrations) -> Result<Vec<String>, StoreError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let done = connection.run_pending_migrations(migrations);
    Ok(done.map_err(|error| StoreError::Migration(error.to_string()))?.iter().map(ToString::to_string).collect())
}

/// Compares the tables with this program.
pub(super) fn state(connection: &mut AnyConnection) -> Result<MigrationState, StoreError> {
    // Looking makes diesel's own table where it is missing. Of two processes that make it at the same moment PostgreSQL
    // refuses one, which then finds it there.
    state_as_seen(connection).or_else(|_| state_as_seen(connection))
}

fn state_as_seen(connection: &mut AnyConnection) -> Result<MigrationState, StoreError> {
    if copy::is_half_made(connection)? {
        return Ok(MigrationState::HalfCopied);
    }
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => compare(sqlite, SQLITE),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => compare(postgres, POSTGRES),
    }
}

fn compare<DB, C>(connection: &mut C, migrations: EmbeddedMigrations) -> Result<MigrationState, StoreError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let broken = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Migration(error.to_string());
    let known = known_versions::<DB>(&migrations)?;
    let applied = connection.applied_migrations().map_err(broken)?;
    let unknown: Vec<String> =
        applied.iter().map(ToString::to_string).filter(|version| !known.contains(version)).collect();
    if !unknown.is_empty() {
        return Ok(MigrationState::TooNew(unknown));
    }
    let pending = connection.pending_migrations(migrations).map_err(broken)?;
    if pending.is_empty() {
        return Ok(MigrationState::Complete);
    }
    Ok(MigrationState::Pending(pending.iter().map(|migration| migration.name().to_string()).collect()))
}
