//! The settings of this contract alone.

use std::borrow::Cow;

use actix_web::http::header::HeaderValue;

use super::confirmation::Confirmation;
use crate::accounts::Accounts;
use crate::clock::Seconds;
use crate::contracts::access_tokens;
use crate::settings::{LoginAnswer, Settings, UserField};

/// The switches of the contract.
pub(super) struct Options {
    pub(super) base_path: String,
    pub(super) non_field_errors_key: Option<Cow<'static, str>>,
    /// The challenge of a 401.
    pub(super) challenge: HeaderValue,
    pub(super) shown_fields: Vec<UserField>,
    editable_fields: Vec<UserField>,
    pub(super) register_email_required: bool,
    pub(super) register_confirmation: Confirmation,
    pub(super) change_confirmation: Confirmation,
    pub(super) reset_confirmation: Confirmation,
    pub(super) reset_by_email: bool,
    /// Whether users may delete their account.
    pub(super) deletes_accounts: bool,
    pub(super) reset_conceals_unknown: bool,
    pub(super) one_time_use: bool,
    pub(super) login_token: bool,
    pub(super) login_cookie: bool,
    pub(super) login_jwt: bool,
    pub(super) registration_link_expires_after: Seconds,
}

impl Options {
    pub(super) fn new(settings: &Settings, accounts: &Accounts) -> Self {
        let contract = &settings.contracts.accounts;
        // A site without usernames has none to show, whatever its settings list.
        let mut shown_fields = settings.users.fields.clone();
        shown_fields.retain(|field| *field != UserField::Username || accounts.have_usernames());
        Self {
            base_path: contract.base_path.clone(),
            non_field_errors_key: contract.non_field_errors_key.clone().map(Into::into),
            challenge: access_tokens::challenge_of_site(settings),
            shown_fields,
            editable_fields: settings.users.editable_fields.clone(),
            register_email_required: accounts.is_email_required() || accounts.are_usernames_generated(),
            register_confirmation: Confirmation::asked_if(contract.register_password_confirm),
            change_confirmation: Confirmation::asked_if(contract.change_password_confirm),
            reset_confirmation: Confirmation::asked_if(contract.reset_password_confirm),
            reset_by_email: contract.reset_password_by_email,
            deletes_accounts: contract.account_deletion,
            reset_conceals_unknown: settings.reset_password.conceal_unknown,
            one_time_use: settings.registration.one_time_use,
            login_token: contract.answers_login_with(LoginAnswer::Token, &settings.login),
            login_cookie: contract.answers_login_with(LoginAnswer::Cookie, &settings.login),
            login_jwt: contract.answers_login_with(LoginAnswer::Jwt, &settings.login),
            registration_link_expires_after: settings.registration.expires_after,
        }
    }

    /// Returns whether a user sees the field and may change it in the profile.
    pub(super) fn is_editable(&self, field: UserField) -> bool {
        self.editable_fields.contains(&field) && self.shown_fields.contains(&field)
    }
}
