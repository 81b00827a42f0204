//! The faults of the service, for which an operation could not be carried out.

use crate::clock::Seconds;
use crate::passwords::HashError;
use crate::store::StoreError;

/// Why an operation could not be carried out, through no fault of the request.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// An error of the database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An error of the password hasher.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// An identity provider does not answer, asks to wait, or refuses this site.
    #[error("the identity provider {provider} is not available: {reason}")]
    ProviderUnavailable {
        /// The provider, by its name in the settings.
        provider: String,
        /// Why, for the log.
        reason: String,
        /// How long the client should wait before another attempt.
        retry_after: Seconds,
    },
    /// Too many requests lately for one account, or for a name without a user.
    #[error("too many requests for one account")]
    Throttled {
        /// How long the client must wait before another attempt.
        retry_after: Seconds,
    },
}

impl ServiceError {
    /// Returns whether the same request may succeed a moment later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Hash(error) => matches!(error, HashError::Busy | HashError::Stopped | HashError::OutOfMemory),
            Self::Throttled { .. } | Self::ProviderUnavailable { .. } => true,
        }
    }
}
