//! `[contracts.dj_rest_auth]`.

use super::base_path::parse_base_path;
use super::fields::each_once;
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
}

const CONFIRM_EMAIL_PAGE: &str =
    "allowed is an absolute URL with {key}, as in \"https://app.example.org/account-confirm-email/{key}/\"";
const RESET_PAGE: &str = "allowed is an absolute URL with {uid} and {token}, as in \"https://app.example.org/password-reset/{uid}/{token}/\"";

impl DjRestAuthContractSettings {
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
