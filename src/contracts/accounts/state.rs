//! The state of the contract's handlers.

use std::sync::Arc;

use actix_web::web::Data;

use super::options::Options;
use crate::accounts::Accounts;
use crate::contracts::site::Site;
use crate::settings::Settings;

/// What every handler of the contract needs. All threads use the same one.
pub(in crate::contracts) struct AccountsContract {
    pub(super) accounts: Accounts,
    pub(super) site: Arc<Site>,
    pub(super) options: Options,
}

/// The contract, for handlers. Each worker has a handle of its own to clone.
pub(super) type Handle = Data<Arc<AccountsContract>>;

impl AccountsContract {
    pub(in crate::contracts) fn new(site: &Arc<Site>, settings: &Settings) -> Self {
        let accounts = site.accounts.clone();
        let options = Options::new(settings, &accounts);
        Self { accounts, site: Arc::clone(site), options }
    }
}
