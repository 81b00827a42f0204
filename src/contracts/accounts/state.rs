//! The state of the contract's handlers.

use std::sync::Arc;

use actix_web::web::Data;

use super::options::Options;
use crate::accounts::{Accounts, TokenPairs};
use crate::contracts::site::Site;
use crate::settings::Settings;

/// What every handler of the contract needs. All threads use the same one.
pub(in crate::contracts) struct AccountsContract {
    pub(super) accounts: Accounts,
    /// Where logins are answered with JSON Web Tokens.
    pub(super) pairs: Option<TokenPairs>,
    pub(super) site: Arc<Site>,
    pub(super) options: Options,
}

/// The contract, for handlers. Each worker has a handle of its own to clone.
pub(super) type Handle = Data<Arc<AccountsContract>>;

impl AccountsContract {
    pub(in crate::contracts) fn new(site: &Arc<Site>, settings: &Settings) -> Self {
        let accounts = site.accounts.clone();
        let options = Options::new(settings, &accounts);
        let pairs = accounts.token_pairs().filter(|_| options.login_jwt);
        Self { accounts, pairs, site: Arc::clone(site), options }
    }
}
