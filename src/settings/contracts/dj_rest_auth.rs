//! `[contracts.dj_rest_auth]` and `[contracts.django_rest_auth]`.

use super::base_path::parse_base_path;
use super::fields::each_once;
use super::jwt_cookies::JwtCookieSettings;
use super::pages::{ActivationPages, parse_page};
use crate::clock::Seconds;
use crate::links::{FrontendUrl, ResetPassword, Spelling};
use crate::settings::reader::Reader;
use crate::settings::registration::UserField;

/// `[contracts.dj_rest_auth]`: the contract of dj-rest-auth. `[contracts.django_rest_auth]`: that of django-rest-auth, the
/// package before it, with settings of its own under the same names.
#[derive(Clone, Debug)]
pub struct DjRestAuthContractSettings {
    /// Whether the contract is served.
    pub enabled: bool,
    /// The path that its endpoints stand below; begins and ends with a slash.
    pub base_path: String,
    /// The page that links to new users and new addresses lead to. Set whenever such links are mailed.
    pub account_confirm_email_url: Option<ActivationPages>,
    /// The page that sets a new password. Set whenever passwords can be reset.
    pub password_reset_confirm_url: Option<FrontendUrl<ResetPassword>>,
    /// The fields of `user/`, in the order of the answer. The id is shown as `pk`.
    pub user_fields: Vec<UserField>,
    /// Whether a changed password ends the session that changed it too.
    pub logout_on_password_change: bool,
    /// Whether a login also sets the session's cookie.
    pub session_login: bool,
    /// Whether logins are answered with JSON Web Tokens: at `[contracts.dj_rest_auth]` with a pair, so that `token/…` is
    /// served, at `[contracts.django_rest_auth]` with a single one.
    pub use_jwt: bool,
    /// How long a single JSON Web Token is valid: 1 s to 1 year. It is read in `[contracts.django_rest_auth]`, and has no
    /// effect at the other contract, whose pairs `[jwt]` describes.
    pub jwt_expires_after: Seconds,
    /// The cookies in which logins give JSON Web Tokens.
    pub jwt_cookies: JwtCookieSettings,
    /// Whether a login also answers when its JSON Web Tokens expire. It has no effect in `[contracts.django_rest_auth]`.
    pub jwt_auth_return_expiration: bool,
}

/// The life of a token of drf-jwt by default.
const SINGLE_JWT_LIFE: Seconds = Seconds::new(300);

const CONFIRM_EMAIL_PAGE: &str =
    "allowed is an absolute URL with {key}, as in \"https://app.example.org/account-confirm-email/{key}/\"";
const RESET_PAGE: &str = "allowed is an absolute URL with {uid} and {token}, as in \"https://app.example.org/password-reset/{uid}/{token}/\"";

impl DjRestAuthContractSettings {
    /// Returns whether the contract is on and answers logins with JSON Web Tokens.
    pub fn serves_jwt(&self) -> bool {
        self.enabled && self.use_jwt
    }

    /// Returns whether the contract is on and logins set cookies with JSON Web Tokens.
    pub fn sets_jwt_cookies(&self) -> bool {
        self.serves_jwt() && self.jwt_cookies.are_set()
    }

    /// Reads `[contracts.dj_rest_auth]`.
    pub(super) fn read(reader: &mut Reader) -> Self {
        let common = Self::read_common(reader, "dj_rest_auth");
        Self {
            jwt_cookies: JwtCookieSettings::read(reader),
            jwt_auth_return_expiration: reader.flag("contracts.dj_rest_auth.jwt_auth_return_expiration"),
            ..common
        }
    }

    /// Reads `[contracts.django_rest_auth]`.
    pub(super) fn read_older(reader: &mut Reader) -> Self {
        let common = Self::read_common(reader, "django_rest_auth");
        Self {
            jwt_expires_after: reader.seconds("contracts.django_rest_auth.jwt_expires_after_seconds", 1..=31_622_400),
            jwt_cookies: JwtCookieSettings::read_older(reader),
            ..common
        }
    }

    /// Reads the settings that both sections have, which stand first in each.
    fn read_common(reader: &mut Reader, section: &str) -> Self {
        let key = |name: &str| format!("contracts.{section}.{name}");
        Self {
            enabled: reader.flag(&key("enabled")),
            base_path: reader.parsed(&key("base_path"), parse_base_path),
            account_confirm_email_url: reader.optional(&key("account_confirm_email_url"), |text| {
                ActivationPages::parse(text, Spelling::Key, CONFIRM_EMAIL_PAGE)
            }),
            password_reset_confirm_url: reader
                .optional(&key("password_reset_confirm_url"), |text| parse_page(text, Spelling::UidToken, RESET_PAGE)),
            user_fields: read_user_fields(reader, &key("user_fields")),
            logout_on_password_change: reader.flag(&key("logout_on_password_change")),
            session_login: reader.flag(&key("session_login")),
            use_jwt: reader.flag(&key("use_jwt")),
            jwt_expires_after: SINGLE_JWT_LIFE,
            jwt_cookies: JwtCookieSettings::none(),
            jwt_auth_return_expiration: false,
        }
    }
}

/// Reads the members of `user/`, of which each may be named once.
fn read_user_fields(reader: &mut Reader, key: &str) -> Vec<UserField> {
    let fields = reader.list(key, |text| match text {
        "pk" => Ok(UserField::Id),
        "username" | "email" | "first_name" | "last_name" => UserField::parse(text),
        _ => Err("allowed are \"pk\", \"username\", \"email\", \"first_name\" and \"last_name\"; fields of [[profile_fields]] \
                  follow them by themselves"
            .to_owned()),
    });
    each_once(reader, key, &fields, |field| if *field == UserField::Id { "pk" } else { field.as_str() });
    fields
}
