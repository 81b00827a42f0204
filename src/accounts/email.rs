//! Change of the e-mail address: a user requests a new address, and has it after following the link that is mailed
//! there.

mod error;

use super::events::Event;
use super::fresh_secret::fresh_secret;
use super::old_links::{Believed, OldStanding};
use super::{Accounts, Authenticated, Client, Failure, Follower};
use crate::identity::{EmailAddress, UserId};
use crate::links::{AnyClaim, BoundTo, Claim, LinkError, LinkSecret, OldClaim, Purpose as _, Verified, VerifyEmail};
use crate::passwords::Password;
use crate::secret::Secret;
use crate::store::{ChangeEmailOutcome, EmailChange, EmailProof, MailKind, NewMail, OldLinkHolder, User};

pub use error::ChangeEmailError;

/// How many times a link is tried if the account is changed meanwhile.
const ATTEMPTS: usize = 3;

/// The outcome of a request for a new address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailRequested {
    /// A mail is on its way to the new address: a link, or a notice that the address is in use. If the user has the
    /// address already, no mail is sent and the answer is the same.
    MailSent,
    /// The address was changed: it needs no proof, or is the user's own in another spelling.
    Changed,
}

/// What became of a link to a new address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailVerified {
    /// This use of the link gave the user the address.
    Now,
    /// The link was used before, and the user still has the address.
    Before,
}

/// The link that a claim comes from.
enum LinkStanding {
    /// The link of the newest request, and the secret that it is bound to.
    Asked(Verified<VerifyEmail>, Secret),
    /// The link that was used last.
    Used(Verified<VerifyEmail>),
}

impl Accounts {
    /// Returns whether new addresses must be proved.
    pub fn is_email_verification_on(&self) -> bool {
        self.parts.change_email.verification
    }

    /// Returns whether a request for a new address requires the password.
    pub fn is_password_asked_for_new_email(&self) -> bool {
        self.parts.change_email.password
    }

    /// Checks the password of the logged-in user, if a new address requires it. Wrong guesses are limited like failed
    /// logins.
    ///
    /// # Errors
    ///
    /// [`ChangeEmailError::PasswordMissing`] and [`ChangeEmailError::PasswordWrong`].
    pub async fn confirm_new_email(
        &self,
        who: &Authenticated,
        password: Option<Password>,
        client: &Client,
    ) -> Result<(), Failure<ChangeEmailError>> {
        if !self.is_password_asked_for_new_email() {
            return Ok(());
        }
        let password = password.ok_or(ChangeEmailError::PasswordMissing)?;
        let is_right = self.is_password_of(&who.user, password, client).await?;
        if is_right { Ok(()) } else { Err(ChangeEmailError::PasswordWrong.into()) }
    }

    /// Mails a link to a new address. If a verified user has that address already, mails a notice there instead; the
    /// user who asks cannot tell the difference. Links to addresses requested before become invalid. Where new
    /// addresses need no proof, changes the address at once.
    ///
    /// # Errors
    ///
    /// [`ChangeEmailError::Taken`] and [`ChangeEmailError::NoSuchUser`] where addresses need no proof;
    /// [`ChangeEmailError::Overtaken`]; and [`ChangeEmailError::LoggedOut`].
    pub async fn request_email(
        &self,
        who: &Authenticated,
        email: EmailAddress,
    ) -> Result<EmailRequested, Failure<ChangeEmailError>> {
        let user = &who.user;
        let is_own = user.has_email(&email);
        match (user.verified_at, self.is_email_verification_on()) {
            // The link that was mailed to the unproved address would prove the new one.
            (None, false) => return Err(ChangeEmailError::NoSuchUser.into()),
            (None, true) => return self.correct_email_as(who, email).await,
            (Some(_), false) if !is_own => return self.change_email_at_once(who, email).await,
            (Some(_), _) => {}
        }
        let (payment, is_owned) = self.ask_for_mail_to(&email).await?;
        let (accounts, actor) = (self.clone(), who.actor());
        if is_own {
            let is_respelled = user.email.as_deref() != Some(email.as_str());
            // The decoy makes the work the same as for any other address.
            let decoy = Some(NewMail::decoy(self.parts.clock.now()));
            let kept = async move { accounts.parts.store.keep_email(actor, Some(email), fresh_secret(), decoy).await };
            if !payment.spent_on(kept, |is_done| *is_done).await? {
                return Err(ChangeEmailError::LoggedOut.into());
            }
            return Ok(if is_respelled { EmailRequested::Changed } else { EmailRequested::MailSent });
        }
        let (requested, user_id) = (self.requested_email(user, email, is_owned), user.id.clone());
        let stored = async move {
            let stored = accounts.parts.store.request_email(actor, requested).await;
            if matches!(stored, Ok(true)) {
                accounts.parts.new_mail.notify_one();
                accounts.tell(Event::EmailAskedFor(&user_id));
            }
            stored
        };
        let is_done = payment.spent_on(stored, |is_done| *is_done).await?;
        if is_done { Ok(EmailRequested::MailSent) } else { Err(ChangeEmailError::LoggedOut.into()) }
    }

