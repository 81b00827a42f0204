//! `[moving.simplejwt]`.

use std::path::PathBuf;

use super::old_secrets::OldSecrets;
use crate::secret::Secret;
use crate::settings::reader::Reader;

const SECRETS: OldSecrets = OldSecrets { key: "moving.simplejwt.secrets", file_key: "moving.simplejwt.secrets_file" };

/// `[moving.simplejwt]`: refresh tokens that a site with simplejwt has signed.
#[derive(Clone, Debug)]
pub struct MovingSimplejwtSettings {
    /// The site's secrets. Empty: its tokens are not accepted.
    pub secrets: Vec<Secret>,
    /// The file the secrets were read from.
    pub secrets_file: Option<PathBuf>,
    /// `USER_ID_CLAIM`.
    pub user_id_claim: String,
}

impl MovingSimplejwtSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let (secrets, secrets_file) = SECRETS.read(reader);
        Self { secrets, secrets_file, user_id_claim: reader.text("moving.simplejwt.user_id_claim") }
    }

    pub(super) fn complete(&mut self, reader: &mut Reader) {
        SECRETS.complete(reader, &mut self.secrets, &mut self.secrets_file);
    }
}
