//! The migrations of each engine, compiled into the program.

#[cfg(feature = "sqlite")]
use std::time::{Duration, Instant};

#[cfg(feature = "postgres")]
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::catalog::has_table;
use super::connection::AnyConnection;
#[cfg(feature = "postgres")]
use super::connection::session_limits;
use super::copy::TABLES;
#[cfg(feature = "sqlite")]
use super::errors::is_contention;
#[cfg(feature = "sqlite")]
use super::lanes::in_transaction;
use super::{Store, StoreError, requirements, unfinished_copy};
use crate::settings::DatabaseSettings;

#[cfg(feature = "sqlite")]
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The key of PostgreSQL's advisory lock under which one process migrates: "countersign" in a telephone's letters.
#[cfg(feature = "postgres")]
const ADVISORY_LOCK: i64 = 26_868_637_744;

/// How long SQLite's migrations wait for another process's write, such as its migrations.
#[cfg(feature = "sqlite")]
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// How the database's tables compare with this program's.
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
    /// Runs the pending migrations and returns their versions. Processes that start at the same time wait for one
    /// another.
    ///
    /// # Errors
    ///
    /// [`StoreError::Migration`] if one fails or the database is newer than this program, [`StoreError::Unfit`] if the
    /// role may not migrate. On PostgreSQL each migration is one transaction, so those before it stay; on SQLite all are
    /// one.
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
        self.lanes.read(|connection| Ok(state(connection))).await?
    }
}

impl Store {
    /// Returns whether every migration that this program knows has been run, on a read-only connection. A newer program
    /// may have run more of them; those leave the tables usable for the version before them.
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

/// Returns the versions of the applied migrations, oldest first. Only reads; fails if no migration was ever run.
pub(super) fn applied_versions(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    let versions = applied_migrations::table.select(applied_migrations::version);
    versions.order(applied_migrations::version.asc()).load(connection)
}

/// Returns the versions that this program knows for the connection's engine, oldest first.
pub(super) fn all_versions(connection: &AnyConnection) -> Result<Vec<String>, StoreError> {
    Ok(known(connection)?.into_iter().map(|known| known.version).collect())
}

/// The table in which diesel records applied migrations.
pub(super) const TABLE: &str = "__diesel_schema_migrations";

diesel::table! {
    #[sql_name = "__diesel_schema_migrations"]
    applied_migrations (version) {
        version -> Text,
    }
}

/// A migration that this program knows.
struct Known {
    version: String,
    name: String,
}

/// Returns the migrations that this program knows for the connection's engine, oldest first.
fn known(connection: &AnyConnection) -> Result<Vec<Known>, StoreError> {
    let mut known = match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => embedded::<diesel::sqlite::Sqlite>(&SQLITE),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => embedded::<diesel::pg::Pg>(&POSTGRES),
    }?;
    known.sort_by(|one, other| one.version.cmp(&other.version));
    Ok(known)
}

fn embedded<DB: diesel::backend::Backend>(migrations: &EmbeddedMigrations) -> Result<Vec<Known>, StoreError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations = MigrationSource::<DB>::migrations(migrations);
    let migrations = migrations.map_err(|error| StoreError::Migration(error.to_string()))?;
    let names = migrations.iter().map(|migration| migration.name());
    Ok(names.map(|name| Known { version: name.version().to_string(), name: name.to_string() }).collect())
}

/// Compares the tables with this program. Only reads.
pub(super) fn state(connection: &mut AnyConnection) -> Result<MigrationState, StoreError> {
    if unfinished_copy::is_half_made(connection)? {
        return Ok(MigrationState::HalfCopied);
    }
    let known = known(connection)?;
    let mut applied = applied_or_none(connection)?;
    let pending: Vec<String> =
        known.iter().filter(|one| !applied.contains(&one.version)).map(|one| one.name.clone()).collect();
    applied.retain(|version| known.iter().all(|one| one.version != *version));
    Ok(match (applied.is_empty(), pending.is_empty()) {
        (false, _) => MigrationState::TooNew(applied),
        (true, false) => MigrationState::Pending(pending),
        (true, true) => MigrationState::Complete,
    })
}

