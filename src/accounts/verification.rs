//! Verification: a user becomes verified by following a mailed link.

use super::budgets::{MailGroup, Operation, Subject, unless_refused};
use super::{Accounts, CheckedRegistration, Client, Failure, LoggedIn, Refusal, ServiceError};
use crate::identity::{EmailAddress, UserId};
use crate::links::{AnyClaim, LinkError, Purpose as _, Unbound, VerifyRegistration};
use crate::passwords::Password;
use crate::store::{Budget, EmailSharing, MailKind, NewMail, Spending, StoreError, Unverified, VerifyOutcome};

/// The data that a request contains besides a link that verifies a user.
#[derive(Debug, Default)]
pub struct Follower {
    /// The client of the request, by which attempts at the password are counted. Not needed without a password.
    pub client: Client,
    /// The password, where the page asked for it.
    pub password: Option<Password>,
    /// The marks of the registrations that were made in this browser.
    pub browser_marks: Vec<String>,
}

/// The outcome of a verification.
#[derive(Debug)]
pub enum RegistrationVerified {
    /// This call has verified the user. The user may be logged in if the browser is the one that registered and the
    /// site logs in new users.
    Verified(Option<FirstUse>),
    /// The user was verified before.
    AlreadyVerified,
}

/// Proof that a link was used for the first time, in the browser that registered. Only this use may log in. If later
/// uses did, the link would be a password. If another browser did, its user could be logged in to the account of a
/// stranger who registered with that user's address.
#[derive(Debug)]
pub struct FirstUse(UserId);

/// Why a claim did not verify its user.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Users need not prove their address, so no link is mailed.
    #[error("verification is switched off")]
    SwitchedOff,
    /// The claim is not from one of our links, the link has another purpose, or the address was corrected since.
    #[error("the signature is invalid")]
    InvalidSignature,
    /// The link is too old.
    #[error("the link has expired")]
    Expired,
    /// The site requires the password with the link, and the request has none.
    #[error("the password is missing")]
    PasswordMissing,
    /// The password is not the user's. The link can be used again.
    #[error("the password is wrong")]
    PasswordWrong,
    /// An operator has disabled the user; a link does not change that.
    #[error("the user is disabled")]
    Disabled,
    /// Another user has proved the address first.
    #[error("another user has the address")]
    EmailTaken,
    /// The user has been deleted since.
    #[error("there is no such user")]
    NoSuchUser,
}

impl Refusal for VerifyError {}

impl From<LinkError> for VerifyError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Expired => Self::Expired,
            LinkError::Malformed | LinkError::Forged | LinkError::FromTheFuture => Self::InvalidSignature,
        }
    }
}

impl Accounts {
    /// Returns whether a link requires the password to verify its user.
    pub fn is_password_asked_at_verification(&self) -> bool {
        self.parts.registration.password_at_verification
    }

    /// Returns the mark that a browser keeps in which a user registered. It does not reveal whether there is such a
    /// user.
    pub fn browser_mark(&self, user_id: &UserId) -> String {
        self.parts.browsers.mark(user_id.as_str())
    }

    /// Verifies a claim as far as that takes no query. Links that were mailed before verification was switched off still
    /// work.
    ///
    /// # Errors
    ///
    /// [`VerifyError::InvalidSignature`] and [`VerifyError::Expired`].
    pub fn check_registration_link(
        &self,
        claim: impl Into<AnyClaim<VerifyRegistration>>,
    ) -> Result<CheckedRegistration, VerifyError> {
        let claim = claim.into();
        let (system, now) = (claim.old_system(), || self.parts.clock.now());
        let judged = match claim {
            AnyClaim::Own(claim) => {
                let expires_after = self.parts.registration.expires_after;
                self.parts.signer.verify(claim, Unbound, expires_after, now).map(CheckedRegistration::Own)
            }
            AnyClaim::Old(claim) => claim.verify_alone(now()).map(|()| CheckedRegistration::Old(claim)),
        };
        self.counted_if_refused(VerifyRegistration::NAME, system, judged.map_err(VerifyError::from))
    }

    /// Verifies the user of a link.
    ///
    /// # Errors
    ///
    /// Each [`VerifyError`] but [`VerifyError::SwitchedOff`]; nothing is changed then.
    pub async fn verify_registration(
        &self,
        link: impl Into<CheckedRegistration>,
        follower: Follower,
    ) -> Result<RegistrationVerified, Failure<VerifyError>> {
        let link = link.into();
        let system = link.old_system();
        let verified = self.use_registration_link(link, follower).await;
        self.counted(VerifyRegistration::NAME, system, verified)
    }

