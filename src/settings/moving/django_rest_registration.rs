//! `[moving.django_rest_registration]`.

use std::path::PathBuf;

use super::lives::LIVES;
use super::old_secrets::OldSecrets;
use crate::clock::Seconds;
use crate::secret::Secret;
use crate::settings::reader::Reader;

const SECRETS: OldSecrets = OldSecrets {
    key: "moving.django_rest_registration.secrets",
    file_key: "moving.django_rest_registration.secrets_file",
};

const REGISTER: &str = "moving.django_rest_registration.register_expires_after_seconds";
const RESET_PASSWORD: &str = "moving.django_rest_registration.reset_password_expires_after_seconds";
const REGISTER_EMAIL: &str = "moving.django_rest_registration.register_email_expires_after_seconds";

/// `[moving.django_rest_registration]`: links that a site with django-rest-registration has mailed.
#[derive(Clone, Debug)]
pub struct MovingDjangoRestRegistrationSettings {
    /// The site's secrets. Empty: its links are not accepted.
    pub secrets: Vec<Secret>,
    /// The file the secrets were read from.
    pub secrets_file: Option<PathBuf>,
    /// `REGISTER_VERIFICATION_ONE_TIME_USE`.
    pub register_one_time_use: bool,
    /// `REGISTER_VERIFICATION_PERIOD`.
    pub register_expires_after: Seconds,
    /// `RESET_PASSWORD_VERIFICATION_ONE_TIME_USE`.
    pub reset_password_one_time_use: bool,
    /// `RESET_PASSWORD_VERIFICATION_PERIOD`.
    pub reset_password_expires_after: Seconds,
    /// `REGISTER_EMAIL_VERIFICATION_PERIOD`.
    pub register_email_expires_after: Seconds,
}

impl MovingDjangoRestRegistrationSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let (secrets, secrets_file) = SECRETS.read(reader);
        Self {
            secrets,
            secrets_file,
            register_expires_after: reader.seconds(REGISTER, LIVES),
            reset_password_expires_after: reader.seconds(RESET_PASSWORD, LIVES),
            register_email_expires_after: reader.seconds(REGISTER_EMAIL, LIVES),
            register_one_time_use: reader.flag("moving.django_rest_registration.register_one_time_use"),
            reset_password_one_time_use: reader.flag("moving.django_rest_registration.reset_password_one_time_use"),
        }
    }

    pub(super) fn complete(&mut self, reader: &mut Reader) {
        SECRETS.complete(reader, &mut self.secrets, &mut self.secrets_file);
    }
}
