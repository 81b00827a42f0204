//! Verification: what comes back from a mailed link makes a user verified.

use super::budgets::Subject;
use super::{Accounts, Client, Hooks, LoggedIn, ServiceError, journal};
use crate::identity::{EmailAddress, UserId};
use crate::links::{Claim, LinkError, Unbound, VerifyRegistration};
use crate::mail::MailKind;
use crate::store::{EmailSharing, NewMail, StoreError, UserQuery, VerifyOutcome};

/// What became of a verification.
#[derive(Debug)]
pub enum RegistrationVerified {
    /// The user is verified, now or before.
    Done,
    /// The user is verified by this very call, and the site logs in who is.
    MayLogIn(FirstUse),
}

/// Proof that a link was used for the first time: one that logged in whoever finds it later would be a password.
#[derive(Debug)]
pub struct FirstUse(UserId);

/// Why a claim did not verify its user.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Users need not prove their address, so there is nothing to verify.
    #[error("verification is switched off")]
    SwitchedOff,
    /// The claim is not from a link of ours, or not for this.
    #[error("the signature is invalid")]
    InvalidSignature,
    /// The link is too old.
    #[error("the link has expired")]
    Expired,
    /// The link was used before, and may be used once only.
    #[error("the link was used before")]
    AlreadyUsed,
    /// An administrator has shut the account; no link opens it.
    #[error("the user is disabled")]
    Disabled,
    /// Another user has proved the address first.
    #[error("another user has the address")]
    EmailTaken,
    /// The user has been deleted since.
    #[error("there is no such user")]
    NoSuchUser,
    /// It could not be carried out.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for VerifyError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<LinkError> for VerifyError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Expired => Self::Expired,
            LinkError::Malformed | LinkError::Forged | LinkError::FromTheFuture => Self::InvalidSignature,
        }
    }
}

impl Accounts {
    /// Believes a claim and makes its user verified. The database is not asked before the signature holds.
    ///
    /// # Errors
    ///
    /// Each [`VerifyError`]; nothing is changed then.
    pub async fn verify_registration(
        &self,
        claim: Claim<VerifyRegistration>,
    ) -> Result<RegistrationVerified, VerifyError> {
        if !self.is_verification_on() {
            return Err(VerifyError::SwitchedOff);
        }
        let expires_after = self.0.registration.expires_after;
        let verified = self.0.signer.verify(claim, Unbound, expires_after, || self.0.clock.now())?;
        // Boxed: a forged claim, as they come in floods, need not pay for the room that believing one takes.
        Box::pin(self.use_registration_link(UserId::from_stored(verified.user_id()))).await
    }

    async fn use_registration_link(&self, id: UserId) -> Result<RegistrationVerified, VerifyError> {
        let now = self.0.clock.now();
        match self.0.store.mark_verified(id.clone(), now, self.email_sharing()).await? {
            VerifyOutcome::Verified => {
                journal::verified(&id);
                if let Some(hooks) = &self.0.hooks {
                    self.tell_of_activation(hooks.as_ref(), &id).await;
                }
                let may_log_in = self.0.registration.auto_login;
                Ok(if may_log_in { RegistrationVerified::MayLogIn(FirstUse(id)) } else { RegistrationVerified::Done })
            }
            VerifyOutcome::AlreadyVerified if self.0.registration.one_time_use => Err(VerifyError::AlreadyUsed),
            VerifyOutcome::AlreadyVerified => Ok(RegistrationVerified::Done),
            VerifyOutcome::Disabled => Err(VerifyError::Disabled),
            VerifyOutcome::EmailTaken => Err(VerifyError::EmailTaken),
            VerifyOutcome::NoSuchUser => Err(VerifyError::NoSuchUser),
        }
    }

    /// Logs in who has just been verified, where the settings say so.
    ///
    /// # Errors
    ///
    /// When the database does not answer. `None` if the user was disabled meanwhile.
    pub async fn log_in_verified(&self, user: FirstUse, client: Client) -> Result<Option<LoggedIn>, ServiceError> {
        Ok(self.begin_session(user.0, None, client).await?)
    }

    /// Whether the first use of a registration link also logs in.
    pub fn is_auto_login_on(&self) -> bool {
        self.0.registration.auto_login
    }

    /// Mails a new link to the newest unverified user with the address, if there is one. Who asks learns nothing: the
    /// same statements are run either way.
    ///
    /// # Errors
    ///
    /// [`VerifyError::SwitchedOff`], and [`VerifyError::Service`] when it could not be carried out.
    pub async fn resend_verification(&self, email: &EmailAddress) -> Result<(), VerifyError> {
        if !self.is_verification_on() {
            return Err(VerifyError::SwitchedOff);
        }
        self.pay_for_mail(MailKind::VerifyRegistration, &Subject::of_key(email.key())).await?;
        let now = self.0.clock.now();
        // A link must not outlive its user: whoever will be cleared away before it expires gets no other one.
        let expires_after = self.0.registration.expires_after;
        let registered_since = self.0.users.purge_unverified_after.map(|span| now.plus(expires_after).minus(span));
        let mail = match self.0.store.find_unverified(email, registered_since).await? {
            Some(user_id) => NewMail::about(MailKind::VerifyRegistration.as_str(), Some(user_id), now),
            None => NewMail::decoy(now),
        };
        // Whether its user is still there is as secret as whether there was one.
        let _ = self.0.store.enqueue(mail).await?;
        self.0.mail_bell.notify_one();
        Ok(())
    }

    /// What `users.email_unique` means to the store.
    pub fn email_sharing(&self) -> EmailSharing {
        if self.0.users.email_unique { EmailSharing::Unique } else { EmailSharing::Shared }
    }

    async fn tell_of_activation(&self, hooks: &dyn Hooks, id: &UserId) {
        // The verification stands whatever becomes of the telling.
        match self.0.store.find_users(UserQuery::Id(id.clone())).await {
            Ok(users) => users.iter().for_each(|user| hooks.user_activated(user)),
            Err(error) => tracing::error!(user_id = %id, %error, "user_activated could not be told"),
        }
    }
}
