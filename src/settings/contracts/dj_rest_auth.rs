//! `[contracts.dj_rest_auth]`.

use super::base_path::parse_base_path;
use super::fields::each_once;
use super::jwt_cookies::JwtCookieSettings;
use super::pages::{ActivationPages, parse_page};
use crate::links::{FrontendUrl, ResetPassword, Spelling};
use crate::settings::reader::Reader;
use crate::settings::registration::UserField;

/// `[contracts.dj_rest_auth]`: the contract of dj-rest-auth.
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
    /// Whether logins are answered with JSON Web Tokens, and `token/…` is served.
    pub use_jwt: bool,
    /// The cookies in which logins give JSON Web Tokens.
    pub jwt_cookies: JwtCookieSettings,
    /// Whether a login also answers when its JSON Web Tokens expire.
    pub jwt_auth_return_expiration: bool,
}

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

    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.flag("contracts.dj_rest_auth.enabled"),
            base_path: reader.parsed("contracts.dj_rest_auth.base_path", parse_base_path),
            account_confirm_email_url: reader.optional("contracts.dj_rest_auth.account_confirm_email_url", |text| {
                ActivationPages::parse(text, Spelling::Key, CONFIRM_EMAIL_PAGE)
            }),
            password_reset_confirm_url: reader.optional("contracts.dj_rest_auth.password_reset_confirm_url", |text| {
                parse_page(text, Spelling::UidToken, RESET_PAGE)
            }),
            user_fields: read_user_fields(reader),
            logout_on_password_change: reader.flag("contracts.dj_rest_auth.logout_on_password_change"),
            session_login: reader.flag("contracts.dj_rest_auth.session_login"),
            use_jwt: reader.flag("contracts.dj_rest_auth.use_jwt"),
            jwt_cookies: JwtCookieSettings::read(reader),
            jwt_auth_return_expiration: reader.flag("contracts.dj_rest_auth.jwt_auth_return_expiration"),
        }
    }
}

/// Reads the members of `user/`, of which each may be named once.
fn read_user_fields(reader: &mut Reader) -> Vec<UserField> {
    const KEY: &str = "contracts.dj_rest_auth.user_fields";
    let fields = reader.list(KEY, |text| match text {
        "pk" => Ok(UserField::Id),
        "username" | "email" | "first_name" | "last_name" => UserField::parse(text),
        _ => Err("allowed are \"pk\", \"username\", \"email\", \"first_name\" and \"last_name\"".to_owned()),
    });
    each_once(reader, KEY, &fields, |field| if *field == UserField::Id { "pk" } else { field.as_str() });
    fields
}
