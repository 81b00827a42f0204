//! The settings of this contract alone.

use actix_web::http::header::HeaderValue;

use super::naming::{self, Naming};
use super::retype::Retype;
use crate::accounts::Accounts;
use crate::contracts::access_tokens::{self, DJOSER_WORD};
use crate::http::ErrorStyle;
use crate::settings::{LoginField, Settings, UserField};

/// The switches of the contract.
pub(super) struct Options {
    pub(super) base_path: String,
    pub(super) naming: &'static Naming,
    /// The fields of a record, in the order of the answer.
    pub(super) shown_fields: Vec<UserField>,
    /// The fields that a registration takes, and shows in this order.
    pub(super) create_fields: Vec<UserField>,
    editable_fields: Vec<UserField>,
    pub(super) hides_users: bool,
    pub(super) shows_unknown_emails: bool,
    pub(super) register_retype: Retype,
    pub(super) set_password_retype: Retype,
    pub(super) reset_password_retype: Retype,
    pub(super) set_name_retype: Retype,
    pub(super) reset_name_retype: Retype,
    pub(super) resets_names: bool,
    pub(super) ends_own_session: bool,
    pub(super) gives_cookies: bool,
    pub(super) serves_tokens: bool,
    /// The challenge of a 401.
    pub(super) challenge: HeaderValue,
}

impl Options {
    pub(super) fn new(settings: &Settings, accounts: &Accounts) -> Self {
        let contract = &settings.contracts.djoser;
        let existing = |fields: &[UserField]| {
            // A site without usernames has none to show, whatever its settings list.
            let exists = |field: &UserField| *field != UserField::Username || accounts.have_usernames();
            fields.iter().copied().filter(exists).collect()
        };
        Self {
            base_path: contract.base_path.clone(),
            naming: match accounts.have_usernames() && settings.login.fields.contains(&LoginField::Username) {
                true => &naming::USERNAME,
                false => &naming::EMAIL,
            },
            shown_fields: existing(&contract.user_fields),
            create_fields: existing(&contract.user_create_fields),
            editable_fields: contract.editable_fields.clone(),
            hides_users: contract.hide_users,
            shows_unknown_emails: contract.show_email_not_found,
            register_retype: Retype::asked_if(contract.user_create_password_retype),
            set_password_retype: Retype::asked_if(contract.set_password_retype),
            reset_password_retype: Retype::asked_if(contract.password_reset_confirm_retype),
            set_name_retype: Retype::asked_if(contract.set_username_retype),
            reset_name_retype: Retype::asked_if(contract.username_reset_confirm_retype),
            resets_names: contract.username_reset_confirm_url.is_some(),
            ends_own_session: contract.logout_on_password_change,
            gives_cookies: contract.create_session_on_login,
            serves_tokens: contract.token,
            challenge: match contract.token {
                true => ErrorStyle::DEFAULT.challenge,
                false => access_tokens::challenge(&settings.jwt.header_types, DJOSER_WORD),
            },
        }
    }

    /// Returns whether the login name is the username.
    pub(super) fn log_in_by_username(&self) -> bool {
        self.naming.field == naming::USERNAME.field
    }

    /// Returns whether users may change the field in their record. The login name has a path of its own.
    pub(super) fn is_editable(&self, field: UserField) -> bool {
        self.editable_fields.contains(&field) && field.as_str() != self.naming.field
    }

    /// Returns whether a registration takes the field.
    pub(super) fn is_taken(&self, field: UserField) -> bool {
        self.create_fields.contains(&field) || field.as_str() == self.naming.field
    }
}
