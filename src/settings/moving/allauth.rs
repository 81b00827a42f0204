//! `[moving.allauth]`.

use std::path::PathBuf;

use super::lives::LIVES;
use super::old_secrets::OldSecrets;
use super::utc_offset::parse_utc_offset;
use crate::clock::Seconds;
use crate::secret::Secret;
use crate::settings::reader::Reader;

const SECRETS: OldSecrets = OldSecrets { key: "moving.allauth.secrets", file_key: "moving.allauth.secrets_file" };

/// `[moving.allauth]`: links that a site with dj-rest-auth or django-rest-auth has mailed.
#[derive(Clone, Debug)]
pub struct MovingAllauthSettings {
    /// The site's secrets. Empty: its links are not accepted.
    pub secrets: Vec<Secret>,
    /// The file the secrets were read from.
    pub secrets_file: Option<PathBuf>,
    /// `ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS`.
    pub confirmation_expires_after: Seconds,
    /// `PASSWORD_RESET_TIMEOUT`.
    pub reset_password_expires_after: Seconds,
    /// How many seconds the site's local time was ahead of UTC.
    pub utc_offset_seconds: i32,
}

impl MovingAllauthSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let (secrets, secrets_file) = SECRETS.read(reader);
        Self {
            secrets,
            secrets_file,
            confirmation_expires_after: reader.seconds("moving.allauth.confirmation_expires_after_seconds", LIVES),
            reset_password_expires_after: reader.seconds("moving.allauth.reset_password_expires_after_seconds", LIVES),
            utc_offset_seconds: reader.parsed("moving.allauth.utc_offset", parse_utc_offset),
        }
    }

    pub(super) fn complete(&mut self, reader: &mut Reader) {
        SECRETS.complete(reader, &mut self.secrets, &mut self.secrets_file);
    }
}
