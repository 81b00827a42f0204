//! The keys of JSON Web Tokens of the algorithm EdDSA: private ones, which sign, and public ones, which only verify.
//! Each list stands in the settings or in a file of its own.

use std::path::{Path, PathBuf};

use super::mode::Mode;
use super::reader::Reader;
use super::requirement::{all_or_each_fault, repetition};
use super::secret_file;
use super::signing_secrets::SecretFileError;
use crate::tokens::{KeyError, PrivateKey, PublicKey};

const PRIVATE: &str = "jwt.private_keys";
const PRIVATE_FILE: &str = "jwt.private_keys_file";
const PUBLIC: &str = "jwt.public_keys";
const PUBLIC_FILE: &str = "jwt.public_keys_file";

/// The keys that another algorithm has no use for.
pub(super) const ALL: [&str; 4] = [PRIVATE, PRIVATE_FILE, PUBLIC, PUBLIC_FILE];

const COMMENT: &str = "# Signs the JSON Web Tokens of countersign. Keep it, and give it to no other service: \
                       those read /.well-known/jwks.json.";

/// Reads the list of private keys, and the path of their file.
pub(super) fn read_private(reader: &mut Reader) -> (Vec<PrivateKey>, Option<PathBuf>) {
    let keys = reader.secrets(PRIVATE, |text| PrivateKey::parse(text).map_err(|error| error.to_string()));
    (keys, reader.secret_path(PRIVATE_FILE))
}

/// Reads the list of public keys, and the path of their file.
pub(super) fn read_public(reader: &mut Reader) -> (Vec<PublicKey>, Option<PathBuf>) {
    // Hidden, since somebody may paste a private key here by mistake.
    let keys = reader.secrets(PUBLIC, |text| PublicKey::parse(text).map_err(|error| error.to_string()));
    (keys, reader.optional_path(PUBLIC_FILE))
}

/// Reads the file of the private keys. In development it may be missing.
pub(super) fn complete_private(
    mode: Mode,
    reader: &mut Reader,
    keys: &mut Vec<PrivateKey>,
    file: &mut Option<PathBuf>,
) {
    let mut key_at_fault = PRIVATE;
    if let Some(path) = secret_file::chosen(reader, PRIVATE, PRIVATE_FILE, file) {
        key_at_fault = PRIVATE_FILE;
        match (path.try_exists(), mode) {
            (Ok(false), Mode::Development) => {}
            (Ok(false), Mode::Production) => {
                let requirement = "there is no such file; make its content with `countersign secret new --jwt eddsa`";
                reader.refuse(PRIVATE_FILE, requirement);
            }
            _ => match keys_in(path, PrivateKey::parse_all) {
                Ok(found) => *keys = found,
                Err(requirement) => reader.refuse(PRIVATE_FILE, requirement),
            },
        }
    } else if keys.is_empty() && !reader.is_faulty(PRIVATE) {
        let requirement = "a private key is needed to sign JSON Web Tokens with EdDSA; make one with \
                           `countersign secret new --jwt eddsa`";
        reader.refuse(PRIVATE, requirement);
    }
    let ids: Vec<&str> = keys.iter().map(|key| key.public().id()).collect();
    if let Some(requirement) = repetition(&ids, "key") {
        reader.refuse(key_at_fault, requirement);
    }
}

/// Reads the file of the public keys.
pub(super) fn complete_public(reader: &mut Reader, keys: &mut Vec<PublicKey>, file: &mut Option<PathBuf>) {
    let mut key_at_fault = PUBLIC;
    if let Some(path) = secret_file::chosen(reader, PUBLIC, PUBLIC_FILE, file) {
        key_at_fault = PUBLIC_FILE;
        match keys_in(path, PublicKey::parse_all) {
            Ok(found) => *keys = found,
            Err(requirement) => reader.refuse(PUBLIC_FILE, requirement),
        }
    }
    if let Some(requirement) = repetition(keys, "key") {
        reader.refuse(key_at_fault, requirement);
    }
}

/// Makes the file of the private keys where there is no key, and reads it. Returns its path.
pub(super) fn generate_missing(
    keys: &mut Vec<PrivateKey>,
    file: Option<&PathBuf>,
) -> Result<Option<PathBuf>, SecretFileError> {
    let Some(path) = file.filter(|_| keys.is_empty()) else { return Ok(None) };
    let generated = secret_file::random_private_key()
        .and_then(|new| secret_file::generate(path, COMMENT, &new.to_pem()))
        .map_err(|error| error.to_string());
    match generated.and_then(|()| keys_in(path, PrivateKey::parse_all)) {
        Ok(found) => *keys = found,
        Err(cause) => {
            let (signed, key) = ("JSON Web Tokens", PRIVATE_FILE);
            return Err(SecretFileError { signed, key, path: path.clone(), cause });
        }
    }
    Ok(Some(path.clone()))
}

/// What parses the keys in a file.
type ParseAll<T> = fn(&str) -> Result<Vec<Result<T, KeyError>>, KeyError>;

fn keys_in<T>(path: &Path, parse_all: ParseAll<T>) -> Result<Vec<T>, String> {
    let content = secret_file::read_or(path, "the file is empty; write the key into it, in PEM")?;
    let keys = parse_all(content.expose()).map_err(|error| error.to_string())?;
    all_or_each_fault(keys.into_iter().map(|key| key.map_err(|error| error.to_string())), "key")
}
