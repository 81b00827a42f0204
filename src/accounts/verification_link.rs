//! Signs a new link for an unverified user, which an operator passes on where mails do not arrive.

use super::events::Event;
use super::{Accounts, Failure, Refusal};
use crate::clock::Timestamp;
use crate::identity::EmailAddress;
use crate::links::{LinkSecret, SignedLink, VerifyEmail, VerifyRegistration};
use crate::store::User;

/// A link that verifies a user.
#[derive(Clone, Debug)]
pub enum VerificationLink {
    /// For the address with which the user registered.
    Registration(SignedLink<VerifyRegistration>),
    /// For an address with which the user has replaced that.
    CorrectedEmail(SignedLink<VerifyEmail>),
}

/// Why there is no link that would verify a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerificationLinkError {
    /// Users need not prove their address.
    #[error("verification is switched off")]
    SwitchedOff,
    /// The user is verified.
    #[error("the user is verified already")]
    AlreadyVerified,
    /// An operator has disabled the user; a link does not change that.
    #[error("the user is disabled")]
    Disabled,
    /// The user has no address.
    #[error("the user has no address")]
    NoEmail,
    /// Another user has proved the address.
    #[error("another user has proved the address")]
    EmailTaken,
    /// The stored secret of the user's link has another form than this program writes.
    #[error("the link secret of the user in the database cannot be read")]
    SecretUnreadable,
}

impl Refusal for VerificationLinkError {}

impl Accounts {
    /// Signs a new link that verifies `user`. Nothing is stored, and links that were mailed before still work. A person
    /// who has the link can prove the address, so only its owner may get it.
    ///
    /// # Errors
    ///
    /// Each [`VerificationLinkError`].
    pub async fn sign_verification_link(
        &self,
        user: &User,
    ) -> Result<VerificationLink, Failure<VerificationLinkError>> {
        if !self.is_verification_on() {
            return Err(VerificationLinkError::SwitchedOff.into());
        }
        if user.verified_at.is_some() {
            return Err(VerificationLinkError::AlreadyVerified.into());
        }
        if user.disabled_at.is_some() {
            return Err(VerificationLinkError::Disabled.into());
        }
        let email = user.pending_email.as_ref().or(user.email.as_ref());
        let email = EmailAddress::from_stored(email.ok_or(VerificationLinkError::NoEmail)?);
        if self.parts.users.email_unique && self.parts.store.is_email_owned(&email).await? {
            return Err(VerificationLinkError::EmailTaken.into());
        }
        let (id, now) = (user.id.as_str(), self.parts.clock.now());
        let link = match &user.pending_email {
            None => VerificationLink::Registration(self.parts.signer.sign_verify_registration(id, now)),
            Some(pending) => {
                let secret = user.secret_of_email_link(pending).ok_or(VerificationLinkError::SecretUnreadable)?;
                let secret = LinkSecret::parse(secret.expose());
                let secret = secret.map_err(|_| VerificationLinkError::SecretUnreadable)?;
                VerificationLink::CorrectedEmail(self.parts.signer.sign_verify_email(id, pending, &secret, now))
            }
        };
        self.tell(Event::VerificationLinkSigned(&user.id));
        Ok(link)
    }

    /// Returns when housekeeping deletes a user, if the user stays unverified; `None` if it does not.
    pub fn purged_at(&self, user: &User) -> Option<Timestamp> {
        user.purged_at(self.purged_after()?)
    }
}
