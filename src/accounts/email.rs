//! Change of the e-mail address: a user requests a new address, and has it after following the link that is mailed
//! there.

mod error;
mod links;

use super::events::Event;
use super::fresh_secret::fresh_secret;
use super::{Accounts, Authenticated, Client, Failure};
use crate::identity::{EmailAddress, UserId};
use crate::passwords::Password;
use crate::store::{ChangeEmailOutcome, EmailChange, EmailProof, MailKind, NewMail, User};

pub use error::ChangeEmailError;
pub use links::EmailVerified;

/// The outcome of a request for a new address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailRequested {
    /// A mail is on its way to the new address: a link, or a notice that the address is in use. If the user has the
    /// address already, no mail is sent and the answer is the same.
    MailSent,
    /// The address was changed: it needs no proof, or is the user's own in another spelling.
    Changed,
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
