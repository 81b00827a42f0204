//! Correction of an address: a user who mistyped it at registration, and so cannot prove it, replaces it.

use super::budgets::{MailGroup, Operation, Payment, Subject};
use super::events::Event;
use super::fresh_secret::fresh_secret;
use super::login::judge_login;
use super::{
    Accounts, Authenticated, ChangeEmailError, Client, EmailRequested, Failure, LoginError, Refusal, ServiceError,
    TypedName,
};
use crate::identity::EmailAddress;
use crate::passwords::Password;
use crate::store::{Correction, MailKind, NamedUsers, NewMail, RequestedEmail, User};

/// Why an address was not corrected.
#[derive(Debug, thiserror::Error)]
pub enum CorrectEmailError {
    /// Addresses need no proof, or no links are mailed to new ones.
    #[error("correcting addresses is switched off")]
    SwitchedOff,
    /// Name and password are not those of a user who may log in. A client that learns the reason can find out who has
    /// an account.
    #[error("{0}")]
    Login(LoginError),
    /// The password is right, but the user has proved an address already. To change that one, the user must log in.
    #[error("the user has proved the address")]
    AlreadyVerified,
    /// A verified user has the address, and the site does not conceal that.
    #[error("the address is taken")]
    Taken,
    /// The account was changed by another request meanwhile.
    #[error("the account was changed meanwhile")]
    Overtaken,
}

impl Refusal for CorrectEmailError {}

impl Accounts {
    /// Returns whether unverified users can correct their address.
    pub fn is_correction_on(&self) -> bool {
        self.is_verification_on() && self.is_email_verification_on()
    }

    /// Replaces the unproved address of a user who knows the password, and mails a link to the new one. Links that were
    /// mailed before become invalid. Whether a verified user has the new address is concealed as it is at registration.
    /// An unknown user costs the same work as a known one.
    ///
    /// # Errors
    ///
    /// Each [`CorrectEmailError`]; nothing is changed then.
    pub async fn correct_email(
        &self,
        login: TypedName<'_>,
        password: Password,
        email: EmailAddress,
        client: &Client,
    ) -> Result<(), Failure<CorrectEmailError>> {
        if !self.is_correction_on() {
            return Err(CorrectEmailError::SwitchedOff.into());
        }
        let name = self.login_name(login);
        let NamedUsers { by_address, by_username, .. } = self.parts.store.find_correctable(name.clone()).await?;
        // A guess under a username counts like a guess at login. Guesses under an address have a limit of their own,
        // whether or not the address is known: a login by address finds other users, and a common limit would reveal
        // which.
        let (operation, subject) = match (&by_username, &name.email_key) {
            (None, Some(_)) => (Operation::CorrectEmail, Subject::of_login(&name, login.text())),
            (user, _) => (Operation::LogIn, Subject::of_found(user.as_ref(), &name, login.text())),
        };
        let user = by_username.or(by_address);
        let payment = self.pay_for_guess(operation, &subject, client.network).await?;
        let verdict = match self.verify_password(user.as_ref(), password).await {
            Ok(verdict) => verdict,
            Err(error) => {
                payment.give_back().await;
                return Err(error.into());
            }
        };
        let user = match judge_login(user, verdict) {
            Ok(user) => user,
            Err(refusal) => {
                let fact = self.tell_refused(&refusal);
                match fact.is_wrong_guess() {
                    true => payment.charge().await?,
                    false => payment.give_back().await,
                }
                return Err(CorrectEmailError::Login(fact).into());
            }
        };
        payment.make_good().await;
        if user.verified_at.is_some() {
            return Err(CorrectEmailError::AlreadyVerified.into());
        }
        let (payment, is_owned) = self.ask_for_mail_to(&email).await?;
        if is_owned && self.tells_taken_emails() {
            payment.give_back().await;
            return Err(CorrectEmailError::Taken.into());
        }
        let (accounts, user_id) = (self.clone(), user.id.clone());
        let correction = self.correction(user, email, is_owned);
        let corrected = async move {
            let corrected = accounts.parts.store.correct_email(correction).await;
            if matches!(corrected, Ok(true)) {
                accounts.parts.new_mail.notify_one();
                accounts.tell(Event::EmailCorrected(&user_id));
            }
            corrected
        };
        let is_done = payment.spent_on(corrected, |is_done| *is_done).await?;
        if is_done { Ok(()) } else { Err(CorrectEmailError::Overtaken.into()) }
    }

    /// Corrects the address of an unverified user who is logged in, as [`Accounts::correct_email`] does.
    pub(super) async fn correct_email_as(
        &self,
        who: &Authenticated,
        email: EmailAddress,
    ) -> Result<EmailRequested, Failure<ChangeEmailError>> {
        let (payment, is_owned) = self.ask_for_mail_to(&email).await?;
        let correction = self.correction(who.user.clone(), email, is_owned);
        let (accounts, actor, user_id) = (self.clone(), who.actor(), who.user.id.clone());
        let corrected = async move {
            let corrected = accounts.parts.store.correct_email_as(actor, correction).await;
            if matches!(corrected, Ok(Some(true))) {
                accounts.parts.new_mail.notify_one();
                accounts.tell(Event::EmailCorrected(&user_id));
            }
            corrected
        };
        match payment.spent_on(corrected, |outcome| *outcome == Some(true)).await? {
            None => Err(ChangeEmailError::LoggedOut.into()),
            Some(false) => Err(ChangeEmailError::Overtaken.into()),
            Some(true) => Ok(EmailRequested::MailSent),
        }
    }

    /// Pays for a mail to a requested address. Returns the payment, and whether a verified user has the address.
    pub(super) async fn ask_for_mail_to(&self, email: &EmailAddress) -> Result<(Payment, bool), ServiceError> {
        let payment = self.pay_for_mail(MailGroup::NewAddress, email).await?;
        match self.parts.store.is_email_owned(email).await {
            Ok(is_owned) => Ok((payment, is_owned)),
            Err(error) => {
                payment.give_back().await;
                Err(error.into())
            }
        }
    }

    /// Returns the record that the store keeps of a requested address. If the address has an owner, the mail is a
    /// notice to the owner instead of a link.
    pub(super) fn requested_email(&self, user: &User, email: EmailAddress, is_owned: bool) -> RequestedEmail {
        let kind = if is_owned { MailKind::EmailInUse } else { MailKind::VerifyEmail };
        let mail = self.new_mail(kind, Some(user.id.clone()));
        let mail = NewMail { recipient: Some(email.as_str().to_owned()), ..mail };
        RequestedEmail { email, secret: fresh_secret(), mail }
    }

    pub(super) fn correction(&self, user: User, email: EmailAddress, is_owned: bool) -> Correction {
        let requested = self.requested_email(&user, email, is_owned);
        Correction { user, requested, next_link_secret: fresh_secret() }
    }
}
