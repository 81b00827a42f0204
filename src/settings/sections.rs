//! All sections together.

use std::io;
use std::path::PathBuf;

use super::changes::{ChangeEmailSettings, ChangePasswordSettings, ResetPasswordSettings};
use super::contracts::ContractsSettings;
use super::cors::CorsSettings;
use super::database::DatabaseSettings;
use super::jwt::{JwtAlgorithm, JwtSettings};
use super::links::LinksSettings;
use super::login::{LoginSettings, SessionsSettings};
use super::mail::MailSettings;
use super::metrics::MetricsSettings;
use super::mode::Mode;
use super::moving::MovingSettings;
use super::pages::PagesSettings;
use super::passwords::PasswordsSettings;
use super::profile_fields;
use super::providers::{self, Provider};
use super::reader::Reader;
use super::registration::{RegistrationSettings, UsersSettings};
use super::secret_file;
use super::server::{LogSettings, ServerSettings};
use super::signing_secrets::SecretFileError;
use super::source::Entry;
use super::throttle::ThrottleSettings;
use crate::profile_fields::ProfileFields;

/// All settings, checked. `Debug` shows no secret.
///
/// Each section of `settings.toml` is a field, and each key a field of that; keys that end in `_seconds` lose the
/// ending, as their type [`Seconds`](crate::clock::Seconds) tells the unit.
///
/// # Example
///
/// ```
/// use countersign::settings::Settings;
///
/// let environment = [("COUNTERSIGN__CONTRACTS__ACCOUNTS__BASE_PATH".to_owned(), "/accounts".to_owned())];
/// let settings = Settings::load(None, environment)?;
/// assert_eq!(settings.contracts.accounts.base_path, "/accounts/");
/// # Ok::<(), countersign::settings::SettingsErrors>(())
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether a missing secret is generated or refused.
    pub mode: Mode,
    /// The fields that the operator has declared.
    pub profile_fields: ProfileFields,
    /// The identity providers that users may log in with.
    pub providers: Vec<Provider>,
    /// Where and how the server accepts requests.
    pub server: ServerSettings,
    /// Which HTTP contracts are served, and where.
    pub contracts: ContractsSettings,
    /// Which pages on other origins may call the API.
    pub cors: CorsSettings,
    /// How much is logged, and how it is written.
    pub log: LogSettings,
    /// Which pages for people the program's own server has.
    pub pages: PagesSettings,
    /// Whether and where metrics are served.
    pub metrics: MetricsSettings,
    /// The database engine, its address and its connections.
    pub database: DatabaseSettings,
    /// What signs links.
    pub links: LinksSettings,
    /// How JSON Web Tokens are signed, and how long they live.
    pub jwt: JwtSettings,
    /// Settings for all users, however they registered.
    pub users: UsersSettings,
    /// How new users register.
    pub registration: RegistrationSettings,
    /// Who may log in, by what, and what they get.
    pub login: LoginSettings,
    /// How long a login lasts.
    pub sessions: SessionsSettings,
    /// How a known password is replaced.
    pub change_password: ChangePasswordSettings,
    /// How a forgotten password is replaced.
    pub reset_password: ResetPasswordSettings,
    /// How an address is replaced.
    pub change_email: ChangeEmailSettings,
    /// What a password costs, and which are accepted.
    pub passwords: PasswordsSettings,
    /// Who mails are from, and how they travel.
    pub mail: MailSettings,
    /// How often a client may ask.
    pub throttle: ThrottleSettings,
    /// What is accepted of the systems that users moved here from.
    pub moving: MovingSettings,
    pub(super) entries: Vec<Entry>,
}

impl Settings {
    /// Returns every setting as it was read, in the order of `settings.toml`, secrets hidden. Later changes of fields
    /// are not included.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Generates the secret of the links where there is none, and keeps it in `links.secrets_file`, readable by its
    /// owner alone. Returns the file's path if there was no secret before.
    ///
    /// Only development needs it: [`Settings::load`] refuses to do without a secret in production. Processes that do
    /// this at the same time end up with the same secret.
    ///
    /// # Errors
    ///
    /// When the file or its directory cannot be written.
    pub fn generate_missing_link_secret(&mut self) -> Result<Option<PathBuf>, SecretFileError> {
        self.links.generate_missing()
    }

    /// Generates the secret or the private key of JSON Web Tokens where a contract serves them and there is none, and
    /// keeps it in `jwt.secrets_file` or `jwt.private_keys_file`, as
    /// [`Settings::generate_missing_link_secret`] does for links.
    ///
    /// # Errors
    ///
    /// When the file or its directory cannot be written.
    pub fn generate_missing_jwt_secret(&mut self) -> Result<Option<PathBuf>, SecretFileError> {
        if self.contracts.serve_jwt() { self.jwt.generate_missing() } else { Ok(None) }
    }

    /// Puts random secrets where there are none, and keeps them nowhere: for a program that signs nothing.
    ///
    /// # Errors
    ///
    /// When the operating system gives no randomness.
    pub(crate) fn make_up_missing_secrets(&mut self) -> io::Result<()> {
        if self.links.secrets.is_empty() {
            self.links.secrets.push(secret_file::random_secret()?);
        }
        match self.jwt.algorithm {
            JwtAlgorithm::EdDsa if self.jwt.private_keys.is_empty() => {
                self.jwt.private_keys.push(secret_file::random_private_key()?);
            }
            JwtAlgorithm::EdDsa => {}
            _ if self.jwt.secrets.is_empty() => self.jwt.secrets.push(secret_file::random_secret()?),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            mode: reader.choice("mode", &[("development", Mode::Development), ("production", Mode::Production)]),
            profile_fields: profile_fields::read(reader),
            providers: providers::read(reader),
            server: ServerSettings::read(reader),
            cors: CorsSettings::read(reader),
            log: LogSettings::read(reader),
            metrics: MetricsSettings::read(reader),
            pages: PagesSettings::read(reader),
            contracts: ContractsSettings::read(reader),
            database: DatabaseSettings::read(reader),
            links: LinksSettings::read(reader),
            jwt: JwtSettings::read(reader),
            users: UsersSettings::read(reader),
            registration: RegistrationSettings::read(reader),
            login: LoginSettings::read(reader),
            sessions: SessionsSettings::read(reader),
            change_password: ChangePasswordSettings::read(reader),
            reset_password: ResetPasswordSettings::read(reader),
            change_email: ChangeEmailSettings::read(reader),
            passwords: PasswordsSettings::read(reader),
            mail: MailSettings::read(reader),
            throttle: ThrottleSettings::read(reader),
            moving: MovingSettings::read(reader),
            entries: Vec::new(),
        }
    }
}
