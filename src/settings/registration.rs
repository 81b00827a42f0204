//! Who may register, how an address is proved, and what becomes of those who do not.

use super::reader::Reader;
use crate::clock::Seconds;
use crate::links::FrontendUrl;

/// `[users]`: what holds for users whichever way they came.
#[derive(Clone, Debug)]
pub struct UsersSettings {
    /// Whether registration keeps it to itself that an e-mail address is taken.
    pub conceal_emails: bool,
    /// Whether an address can belong to one verified user only.
    pub email_unique: bool,
    /// When users who never proved their address are deleted; `None` is never.
    pub purge_unverified_after: Option<Seconds>,
}

impl UsersSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            conceal_emails: reader.flag("users.conceal_emails"),
            email_unique: reader.flag("users.email_unique"),
            purge_unverified_after: reader.seconds_or_never("users.purge_unverified_after_seconds", 3600..=315_360_000),
        }
    }
}

/// `[registration]`: how new users come in.
#[derive(Clone, Debug)]
pub struct RegistrationSettings {
    /// Whether new users may register.
    pub enabled: bool,
    /// Whether they must prove their e-mail address before they are active.
    pub verification: bool,
    /// Whether the request repeats the password as `password_confirm`.
    pub password_confirm: bool,
    /// The frontend's page that the mailed link opens: absolute, with a host. Set whenever `verification` is on.
    pub frontend_url: Option<FrontendUrl>,
    /// How long a link can be used: 1 s to 366 days.
    pub expires_after: Seconds,
    /// Whether a second use of a link is refused.
    pub one_time_use: bool,
}

impl RegistrationSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.flag("registration.enabled"),
            verification: reader.flag("registration.verification"),
            password_confirm: reader.flag("registration.password_confirm"),
            frontend_url: reader.optional("registration.frontend_url", parse_frontend_url),
            expires_after: reader.seconds("registration.expires_after_seconds", 1..=31_622_400),
            one_time_use: reader.flag("registration.one_time_use"),
        }
    }
}

fn parse_frontend_url(text: &str) -> Result<FrontendUrl, String> {
    FrontendUrl::parse(text)
        .map_err(|error| format!("{error}; allowed is one as in \"https://app.example.org/verify-user/\""))
}
