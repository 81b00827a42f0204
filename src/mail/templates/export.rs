//! Writes the built-in templates into a directory, for operators who have the program and not its sources.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::sources::BUILT_IN;
use crate::files;

/// What to do about an existing file with another content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// Write nothing at all.
    Keep,
    /// Replace it with the built-in template.
    Replace,
}

/// Why the built-in templates were not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// Existing files differ from the built-in templates. Nothing was written.
    #[error("there are other files already: {}", joined(.0))]
    Exists(Vec<PathBuf>),
    /// A file or directory cannot be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// The operating system's error.
        cause: io::Error,
    },
}

fn joined(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Writes every built-in template below `directory`, which is created if it is missing. Returns the number of files
/// written. An existing file with the same content is not written.
///
/// # Errors
///
/// [`ExportError::Exists`] before anything is written, unless existing files are to be replaced;
/// [`ExportError::File`] at the first file that cannot be written.
pub(crate) fn export(directory: &Path, existing: Existing) -> Result<usize, ExportError> {
    let mut missing = Vec::new();
    let mut different = Vec::new();
    for (path, text) in BUILT_IN {
        let path = directory.join(path);
        // Reading a pipe would wait for ever.
        if let Err(cause) = files::must_be_file_or_missing(&path) {
            return Err(ExportError::File { path, cause });
        }
        match fs::read(&path) {
            Ok(found) if found == text.as_bytes() => {}
            Ok(_) => different.push((path, text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => missing.push((path, text)),
            Err(cause) => return Err(ExportError::File { path, cause }),
        }
    }
    if existing == Existing::Keep && !different.is_empty() {
        return Err(ExportError::Exists(different.into_iter().map(|(path, _)| path).collect()));
    }
    let written = missing.len() + different.len();
    for (path, text) in missing {
        make_directory_of(&path)?;
        // Another process may have created the file meanwhile.
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.and_then(|mut file| file.write_all(text.as_bytes()));
        file.map_err(|cause| ExportError::File { path, cause })?;
    }
    for (path, text) in different {
        fs::write(&path, text).map_err(|cause| ExportError::File { path, cause })?;
    }
    Ok(written)
}

fn make_directory_of(path: &Path) -> Result<(), ExportError> {
    let directory = path.parent().unwrap_or(path);
    fs::create_dir_all(directory).map_err(|cause| ExportError::File { path: directory.to_owned(), cause })
}
