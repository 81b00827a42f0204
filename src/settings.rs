//! Settings: read in layers, checked together, parsed once into types that carry their units.
//!
//! `settings.toml` at the top of the repository is their documentation and, compiled in, their defaults. A file and the
//! environment lie over it. [`Settings::load`] reports everything that is wrong in one go, each fault with its key,
//! value and origin, since nobody likes to start a server five times to find five slips. What other rooms take from
//! here is plain data.

mod changes;
mod contracts;
mod contradictions;
mod cors;
mod database;
mod error;
mod layers;
mod links;
mod login;
mod mail;
mod mailbox;
mod moved;
mod passwords;
mod postgres_url;
mod production;
mod reader;
mod registration;
mod requirement;
mod secret_file;
mod server;
mod source;
mod suggestion;
mod throttle;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use self::layers::Layers;
use self::reader::Reader;

pub use self::changes::{ChangeEmailSettings, ResetPasswordSettings};
pub use self::contracts::{AccountsContractSettings, ContractsSettings, TutorialContractSettings};
pub use self::cors::{AllowedHeaders, CorsSettings, Origin};
pub use self::database::{DatabaseSettings, DatabaseUrl};
pub use self::error::{SettingsError, SettingsErrors};
pub use self::links::{LinksSettings, SecretFileError};
pub use self::login::{CookieSameSite, CookieTransport, LoginField, LoginSettings, SessionsSettings};
pub use self::mail::{MailSettings, MailTransport, SmtpSettings, SmtpTls};
pub use self::mailbox::Mailbox;
pub use self::passwords::{Argon2Implementation, PasswordsSettings};
pub use self::postgres_url::PostgresUrl;
pub use self::production::{Finding, SETTINGS_FILE, Severity};
pub use self::registration::{RegistrationSettings, UserField, UsernamePolicy, UsersSettings};
pub use self::secret_file::random_secret;
pub use self::server::{Bind, LogFormat, LogSettings, ServerSettings};
pub use self::source::{Entry, Source};
pub(crate) use self::source::{SETTINGS_VARIABLE, VARIABLE_PREFIX};
pub use self::throttle::{Rate, ThrottleSettings};

/// Everything that can be set, checked. `Debug` shows no secret.
///
/// Each section of `settings.toml` is a field, and each key a field of that; keys that end in `_seconds` lose the ending,
/// as their type [`Seconds`](crate::clock::Seconds) tells the unit.
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
    /// Whether what is missing is made or refused.
    pub mode: Mode,
    /// Where and how requests are taken.
    pub server: ServerSettings,
    /// Which HTTP contracts are served, and where.
    pub contracts: ContractsSettings,
    /// Which pages on other origins may call the API.
    pub cors: CorsSettings,
    /// How much is logged, and how it is written.
    pub log: LogSettings,
    /// The database engine, its address and its connections.
    pub database: DatabaseSettings,
    /// What signs links.
    pub links: LinksSettings,
    /// What holds for users whichever way they came.
    pub users: UsersSettings,
    /// How new users come in.
    pub registration: RegistrationSettings,
    /// Who may log in, by what, and what they get.
    pub login: LoginSettings,
    /// How long a login lasts.
    pub sessions: SessionsSettings,
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
    entries: Vec<Entry>,
}

/// Whether what is missing is made or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A missing secret of the links is generated and kept.
    Development,
    /// Nothing is made up.
    Production,
}

impl Settings {
    /// Lays the `file` and the `environment` over the built-in defaults, and checks what results.
    ///
    /// Of the environment, only variables that begin with `COUNTERSIGN__` count. Secrets given as `…_file` are read. No
    /// file is written. Relative paths start at the working directory.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, not only the first of it: unknown keys of any layer, values of a wrong type or outside
    /// their range, values that contradict each other, files that cannot be read, a database engine that this program
    /// was built without; and in production, each [`Finding`] that is an [`Severity::Error`].
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsErrors> {
        Self::load_with(file, environment, Self::refuse_in_production)
    }

