//! Links that another system mailed before its users moved here: accepted for as long as they would have lived there.
//!
//! Each package that made links has a file of its own here, which can be deleted one day. It reads the parameters of
//! a link into an [`OldClaim`], and verifies that against an [`OldUser`]: a user who moved. No spelling of theirs can
//! be one of ours: each has a part of another length.
//!
//! The caller is `accounts`, which looks up the user, and accepts an old link only while the user is as at the move.

mod allauth;
mod any_claim;
mod django;
mod django_rest_registration;
mod djoser;
mod reset_token;
mod sites;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use super::LinkError;
use super::purpose::Purpose;
use super::signer::Verified;
use crate::clock::Timestamp;

pub use allauth::Allauth;
pub use any_claim::AnyClaim;
pub use django_rest_registration::{DjangoRestRegistration, OldRules, SignedPurpose};
pub use djoser::Djoser;
pub use sites::OldLinks;

/// A package that has mailed links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldSystem {
    /// django-rest-registration.
    DjangoRestRegistration,
    /// djoser.
    Djoser,
    /// allauth, below dj-rest-auth or django-rest-auth.
    Allauth,
}

impl OldSystem {
    /// Returns the name of the package.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DjangoRestRegistration => "django-rest-registration",
            Self::Djoser => "djoser",
            Self::Allauth => "allauth",
        }
    }
}

/// How an old link names its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By the user's id.
    User(String),
    /// By the id that the other system gave to an address of the user.
    Email(String),
}

/// What the other system's links were bound to: the state of a user that moved. Texts are as they were there.
#[derive(Clone, Copy)]
pub struct OldUser<'a> {
    /// The id.
    pub id: &'a str,
    /// The stored password hash.
    pub password_hash: &'a str,
    /// When the user last logged in.
    pub last_login_at: Option<Timestamp>,
    /// The address; empty if there is none.
    pub email: &'a str,
    /// All addresses that allauth had for the user.
    pub addresses: &'a [String],
}

/// The stand-in for a user who does not exist: the work is the same, and no link is believed.
const STAND_IN: OldUser<'static> = OldUser {
    id: "0",
    password_hash: "pbkdf2_sha256$1000000$0000000000000000000000$00000000000000000000000000000000000000000000",
    last_login_at: Some(Timestamp::from_unix_seconds(0)),
    email: "stand-in@mail.invalid",
    addresses: &[],
};

/// The parts of an old link that came back, of any package. Nothing but their size and syntax is checked.
///
/// `Debug` shows neither signature nor address.
pub struct OldClaim<P: Purpose> {
    system: OldSystem,
    judge: Arc<dyn Judge<P>>,
}

/// What a package's file knows about one of its links.
trait Judge<P: Purpose>: Send + Sync {
    /// Returns whom the link may name. Some spellings can be read in two ways.
    fn named(&self) -> &[Named];

    /// Verifies what can be verified without the user.
    fn judge_alone(&self, now: Timestamp) -> Result<(), LinkError>;

    /// Verifies the link as that of `user`, whom `named()[reading]` means.
    fn judge(&self, reading: usize, user: Option<&OldUser<'_>>, now: Timestamp) -> Result<Verified<P>, LinkError>;
}

impl<P: Purpose> OldClaim<P> {
    fn new(system: OldSystem, judge: impl Judge<P> + 'static) -> Self {
        Self { system, judge: Arc::new(judge) }
    }

    /// Returns the package that mailed such links.
    pub fn system(&self) -> OldSystem {
        self.system
    }

    /// Returns whom the link may name, for reading their rows. It proves nothing.
    pub fn named(&self) -> &[Named] {
        self.judge.named()
    }

    /// Verifies what can be verified without the user, which saves a query for forged links. A link that is bound to the
    /// state of its user passes.
    ///
    /// # Errors
    ///
    /// As [`OldClaim::verify`].
    pub fn verify_alone(&self, now: Timestamp) -> Result<(), LinkError> {
        self.judge.judge_alone(now)
    }

    /// Verifies the claim as a link of the user whom the name at the position `reading` of [`OldClaim::named`] means.
    /// The work is the same whether or not there is such a user.
    ///
    /// # Errors
    ///
    /// In this order:
    ///
    /// - [`LinkError::Forged`]: no secret of the other system signed it for this purpose and this state of the user, or
    ///   there is no such user. All secrets are tried and compared in constant time.
    /// - [`LinkError::FromTheFuture`]: signed further in the future than the allowed clock skew.
    /// - [`LinkError::Expired`]: the other system would not accept it any more.
    pub fn verify(&self, reading: usize, user: Option<&OldUser<'_>>, now: Timestamp) -> Result<Verified<P>, LinkError> {
        self.judge.judge(reading, user, now)
    }
}

impl<P: Purpose> Clone for OldClaim<P> {
    fn clone(&self) -> Self {
        Self { system: self.system, judge: Arc::clone(&self.judge) }
    }
}

impl<P: Purpose> fmt::Debug for OldClaim<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (system, purpose) = (self.system.name(), P::NAME);
        f.debug_struct("OldClaim").field("system", &system).field("purpose", &purpose).finish_non_exhaustive()
    }
}
