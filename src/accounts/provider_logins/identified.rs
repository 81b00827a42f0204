//! Who logs in, as the provider and the store know them.

use super::NoEmail;
use crate::identity::EmailAddress;
use crate::providers::{Provider, ProviderIdentity};
use crate::store::User;

/// Somebody whom a provider has identified.
#[derive(Debug)]
pub(super) struct Identified {
    pub(super) provider: Provider,
    pub(super) identity: ProviderIdentity,
}

impl Identified {
    /// Returns the address that the provider has verified, if that verifies it here.
    pub(super) fn proved_email(&self) -> Option<&EmailAddress> {
        let is_believed = self.provider.rules().verifies_emails;
        self.identity.email.as_ref().filter(|email| email.is_verified && is_believed).map(|email| &email.address)
    }

    /// Returns why the provider names no address, for the log.
    pub(super) fn why_no_email(&self) -> NoEmail {
        match self.provider.missing_email_scope() {
            _ if self.identity.is_email_malformed => NoEmail::Malformed,
            Some(scope) => NoEmail::NotAskedFor(scope),
            None => NoEmail::Untold,
        }
    }
}

/// A user, and the public id of the provider account by which they log in.
pub(super) struct Known {
    pub(super) account_id: String,
    pub(super) user: User,
}
