//! The signer signs links and verifies claims. No other code does either.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::Choice;

use super::LinkError;
use super::claim::Claim;
use super::input::{Fields, write_constants};
use super::link_secret::LinkSecret;
use super::purpose::sealed::{Address, Holder, NAMES, Purpose as _};
use super::purpose::{Purpose, ResetPassword, ResetUsername, VerifyEmail, VerifyRegistration};
use super::signed::SignedLink;
use crate::clock::{Seconds, Timestamp};
use crate::secret::Secret;

/// The shortest secret in bytes: the size of SHA-256's output. RFC 2104 advises against shorter keys.
pub const SECRET_MIN_BYTES: usize = 32;

/// Allowed clock skew: how far in the future a link's time of signing may lie.
pub const CLOCK_SKEW: Seconds = Seconds::new(60);

/// Prefix of the purpose's name when its key is derived. The number is the version of the derivation.
const KEY_LABEL: &[u8] = b"countersign/v1/link/";

/// Why secrets cannot be used. Positions count from 1, in the order given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The list is empty.
    #[error("there is no secret to sign links with; `countersign secret new` makes one")]
    NoneGiven,
    /// A secret has fewer than [`SECRET_MIN_BYTES`] bytes.
    #[error(
        "secret {position} has {length_bytes} bytes, and at least {SECRET_MIN_BYTES} are needed; \
         `countersign secret new` makes one"
    )]
    TooShort {
        /// Its position.
        position: usize,
        /// Its length in bytes.
        length_bytes: usize,
    },
    /// A secret is listed twice: most likely one of the two should be a different secret.
    #[error("secret {position} is the same as secret {first}; `countersign secret new` makes another")]
    Duplicate {
        /// Its position.
        position: usize,
        /// The position of its first occurrence.
        first: usize,
    },
}

/// Signs links and verifies claims, with keys of its own for each purpose.
///
/// `Debug` shows no more than how many secrets there are.
pub struct LinkSigner {
    /// By purpose, then by secret: HMAC's state after the key and the input's constants.
    keys: [Box<[Hmac<Sha256>]>; NAMES.len()],
}

impl LinkSigner {
    /// Derives the keys. The first secret signs, all of them verify. So replacing the first one breaks no mailed link
    /// while the old one stays in the list.
    ///
    /// # Errors
    ///
    /// - [`SecretError::NoneGiven`]: the list is empty.
    /// - [`SecretError::TooShort`]: a secret has fewer than 32 bytes.
    /// - [`SecretError::Duplicate`]: a secret is listed twice.
    pub fn new(secrets: &[Secret]) -> Result<Self, SecretError> {
        if secrets.is_empty() {
            return Err(SecretError::NoneGiven);
        }
        for (before, secret) in secrets.iter().enumerate() {
            let (position, length_bytes) = (before + 1, secret.expose().len());
            if length_bytes < SECRET_MIN_BYTES {
                return Err(SecretError::TooShort { position, length_bytes });
            }
            if let Some(first) = secrets[..before].iter().position(|other| other.expose() == secret.expose()) {
                return Err(SecretError::Duplicate { position, first: first + 1 });
            }
        }
        let keys_for = |purpose| secrets.iter().map(|secret| keyed_state(secret, purpose)).collect();
        Ok(Self { keys: NAMES.map(keys_for) })
    }

    /// Signs a link that proves a registration's address.
    ///
    /// `user_id` must be one that [`Claim`] accepts, else the link does not work. This holds for the other purposes
    /// too.
    pub fn sign_verify_registration(&self, user_id: &str, now: Timestamp) -> SignedLink<VerifyRegistration> {
        self.sign(user_id, (), None, now)
    }

    /// Signs a link that lets the user set a new password, until `link_secret` is replaced.
    pub fn sign_reset_password(
        &self,
        user_id: &str,
        link_secret: &LinkSecret,
        now: Timestamp,
    ) -> SignedLink<ResetPassword> {
        self.sign(user_id, (), Some(link_secret), now)
    }

    /// Signs a link that changes the user's address to `email`, until `link_secret` is replaced.
    pub fn sign_verify_email(
        &self,
        user_id: &str,
        email: &str,
        link_secret: &LinkSecret,
        now: Timestamp,
    ) -> SignedLink<VerifyEmail> {
        self.sign(user_id, email.to_owned(), Some(link_secret), now)
    }

