//! `[moving.djoser]`.

use std::path::PathBuf;

use super::lives::LIVES;
use super::old_secrets::OldSecrets;
use super::utc_offset::parse_utc_offset;
use crate::clock::Seconds;
use crate::secret::Secret;
use crate::settings::reader::Reader;

const SECRETS: OldSecrets = OldSecrets { key: "moving.djoser.secrets", file_key: "moving.djoser.secrets_file" };

/// `[moving.djoser]`: links that a site with djoser has mailed.
#[derive(Clone, Debug)]
pub struct MovingDjoserSettings {
    /// The site's secrets. Empty: its links are not accepted.
    pub secrets: Vec<Secret>,
    /// The file the secrets were read from.
    pub secrets_file: Option<PathBuf>,
    /// `PASSWORD_RESET_TIMEOUT`.
    pub expires_after: Seconds,
    /// How many seconds the site's local time was ahead of UTC.
    pub utc_offset_seconds: i32,
}

impl MovingDjoserSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let (secrets, secrets_file) = SECRETS.read(reader);
        Self {
            secrets,
            secrets_file,
            expires_after: reader.seconds("moving.djoser.expires_after_seconds", LIVES),
            utc_offset_seconds: reader.parsed("moving.djoser.utc_offset", parse_utc_offset),
        }
    }

    pub(super) fn complete(&mut self, reader: &mut Reader) {
        SECRETS.complete(reader, &mut self.secrets, &mut self.secrets_file);
    }
}
