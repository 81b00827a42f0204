//! The file of an SQLite database: the one place that makes it and opens it.
//!
//! When a process closes any descriptor of a file, it loses all its locks on that file, also those of other descriptors
//! (POSIX; sqlite.org/howtocorrupt.html, section 2.2). SQLite knows that, and keeps its own descriptors open. A
//! descriptor that anybody else in this process opens and closes takes the server's locks away: the next program that
//! closes the database believes itself to be the last one and deletes the log, with all that is written to it later.
//! Therefore no code of this program opens the database file or its log by hand, neither to make it nor to try
//! whether it can be written.

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

/// The pause between two attempts to get past another process that makes the same database.
const PAUSE: Duration = Duration::from_millis(10);

/// Makes an empty database file for its owner alone, and its directory, where there is none.
///
/// # Errors
///
/// [`StoreError::Unavailable`] with what to do.
pub(super) fn make_missing(path: &Path) -> Result<(), StoreError> {
    files::make_file(path, b"").map_err(|error| unwritable(path, &error))
}

/// Refuses a path where there is no file.
///
/// # Errors
///
/// [`StoreError::NoDatabase`]; [`StoreError::Unavailable`] if that cannot be told.
pub(super) fn must_be_there(path: &Path) -> Result<(), StoreError> {
    match path.try_exists() {
        Ok(true) => Ok(()),
        Ok(false) => Err(StoreError::NoDatabase(path.to_owned())),
        Err(error) => Err(unwritable(path, &error)),
    }
}

/// Opens a file that is there, and sets the connection up. `place` is the absolute path of the file that the settings
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
        // SQLite opens a file that it may not write all the same, and fails later.
        files::must_be_writable(place).map_err(|error| unwritable(path, &error))?;
    }
    // Even a reader's connection may write: the last one to close the database copies the log into it.
    let connection = SqliteConnection::establish(&uri(place, "mode=rw"));
    let mut connection = connection.map_err(|error| told(path, &error))?;
    set_up(&mut connection, settings, access).map_err(|error| told(path, &error))?;
    Ok(connection)
}

/// The URI by which SQLite opens a file. By a bare name it would make the file where it is missing.
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

/// SQLite's words, and what to do where it has too few.
pub(super) fn told(path: &Path, error: &dyn Display) -> StoreError {
    match error.to_string() {
        // All that SQLite says when it cannot make the files that it needs beside the database.
        vague if vague == "unable to open database file" => unwritable(path, &vague),
        // Also said where the file may be written and its directory may not, so that the log cannot be made.
        vague if vague == "attempt to write a readonly database" => unwritable(path, &vague),
        told => StoreError::Unavailable(format!("{}: {told}", path.display())),
    }
}

/// A fault of the file system, and what to do.
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
    // Durable before it is answered: WAL with synchronous=FULL syncs at every commit. The log may grow to 16 MB before
    // a commit has to copy it itself; `checkpoint` does so earlier.
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

/// Switches a new database to a log. That is kept in the file, which a reader leaves as it is.
///
/// SQLite does not wait for other processes that are switching the same file or writing to it, since it has begun to
/// read: it reports them at once.
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