    /// Signs a link that lets the user choose a new username, until `link_secret` is replaced.
    pub fn sign_reset_username(
        &self,
        user_id: &str,
        link_secret: &LinkSecret,
        now: Timestamp,
    ) -> SignedLink<ResetUsername> {
        self.sign(user_id, (), Some(link_secret), now)
    }

    /// Verifies a claim: one of our secrets must have signed it for this purpose, and its time must be valid.
    ///
    /// A link exactly `valid_for` old is still valid, and so is one exactly [`CLOCK_SKEW`] ahead. `now` is called only
    /// after the signature was verified.
    ///
    /// # Errors
    ///
    /// In this order:
    ///
    /// - [`LinkError::Forged`]: the signature is not ours, or there is no such user. All secrets are tried and compared
    ///   in constant time.
    /// - [`LinkError::FromTheFuture`]: signed more than [`CLOCK_SKEW`] after `now`.
    /// - [`LinkError::Expired`]: signed more than `valid_for` before `now`.
    pub fn verify<P: Purpose>(
        &self,
        claim: Claim<P>,
        holder: P::Holder<'_>,
        valid_for: Seconds,
        now: impl FnOnce() -> Timestamp,
    ) -> Result<Verified<P>, LinkError> {
        let fields = Fields {
            user_id: &claim.user_id,
            timestamp: claim.timestamp,
            address: claim.address.text(),
            link_secret: holder.link_secret(),
        };
        let matches_any = self.keys[P::POSITION]
            .iter()
            .fold(Choice::from(0), |matched, key| matched | claim.mac.is_of(&signature_of(key, &fields)));
        if !bool::from(matches_any & holder.may_be_believed()) {
            return Err(LinkError::Forged);
        }
        let now = now();
        if claim.timestamp > now.plus(CLOCK_SKEW) {
            return Err(LinkError::FromTheFuture);
        }
        if now.since(claim.timestamp) > valid_for {
            return Err(LinkError::Expired);
        }
        Ok(Verified { user_id: claim.user_id, address: claim.address, signed_at: claim.timestamp })
    }

    fn sign<P: Purpose>(
        &self,
        user_id: &str,
        address: P::Address,
        link_secret: Option<&LinkSecret>,
        timestamp: Timestamp,
    ) -> SignedLink<P> {
        let signing_key = self.keys[P::POSITION].first().expect("there is at least one secret");
        let signature = signature_of(signing_key, &Fields { user_id, timestamp, address: address.text(), link_secret });
        SignedLink { user_id: user_id.to_owned(), address, timestamp, signature }
    }
}

impl fmt::Debug for LinkSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secrets = self.keys[VerifyRegistration::POSITION].len();
        f.debug_struct("LinkSigner").field("secrets", &secrets).finish_non_exhaustive()
    }
}

/// Proof that a link for the purpose `P` came back in time: one of ours, or one that another system mailed. Only
/// [`LinkSigner::verify`] and [`OldClaim::verify`](super::OldClaim::verify) create one.
///
/// `Debug` does not show the address.
pub struct Verified<P: Purpose> {
    user_id: String,
    address: P::Address,
    signed_at: Timestamp,
}

impl<P: Purpose> Verified<P> {
    /// Makes the proof for a link of another system, which the files of `moving` have verified.
    pub(super) fn of_old_link(user_id: &str, address: P::Address, signed_at: Timestamp) -> Self {
        Self { user_id: user_id.to_owned(), address, signed_at }
    }

    /// Returns the user whom the link was mailed to.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Returns when the link was signed.
    pub fn signed_at(&self) -> Timestamp {
        self.signed_at
    }
}

impl Verified<VerifyEmail> {
    /// Returns the address that the link was mailed to.
    pub fn email(&self) -> &str {
        &self.address
    }
}

impl<P: Purpose> fmt::Debug for Verified<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("purpose", &P::NAME).field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

/// Hashes what is the same for every link of a purpose under one secret.
fn keyed_state(secret: &Secret, purpose: &str) -> Hmac<Sha256> {
    let mut derivation = keyed_with(secret.expose().as_bytes());
    derivation.update(KEY_LABEL);
    derivation.update(purpose.as_bytes());
    let mut state = keyed_with(&derivation.finalize().into_bytes());
    write_constants(purpose, |part| state.update(part));
    state
}

pub(super) fn keyed_with(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn signature_of(state: &Hmac<Sha256>, fields: &Fields<'_>) -> [u8; 32] {
    let mut state = state.clone();
    fields.write(|part| state.update(part));
    state.finalize().into_bytes().into()
}
