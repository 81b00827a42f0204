//! What a name stands for that a file is to be written to: a device or a log of SQLite must not be replaced.

use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

/// The endings of the files that SQLite keeps beside a database: its log, the index of that, and its older journal.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Returns the names of the files that SQLite keeps beside `database`.
pub(crate) fn sqlite_companions(database: &Path) -> [PathBuf; 3] {
    COMPANIONS.map(|ending| {
        let mut name = database.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    })
}

/// Returns whether SQLite uses this name itself, for the log of a file that is there. Links to such a name count.
pub(crate) fn is_sqlite_companion(path: &Path) -> bool {
    let is_one = |path: &Path| COMPANIONS.iter().any(|ending| without(path, ending).is_some_and(|base| base.exists()));
    is_one(path) || path.canonicalize().is_ok_and(|path| is_one(&path))
}

/// Removes the ending from a name. Some file systems do not tell small letters from capitals.
fn without(path: &Path, ending: &str) -> Option<PathBuf> {
    let name = path.as_os_str().as_bytes();
    let (base, found) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
    let is_base = !base.is_empty() && !base.ends_with(b"/") && found.eq_ignore_ascii_case(ending.as_bytes());
    is_base.then(|| PathBuf::from(OsStr::from_bytes(base)))
}

/// Refuses a name behind which there is something else than a file, such as a device or a pipe.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] with what it is; else the operating system's error, but none for a missing file.
pub(crate) fn must_be_file_or_missing(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) => match kind_unless_file(found.file_type()) {
            Some(what) => Err(io::Error::new(ErrorKind::InvalidInput, format!("it is {what}, not a file"))),
            None => Ok(()),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Returns what a name stands for that is no regular file.
pub(crate) fn kind_unless_file(kind: FileType) -> Option<&'static str> {
    Some(match kind {
        kind if kind.is_file() => return None,
        kind if kind.is_dir() => "a directory",
        kind if kind.is_symlink() => "a symbolic link",
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn the_files_that_sqlite_keeps_are_known_under_every_spelling() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| place.path().join(name);
        fs::write(at("db"), "").expect("it can be written");
        fs::write(at("db-wal"), "").expect("it can be written");
        fs::create_dir(at("sub")).expect("it can be made");
        symlink("db-wal", at("link")).expect("it can be made");
        for name in ["db-wal", "db-shm", "db-journal", "DB-WAL", "sub/../db-wal", "./db-shm", "link"] {
            let expected = name != "DB-WAL" || at("DB").exists();
            assert_eq!(is_sqlite_companion(&at(name)), expected, "{name}");
        }
        for name in ["db", "other-wal", "-wal", "sub/db-wal", "db-wal2"] {
            assert!(!is_sqlite_companion(&at(name)), "{name}");
        }
    }

    #[test]
    fn what_is_no_file_is_named() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| place.path().join(name);
        let _socket = UnixListener::bind(at("socket")).expect("it can be made");
        symlink("socket", at("link")).expect("it can be made");
        fs::write(at("file"), "").expect("it can be written");
        for name in ["file", "missing"] {
            must_be_file_or_missing(&at(name)).expect(name);
        }
        for (name, told) in [("socket", "a socket"), ("link", "a socket"), (".", "a directory")] {
            let error = must_be_file_or_missing(&at(name)).expect_err(name);
            assert_eq!(error.to_string(), format!("it is {told}, not a file"), "{name}");
        }
    }
}
