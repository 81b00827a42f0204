//! Settings: read in layers, checked together, parsed once into types that carry their units.
//!
//! `settings.toml` at the top of the repository is their documentation and, compiled in, their defaults. A file and the
//! environment lie over it. [`Settings::load`] reports everything that is wrong in one go, each fault with its key,
//! value and origin, so that one start shows all of them. What other rooms take from here is plain data.

mod changes;
mod color;
mod contracts;
mod contradictions;
mod cors;
mod database;
mod error;
mod jwt;
mod jwt_keys;
mod layers;
mod links;
mod loading;
mod log_format;
mod login;
mod mail;
mod mailbox;
mod members;
mod metrics;
mod mode;
mod moved;
mod moving;
mod other_names;
mod own_cookies;
mod own_pages;
mod pages;
mod passwords;
mod postgres_url;
mod production;
mod profile_fields;
mod providers;
mod reader;
mod registration;
mod requirement;
mod secret_file;
mod sections;
mod server;
mod signing_secrets;
mod source;
mod suggestion;
mod throttle;

#[cfg(test)]
mod tests;

pub use self::changes::{ChangeEmailSettings, ChangePasswordSettings, ResetPasswordSettings};
pub use self::color::Color;
pub use self::contracts::{
    AccountsContractSettings, ActivationPages, ContractsSettings, DjRestAuthContractSettings, DjoserContractSettings,
    JwtCookieSettings, LoginAnswer, ProfilesContractSettings, ProfilesVisibility, TutorialContractSettings,
};
pub use self::cors::{AllowedHeaders, CorsSettings, Origin};
pub use self::database::{DatabaseSettings, DatabaseUrl};
pub use self::error::{SettingsError, SettingsErrors};
pub use self::jwt::{JwtAlgorithm, JwtSettings};
pub use self::links::LinksSettings;
pub use self::log_format::LogFormat;
pub use self::login::{CookieSameSite, CookieTransport, LoginField, LoginSettings, SessionsSettings};
pub use self::mail::{MailSettings, MailTransport, SmtpSettings, SmtpTls};
pub use self::mailbox::Mailbox;
pub use self::mode::Mode;
pub use self::moving::{
    MovingAllauthSettings, MovingDjangoRestRegistrationSettings, MovingDjoserSettings, MovingSettings,
    MovingSimplejwtSettings,
};
pub(crate) use self::own_cookies::{CSRF_COOKIE, CookieNames};
pub use self::pages::{PagesSettings, Served};
pub use self::passwords::{Argon2Implementation, PasswordsSettings};
pub use self::postgres_url::PostgresUrl;
pub use self::production::{Finding, SETTINGS_FILE, Severity};
pub use self::providers::{Provider, ProviderKind};
pub use self::registration::{RegistrationSettings, UserField, UsernamePolicy, UsersSettings};
pub use self::secret_file::{random_private_key, random_secret};
pub use self::sections::Settings;
pub(crate) use self::server::origin_on_this_machine;
pub use self::server::{Bind, LogSettings, ServerSettings};
pub use self::signing_secrets::SecretFileError;
pub use self::source::{Entry, Source};
pub(crate) use self::source::{SETTINGS_VARIABLE, VARIABLE_PREFIX};
pub use self::throttle::{Rate, ThrottleSettings};
