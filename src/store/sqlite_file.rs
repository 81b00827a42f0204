//! Creates and opens the file of an SQLite database. No other code does so.
//!
//! When a process closes any descriptor of a file, it loses all its locks on that file, also those of other descriptors
//! (POSIX; sqlite.org/howtocorrupt.html, section 2.2). SQLite keeps its own descriptors open for that reason. If other
//! code in this process opens and closes the file, the server loses its locks. The next program that closes the
//! database then takes itself for the last one and deletes the log, and later writes to that log are lost. Therefore no
//! code of this program opens the database file or its log directly, neither to create it nor to test whether it can be
//! written.

use std::fmt::{Display, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::result::QueryResult;
use diesel::{Connection, SqliteConnection};

use super::StoreError;
use super::access::Access;
use super::errors::is_contention;
use crate::files;
use crate::settings::DatabaseSettings;

/// The pause between two attempts while another process creates the same database.
const PAUSE: Duration = Duration::from_millis(10);

/// Creates an empty database file, readable by its owner alone, and its directory, if they are missing.
///
/// # Errors
///
/// [`StoreError::Unavailable`] with what to do.
pub(super) fn make_missing(path: &Path) -> Result<(), StoreError> {
    if files::is_sqlite_companion(path) {
        let path = path.display();
        return Err(StoreError::Unavailable(format!(
            "{path}: the name is that of another database's log; give another"
        )));
    }
    files::make_file(path, b"").map_err(|error| unwritable(path, &error))
}

/// Returns an error if the file does not exist.
///
/// # Errors
///
/// [`StoreError::NoDatabase`]; [`StoreError::Unavailable`] if the path cannot be checked.
pub(super) fn must_be_there(path: &Path) -> Result<(), StoreError> {
    match path.try_exists() {
        Ok(true) => Ok(()),
        Ok(false) => Err(StoreError::NoDatabase(path.to_owned())),
        Err(error) => Err(unwritable(path, &error)),
    }
}

/// Opens an existing file and configures the connection. `place` is the absolute path of the file that the settings
/// name.
///
/// # Errors
///
/// [`StoreError::NoDatabase`], and [`StoreError::Unavailable`] with what to do.
pub(super) fn open(
    path: &Path,
    place: &Path,
    settings: &DatabaseSettings,
    access: Access,
) -> Result<SqliteConnection, StoreError> {
    must_be_there(path)?;
    if access == Access::ReadWrite {
        // SQLite opens a read-only file without an error and fails later.
        files::must_be_writable(place).map_err(|error| unwritable(path, &error))?;
    }
    // Readers open the file for writing too: the last connection to close the database copies the log into it.
    let connection = SqliteConnection::establish(&uri(place, "mode=rw"));
    let mut connection = connection.map_err(|error| told(path, &error))?;
    set_up(&mut connection, settings, access).map_err(|error| told(path, &error))?;
    Ok(connection)
}

/// Returns the URI by which SQLite opens a file. With a plain path SQLite would create a missing file.
pub(super) fn uri(place: &Path, parameters: &str) -> String {
    let mut uri = "file://".to_owned();
    for byte in place.as_os_str().as_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            // Writing to a string cannot fail.
            byte => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri + "?" + parameters
}

/// Returns SQLite's message, and what to do if the message is not enough.
pub(super) fn told(path: &Path, error: &dyn Display) -> StoreError {
    match error.to_string() {
        // SQLite's whole message when it cannot create its files beside the database.
        vague if vague == "unable to open database file" => unwritable(path, &vague),
        // The same message appears if the file is writable and its directory is not, so that the log cannot be created.
        vague if vague == "attempt to write a readonly database" => unwritable(path, &vague),
        told => StoreError::Unavailable(format!("{}: {told}", path.display())),
    }
}

/// Returns the error for a fault of the file system, with what to do.
pub(super) fn unwritable(path: &Path, error: &dyn Display) -> StoreError {
    let remedy = "let the user that runs countersign write the file and its directory, and see that the disk has room";
    StoreError::Unavailable(format!("{}: {error}; {remedy}", path.display()))
}

fn set_up(connection: &mut SqliteConnection, settings: &DatabaseSettings, access: Access) -> QueryResult<()> {
    let patience = settings.busy_timeout.duration();
    connection.batch_execute(&format!("PRAGMA busy_timeout = {}", patience.as_millis()))?;
    if access == Access::ReadWrite {
        keep_a_log(connection, patience)?;
    }
    // WAL with synchronous=FULL syncs at every commit, so an answered write is durable. The log may grow to 16 MB
    // before a commit has to copy it itself; `checkpoint` copies it earlier.
    connection.batch_execute(&format!(
        "PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA trusted_schema = OFF;
         PRAGMA query_only = {};",
        if access == Access::ReadOnly { "ON" } else { "OFF" },
    ))
}

/// Switches a new database to WAL. The mode is stored in the file, so readers do not switch.
///
/// SQLite has begun to read here, so it does not wait for other processes that switch or write the same file: it
/// returns SQLITE_BUSY at once.
fn keep_a_log(connection: &mut SqliteConnection, patience: Duration) -> QueryResult<()> {
    let deadline = Instant::now() + patience;
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error) if is_contention(&error) && Instant::now() < deadline => thread::sleep(PAUSE),
            switched => return switched,
        }
    }
}

#[cfg(test)]
mod tests;
