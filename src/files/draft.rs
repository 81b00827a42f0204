//! Files that get their names when they are whole.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::{directory_of, is_sqlite_companion, sync_directory};

/// A file for its owner alone that gets its name when it is whole. Dropping it deletes what was written.
pub(crate) struct Draft {
    file: NamedTempFile,
    path: PathBuf,
}

impl Draft {
    /// Makes an empty file in the directory that `path` is in.
    ///
    /// # Errors
    ///
    /// The operating system's error; [`ErrorKind::AlreadyExists`] if there is a file of that name;
    /// [`ErrorKind::InvalidInput`] if SQLite would take the file for the log of a database.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        if is_sqlite_companion(path) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "its name is that of a database's log"));
        }
        if path.symlink_metadata().is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let mut prefix = OsString::from(".");
        prefix.push(path.file_name().ok_or(ErrorKind::InvalidFilename)?);
        prefix.push(".");
        let file = Builder::new().prefix(&prefix).suffix(".unfinished").tempfile_in(directory_of(path))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Makes an empty file beside `path`, whose name begins with that of `path` and ends with `ending`.
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub(crate) fn beside(path: &Path, ending: &str) -> io::Result<Self> {
        let prefix = path.file_name().ok_or(ErrorKind::InvalidFilename)?;
        let file = Builder::new().prefix(prefix).suffix(ending).tempfile_in(directory_of(path))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Returns the file to write to.
    pub(crate) fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives the file its name once its content is on the disk, and replaces a file of that name. The caller syncs the
    /// directory.
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub(crate) fn replace(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(&self.path).map(drop).map_err(|refused| refused.error)
    }

    /// Gives the file its name once its content is on the disk.
    ///
    /// # Errors
    ///
    /// The operating system's error; [`ErrorKind::AlreadyExists`] if there is a file of that name by now.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist_noclobber(&self.path).map_err(|refused| refused.error)?;
        File::open(directory_of(&self.path)).and_then(|directory| sync_directory(&directory))
    }
}
