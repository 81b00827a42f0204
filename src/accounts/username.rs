//! The login name: changed with the password, or reset by a mailed link.

use super::events::Event;
use super::fresh_secret::fresh_secret;
use super::{Accounts, Confirmed, Failure, Refusal};
use crate::identity::{EmailAddress, Username};
use crate::links::{AnyClaim, BoundTo, Claim, LinkError, LinkSecret, OldSystem, Purpose as _, ResetUsername};
use crate::store::{ChangeEmailOutcome, ChangeUsernameOutcome, EmailProof, MailKind, StoreError, User};

/// Why a username was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeUsernameError {
    /// Another user has the username.
    #[error("the username is taken")]
    Taken,
    /// The session of the user who asked has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for ChangeUsernameError {}

/// Why a login name was not reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResetUsernameError {
    /// The claim is not from a link of ours, or the link was used before or invalidated, or its user is gone or
    /// disabled.
    #[error("the signature is invalid")]
    InvalidSignature,
    /// The link is too old.
    #[error("the link has expired")]
    Expired,
    /// Another user has the name.
    #[error("the name is taken")]
    Taken,
}

impl Refusal for ResetUsernameError {}

impl From<LinkError> for ResetUsernameError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Expired => Self::Expired,
            LinkError::Malformed | LinkError::Forged | LinkError::FromTheFuture => Self::InvalidSignature,
        }
    }
}

impl Accounts {
    /// Changes the user's username, and sends a notice. Sessions and older links stay valid. The present username is
    /// no error and changes nothing.
    ///
    /// # Errors
    ///
    /// Each [`ChangeUsernameError`]; nothing is changed then.
    pub async fn change_username(
        &self,
        confirmed: Confirmed<'_>,
        username: Username,
    ) -> Result<(), Failure<ChangeUsernameError>> {
        let who = confirmed.who();
        if who.user.username.as_deref() == Some(username.as_str()) {
            return Ok(());
        }
        let notice = self.notice(MailKind::UsernameChanged, &who.user);
        let (actor, user_id) = (who.actor(), who.user.id.clone());
        let changed = self.to_the_end(|accounts| async move {
            let changed = accounts.parts.store.change_username(actor, username, notice).await;
            if matches!(changed, Ok(ChangeUsernameOutcome::Changed)) {
                accounts.parts.new_mail.notify_one();
                accounts.tell(Event::UsernameChanged(&user_id));
            }
            changed
        });
        match changed.await? {
            ChangeUsernameOutcome::Changed => Ok(()),
            ChangeUsernameOutcome::Taken => Err(ChangeUsernameError::Taken.into()),
            ChangeUsernameOutcome::Void => Err(ChangeUsernameError::LoggedOut.into()),
        }
    }

    /// Gives the user of a mailed link another username, and sends a notice. The link and all older ones die; sessions
    /// stay valid. The present username changes nothing else, and sends no notice.
    ///
    /// # Errors
    ///
    /// Each [`ResetUsernameError`]; nothing is changed then, and the link still works if the name is taken.
    pub async fn reset_username(
        &self,
        claim: impl Into<AnyClaim<ResetUsername>>,
        username: Username,
    ) -> Result<(), Failure<ResetUsernameError>> {
        let claim = claim.into();
        let system = claim.old_system();
        let reset = self.use_username_link(claim, username).await;
        self.counted(ResetUsername::NAME, system, reset)
    }

    async fn use_username_link(
        &self,
        claim: AnyClaim<ResetUsername>,
        username: Username,
    ) -> Result<(), Failure<ResetUsernameError>> {
        let system = claim.old_system();
        let user = self.user_of_username_link(claim).await?;
        let notice = self.notice(MailKind::UsernameChanged, &user);
        let user_id = user.id.clone();
        let is_kept = user.username.as_deref() == Some(username.as_str());
        let reset = self.to_the_end(|accounts| async move {
            let reset = accounts.parts.store.reset_username(user, username, fresh_secret(), notice).await;
            if matches!(reset, Ok(ChangeUsernameOutcome::Changed)) {
                accounts.parts.new_mail.notify_one();
                accounts.tell_of_old_link(&user_id, ResetUsername::NAME, system);
                if !is_kept {
                    accounts.tell(Event::UsernameChanged(&user_id));
                }
            }
            reset
        });
        match reset.await? {
            ChangeUsernameOutcome::Changed => Ok(()),
            ChangeUsernameOutcome::Taken => Err(ResetUsernameError::Taken.into()),
            ChangeUsernameOutcome::Void => Err(ResetUsernameError::InvalidSignature.into()),
        }
    }

    /// Gives the user of a mailed link another address, where users log in by address. If addresses must be proved, it
    /// counts once the link that is mailed to it was used, and so does every address of an unverified user. The link and
    /// all older ones die. The present address takes back the request for another one; another spelling of it is stored.
    ///
    /// # Errors
    ///
    /// Each [`ResetUsernameError`]; nothing is changed then. [`ResetUsernameError::Taken`] only if addresses need no
    /// proof.
    pub async fn reset_email(
        &self,
        claim: impl Into<AnyClaim<ResetUsername>>,
        email: EmailAddress,
    ) -> Result<(), Failure<ResetUsernameError>> {
        let claim = claim.into();
        let system = claim.old_system();
        let reset = self.use_link_for_email(claim, email).await;
        self.counted(ResetUsername::NAME, system, reset)
    }

