//! Why a login by a provider account failed.

use crate::accounts::{Failure, Refusal, ServiceError};
use crate::clock::Seconds;
use crate::providers::{self, Provider, ProviderError};

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
    /// The provider names no address, and the site needs one.
    #[error("the provider names no e-mail address")]
    EmailMissing,
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

impl Refusal for ProviderLoginError {}

/// Maps an error of a provider, and logs it: the client is not told what the provider said.
pub(super) fn refused_by(provider: &Provider, error: ProviderError) -> Failure<ProviderLoginError> {
    let name = provider.name();
    match error {
        ProviderError::Refused(reason) => {
            tracing::warn!(provider = name, %reason, "login by a provider refused");
            ProviderLoginError::Refused(reason).into()
        }
        ProviderError::Unsupported => ProviderLoginError::Unsupported.into(),
        ProviderError::Unavailable { retry_after_seconds, .. } => ServiceError::ProviderUnavailable {
            provider: name.to_owned(),
            reason: error.to_string(),
            retry_after: Seconds::new(retry_after_seconds.into()),
        }
        .into(),
    }
}
