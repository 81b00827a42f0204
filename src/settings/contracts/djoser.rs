//! `[contracts.djoser]`.

use super::base_path::parse_base_path;
use super::fields::each_once;
use super::pages::{ActivationPages, parse_page};
use crate::links::{FrontendUrl, Purpose, ResetPassword, ResetUsername, Spelling};
use crate::settings::reader::Reader;
use crate::settings::registration::UserField;

/// `[contracts.djoser]`: the contract of djoser. Most keys have the names of djoser's own settings.
#[derive(Clone, Debug)]
pub struct DjoserContractSettings {
    /// Whether the contract is served.
    pub enabled: bool,
    /// The path that its endpoints stand below; begins and ends with a slash.
    pub base_path: String,
    /// The page that links to new users and new addresses lead to. Set whenever such links are mailed.
    pub activation_url: Option<ActivationPages>,
    /// The page that sets a new password. Set whenever passwords can be reset.
    pub password_reset_confirm_url: Option<FrontendUrl<ResetPassword>>,
    /// The page that sets a new login name; `None`: login names cannot be reset.
    pub username_reset_confirm_url: Option<FrontendUrl<ResetUsername>>,
    /// The fields of a user's record, in the order of the answer.
    pub user_fields: Vec<UserField>,
    /// The fields that a registration takes and shows, in the order of the answer.
    pub user_create_fields: Vec<UserField>,
    /// The fields that users may change in their record.
    pub editable_fields: Vec<UserField>,
    /// Whether users see only their own record.
    pub hide_users: bool,
    /// Whether a request for a mail tells that no user has the address.
    pub show_email_not_found: bool,
    /// Whether a registration repeats the password as `re_password`.
    pub user_create_password_retype: bool,
    /// Whether `users/set_password/` repeats the password as `re_new_password`.
    pub set_password_retype: bool,
    /// Whether `users/reset_password_confirm/` repeats the password as `re_new_password`.
    pub password_reset_confirm_retype: bool,
    /// Whether `users/set_username/` repeats the name as `re_new_username`.
    pub set_username_retype: bool,
    /// Whether `users/reset_username_confirm/` repeats the name as `re_new_username`.
    pub username_reset_confirm_retype: bool,
    /// Whether a changed password ends the session that changed it too.
    pub logout_on_password_change: bool,
    /// Whether a login also sets the session's cookie.
    pub create_session_on_login: bool,
    /// Whether `users/…` takes and shows the declared fields.
    pub profile_fields: bool,
    /// Whether `token/…` is served.
    pub token: bool,
    /// Whether `jwt/…` is served.
    pub jwt: bool,
}

const ALLOWED: &str =
    "allowed is an absolute URL with {uid} and {token}, as in \"https://app.example.org/activate/{uid}/{token}\"";

impl DjoserContractSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.flag("contracts.djoser.enabled"),
            base_path: reader.parsed("contracts.djoser.base_path", parse_base_path),
            activation_url: reader.optional("contracts.djoser.activation_url", |text| {
                ActivationPages::parse(text, Spelling::UidToken, ALLOWED)
            }),
            password_reset_confirm_url: reader.optional("contracts.djoser.password_reset_confirm_url", parse_uid_token),
            username_reset_confirm_url: reader.optional("contracts.djoser.username_reset_confirm_url", parse_uid_token),
            user_fields: read_fields(reader, "contracts.djoser.user_fields"),
            user_create_fields: read_fields(reader, "contracts.djoser.user_create_fields"),
            editable_fields: reader.list("contracts.djoser.editable_fields", |text| match UserField::parse(text)? {
                UserField::Id | UserField::Username => {
                    Err("allowed are \"email\", \"first_name\" and \"last_name\"".to_owned())
                }
                field => Ok(field),
            }),
            hide_users: reader.flag("contracts.djoser.hide_users"),
            show_email_not_found: reader.flag("contracts.djoser.show_email_not_found"),
            user_create_password_retype: reader.flag("contracts.djoser.user_create_password_retype"),
            set_password_retype: reader.flag("contracts.djoser.set_password_retype"),
            password_reset_confirm_retype: reader.flag("contracts.djoser.password_reset_confirm_retype"),
            set_username_retype: reader.flag("contracts.djoser.set_username_retype"),
            username_reset_confirm_retype: reader.flag("contracts.djoser.username_reset_confirm_retype"),
            logout_on_password_change: reader.flag("contracts.djoser.logout_on_password_change"),
            create_session_on_login: reader.flag("contracts.djoser.create_session_on_login"),
            profile_fields: reader.flag("contracts.djoser.profile_fields"),
            token: reader.flag("contracts.djoser.token"),
            jwt: reader.flag("contracts.djoser.jwt"),
        }
    }
}

/// Parses a page that receives `uid` and `token`.
fn parse_uid_token<P: Purpose>(text: &str) -> Result<FrontendUrl<P>, String> {
    parse_page(text, Spelling::UidToken, ALLOWED)
}

/// Reads the members of an object, of which each may be named once.
fn read_fields(reader: &mut Reader, key: &str) -> Vec<UserField> {
    let fields = reader.list(key, UserField::parse);
    each_once(reader, key, &fields, |field| field.as_str());
    fields
}
