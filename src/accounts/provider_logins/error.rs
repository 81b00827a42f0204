//! Why a login by a provider account failed.

use crate::accounts::{Failure, Refusal, ServiceError};
use crate::clock::Seconds;
use crate::log::Allowance;
use crate::providers::{self, Provider, ProviderError};

/// When a client should try again after a fault that the operator must mend.
const AFTER_A_FAULT: Seconds = Seconds::new(60);

static MISCONFIGURED: Allowance = Allowance::new();

/// Why a login by a provider account failed.
#[derive(Debug, thiserror::Error)]
pub enum ProviderLoginError {
    /// The provider refuses the proof, or it was not made for this site.
    #[error("the provider does not confirm the login: {0}")]
    Refused(providers::Refusal),
    /// The provider is asked with another kind of proof.
    #[error("the provider takes no proof of this kind")]
    Unsupported,
    /// No user has the provider account, and it may not create one.
    #[error("the provider account has no user, and new users are not created")]
    Closed,
    /// A user has proved the address already.
    #[error("another user has the e-mail address of the provider account")]
    EmailTaken,
    /// The provider names no address that can be used, and the site needs one.
    #[error("{0}")]
    EmailMissing(NoEmail),
    /// An operator has disabled the user.
    #[error("the user is disabled")]
    Disabled,
    /// The user must prove the address first. After the first login, a link to it is on its way.
    #[error("the e-mail address is not verified")]
    Unverified,
    /// The user was changed, or the provider account was disconnected, meanwhile.
    #[error("the account was changed meanwhile")]
    Overtaken,
}

/// Why a provider names no address that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoEmail {
    /// It names none: the user has none there, or keeps it private.
    #[error("the provider names no e-mail address")]
    Untold,
    /// It was not asked for one.
    #[error("the provider names no e-mail address; add {0:?} to its `scopes` in [[providers]]")]
    NotAskedFor(&'static str),
    /// It names one that cannot be an address here.
    #[error("the provider names an e-mail address that is malformed")]
    Malformed,
}

impl Refusal for ProviderLoginError {}

/// Maps an error of a provider. What the operator must mend is logged as such: the client is told no more than that the
/// provider cannot be used now.
pub(super) fn refused_by(provider: &Provider, error: ProviderError) -> Failure<ProviderLoginError> {
    let reason = error.to_string();
    let retry_after = match error {
        ProviderError::Refused(reason) => return ProviderLoginError::Refused(reason).into(),
        ProviderError::Unsupported => return ProviderLoginError::Unsupported.into(),
        ProviderError::Unavailable { retry_after_seconds, .. } => Seconds::new(retry_after_seconds.into()),
        ProviderError::Misconfigured { .. } => {
            if let Some(withheld) = MISCONFIGURED.take() {
                let withheld = (withheld > 0).then_some(withheld);
                tracing::error!(provider = provider.name(), reason, withheld, "no user can log in by a provider");
            }
            AFTER_A_FAULT
        }
    };
    ServiceError::ProviderUnavailable { provider: provider.name().to_owned(), reason, retry_after }.into()
}