/// Reads the versions of the migrations that have been run; none in a database without tables.
///
/// # Errors
///
/// [`StoreError::Migration`] if a table of another program has the name of one of this program's tables.
fn applied_or_none(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    if !has_table(connection, TABLE)? {
        let Some(table) = first_of_our_tables(connection)? else { return Ok(Vec::new()) };
        // A migrating process creates the table of migrations before the other tables or together with them. So if the
        // other tables were created between the two checks, the table of migrations exists by now.
        if !has_table(connection, TABLE)? {
            return Err(StoreError::Migration(format!(
                "it has a table `{table}` that another program made; give Countersign a database of its own"
            )));
        }
    }
    Ok(applied_versions(connection)?)
}

fn first_of_our_tables(connection: &mut AnyConnection) -> QueryResult<Option<&'static str>> {
    for table in &TABLES {
        if has_table(connection, table.name)? {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

/// Runs the pending migrations. If several processes do so at once, one runs them; the others wait for it and then find
/// none pending.
pub(super) fn migrate(connection: &mut AnyConnection, settings: &DatabaseSettings) -> Result<Vec<String>, StoreError> {
    requirements::must_be_utf_8(connection)?;
    if !is_to_be_migrated(connection)? {
        return Ok(Vec::new());
    }
    requirements::role_must_migrate(connection)?;
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => {
            let _ = settings;
            in_one_transaction(connection)
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => under_advisory_lock(connection, settings),
    }
}

/// Returns whether migrations are pending.
fn is_to_be_migrated(connection: &mut AnyConnection) -> Result<bool, StoreError> {
    match state(connection)? {
        MigrationState::TooNew(unknown) => Err(StoreError::Migration(format!(
            "the database has {} which this program does not know; use a newer program",
            unknown.join(", ")
        ))),
        MigrationState::HalfCopied => Err(StoreError::Migration(
            "a copy into the database was not finished; run `countersign database copy` again".to_owned(),
        )),
        MigrationState::Complete => Ok(false),
        MigrationState::Pending(_) => Ok(true),
    }
}

/// Checks again and runs the pending migrations. The caller holds the lock that excludes other processes.
fn run_pending(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    if !is_to_be_migrated(connection)? {
        return Ok(Vec::new());
    }
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => run(sqlite, SQLITE),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => run(postgres, POSTGRES),
    }
}

/// Runs all pending migrations in one transaction that holds SQLite's write lock from its beginning. With one
/// transaction for each, another process could write between two of them.
#[cfg(feature = "sqlite")]
fn in_one_transaction(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    let waiting_since = Instant::now();
    loop {
        let mut outcome = None;
        let ended = in_transaction(connection, |connection| match run_pending(connection) {
            Ok(done) => Ok(done),
            Err(error) => {
                outcome = Some(error);
                Err(diesel::result::Error::RollbackTransaction)
            }
        });
        return match (ended.map_err(|failed| failed.error), outcome) {
            (_, Some(error)) => Err(error),
            (Err(error), None) if is_contention(&error) && waiting_since.elapsed() < LONGEST_WAIT => {
                tracing::warn!("another process writes to the database; the migrations wait for it");
                continue;
            }
            (ended, None) => Ok(ended?),
        };
    }
}

#[cfg(feature = "postgres")]
fn under_advisory_lock(connection: &mut AnyConnection, settings: &DatabaseSettings) -> Result<Vec<String>, StoreError> {
    // No timeout while waiting for another process's migrations or running our own. The wait for a table lock keeps its
    // usual timeout, because later statements queue behind it.
    connection.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")?;
    connection.batch_execute(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"))?;
    connection.batch_execute(&format!("SET lock_timeout = '{}s'", settings.busy_timeout.get()))?;
    let outcome = run_pending(connection);
    connection.batch_execute(&format!("SELECT pg_advisory_unlock({ADVISORY_LOCK})"))?;
    connection.batch_execute(&session_limits(settings))?;
    outcome
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

#[cfg(all(test, feature = "sqlite"))]
mod tests;
