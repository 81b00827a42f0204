//! Copies an SQLite database into one file while servers continue to use it.
//!
//! SQLite offers two ways. Its backup API copies page by page and starts again whenever another process has written;
//! under load it would never finish. `VACUUM INTO` reads one snapshot, so it finishes, and it blocks no writer. Its
//! cost: the log cannot be emptied meanwhile. It also omits deleted data, which a copy of the pages would keep. `cli`
//! calls this; it needs a thread that may block.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use diesel::sql_types::Text;
use tempfile::{Builder, NamedTempFile};

use super::access::Access;
use super::catalog::has_table;
use super::connection::{AnyConnection, Connector};
use super::copy::TABLES;
use super::{StoreError, migrations, unfinished_copy};
use crate::files;
use crate::settings::{DatabaseSettings, DatabaseUrl};

/// What to do if a file with the backup's name exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExistingFile {
    /// Keep the file, and make no backup.
    Keep,
    /// Replace the file once the backup is complete.
    Replace,
}

/// A finished backup that was read back and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Backup {
    /// The size of the file.
    pub size_bytes: u64,
    /// The last applied migration.
    pub version: String,
    /// How many rows each table has.
    pub rows: Vec<(&'static str, u64)>,
}

/// Why no backup was made. No file with the backup's name is left behind, unless one existed before.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupError {
    /// The database is not an SQLite database.
    #[error("the database is PostgreSQL's, which has programs of its own for this")]
    OtherEngine,
    /// The database file does not exist.
    #[error("there is no database at {}", _0.display())]
    NoDatabase(PathBuf),
    /// The database has no tables of this program.
    #[error("the database has no tables of Countersign's")]
    NoTables,
    /// The database holds an unfinished copy.
    #[error("a copy into the database was not finished, so some of the data is missing")]
    HalfCopied,
    /// The database cannot be read, or the backup cannot be written or read again.
    #[error("the backup cannot be made: {0}")]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error("{} cannot be written: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        cause: io::Error,
    },
    /// There is a file of that name.
    #[error("{} is there already", _0.display())]
    Exists(PathBuf),
    /// The name is that of a database in use.
    #[error("{} belongs to a database that is or was in use", _0.display())]
    InUse(PathBuf),
    /// The name is that of something else than a file.
    #[error("{} is {what}, not a file", path.display())]
    NoFile {
        /// The name.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The written file is not a sound database.
    #[error("the backup is damaged, and so may be the database: {0}")]
    Damaged(String),
}

/// Writes a snapshot of the database into `file`, readable by its owner alone, and reads it back.
///
/// Until the backup is complete and on the disk, it has a temporary name in the same directory, which ends in
/// `.unfinished`.
///
/// # Errors
///
/// Each [`BackupError`].
pub(crate) fn back_up(settings: &DatabaseSettings, file: &Path, existing: ExistingFile) -> Result<Backup, BackupError> {
    let DatabaseUrl::Sqlite(database) = &settings.url else { return Err(BackupError::OtherEngine) };
    if !database.exists() {
        // Opening a missing file would create it.
        return Err(BackupError::NoDatabase(database.clone()));
    }
    let failed = |cause| BackupError::File { path: file.to_owned(), cause };
    let file = &std::path::absolute(file).map_err(failed)?;
    must_be_free(file, database, existing)?;
    let (Some(directory), Some(name)) = (file.parent(), file.file_name().and_then(|name| name.to_str())) else {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is not the name of a file, in Unicode")));
    };

    let draft = Builder::new().prefix(&format!(".{name}.")).suffix(".unfinished").tempfile_in(directory);
    let draft = draft.map_err(failed)?;
    let _companions = Companions(draft.path().to_owned());
    let mut live = Connector::new(settings.clone()).open(Access::ReadWrite)?;
    if !has_table(&mut live, migrations::TABLE).map_err(StoreError::from)? {
        return Err(BackupError::NoTables);
    }
    let path = draft.path().to_str().ok_or_else(|| failed(io::ErrorKind::InvalidFilename.into()))?;
    diesel::sql_query("VACUUM INTO $1").bind::<Text, _>(path).execute(&mut live).map_err(StoreError::from)?;
    let backup = examine(settings, &draft)?;
    put_in_place(draft, file, existing)?;
    File::open(directory).and_then(|directory| files::sync_directory(&directory)).map_err(failed)?;
    Ok(backup)
}

