//! The state of the contract's handlers.

use std::sync::Arc;

use actix_web::web::Data;

use super::options::Options;
use crate::accounts::{Accounts, ForContract, TokenDigits};
use crate::contracts::access_tokens::{self, DJOSER_WORD};
use crate::contracts::site::Site;
use crate::contracts::token_pairs::Jwt;
use crate::http::Fault;
use crate::profile_fields::ProfileFields;
use crate::settings::{Settings, UserField};

/// The contract's name in the settings.
const NAME: &str = "djoser";

/// What every handler of the contract needs. All threads use the same one.
pub(in crate::contracts) struct DjoserContract {
    /// Links in mails lead to the pages of this contract.
    pub(super) accounts: Accounts,
    pub(super) site: Arc<Site>,
    pub(super) options: Options,
    /// The declared fields that users/… takes and shows.
    pub(super) declared: ProfileFields,
    /// Where the contract serves JSON Web Tokens.
    pub(super) jwt: Option<Jwt>,
}

/// The contract, for handlers. Each worker has a handle of its own to clone.
pub(super) type Handle = Data<Arc<DjoserContract>>;

impl DjoserContract {
    pub(in crate::contracts) fn new(site: &Arc<Site>, settings: &Settings) -> Self {
        let accounts = site.accounts.for_contract(ForContract {
            pages: Some(NAME),
            token_digits: TokenDigits::Forty,
            ..ForContract::default()
        });
        let options = Options::new(settings, &accounts);
        let pairs = accounts.token_pairs().filter(|_| settings.contracts.djoser.jwt);
        let jwt = pairs.map(|pairs| Jwt::new(pairs, access_tokens::challenge(&settings.jwt.header_types, DJOSER_WORD)));
        let declared = match settings.contracts.djoser.profile_fields {
            true => accounts.profile_fields().clone(),
            false => ProfileFields::default(),
        };
        Self { accounts, site: Arc::clone(site), options, declared, jwt }
    }

    /// Returns whether a registration takes a username: where one is needed, or the settings list it.
    pub(super) fn takes_username(&self) -> bool {
        let is_needed = self.accounts.have_usernames() && !self.accounts.are_usernames_generated();
        is_needed || self.options.is_taken(UserField::Username)
    }

    /// Returns whether a new address in a record requires the password.
    pub(super) fn asks_password_with_email(&self) -> bool {
        self.options.is_editable(UserField::Email) && self.accounts.is_password_asked_for_new_email()
    }

    /// Returns the operations on JSON Web Tokens. 404 where the contract serves none.
    pub(super) fn jwt(&self) -> Result<&Jwt, Fault> {
        self.jwt.as_ref().ok_or_else(Fault::not_found)
    }
}
