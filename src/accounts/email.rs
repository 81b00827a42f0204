//! E-mail: a user asks for a new address, and has it once a link that was mailed there comes back.

use super::budgets::Subject;
use super::{Accounts, Authenticated, ServiceError, journal};
use crate::identity::{EmailAddress, UserId};
use crate::links::{BoundTo, Claim, LinkError, LinkSecret, VerifyEmail};
use crate::mail::MailKind;
use crate::secret::Secret;
use crate::store::{ChangeEmailOutcome, EmailChange, NewMail, StoreError, User};

/// Why an address was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeEmailError {
    /// Addresses need no proof, so there is no link to use.
    #[error("verification of e-mail addresses is switched off")]
    SwitchedOff,
    /// The claim is not from a link of ours, or was used before.
    #[error("the signature is invalid")]
    InvalidSignature,
    /// The link is too old.
    #[error("the link has expired")]
    Expired,
    /// Another user has proved the address.
    #[error("the address is taken")]
    Taken,
    /// The user is unverified or disabled.
    #[error("there is no such user")]
    NoSuchUser,
    /// Password or address were changed while this change was on its way.
    #[error("the account was changed meanwhile")]
    Overtaken,
    /// The session of whoever asked has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
    /// It could not be carried out.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for ChangeEmailError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<LinkError> for ChangeEmailError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Expired => Self::Expired,
            LinkError::Malformed | LinkError::Forged | LinkError::FromTheFuture => Self::InvalidSignature,
        }
    }
}

/// What became of a request for a new address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailRequested {
    /// A mail is on its way to the new address: a link, or word that it is in use.
    MailSent,
    /// The address needs no proof and was changed.
    Changed,
}

impl Accounts {
    /// Whether new addresses must be proved.
    pub fn is_email_verification_on(&self) -> bool {
        self.0.change_email.verification
    }

    /// Mails a link to a new address, or, where it belongs to a verified user already, word of that: who asks learns
    /// nothing. Where addresses need no proof, changes it at once.
    ///
    /// # Errors
    ///
    /// [`ChangeEmailError::Taken`], [`ChangeEmailError::NoSuchUser`] and [`ChangeEmailError::Overtaken`] where addresses
    /// need no proof; [`ChangeEmailError::LoggedOut`]; and [`ChangeEmailError::Service`].
    pub async fn request_email(
        &self,
        who: &Authenticated,
        email: EmailAddress,
    ) -> Result<EmailRequested, ChangeEmailError> {
        let now = self.0.clock.now();
        if !self.is_email_verification_on() {
            // The link to an address that was never proved would prove the new one.
            if who.user.verified_at.is_none() {
                return Err(ChangeEmailError::NoSuchUser);
            }
            let change = self.email_change(who.user.clone(), email);
            return match self.0.store.change_email_as(who.session.id.clone(), change).await? {
                ChangeEmailOutcome::Void => Err(ChangeEmailError::Overtaken),
                outcome => self.settle_change(&who.user.id, outcome).map(|()| EmailRequested::Changed),
            };
        }
        self.pay_for_mail(MailKind::VerifyEmail, &Subject::of_key(email.key())).await?;
        let is_owned = self.0.store.is_email_owned(&email).await?;
        let kind = if is_owned { MailKind::EmailInUse } else { MailKind::VerifyEmail };
        let mail = NewMail::about(kind.as_str(), Some(who.user.id.clone()), now);
        let mail = NewMail { recipient: Some(email.as_str().to_owned()), ..mail };
        if !self.0.store.enqueue_as(who.actor(), mail).await? {
            return Err(ChangeEmailError::LoggedOut);
        }
        self.0.mail_bell.notify_one();
        journal::email_asked_for(&who.user.id);
        Ok(EmailRequested::MailSent)
    }

    /// Changes the address on the word of a mailed link. The link and all older ones die.
    ///
    /// # Errors
    ///
    /// Each [`ChangeEmailError`]; nothing is changed then.
    pub async fn verify_email(&self, claim: Claim<VerifyEmail>) -> Result<(), ChangeEmailError> {
        if !self.is_email_verification_on() {
            return Err(ChangeEmailError::SwitchedOff);
        }
        let user = self.user_of_claim(claim.user_id()).await?;
        let bound = user.as_ref().and_then(|user| LinkSecret::parse(user.link_secret.expose()).ok());
        let valid_for = self.0.change_email.expires_after;
        let verified = self.0.signer.verify(claim, BoundTo::from(bound.as_ref()), valid_for, || self.0.clock.now())?;
        let user = user.ok_or(ChangeEmailError::InvalidSignature)?;
        if user.verified_at.is_none() || user.disabled_at.is_some() {
            return Err(ChangeEmailError::NoSuchUser);
        }
        let email = EmailAddress::parse(verified.email()).map_err(|_| ChangeEmailError::InvalidSignature)?;
        let user_id = user.id.clone();
        let outcome = self.0.store.change_email(self.email_change(user, email)).await?;
        self.settle_change(&user_id, outcome)
    }

    fn email_change(&self, user: User, email: EmailAddress) -> EmailChange {
        EmailChange {
            notice: NewMail::about(MailKind::EmailChanged.as_str(), Some(user.id.clone()), self.0.clock.now()),
            user_id: user.id,
            email,
            sharing: self.email_sharing(),
            link_secret: user.link_secret,
            next_link_secret: Secret::new(LinkSecret::generate().to_hex()),
        }
    }

    fn settle_change(&self, user_id: &UserId, outcome: ChangeEmailOutcome) -> Result<(), ChangeEmailError> {
        match outcome {
            ChangeEmailOutcome::Taken => Err(ChangeEmailError::Taken),
            ChangeEmailOutcome::Void => Err(ChangeEmailError::InvalidSignature),
            ChangeEmailOutcome::LoggedOut => Err(ChangeEmailError::LoggedOut),
            ChangeEmailOutcome::Changed => {
                self.0.mail_bell.notify_one();
                journal::email_changed(user_id);
                if let Some(hooks) = &self.0.hooks {
                    hooks.user_changed_email(user_id);
                }
                Ok(())
            }
        }
    }
}