    /// Cancels the request for a new address, if there is one. Its link becomes invalid.
    ///
    /// # Errors
    ///
    /// [`ChangeEmailError::LoggedOut`].
    pub async fn cancel_email_request(&self, who: &Authenticated) -> Result<(), Failure<ChangeEmailError>> {
        let is_done = self.parts.store.keep_email(who.actor(), None, fresh_secret(), None).await?;
        if is_done { Ok(()) } else { Err(ChangeEmailError::LoggedOut.into()) }
    }

    async fn change_email_at_once(
        &self,
        who: &Authenticated,
        email: EmailAddress,
    ) -> Result<EmailRequested, Failure<ChangeEmailError>> {
        let change = self.email_change(who.user.clone(), email, EmailProof::NotNeeded);
        let (session_id, user_id) = (who.session_id.clone(), who.user.id.clone());
        let changed = self.to_the_end(|accounts| async move {
            let outcome = accounts.parts.store.change_email_as(session_id, change).await?;
            accounts.settle_change(&user_id, outcome).await
        });
        changed.await.map(|()| EmailRequested::Changed)
    }

    /// Changes the address by a mailed link, which also verifies an unverified user. The link and all older ones become
    /// invalid. Using the same link again is no error as long as the user has its address.
    ///
    /// # Errors
    ///
    /// Each [`ChangeEmailError`]; nothing is changed then.
    pub async fn verify_email(
        &self,
        claim: impl Into<AnyClaim<VerifyEmail>>,
        follower: Follower,
    ) -> Result<EmailVerified, Failure<ChangeEmailError>> {
        if !self.is_email_verification_on() {
            return Err(ChangeEmailError::SwitchedOff.into());
        }
        let claim = claim.into();
        let system = claim.old_system();
        for _ in 0..ATTEMPTS {
            match self.use_email_link(claim.clone(), &follower).await {
                // Perhaps the same link was used a moment ago: it is judged again.
                Err(Failure::Refused(ChangeEmailError::Overtaken)) => {}
                judged => return self.counted(VerifyEmail::NAME, system, judged),
            }
        }
        Err(ChangeEmailError::InvalidSignature.into())
    }

    async fn use_email_link(
        &self,
        claim: AnyClaim<VerifyEmail>,
        follower: &Follower,
    ) -> Result<EmailVerified, Failure<ChangeEmailError>> {
        let system = claim.old_system();
        let (user, standing) = match claim {
            AnyClaim::Own(claim) => {
                let user = self.user_of_claim(claim.user_id()).await?;
                let standing = self.standing_of(claim, user.as_ref())?;
                (user, standing)
            }
            AnyClaim::Old(claim) => self.standing_of_old(&claim).await?,
        };
        let user = user.filter(|user| user.disabled_at.is_none()).ok_or(ChangeEmailError::NoSuchUser)?;
        let parsed = |link: &Verified<VerifyEmail>| {
            EmailAddress::parse(link.email()).map_err(|_| ChangeEmailError::InvalidSignature)
        };
        let (email, secret) = match standing {
            LinkStanding::Asked(link, secret) => (parsed(&link)?, secret),
            LinkStanding::Used(link) => {
                let has_it = user.has_email(&parsed(&link)?);
                return if has_it { Ok(EmailVerified::Before) } else { Err(ChangeEmailError::AlreadyUsed.into()) };
            }
        };
        if user.verified_at.is_none() && self.parts.registration.password_at_verification {
            let password = follower.password.clone().ok_or(ChangeEmailError::PasswordMissing)?;
            if !self.is_password_of(&user, password, &follower.client).await? {
                return Err(ChangeEmailError::PasswordWrong.into());
            }
        }
        let user_id = user.id.clone();
        let change = self.email_change(user, email, EmailProof::Link(secret));
        let changed = self.to_the_end(|accounts| async move {
            let outcome = accounts.parts.store.change_email(change).await?;
            accounts.settle_change(&user_id, outcome).await?;
            accounts.tell_of_old_link(&user_id, VerifyEmail::NAME, system);
            Ok(())
        });
        changed.await.map(|()| EmailVerified::Now)
    }

