//! Maps service errors to answers: errors that no value of the request causes.

use crate::accounts::{Failure, ServiceError};
use crate::clock::Seconds;
use crate::http::Fault;

impl From<ServiceError> for Fault {
    /// Maps service errors to 429, to 503 where the same request may succeed in a moment, or to 500.
    fn from(error: ServiceError) -> Self {
        if let ServiceError::Throttled { retry_after } = error {
            return Self::too_many_requests(retry_after);
        }
        if let ServiceError::ProviderUnavailable { retry_after, .. } = error {
            return Self::provider_unavailable(retry_after).because(error);
        }
        if error.is_transient() {
            return Self::unavailable(Seconds::new(1)).because(error);
        }
        Self::internal(error)
    }
}

/// Returns the answer while an identity provider is away, for the description of the API.
pub(super) fn provider_unavailable() -> Fault {
    Fault::provider_unavailable(Seconds::new(10))
}

/// Maps a failure to an answer: an error of the operation with `told`, a service error as in all contracts.
pub(super) fn telling<F>(told: impl FnOnce(F) -> Fault) -> impl FnOnce(Failure<F>) -> Fault {
    move |failure| match failure {
        Failure::Refused(fact) => told(fact),
        Failure::Service(error) => error.into(),
    }
}
