//! Secrets and keys in files of their own. They are read when settings are loaded; development generates a missing one.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::reader::Reader;
use crate::files;
use crate::secret::Secret;
use crate::tokens::PrivateKey;

/// Decides between a directly given secret and its file, and clears `file` if the direct one counts.
pub(super) fn chosen<'a>(
    reader: &mut Reader,
    direct_key: &str,
    file_key: &str,
    file: &'a mut Option<PathBuf>,
) -> Option<&'a Path> {
    if reader.is_given(direct_key) {
        if reader.is_given(file_key) {
            let requirement = "give one or the other, and set the one not meant to nothing";
            reader.contradict(&[direct_key, file_key], requirement);
        }
        reader.overrule(file_key, direct_key);
        *file = None;
    } else if file.is_some() {
        reader.overrule(direct_key, file_key);
    }
    file.as_deref()
}

/// Reads the secret in the file at `path`, without one final line break. The error tells the remedy.
pub(super) fn read(path: &Path) -> Result<Secret, String> {
    read_or(path, "the file is empty; write the secret into it")
}

/// Reads the text in the file at `path` as [`read`] does. `empty` is the error of an empty file.
pub(super) fn read_or(path: &Path, empty: &str) -> Result<Secret, String> {
    let text = fs::read_to_string(path).map(Zeroizing::new).map_err(|error| unreadable(&error))?;
    if text.starts_with('\u{feff}') {
        return Err(
            "the file begins with a byte-order mark, which would be a part of the secret; save it without".into()
        );
    }
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    if secret.is_empty() { Err(empty.to_owned()) } else { Ok(Secret::new(secret)) }
}

/// Returns what to do about a file that cannot be read.
pub(super) fn unreadable(error: &io::Error) -> String {
    let remedy = match error.kind() {
        io::ErrorKind::NotFound => {
            "create the file, or correct the path (relative ones start at the working directory)"
        }
        io::ErrorKind::PermissionDenied => "let the user that runs countersign read it",
        io::ErrorKind::InvalidData => "write it as UTF-8 text",
        _ => "see that it is a readable file",
    };
    format!("the file cannot be read: {error}; {remedy}")
}

/// Generates a secret of 256 random bits, in hex.
///
/// # Errors
///
/// When the operating system gives no randomness.
pub fn random_secret() -> io::Result<Secret> {
    let random = random_bytes()?;
    let mut hex = String::with_capacity(2 * random.len());
    for byte in random.iter() {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(Secret::new(hex))
}

/// Generates a private key of Ed25519.
///
/// # Errors
///
/// When the operating system gives no randomness.
pub fn random_private_key() -> io::Result<PrivateKey> {
    Ok(PrivateKey::from_random(&*random_bytes()?))
}

fn random_bytes() -> io::Result<Zeroizing<[u8; 32]>> {
    let mut random = Zeroizing::new([0_u8; 32]);
    getrandom::fill(random.as_mut_slice()).map_err(io::Error::other)?;
    Ok(random)
}

/// Writes a new `secret` to `path`, below a line of `comment`, readable by its owner alone, unless there is a file
/// already.
///
/// The file appears whole or not at all, and never in place of another: of two processes that start at once, one
/// writes it and both use it.
pub(super) fn generate(path: &Path, comment: &str, secret: &Secret) -> io::Result<()> {
    let mut content = Zeroizing::new(String::with_capacity(256));
    content.push_str(comment);
    content.push('\n');
    content.push_str(secret.expose().trim_end());
    content.push('\n');

    files::make_file(path, content.as_bytes())
}
