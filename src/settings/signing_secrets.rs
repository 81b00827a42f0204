//! Lists of secrets that sign: links, and JSON Web Tokens. Each list stands in the settings or in a file of its own,
//! which development generates.

use std::path::PathBuf;

use super::mode::Mode;
use super::reader::Reader;
use super::requirement::{all_or_each_fault, repetition};
use super::secret_file;
use crate::links::SECRET_MIN_BYTES;
use crate::secret::Secret;

/// The keys of a list of secrets, and what operators read about it.
pub(super) struct SigningSecrets {
    /// The key of the list.
    pub(super) key: &'static str,
    /// The key of the file.
    pub(super) file_key: &'static str,
    /// What the secrets sign, for messages.
    pub(super) signed: &'static str,
    /// The comment in a generated file.
    pub(super) comment: &'static str,
}

/// Why a generated secret could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("the secret that signs {signed} cannot be kept in {}: {cause}; choose another `{key}`", path.display())]
pub struct SecretFileError {
    pub(super) signed: &'static str,
    pub(super) key: &'static str,
    pub(super) path: PathBuf,
    pub(super) cause: String,
}

impl SigningSecrets {
    /// Reads the list and the path of the file.
    pub(super) fn read(&self, reader: &mut Reader) -> (Vec<Secret>, Option<PathBuf>) {
        let secrets = reader.secrets(self.key, |text| long_enough(text).map(Secret::new));
        (secrets, reader.secret_path(self.file_key))
    }

    /// Reads the file that holds the secrets. In development it may be missing.
    pub(super) fn complete(
        &self,
        mode: Mode,
        reader: &mut Reader,
        secrets: &mut Vec<Secret>,
        file: &mut Option<PathBuf>,
    ) {
        let Some(path) = secret_file::chosen(reader, self.key, self.file_key, file) else {
            if let Some(requirement) = repeated_secret(secrets) {
                reader.refuse(self.key, requirement);
            } else if secrets.is_empty() && !reader.is_faulty(self.key) {
                let signed = self.signed;
                let requirement =
                    format!("a secret is needed to sign {signed}; make one with `countersign secret new`");
                reader.refuse(self.key, requirement);
            }
            return;
        };
        match (path.try_exists(), mode) {
            (Ok(false), Mode::Development) => {}
            (Ok(false), Mode::Production) => {
                let requirement = "there is no such file; make its content with `countersign secret new`";
                reader.refuse(self.file_key, requirement);
            }
            _ => match secret_file::read(path).and_then(|content| secrets_in(&content)) {
                Ok(found) => match repeated_secret(&found) {
                    Some(requirement) => reader.refuse(self.file_key, requirement),
                    None => *secrets = found,
                },
                Err(requirement) => reader.refuse(self.file_key, requirement),
            },
        }
    }

    /// Makes the file where there is no secret, and reads it. Returns its path.
    pub(super) fn generate_missing(
        &self,
        secrets: &mut Vec<Secret>,
        file: Option<&PathBuf>,
    ) -> Result<Option<PathBuf>, SecretFileError> {
        let Some(path) = file.filter(|_| secrets.is_empty()) else {
            return Ok(None);
        };
        let generated = secret_file::random_secret().and_then(|new| secret_file::generate(path, self.comment, &new));
        let generated = generated.map_err(|error| error.to_string());
        match generated.and_then(|()| secret_file::read(path)).and_then(|content| secrets_in(&content)) {
            Ok(found) => *secrets = found,
            Err(cause) => {
                let (signed, key) = (self.signed, self.file_key);
                return Err(SecretFileError { signed, key, path: path.clone(), cause });
            }
        }
        Ok(Some(path.clone()))
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

/// Returns the requirement that is broken if a secret stands in the list twice: most likely one of them should be another.
fn repeated_secret(secrets: &[Secret]) -> Option<String> {
    repetition(&secrets.iter().map(Secret::expose).collect::<Vec<_>>(), "secret")
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
