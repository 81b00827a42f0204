//! What keeps an operation from being carried out, through no fault of the request.

use crate::clock::Seconds;
use crate::passwords::HashError;
use crate::store::StoreError;

/// Why an operation could not be carried out, through no fault of the request.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The password hasher.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// Too much was asked of one account, or of a name that nobody has, lately.
    #[error("too many requests for one account")]
    Throttled {
        /// When it is worth another try.
        retry_after: Seconds,
    },
}

impl ServiceError {
    /// Tells whether the same request may well succeed a moment later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Hash(error) => matches!(error, HashError::Busy | HashError::Stopped | HashError::OutOfMemory),
            Self::Throttled { .. } => true,
        }
    }
}