    /// Verifies a claim of another system, and returns its user. A user who was not verified had no such link.
    async fn standing_of_old(
        &self,
        claim: &OldClaim<VerifyEmail>,
    ) -> Result<(Option<User>, LinkStanding), Failure<ChangeEmailError>> {
        let is_used = |moved: &OldLinkHolder, _: &Verified<VerifyEmail>| {
            moved.user.used_email_secret.as_ref().is_some_and(|used| used.expose() == moved.link_secret.expose())
        };
        match self.believe_old::<_, ChangeEmailError>(claim, is_used).await? {
            OldStanding::Used(Believed { moved, link }) => Ok((Some(moved.user), LinkStanding::Used(link))),
            // A request made here is newer.
            OldStanding::Fresh(Believed { moved, .. }) if moved.user.pending_email_secret.is_some() => {
                Err(ChangeEmailError::InvalidSignature.into())
            }
            OldStanding::Fresh(Believed { moved, link }) => {
                let user = Some(moved.user).filter(|user| user.verified_at.is_some());
                Ok((user, LinkStanding::Asked(link, moved.link_secret)))
            }
        }
    }

    /// Verifies a claim and returns the link that it comes from. The work is the same whether or not such a user or
    /// link exists.
    fn standing_of(
        &self,
        claim: Claim<VerifyEmail>,
        user: Option<&User>,
    ) -> Result<LinkStanding, Failure<ChangeEmailError>> {
        let asked = user.and_then(|user| user.secret_of_email_link(claim.email())).cloned();
        let used = user.and_then(|user| user.used_email_secret.as_ref());
        let judge = |claim, secret: Option<&Secret>| {
            let bound = secret.and_then(|secret| LinkSecret::parse(secret.expose()).ok());
            let valid_for = self.parts.change_email.expires_after;
            self.parts.signer.verify(claim, BoundTo::from(bound.as_ref()), valid_for, || self.parts.clock.now())
        };
        match (judge(claim.clone(), asked.as_ref()), judge(claim, used), asked) {
            (Ok(link), _, Some(secret)) => Ok(LinkStanding::Asked(link, secret)),
            (_, Ok(link), _) => Ok(LinkStanding::Used(link)),
            (_, Err(LinkError::Expired), _) => Err(ChangeEmailError::Expired.into()),
            (Err(error), ..) => Err(ChangeEmailError::from(error).into()),
            (Ok(_), _, None) => Err(ChangeEmailError::InvalidSignature.into()),
        }
    }

    pub(super) fn email_change(&self, user: User, email: EmailAddress, proof: EmailProof) -> EmailChange {
        let now = self.parts.clock.now();
        EmailChange {
            notice: self.notice(MailKind::EmailChanged, &user),
            welcome: self.welcome(&user.id),
            user,
            email,
            sharing: self.email_sharing(),
            proof,
            next_link_secret: fresh_secret(),
            now,
        }
    }

    async fn settle_change(
        &self,
        user_id: &UserId,
        outcome: ChangeEmailOutcome,
    ) -> Result<(), Failure<ChangeEmailError>> {
        match outcome {
            ChangeEmailOutcome::Taken => return Err(ChangeEmailError::Taken.into()),
            ChangeEmailOutcome::Void => return Err(ChangeEmailError::Overtaken.into()),
            ChangeEmailOutcome::LoggedOut => return Err(ChangeEmailError::LoggedOut.into()),
            ChangeEmailOutcome::Verified => {
                self.tell_of_activation(user_id).await;
            }
            ChangeEmailOutcome::Changed => {
                self.tell(Event::EmailChanged(user_id));
            }
        }
        self.parts.new_mail.notify_one();
        Ok(())
    }
}
