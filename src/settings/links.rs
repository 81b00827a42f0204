//! The secrets that sign the links, and where they are kept.

use std::path::PathBuf;

use super::mode::Mode;
use super::reader::Reader;
use super::signing_secrets::{SecretFileError, SigningSecrets};
use crate::secret::Secret;

const SECRETS: SigningSecrets = SigningSecrets {
    key: "links.secrets",
    file_key: "links.secrets_file",
    signed: "links",
    comment: "# Signs the links that countersign mails. Keep it; keep it to yourself.",
};

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

impl LinksSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let (secrets, secrets_file) = SECRETS.read(reader);
        Self { secrets, secrets_file }
    }

    /// Reads the file that holds the secrets. In development it may be missing.
    pub(super) fn complete(&mut self, mode: Mode, reader: &mut Reader) {
        SECRETS.complete(mode, reader, &mut self.secrets, &mut self.secrets_file);
    }

    /// Makes the file where there is no secret, and reads it.
    pub(super) fn generate_missing(&mut self) -> Result<Option<PathBuf>, SecretFileError> {
        SECRETS.generate_missing(&mut self.secrets, self.secrets_file.as_ref())
    }
}
