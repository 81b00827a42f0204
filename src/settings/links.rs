//! The secrets that sign the links, and where they are kept.

use std::path::PathBuf;

use super::mode::Mode;
use super::reader::Reader;
use super::requirement::all_or_each_fault;
use super::secret_file;
use crate::links::SECRET_MIN_BYTES;
use crate::secret::Secret;

/// `[links]`: what signs links.
#[derive(Clone, Debug)]
pub struct LinksSettings {
    /// The secrets, each at least 32 bytes: the first signs, all verify.
    ///
    /// Empty only in development before [`Settings::generate_missing_link_secret`](super::Settings) was called.
    pub secrets: Vec<Secret>,
    /// The file the secrets were read from, or will be kept in.
    pub secrets_file: Option<PathBuf>,
}

/// Why a generated secret could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("the links' secret cannot be kept in {}: {cause}; choose another `links.secrets_file`", path.display())]
pub struct SecretFileError {
    path: PathBuf,
    cause: String,
}

impl LinksSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            secrets: reader.secrets("links.secrets", |text| long_enough(text).map(Secret::new)),
            secrets_file: reader.optional_path("links.secrets_file"),
        }
    }

    /// Reads the file that holds the secrets. In development it may be missing.
    pub(super) fn complete(&mut self, mode: Mode, reader: &mut Reader) {
        const FILE: &str = "links.secrets_file";
        let Some(path) = secret_file::chosen(reader, "links.secrets", FILE, &mut self.secrets_file) else {
            if self.secrets.is_empty() && !reader.is_faulty("links.secrets") {
                reader.refuse(
                    "links.secrets",
                    "a secret is needed to sign links; make one with `countersign secret new`",
                );
            }
            return;
        };
        match (path.try_exists(), mode) {
            (Ok(false), Mode::Development) => {}
            (Ok(false), Mode::Production) => {
                reader.refuse(FILE, "there is no such file; make its content with `countersign secret new`");
            }
            _ => match secret_file::read(path).and_then(|content| secrets_in(&content)) {
                Ok(secrets) => self.secrets = secrets,
                Err(requirement) => reader.refuse(FILE, requirement),
            },
        }
    }

    /// Makes the file where there is no secret, and reads it.
    pub(super) fn generate_missing(&mut self) -> Result<Option<PathBuf>, SecretFileError> {
        let Some(path) = self.secrets_file.as_deref().filter(|_| self.secrets.is_empty()) else {
            return Ok(None);
        };
        let generated = secret_file::generate(path).map_err(|error| error.to_string());
        match generated.and_then(|()| secret_file::read(path)).and_then(|content| secrets_in(&content)) {
            Ok(secrets) => self.secrets = secrets,
            Err(cause) => return Err(SecretFileError { path: path.to_owned(), cause }),
        }
        Ok(Some(path.to_owned()))
    }
}

/// Returns the secrets in a file: one per line without blanks at its ends. Empty lines and those that begin with # do
/// not count.
fn secrets_in(content: &Secret) -> Result<Vec<Secret>, String> {
    let is_secret = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let lines = content.expose().lines().map(str::trim);
    let secrets = lines.map(|line| match Some(line).filter(is_secret) {
        Some(line) => long_enough(line).map(|secret| Some(Secret::new(secret))),
        None => Ok(None),
    });
    let secrets: Vec<_> = all_or_each_fault(secrets, "line")?.into_iter().flatten().collect();
    if secrets.is_empty() { Err("the file holds no secret, only comments".to_owned()) } else { Ok(secrets) }
}

fn long_enough(text: &str) -> Result<&str, String> {
    if text.len() < SECRET_MIN_BYTES {
        return Err(format!(
            "a secret of {} bytes is too short; at least {SECRET_MIN_BYTES} are needed, `countersign secret new` makes one",
            text.len()
        ));
    }
    Ok(text)
}