/// Deletes what SQLite keeps beside a file, when dropped: a `VACUUM INTO` that finds no room leaves its journal.
struct Companions(PathBuf);

impl Drop for Companions {
    fn drop(&mut self) {
        for companion in files::sqlite_companions(&self.0) {
            // Most of the time there is none.
            let _ = fs::remove_file(companion);
        }
    }
}

/// Refuses a name that is taken, or that is the database's or its log's, or that a log lies beside, which SQLite would
/// apply to the backup. A link is refused as well: what it leads to would stay as it is.
fn must_be_free(file: &Path, database: &Path, existing: ExistingFile) -> Result<(), BackupError> {
    let is_the_database =
        file.canonicalize().is_ok_and(|file| database.canonicalize().is_ok_and(|database| file == database));
    if is_the_database
        || files::is_sqlite_companion(file)
        || files::sqlite_companions(file).iter().any(|log| log.exists())
    {
        return Err(BackupError::InUse(file.to_owned()));
    }
    match file.symlink_metadata() {
        Ok(found) => match files::kind_unless_file(found.file_type()) {
            Some(what) => Err(BackupError::NoFile { path: file.to_owned(), what }),
            None if existing == ExistingFile::Keep => Err(BackupError::Exists(file.to_owned())),
            None => Ok(()),
        },
        Err(_) => Ok(()),
    }
}

/// Reads every page of the backup.
fn examine(settings: &DatabaseSettings, draft: &NamedTempFile) -> Result<Backup, BackupError> {
    #[derive(QueryableByName)]
    struct Finding {
        #[diesel(sql_type = Text)]
        integrity_check: String,
    }

    let settings = DatabaseSettings { url: DatabaseUrl::Sqlite(draft.path().to_owned()), ..settings.clone() };
    let mut connection = Connector::new(settings).open(Access::ReadOnly)?;
    // Asked of the backup: a copy may have begun after the database was opened.
    if unfinished_copy::is_half_made(&mut connection).map_err(StoreError::from)? {
        return Err(BackupError::HalfCopied);
    }
    let findings = diesel::sql_query("PRAGMA integrity_check(1)").load::<Finding>(&mut connection);
    match findings.map_err(StoreError::from)?.first().map(|finding| finding.integrity_check.as_str()) {
        Some("ok") => {}
        Some(finding) => return Err(BackupError::Damaged(finding.to_owned())),
        None => return Err(BackupError::Damaged("SQLite does not say that it is well".to_owned())),
    }
    let version = migrations::applied_versions(&mut connection).map_err(StoreError::from)?.pop();
    let size_bytes =
        draft.as_file().metadata().map_err(|cause| BackupError::File { path: draft.path().into(), cause })?;
    Ok(Backup {
        size_bytes: size_bytes.len(),
        version: version.ok_or(BackupError::NoTables)?,
        rows: count_rows(&mut connection).map_err(StoreError::from)?,
    })
}

/// Counts the rows of the existing tables. A database with pending migrations may lack some tables.
fn count_rows(connection: &mut AnyConnection) -> QueryResult<Vec<(&'static str, u64)>> {
    let mut rows = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        if has_table(connection, table.name)? {
            rows.push((table.name, (table.count)(connection)?.unsigned_abs()));
        }
    }
    Ok(rows)
}

/// Renames the backup to its final name once its content is on the disk.
fn put_in_place(draft: NamedTempFile, file: &Path, existing: ExistingFile) -> Result<(), BackupError> {
    let failed = |cause: io::Error| match cause.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(file.to_owned()),
        _ => BackupError::File { path: file.to_owned(), cause },
    };
    draft.as_file().sync_all().map_err(failed)?;
    let placed = match existing {
        ExistingFile::Keep => draft.persist_noclobber(file),
        ExistingFile::Replace => draft.persist(file),
    };
    placed.map(drop).map_err(|error| failed(error.error))
}