    async fn use_registration_link(
        &self,
        link: CheckedRegistration,
        follower: Follower,
    ) -> Result<RegistrationVerified, Failure<VerifyError>> {
        let system = link.old_system();
        let id = match link {
            CheckedRegistration::Own(link) => UserId::from_stored(link.user_id()),
            // What is rare is boxed: a future has room for all that it may wait for, and each request allocates it.
            CheckedRegistration::Old(claim) => Box::pin(self.user_of_old::<_, VerifyError>(&claim)).await?.user.id,
        };
        if self.is_password_asked_at_verification() {
            let password = follower.password.ok_or(VerifyError::PasswordMissing)?;
            Box::pin(self.check_follower(&id, password, &follower.client)).await?;
        }
        let user_id = id.clone();
        let marked = self.to_the_end(|accounts| async move {
            let (now, welcome) = (accounts.parts.clock.now(), accounts.welcome(&user_id));
            let has_mail = welcome.is_some();
            let marked =
                accounts.parts.store.mark_verified(user_id.clone(), now, accounts.email_sharing(), welcome).await;
            if matches!(marked, Ok(VerifyOutcome::Verified)) {
                if has_mail {
                    accounts.parts.new_mail.notify_one();
                }
                accounts.tell_of_old_link(&user_id, VerifyRegistration::NAME, system);
                accounts.tell_of_activation(&user_id).await;
            }
            marked
        });
        match marked.await? {
            VerifyOutcome::Verified => {
                let is_its_browser =
                    follower.browser_marks.iter().any(|mark| self.parts.browsers.is_mark_of(id.as_str(), mark));
                let may_log_in = self.parts.registration.auto_login && is_its_browser;
                Ok(RegistrationVerified::Verified(may_log_in.then_some(FirstUse(id))))
            }
            VerifyOutcome::AlreadyVerified => Ok(RegistrationVerified::AlreadyVerified),
            VerifyOutcome::Disabled => Err(VerifyError::Disabled.into()),
            VerifyOutcome::EmailTaken => Err(VerifyError::EmailTaken.into()),
            VerifyOutcome::Corrected => Err(VerifyError::InvalidSignature.into()),
            VerifyOutcome::NoSuchUser => Err(VerifyError::NoSuchUser.into()),
        }
    }

    /// Checks that the client that follows the link knows the user's password.
    async fn check_follower(
        &self,
        id: &UserId,
        password: Password,
        client: &Client,
    ) -> Result<(), Failure<VerifyError>> {
        let user = self.user_of_claim(id.as_str()).await?.ok_or(VerifyError::NoSuchUser)?;
        match self.is_password_of(&user, password, client).await? {
            true => Ok(()),
            false => Err(VerifyError::PasswordWrong.into()),
        }
    }

    /// Logs in a user whom the link has just verified. Returns `None` if the user was disabled meanwhile.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn log_in_verified(&self, user: FirstUse, client: Client) -> Result<Option<LoggedIn>, ServiceError> {
        Ok(self.begin_session(user.0, None, client, None).await?)
    }

    /// Returns whether the first use of a registration link also logs in, in the browser that registered.
    pub fn is_auto_login_on(&self) -> bool {
        self.parts.registration.auto_login && self.is_verification_on()
    }

    /// Mails a new link to an unverified user with the address: the one who logs in by it, where unverified users may;
    /// elsewhere the newest. The same statements are run if there is none.
    ///
    /// # Errors
    ///
    /// [`VerifyError::SwitchedOff`], and [`VerifyError::NoSuchUser`]: a client that is told can find out which addresses
    /// wait for their proof.
    pub async fn resend_verification(&self, email: &EmailAddress) -> Result<(), Failure<VerifyError>> {
        if !self.is_verification_on() {
            return Err(VerifyError::SwitchedOff.into());
        }
        let asked = self.mail_limit(Operation::ReceiveMail(MailGroup::Registration), &Subject::of_email(email));
        let now = self.parts.clock.now();
        // A link must not outlive its user: a user who will be purged before the link expires gets no new one.
        let expires_after = self.parts.registration.expires_after;
        let registered_since = self.purged_after().map(|span| now.plus(expires_after).minus(span));
        let found = self.parts.store.find_unverified(email, registered_since, self.claimants()).await?;
        let is_known = found.is_some();
        let mail = match found {
            Some(Unverified { id, corrected_email: None }) => self.new_mail(MailKind::VerifyRegistration, Some(id)),
            Some(Unverified { id, corrected_email }) => {
                let mail = self.new_mail(MailKind::VerifyEmail, Some(id));
                NewMail { recipient: corrected_email, ..mail }
            }
            None => NewMail::decoy(now),
        };
        // That the user was deleted meanwhile is as secret as whether there was one.
        self.enqueue(mail, asked).await?.map_or(Ok(()), unless_refused)?;
        if is_known { Ok(()) } else { Err(VerifyError::NoSuchUser.into()) }
    }

    /// Stores a mail that a client asks for, or a decoy, and wakes the mail worker. Returns what came of `asked`, which
    /// limits such mails.
    pub(super) async fn enqueue(&self, mail: NewMail, asked: Option<Budget>) -> Result<Option<Spending>, StoreError> {
        let stored = self.to_the_end(|accounts| async move {
            let stored = accounts.parts.store.enqueue(mail, asked).await;
            // For a decoy as well, so that the work is the same.
            accounts.parts.new_mail.notify_one();
            stored
        });
        stored.await
    }

    /// Returns whether several verified users may have one address, according to `users.email_unique`.
    pub fn email_sharing(&self) -> EmailSharing {
        self.administration().email_sharing
    }
}
