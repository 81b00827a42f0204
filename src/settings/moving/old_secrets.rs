//! Secrets of another system, as they were there.

use std::path::PathBuf;

use crate::secret::Secret;
use crate::settings::reader::Reader;
use crate::settings::requirement::all_or_each_fault;
use crate::settings::secret_file;

/// The shortest secret in bytes. Django asks for 50 characters and takes any; a shorter one than this can be guessed.
const SECRET_MIN_BYTES: usize = 16;

/// The keys of a list of old secrets.
pub(super) struct OldSecrets {
    pub(super) key: &'static str,
    pub(super) file_key: &'static str,
}

impl OldSecrets {
    /// Reads the list and the path of the file.
    pub(super) fn read(&self, reader: &mut Reader) -> (Vec<Secret>, Option<PathBuf>) {
        (reader.secrets(self.key, parse), reader.secret_path(self.file_key))
    }

    /// Reads the file that holds the secrets, if one is given.
    pub(super) fn complete(&self, reader: &mut Reader, secrets: &mut Vec<Secret>, file: &mut Option<PathBuf>) {
        let Some(path) = secret_file::chosen(reader, self.key, self.file_key, file) else { return };
        match secret_file::read(path).and_then(|content| secrets_in(&content)) {
            Ok(found) => *secrets = found,
            Err(requirement) => reader.refuse(self.file_key, requirement),
        }
    }
}

/// Returns the secrets in a file: one per line. There are no comments, since one of Django's secrets may begin with #.
fn secrets_in(content: &Secret) -> Result<Vec<Secret>, String> {
    let lines = content.expose().lines().map(|line| line.strip_suffix('\r').unwrap_or(line));
    let secrets = lines.map(|line| if line.is_empty() { Ok(None) } else { parse(line).map(Some) });
    Ok(all_or_each_fault(secrets, "line")?.into_iter().flatten().collect())
}

fn parse(text: &str) -> Result<Secret, String> {
    if text.len() < SECRET_MIN_BYTES {
        let length = text.len();
        return Err(format!(
            "a secret of {length} bytes is too short: anyone who guesses it could make links and tokens; at least \
             {SECRET_MIN_BYTES} are needed. Leave it out: users log in again, and ask for new links"
        ));
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_secret_as_it_is() {
        let file = Secret::new("#starts-with-a-hash-sign\r\n\n ends with a blank, too \n");
        let secrets = secrets_in(&file).expect("both are long enough");
        let exposed: Vec<_> = secrets.iter().map(Secret::expose).collect();
        assert_eq!(exposed, ["#starts-with-a-hash-sign", " ends with a blank, too "]);
    }

    #[test]
    fn a_short_secret_is_refused_with_its_line() {
        let error = secrets_in(&Secret::new("long enough to be one\nabracadabra")).map(drop).expect_err("one is short");
        assert!(error.starts_with("line 2: a secret of 11 bytes is too short"), "{error}");
        assert!(!error.contains("abracadabra"));
    }
}
