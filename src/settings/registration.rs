//! Who may register, how users prove their address, and when unverified users are deleted.

use super::login::LoginSettings;
use super::reader::Reader;
use crate::clock::Seconds;
use crate::links::{FrontendUrl, FrontendUrlError, Purpose, VerifyRegistration};

/// `[users]`: settings for all users, however they registered.
#[derive(Clone, Debug)]
pub struct UsersSettings {
    /// Whether registration conceals that an e-mail address is taken.
    pub conceal_emails: bool,
    /// Whether only one verified user may have an address.
    pub email_unique: bool,
    /// Whether users have a username.
    pub username: UsernamePolicy,
    /// What users see of themselves, in the contract's order.
    pub fields: Vec<UserField>,
    /// What users may change in their profile.
    pub editable_fields: Vec<UserField>,
    /// When users who never proved their address are deleted; `None` is never.
    pub purge_unverified_after: Option<Seconds>,
}

impl UsersSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            conceal_emails: reader.flag("users.conceal_emails"),
            email_unique: reader.flag("users.email_unique"),
            username: reader.choice(
                "users.username",
                &[
                    ("required", UsernamePolicy::Required),
                    ("generated", UsernamePolicy::Generated),
                    ("none", UsernamePolicy::None),
                ],
            ),
            fields: reader.list("users.fields", UserField::parse),
            editable_fields: reader.list("users.editable_fields", |text| match UserField::parse(text)? {
                UserField::Id | UserField::Email => {
                    Err("allowed are \"username\", \"first_name\" and \"last_name\"".to_owned())
                }
                field => Ok(field),
            }),
            purge_unverified_after: reader.seconds_or_never("users.purge_unverified_after_seconds", 3600..=315_360_000),
        }
    }

    /// Returns how long after the registration an unverified user is kept; `None`: for ever, as where unverified users may
    /// log in.
    pub(crate) fn unverified_kept_for(&self, login: &LoginSettings) -> Option<Seconds> {
        self.purge_unverified_after.filter(|_| login.require_verified)
    }
}

/// Whether users have a username.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsernamePolicy {
    /// Every user has one, and chooses it.
    Required,
    /// Every user has one. Users who choose none get one made of their address.
    Generated,
    /// No user has one: accounts go by e-mail address.
    None,
}

/// A member of the user object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserField {
    /// The opaque id.
    Id,
    /// The username.
    Username,
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The e-mail address.
    Email,
}

impl UserField {
    /// Returns the name in requests and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Username => "username",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        [Self::Id, Self::Username, Self::FirstName, Self::LastName, Self::Email]
            .into_iter()
            .find(|field| field.as_str() == text)
            .ok_or_else(|| {
                "allowed are \"id\", \"username\", \"first_name\", \"last_name\", \"email\"; fields of \
                 [[profile_fields]] follow them by themselves"
                    .to_owned()
            })
    }
}

/// `[registration]`: how new users register.
#[derive(Clone, Debug)]
pub struct RegistrationSettings {
    /// Whether new users may register.
    pub enabled: bool,
    /// Whether they must prove their e-mail address before they are active.
    pub verification: bool,
    /// Whether an absent address is an error at the field.
    pub email_required: bool,
    /// Whether the first use of a link also logs in, in the browser that registered.
    pub auto_login: bool,
    /// Whether a link verifies only together with the password.
    pub password_at_verification: bool,
    /// The frontend's page that the mailed link opens: absolute, with a host. Set whenever `verification` is on.
    pub frontend_url: Option<FrontendUrl<VerifyRegistration>>,
    /// How long a link can be used: 1 s to 366 days.
    pub expires_after: Seconds,
    /// Whether a second use of a link is refused.
    pub one_time_use: bool,
    /// Whether users get a mail when their account becomes active.
    pub welcome_mail: bool,
    /// How long a registration can be sent again with its idempotency key: 60 s to 7 days.
    pub idempotency_key_kept_for: Seconds,
}

impl RegistrationSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.flag("registration.enabled"),
            verification: reader.flag("registration.verification"),
            email_required: reader.flag("registration.email_required"),
            auto_login: reader.flag("registration.auto_login"),
            password_at_verification: reader.flag("registration.password_at_verification"),
            frontend_url: reader.optional("registration.frontend_url", parse_frontend_url),
            expires_after: reader.seconds("registration.expires_after_seconds", 1..=31_622_400),
            one_time_use: reader.flag("registration.one_time_use"),
            welcome_mail: reader.flag("registration.welcome_mail"),
            idempotency_key_kept_for: reader.seconds("registration.idempotency_key_kept_for_seconds", 60..=604_800),
        }
    }
}

pub(super) fn parse_frontend_url<P: Purpose>(text: &str) -> Result<FrontendUrl<P>, String> {
    FrontendUrl::parse(text).map_err(|error| match error {
        FrontendUrlError::Page(_) => {
            format!("{error}; allowed is one as in \"https://app.example.org/verify-user/\"")
        }
        of_parameters => of_parameters.to_string(),
    })
}
