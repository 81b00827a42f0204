//! A claim, from a link of ours or of another system.

use super::{OldClaim, OldSystem};
use crate::links::LinkError;
use crate::links::claim::Claim;
use crate::links::purpose::Purpose;

/// A claim from a link of ours, or from one of another system.
#[derive(Clone, Debug)]
pub enum AnyClaim<P: Purpose> {
    /// A link of ours.
    Own(Claim<P>),
    /// A link of another system.
    Old(OldClaim<P>),
}

impl<P: Purpose> AnyClaim<P> {
    /// Returns the old claim if there is one, otherwise what the parameters are as a link of ours.
    ///
    /// # Errors
    ///
    /// Those of `own`.
    pub fn of(old: Option<OldClaim<P>>, own: impl FnOnce() -> Result<Claim<P>, LinkError>) -> Result<Self, LinkError> {
        match old {
            Some(old) => Ok(Self::Old(old)),
            None => own().map(Self::Own),
        }
    }
}

impl<P: Purpose> AnyClaim<P> {
    /// Returns the other system that mailed the link; `None` for a link of ours.
    pub fn old_system(&self) -> Option<OldSystem> {
        match self {
            Self::Own(_) => None,
            Self::Old(claim) => Some(claim.system()),
        }
    }
}

impl<P: Purpose> From<Claim<P>> for AnyClaim<P> {
    fn from(claim: Claim<P>) -> Self {
        Self::Own(claim)
    }
}

impl<P: Purpose> From<OldClaim<P>> for AnyClaim<P> {
    fn from(claim: OldClaim<P>) -> Self {
        Self::Old(claim)
    }
}
