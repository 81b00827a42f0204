//! Inspects a database without changing anything on the disk: for `countersign check`.
//!
//! A program that opens an SQLite database in the ordinary way may create the log and the log's index, and deletes both
//! if no other program has the database open. This module reads the files as they are: only the database while its log
//! is empty, otherwise also the log and its index.

#[cfg(feature = "sqlite")]
use std::fs::{self, Metadata};
#[cfg(feature = "sqlite")]
use std::os::unix::fs::MetadataExt;
#[cfg(feature = "sqlite")]
use std::path::{Path, PathBuf};

#[cfg(feature = "sqlite")]
use diesel::connection::SimpleConnection;
#[cfg(feature = "sqlite")]
use diesel::{Connection, SqliteConnection};

use super::access::Access;
use super::connection::{AnyConnection, Connector};
use super::migrations::{self, MigrationState};
#[cfg(feature = "sqlite")]
use super::sqlite_file;
use super::{Store, StoreError, requirements};
#[cfg(feature = "sqlite")]
use crate::files;
use crate::settings::DatabaseSettings;
#[cfg(feature = "sqlite")]
use crate::settings::DatabaseUrl;

/// How often the files are read again when somebody has written to them meanwhile.
#[cfg(feature = "sqlite")]
const TRIES: u32 = 20;

impl Store {
    /// Compares the tables of a database with this program, without changing anything, also on the disk.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoDatabase`] if there is none yet, which could be made; others if a program could not work with
    /// it, such as [`StoreError::Unfit`].
    pub async fn inspect(settings: DatabaseSettings) -> Result<MigrationState, StoreError> {
        let migrates = settings.migrate_at_start;
        let read = move |connection: &mut AnyConnection| {
            let state = migrations::state(connection)?;
            requirements::must_be_utf_8(connection)?;
            match state {
                MigrationState::Complete => requirements::role_must_read_and_write(connection)?,
                MigrationState::Pending(_) if migrates => requirements::role_must_migrate(connection)?,
                MigrationState::Pending(_) | MigrationState::TooNew(_) | MigrationState::HalfCopied => {}
            }
            Ok(state)
        };
        inspect_aside(settings, read).await
    }
}

/// Does the same as [`inspect_with`], on a thread that may block.
pub(super) async fn inspect_aside<T: Send + 'static>(
    settings: DatabaseSettings,
    read: impl Fn(&mut AnyConnection) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let inspected = tokio::task::spawn_blocking(move || inspect_with(&settings, &read)).await;
    inspected.map_err(|_| StoreError::Stopped)?
}

/// Runs `read` on a connection that changes nothing, also on the disk. It may run several times.
///
/// # Errors
///
/// Those of [`Store::inspect`], and those of `read`.
pub(super) fn inspect_with<T>(
    settings: &DatabaseSettings,
    read: &impl Fn(&mut AnyConnection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match &settings.url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(path) => inspect_file(path, read),
        _ => read(&mut Connector::new(settings.clone()).open(Access::ReadOnly)?),
    }
}

#[cfg(feature = "sqlite")]
fn inspect_file<T>(path: &Path, read: &impl Fn(&mut AnyConnection) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let unwritable = |error: std::io::Error| sqlite_file::unwritable(path, &error);
    files::must_be_usable_directory(files::directory_of(path)).map_err(unwritable)?;
    sqlite_file::must_be_there(path)?;
    files::must_be_writable(path).map_err(unwritable)?;
    let mut tries = 1;
    loop {
        let before = Picture::of(path);
        let state = look(path, before.mode(), read);
        // A read during another process's write may mix two states, unless locks prevent it.
        if before.mode() == Mode::Shared && state.is_ok() || Picture::of(path) == before || tries == TRIES {
            return state;
        }
        tries += 1;
    }
}

/// How the files can be read as they are.
#[cfg(feature = "sqlite")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// The log is empty or missing.
    FileAlone,
    /// The log has an index: other processes may have the database open.
    Shared,
    /// The log has no index: no process uses the database, and SQLite creates an index in memory.
    WithLog,
}

/// The metadata of the files, read without opening them.
#[cfg(feature = "sqlite")]
#[derive(PartialEq, Eq)]
struct Picture {
    file: Option<Seen>,
    log: Option<Seen>,
    has_index: bool,
}

/// Device and number of a file, its size, and when it was last written, in seconds and nanoseconds.
#[cfg(feature = "sqlite")]
type Seen = (u64, u64, u64, i64, i64);

#[cfg(feature = "sqlite")]
impl Picture {
    fn of(path: &Path) -> Self {
        let seen = |file: Metadata| (file.dev(), file.ino(), file.size(), file.mtime(), file.mtime_nsec());
        // SQLite puts these beside the file itself, wherever a link is.
        let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        Self {
            file: fs::metadata(&file).ok().map(seen),
            log: fs::metadata(beside(&file, "-wal")).ok().map(seen),
            has_index: beside(&file, "-shm").exists(),
        }
    }

    fn mode(&self) -> Mode {
        match (&self.log, self.has_index) {
            (None | Some((_, _, 0, _, _)), _) => Mode::FileAlone,
            (Some(_), true) => Mode::Shared,
            (Some(_), false) => Mode::WithLog,
        }
    }
}

#[cfg(feature = "sqlite")]
fn look<T>(
    path: &Path,
    mode: Mode,
    read: &impl Fn(&mut AnyConnection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let told = |error: &dyn std::fmt::Display| sqlite_file::told(path, error);
    let place = std::path::absolute(path).map_err(|error| told(&error))?;
    let (parameters, first) = match mode {
        Mode::FileAlone => ("mode=ro&immutable=1", ""),
        Mode::Shared => ("mode=ro&readonly_shm=1", ""),
        // SQLite keeps the index in memory where no other process is to share it.
        Mode::WithLog => ("mode=ro&vfs=unix-none", "PRAGMA locking_mode = EXCLUSIVE;"),
    };
    let connection = SqliteConnection::establish(&sqlite_file::uri(&place, parameters));
    let mut connection = connection.map_err(|error| told(&error))?;
    let set_up = format!("PRAGMA busy_timeout = 5000; {first} PRAGMA query_only = ON; PRAGMA trusted_schema = OFF");
    connection.batch_execute(&set_up).map_err(|error| told(&error))?;
    read(&mut AnyConnection::Sqlite(connection)).map_err(|error| match error {
        StoreError::Query(error) => told(&error),
        other => other,
    })
}

#[cfg(feature = "sqlite")]
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
