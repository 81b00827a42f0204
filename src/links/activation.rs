//! Claims from a page that serves several kinds of links.

use super::LinkError;
use super::claim::Claim;
use super::moving::{AnyClaim, OldClaim};
use super::purpose::{VerifyEmail, VerifyRegistration};

/// A claim from a page that serves new users and new addresses alike, which some contracts have. Its `uid` or `key`
/// shows which of the two links was mailed: only a link to a new address contains an address.
#[derive(Clone, Debug)]
pub enum ActivationClaim {
    /// From a link without an address, or from one of another system.
    Registration(AnyClaim<VerifyRegistration>),
    /// From a link with an address.
    Email(Claim<VerifyEmail>),
}

impl ActivationClaim {
    /// Parses the parameters of a link to a page with `{uid}` and `{token}`.
    ///
    /// # Errors
    ///
    /// [`LinkError::Malformed`] for what neither purpose's [`Claim::parse_uid_token`] accepts.
    pub fn parse_uid_token(uid: &str, token: &str) -> Result<Self, LinkError> {
        let registration = Claim::parse_uid_token(uid, token).map(|claim| Self::Registration(claim.into()));
        registration.or_else(|_| Claim::parse_uid_token(uid, token).map(Self::Email))
    }

    /// Parses the parameter of a link to a page with `{key}`.
    ///
    /// # Errors
    ///
    /// [`LinkError::Malformed`] for what neither purpose's [`Claim::parse_key`] accepts.
    pub fn parse_key(key: &str) -> Result<Self, LinkError> {
        let registration = Claim::parse_key(key).map(|claim| Self::Registration(claim.into()));
        registration.or_else(|_| Claim::parse_key(key).map(Self::Email))
    }
}

impl From<OldClaim<VerifyRegistration>> for ActivationClaim {
    fn from(claim: OldClaim<VerifyRegistration>) -> Self {
        Self::Registration(claim.into())
    }
}
