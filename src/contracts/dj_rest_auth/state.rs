//! The state of the contract's handlers.

use std::sync::Arc;

use actix_web::web::Data;

use crate::accounts::{Accounts, ForContract, TokenDigits};
use crate::contracts::site::Site;
use crate::links::{FrontendUrl, ResetPassword, VerifyRegistration};
use crate::settings::{LoginField, Settings, UserField};

/// The contract's name in the settings.
const NAME: &str = "dj_rest_auth";

/// What every handler of the contract needs. All threads use the same one.
pub(in crate::contracts) struct DjRestAuthContract {
    /// Links in mails lead to the pages of this contract.
    pub(super) accounts: Accounts,
    pub(super) site: Arc<Site>,
    pub(super) base_path: String,
    /// What a login may name.
    pub(super) methods: Methods,
    /// The fields of `user/`, in the order of the answer.
    pub(super) user_fields: Vec<UserField>,
    pub(super) ends_own_session: bool,
    pub(super) gives_cookies: bool,
    /// The pages of the frontend that mailed links lead to.
    pub(super) confirmation_page: Option<FrontendUrl<VerifyRegistration>>,
    pub(super) reset_page: Option<FrontendUrl<ResetPassword>>,
}

/// By what users log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Methods {
    Username,
    Email,
    Both,
}

/// The contract, for handlers. Each worker has a handle of its own to clone.
pub(super) type Handle = Data<Arc<DjRestAuthContract>>;

impl DjRestAuthContract {
    pub(in crate::contracts) fn new(site: &Arc<Site>, settings: &Settings) -> Self {
        let accounts = site.accounts.for_contract(ForContract { pages: Some(NAME), token_digits: TokenDigits::Forty });
        let contract = &settings.contracts.dj_rest_auth;
        let logs_in_by = |field| settings.login.fields.contains(&field);
        // A site without usernames has none to show, whatever its settings list.
        let exists = |field: &UserField| *field != UserField::Username || accounts.have_usernames();
        Self {
            methods: match (logs_in_by(LoginField::Username), logs_in_by(LoginField::Email)) {
                (true, false) => Methods::Username,
                (false, _) => Methods::Email,
                (true, true) => Methods::Both,
            },
            user_fields: contract.user_fields.iter().copied().filter(exists).collect(),
            base_path: contract.base_path.clone(),
            ends_own_session: contract.logout_on_password_change,
            gives_cookies: contract.session_login,
            // One page for both kinds of links that prove an address.
            confirmation_page: contract.account_confirm_email_url.as_ref().map(|pages| pages.registration.clone()),
            reset_page: contract.password_reset_confirm_url.clone(),
            accounts,
            site: Arc::clone(site),
        }
    }

    /// Returns whether users see the field, and so may change it.
    pub(super) fn shows(&self, field: UserField) -> bool {
        self.user_fields.contains(&field)
    }
}
