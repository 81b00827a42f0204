//! Links: how they are signed for a mail, and how the claims that come back are verified.
//!
//! Nothing is stored for a link. A [`LinkSigner`] signs user id, time and what the [`Purpose`] binds besides. The
//! user's browser sends them back as a [`Claim`], and only the signer can turn that into a [`Verified`] proof.
//! `docs/links.md` describes every byte, `docs/link-vectors.json` has fixed examples. Callers are `accounts` (claims)
//! and the mail worker (signing).
//!
//! # Example
//!
//! ```
//! use countersign::clock::{Seconds, Timestamp};
//! use countersign::links::{Claim, FrontendUrl, LinkSigner, Unbound, VerifyRegistration};
//! use countersign::secret::Secret;
//!
//! let signer = LinkSigner::new(&[Secret::new("an example's secret, 32 bytes or more")])?;
//! let mailed_at = Timestamp::from_unix_seconds(1_700_000_000);
//! let link = signer.sign_verify_registration("018bcfe5-6800", mailed_at);
//! let url = link.url(&FrontendUrl::parse("https://app.example/verify")?);
//! // HTML reads `&times` as a multiplication sign, so the first letter of `timestamp` is encoded.
//! assert!(url.starts_with("https://app.example/verify?user_id=018bcfe5-6800&%74imestamp=1700000000&signature="));
//!
//! let claim = Claim::<VerifyRegistration>::parse("018bcfe5-6800", "1700000000", &link.signature())?;
//! let an_hour_later = mailed_at.plus(Seconds::new(3_600));
//! let proof = signer.verify(claim, Unbound, Seconds::new(86_400), || an_hour_later)?;
//! assert_eq!(proof.user_id(), "018bcfe5-6800");
//!
//! // The same link in another spelling, where the page's placeholders stand.
//! let page = FrontendUrl::parse("https://app.example/#/verify/{uid}/{token}")?;
//! assert!(link.url(&page).starts_with("https://app.example/#/verify/MDE4YmNmZTUtNjgwMA/1700000000-"));
//! let claim = Claim::<VerifyRegistration>::parse_uid_token(&link.uid(), &link.token())?;
//! signer.verify(claim, Unbound, Seconds::new(86_400), || an_hour_later)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod activation;
mod authorization_state;
mod browser;
mod claim;
mod equality;
mod frontend;
mod html_text;
mod idempotency;
mod input;
mod link_secret;
mod moving;
mod page;
mod placeholder;
mod purpose;
mod signed;
mod signer;
mod spelling;
mod syntax;
#[cfg(test)]
mod tests;

pub use activation::ActivationClaim;
pub use authorization_state::{
    Asked, AuthorizationStates, BegunAuthorization, LONGEST_REDIRECT_URI_BYTES, ReturnedAuthorization, STATE_VALID_FOR,
    StateError,
};
pub use browser::BrowserMarks;
pub use claim::{Claim, is_well_formed_uid};
pub(crate) use frontend::Carried;
pub use frontend::{FrontendUrl, FrontendUrlError};
pub use idempotency::{IdempotencyDigest, IdempotencyDigests};
pub use link_secret::{LinkSecret, LinkSecretError};
pub use moving::{
    Allauth, AnyClaim, DjangoRestRegistration, Djoser, Named, OldClaim, OldLinks, OldRules, OldSystem, OldUser,
    SignedPurpose,
};
pub use page::{PageUrl, PageUrlError};
pub use placeholder::Placeholder;
pub use purpose::{BoundTo, Purpose, ResetPassword, ResetUsername, Unbound, VerifyEmail, VerifyRegistration};
pub use signed::SignedLink;
pub use signer::{CLOCK_SKEW, LinkSigner, SECRET_MIN_BYTES, SecretError, Verified};
pub use spelling::Spelling;
pub use syntax::{EMAIL_MAX_CHARACTERS, USER_ID_MAX_BYTES};

/// Why a claim is not accepted, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// A part has a size or a syntax that no link of ours has.
    #[error("the link is malformed")]
    Malformed,
    /// No secret of ours signed this, or for another purpose, or for an earlier state of the user.
    #[error("the link's signature is not ours")]
    Forged,
    /// Signed by us, with a time further in the future than the allowed clock skew ([`CLOCK_SKEW`]).
    #[error("the link is from the future")]
    FromTheFuture,
    /// Signed by us, longer ago than the link is valid for.
    #[error("the link has expired")]
    Expired,
}
