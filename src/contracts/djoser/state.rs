//! The state of the contract's handlers.

use std::sync::Arc;

use actix_web::web::Data;

use super::options::Options;
use crate::accounts::{Accounts, ForContract, TokenDigits};
use crate::contracts::site::Site;
use crate::settings::Settings;

/// The contract's name in the settings.
const NAME: &str = "djoser";

/// What every handler of the contract needs. All threads use the same one.
pub(in crate::contracts) struct DjoserContract {
    /// Links in mails lead to the pages of this contract.
    pub(super) accounts: Accounts,
    pub(super) site: Arc<Site>,
    pub(super) options: Options,
}

/// The contract, for handlers. Each worker has a handle of its own to clone.
pub(super) type Handle = Data<Arc<DjoserContract>>;

impl DjoserContract {
    pub(in crate::contracts) fn new(site: &Arc<Site>, settings: &Settings) -> Self {
        let accounts = site.accounts.for_contract(ForContract { pages: Some(NAME), token_digits: TokenDigits::Forty });
        let options = Options::new(settings, &accounts);
        Self { accounts, site: Arc::clone(site), options }
    }
}
