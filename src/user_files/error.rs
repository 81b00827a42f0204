//! Why a file is not imported. What to do about it, `cli` says.

use std::io;
use std::path::PathBuf;

use super::entries::SplitError;
use super::report::Report;
use crate::accounts::ServiceError;

/// Why nothing, or not everything, was imported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    /// The file cannot be opened or read.
    #[error("{} cannot be read: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        cause: io::Error,
    },
    /// It is a pipe or the like.
    #[error("{} is no ordinary file", _0.display())]
    NoFile(PathBuf),
    /// It cannot be split into entries.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// A dump has no user.
    #[error("the dump has no record of `{model}`; it has {}", models.join(", "))]
    NoUsers {
        /// The model of users.
        model: String,
        /// The models in the dump.
        models: Vec<String>,
    },
    /// It has no entry at all.
    #[error("the file has no users")]
    Empty,
    /// It is in another form than JSON.
    #[error("the file is {_0}")]
    NoJson(&'static str),
    /// Entries cannot be imported, and nothing was stored.
    #[error("{} of {} entries cannot be imported", _0.faulty.count, _0.entries)]
    Faulty(Box<Report>),
    /// A user was registered or changed since the first pass. What was stored before stays.
    #[error("while the users were imported, another user has got a name, an address or an id of one of them")]
    Taken,
    /// Another process imports the same file.
    #[error("another process imports the same file")]
    Disturbed,
    /// The database or the service failed. What was stored before stays.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<io::Error> for ImportError {
    fn from(error: io::Error) -> Self {
        SplitError::Io(error).into()
    }
}
