//! The error of an operation: a fact about the request or the account, or a fault of the service.

use std::fmt;

use super::service_error::ServiceError;
use crate::passwords::HashError;
use crate::store::StoreError;

/// A fact for which an operation refuses a request. Each operation has an enum of its own.
pub trait Refusal: std::error::Error {}

/// Why an operation was not carried out.
#[derive(Debug)]
pub enum Failure<F> {
    /// The operation refused, for this fact.
    Refused(F),
    /// The service failed, through no fault of the request.
    Service(ServiceError),
}

impl<F> Failure<F> {
    /// Maps the fact of an operation to that of another, which is carried out by it.
    pub(super) fn map<G>(self, other: impl FnOnce(F) -> G) -> Failure<G> {
        match self {
            Self::Refused(fact) => Failure::Refused(other(fact)),
            Self::Service(error) => Failure::Service(error),
        }
    }
}

impl<F: Refusal> From<F> for Failure<F> {
    fn from(fact: F) -> Self {
        Self::Refused(fact)
    }
}

impl<F> From<ServiceError> for Failure<F> {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl<F> From<StoreError> for Failure<F> {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl<F> From<HashError> for Failure<F> {
    fn from(error: HashError) -> Self {
        Self::Service(error.into())
    }
}

impl<F: fmt::Display> fmt::Display for Failure<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(fact) => fact.fmt(f),
            Self::Service(error) => error.fmt(f),
        }
    }
}

impl<F: Refusal + 'static> std::error::Error for Failure<F> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(fact) => fact.source(),
            Self::Service(error) => error.source(),
        }
    }
}