    async fn use_link_for_email(
        &self,
        claim: AnyClaim<ResetUsername>,
        email: EmailAddress,
    ) -> Result<(), Failure<ResetUsernameError>> {
        let system = claim.old_system();
        let user = self.user_of_username_link(claim).await?;
        let is_verified = user.verified_at.is_some();
        let is_kept = user.email.as_deref() == Some(email.as_str()) || is_verified && user.has_email(&email);
        if is_kept {
            return self.keep_email_by_link(user, email, system).await;
        }
        match (is_verified, self.is_email_verification_on()) {
            (true, false) => self.replace_email_by_link(user, email, system).await,
            (false, _) if !self.is_any_address_proved() => Err(ResetUsernameError::InvalidSignature.into()),
            (true, true) | (false, _) => self.request_email_by_link(user, email, system).await,
        }
    }

    /// Returns whether any link is mailed that proves an address. Otherwise an unverified user can prove none.
    pub(super) fn is_any_address_proved(&self) -> bool {
        self.is_verification_on() || self.is_email_verification_on()
    }

    async fn keep_email_by_link(
        &self,
        user: User,
        email: EmailAddress,
        system: Option<OldSystem>,
    ) -> Result<(), Failure<ResetUsernameError>> {
        let user_id = user.id.clone();
        let kept = self.to_the_end(|accounts| async move {
            let kept = accounts.parts.store.keep_email_by_link(user, email, fresh_secret(), fresh_secret()).await;
            if matches!(kept, Ok(true)) {
                accounts.tell_of_old_link(&user_id, ResetUsername::NAME, system);
            }
            kept
        });
        if kept.await? { Ok(()) } else { Err(ResetUsernameError::InvalidSignature.into()) }
    }

    async fn replace_email_by_link(
        &self,
        user: User,
        email: EmailAddress,
        system: Option<OldSystem>,
    ) -> Result<(), Failure<ResetUsernameError>> {
        let user_id = user.id.clone();
        let change = self.email_change(user, email, EmailProof::NotNeeded);
        let changed = self.to_the_end(|accounts| async move {
            let changed = accounts.parts.store.change_email(change).await;
            if matches!(changed, Ok(ChangeEmailOutcome::Changed | ChangeEmailOutcome::Verified)) {
                accounts.parts.new_mail.notify_one();
                accounts.tell_of_old_link(&user_id, ResetUsername::NAME, system);
                accounts.tell(Event::EmailChanged(&user_id));
            }
            changed
        });
        match changed.await? {
            ChangeEmailOutcome::Changed | ChangeEmailOutcome::Verified => Ok(()),
            ChangeEmailOutcome::Taken => Err(ResetUsernameError::Taken.into()),
            ChangeEmailOutcome::Void | ChangeEmailOutcome::LoggedOut => {
                Err(ResetUsernameError::InvalidSignature.into())
            }
        }
    }

    async fn request_email_by_link(
        &self,
        user: User,
        email: EmailAddress,
        system: Option<OldSystem>,
    ) -> Result<(), Failure<ResetUsernameError>> {
        let (payment, is_owned) = self.ask_for_mail_to(&email).await?;
        let (accounts, user_id) = (self.clone(), user.id.clone());
        let asked = async move {
            let store = &accounts.parts.store;
            let is_done = if user.verified_at.is_some() {
                let requested = accounts.requested_email(&user, email, is_owned);
                store.request_email_by_link(user, requested, fresh_secret()).await?
            } else {
                store.correct_email(accounts.correction(user, email, is_owned)).await?
            };
            if is_done {
                accounts.parts.new_mail.notify_one();
                accounts.tell_of_old_link(&user_id, ResetUsername::NAME, system);
                accounts.tell(Event::EmailAskedFor(&user_id));
            }
            Ok::<_, StoreError>(is_done)
        };
        let is_done = payment.spent_on(asked, |is_done| *is_done).await?;
        if is_done { Ok(()) } else { Err(ResetUsernameError::InvalidSignature.into()) }
    }

    /// Verifies a claim and returns its user. The same work is done whether or not there is such a user.
    async fn user_of_username_link(&self, claim: AnyClaim<ResetUsername>) -> Result<User, Failure<ResetUsernameError>> {
        let user = match claim {
            AnyClaim::Own(claim) => self.user_of_own_username_link(claim).await?,
            AnyClaim::Old(claim) => {
                let moved = self.user_of_old::<_, ResetUsernameError>(&claim).await?;
                Some(moved).filter(|moved| self.may_reset(&claim, moved)).map(|moved| moved.user)
            }
        };
        let user = user.filter(|user| user.disabled_at.is_none());
        Ok(user.ok_or(ResetUsernameError::InvalidSignature)?)
    }

    async fn user_of_own_username_link(
        &self,
        claim: Claim<ResetUsername>,
    ) -> Result<Option<User>, Failure<ResetUsernameError>> {
        let user = self.user_of_claim(claim.user_id()).await?;
        let secret = user.as_ref().and_then(|user| LinkSecret::parse(user.link_secret.expose()).ok());
        let expires_after = self.parts.reset_password.expires_after;
        let bound = BoundTo::from(secret.as_ref());
        let now = self.parts.clock.now();
        self.parts.signer.verify(claim, bound, expires_after, || now).map_err(ResetUsernameError::from)?;
        Ok(user)
    }
}