    /// Does what [`Settings::load`] does, but leaves what production refuses to [`Settings::findings`].
    ///
    /// For programs that explain settings instead of serving with them.
    ///
    /// # Errors
    ///
    /// Those of [`Settings::load`], but for what production refuses.
    pub fn load_for_review(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsErrors> {
        Self::load_with(file, environment, |_, _| {})
    }

    fn load_with(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        judge: impl FnOnce(&Self, &mut Reader),
    ) -> Result<Self, SettingsErrors> {
        let mut layers = Layers::built_in();
        if let Some(path) = file {
            layers.lay_file(path);
        }
        layers.lay_environment(environment);
        let mut reader = Reader::new(layers);
        let mut settings = Self::read(&mut reader);
        settings.database.complete(&mut reader);
        settings.links.complete(settings.mode, &mut reader);
        settings.mail.complete(&mut reader);
        contradictions::find(&settings, &mut reader);
        settings.entries = reader.entries().to_vec();
        judge(&settings, &mut reader);
        let log_format = settings.log.format;
        reader.finish().map_err(|errors| errors.in_log_format(log_format))?;
        Ok(settings)
    }

    /// The built-in defaults, without a look at the environment or the disk: the links have no secret yet.
    ///
    /// For tests and for programs that embed the library and change fields. What is put into a field is not checked.
    pub fn defaults() -> Self {
        let mut reader = Reader::new(Layers::built_in());
        let mut settings = Self::read(&mut reader);
        settings.entries = reader.entries().to_vec();
        reader.finish().expect("the built-in defaults are valid");
        settings
    }

    /// The built-in `settings.toml`: the documentation of every setting, and its default.
    pub const fn built_in_toml() -> &'static str {
        layers::BUILT_IN
    }

    /// Every setting as it was read, in the order of `settings.toml`, secrets hidden. Later changes of fields do not show.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What production refuses of this, and what is risky in it, whatever the mode. Looks at the permissions of the files
    /// that the settings name.
    pub fn findings(&self) -> Vec<Finding> {
        production::find(self)
    }

    /// Checks settings whose fields a program has changed, as [`Settings::load`] checks what it has read.
    ///
    /// # Errors
    ///
    /// In production, each [`Finding`] that is an [`Severity::Error`].
    pub fn refuse_what_production_lacks(&self) -> Result<(), SettingsErrors> {
        let findings = if self.mode == Mode::Production { self.findings() } else { Vec::new() };
        let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
        let faults: Vec<_> = errors
            .map(|finding| SettingsError::NotForProduction { key: finding.key, requirement: finding.message })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(SettingsErrors::new(faults)) }
    }

    /// Notes down in `reader` what production refuses. Where a key is at fault already, a default stands in its place.
    fn refuse_in_production(&self, reader: &mut Reader) {
        if self.mode == Mode::Development {
            return;
        }
        let errors = self.findings().into_iter().filter(|finding| finding.severity == Severity::Error);
        let refused: Vec<_> = errors.filter(|finding| !reader.is_faulty(finding.key)).collect();
        for finding in refused {
            reader.refuse(finding.key, finding.message);
        }
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

    fn read(reader: &mut Reader) -> Self {
        Self {
            mode: reader.choice("mode", &[("development", Mode::Development), ("production", Mode::Production)]),
            server: ServerSettings::read(reader),
            cors: CorsSettings::read(reader),
            log: LogSettings::read(reader),
            contracts: ContractsSettings::read(reader),
            database: DatabaseSettings::read(reader),
            links: LinksSettings::read(reader),
            users: UsersSettings::read(reader),
            registration: RegistrationSettings::read(reader),
            login: LoginSettings::read(reader),
            sessions: SessionsSettings::read(reader),
            reset_password: ResetPasswordSettings::read(reader),
            change_email: ChangeEmailSettings::read(reader),
            passwords: PasswordsSettings::read(reader),
            mail: MailSettings::read(reader),
            throttle: ThrottleSettings::read(reader),
            entries: Vec::new(),
        }
    }
}
