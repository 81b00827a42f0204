//! New passwords without the old one: reset by a mailed link, or set by an operator.

mod error;

use super::events::Event;
use super::fresh_secret::fresh_secret;
use super::old_links::{Believed, OldStanding};
use super::{Accounts, Failure, NewPassword, ServiceError};
use crate::identity::UserId;
use crate::links::{AnyClaim, BoundTo, Claim, LinkError, LinkSecret, OldClaim, Purpose as _, ResetPassword, Verified};
use crate::passwords::{Password, PersonalData};
use crate::secret::Secret;
use crate::store::{MailKind, NewCredentials, OldLinkHolder, ResetOutcome, StoreError, TakenAtReset, UsedReset, User};

pub use error::ResetPasswordError;

impl Accounts {
    /// Returns whether passwords can be reset.
    pub fn is_reset_on(&self) -> bool {
        self.parts.reset_password.enabled
    }

    /// Sets a new password by a mailed link. All sessions end, and the link and all older ones become invalid. The link
    /// was mailed to the user's address, so it also verifies an unverified user.
    ///
    /// # Errors
    ///
    /// Each [`ResetPasswordError`]; nothing is changed then. An unknown user and a forged signature give the same
    /// error.
    pub async fn reset_password(
        &self,
        claim: impl Into<AnyClaim<ResetPassword>>,
        new: NewPassword,
    ) -> Result<(), Failure<ResetPasswordError>> {
        let claim = claim.into();
        let system = claim.old_system();
        let reset = self.use_reset_link(claim, new).await;
        self.counted(ResetPassword::NAME, system, reset)
    }

    async fn use_reset_link(
        &self,
        claim: AnyClaim<ResetPassword>,
        new: NewPassword,
    ) -> Result<(), Failure<ResetPasswordError>> {
        let system = claim.old_system();
        if !self.is_reset_on() {
            return Err(ResetPasswordError::SwitchedOff.into());
        }
        let (user, link) = self.believe_reset(claim.clone()).await?;
        let password = new.judge(&self.parts.rules, &personal_data(&user)).map_err(ResetPasswordError::Password)?;
        let credentials = self.new_credentials(password).await?;
        let now = self.parts.clock.now();
        let notice = self.notice(MailKind::PasswordChanged, &user);
        let disconnected = self.notice(MailKind::ProviderDisconnected, &user);
        let user_id = user.id;
        let used = UsedReset {
            user_id: user_id.clone(),
            link_secret: user.link_secret,
            signed_at: link.signed_at(),
            now,
            sharing: self.email_sharing(),
            welcome: self.welcome(&user_id),
            disconnected,
            when_taken: match self.parts.login.require_verified {
                true => TakenAtReset::Refuse,
                false => TakenAtReset::LeaveUnverified,
            },
        };
        let reset = self.to_the_end(|accounts| async move {
            let reset = accounts.parts.store.reset_password(used, credentials, notice).await;
            if let Ok(ResetOutcome::Done { is_first_proof, disconnected }) = &reset {
                if *is_first_proof {
                    accounts.tell_of_activation(&user_id).await;
                }
                accounts.parts.new_mail.notify_one();
                accounts.tell_of_old_link(&user_id, ResetPassword::NAME, system);
                accounts.tell(Event::PasswordReset(&user_id));
                for provider in disconnected {
                    accounts.tell(Event::ProviderDisconnected { id: &user_id, provider });
                }
            }
            reset
        });
        match reset.await? {
            ResetOutcome::Done { .. } => Ok(()),
            ResetOutcome::EmailTaken => Err(ResetPasswordError::EmailTaken.into()),
            // Another request was faster, perhaps with the same link.
            ResetOutcome::Void => {
                let judged_anew = self.believe_reset(claim).await;
                Err(judged_anew.err().unwrap_or(ResetPasswordError::InvalidSignature.into()))
            }
        }
    }

    /// Verifies a claim, and returns its user and link. The work is the same whether or not such a user exists.
    async fn believe_reset(
        &self,
        claim: AnyClaim<ResetPassword>,
    ) -> Result<(User, Verified<ResetPassword>), Failure<ResetPasswordError>> {
        match claim {
            AnyClaim::Own(claim) => self.believe_own_reset(claim).await,
            AnyClaim::Old(claim) => self.believe_old_reset(&claim).await,
        }
    }

    async fn believe_old_reset(
        &self,
        claim: &OldClaim<ResetPassword>,
    ) -> Result<(User, Verified<ResetPassword>), Failure<ResetPasswordError>> {
        let is_used = |OldLinkHolder { user, link_secret, .. }: &OldLinkHolder, link: &Verified<ResetPassword>| {
            let used = user.used_reset_secret.as_ref();
            used.is_some_and(|used| used.expose() == link_secret.expose())
                && user.used_reset_at == Some(link.signed_at())
        };
        match self.believe_old::<_, ResetPasswordError>(claim, is_used).await? {
            OldStanding::Used(_) => Err(ResetPasswordError::AlreadyUsed.into()),
            OldStanding::Fresh(Believed { moved, link }) if self.may_reset(claim, &moved) => Ok((moved.user, link)),
            OldStanding::Fresh(_) => Err(ResetPasswordError::InvalidSignature.into()),
        }
    }

    async fn believe_own_reset(
        &self,
        claim: Claim<ResetPassword>,
    ) -> Result<(User, Verified<ResetPassword>), Failure<ResetPasswordError>> {
        let user = self.user_of_claim(claim.user_id()).await?;
        let now = self.parts.clock.now();
        let judge = |claim, secret: Option<&Secret>| {
            let bound = secret.and_then(|secret| LinkSecret::parse(secret.expose()).ok());
            self.parts.signer.verify(
                claim,
                BoundTo::from(bound.as_ref()),
                self.parts.reset_password.expires_after,
                || now,
            )
        };
        let alive = judge(claim.clone(), user.as_ref().map(|user| &user.link_secret));
        let used = judge(claim, user.as_ref().and_then(|user| user.used_reset_secret.as_ref()));
        let used_at = user.as_ref().and_then(|user| user.used_reset_at);
        match (alive, used) {
            (Ok(link), _) => Ok((user.ok_or(ResetPasswordError::InvalidSignature)?, link)),
            (_, Ok(used)) if used_at == Some(used.signed_at()) => Err(ResetPasswordError::AlreadyUsed.into()),
            (_, Err(LinkError::Expired)) => Err(ResetPasswordError::Expired.into()),
            (Err(error), _) => Err(ResetPasswordError::from(error).into()),
        }
    }

    /// Sets a password for an operator. All sessions end, and older links become invalid.
    ///
    /// # Errors
    ///
    /// [`ResetPasswordError::NoSuchUser`] and [`ResetPasswordError::Password`].
    pub async fn set_password(&self, user: &User, new: NewPassword) -> Result<(), Failure<ResetPasswordError>> {
        let password = new.judge(&self.parts.rules, &personal_data(user)).map_err(ResetPasswordError::Password)?;
        let credentials = self.new_credentials(password).await?;
        let user_id = user.id.clone();
        let set = self.to_the_end(|accounts| async move {
            let set = accounts.parts.store.set_password(user_id.clone(), credentials).await;
            if matches!(set, Ok(true)) {
                accounts.tell(Event::PasswordSet(&user_id));
            }
            set
        });
        if set.await? { Ok(()) } else { Err(ResetPasswordError::NoSuchUser.into()) }
    }

    /// Loads the user that an unverified claim names.
    pub(super) async fn user_of_claim(&self, user_id: &str) -> Result<Option<User>, StoreError> {
        self.parts.store.find_user(UserId::from_stored(user_id)).await
    }

    pub(super) async fn new_credentials(&self, password: Password) -> Result<NewCredentials, ServiceError> {
        let hash = self.parts.hasher.hash(password).await?;
        Ok(NewCredentials {
            password_hash: Secret::new(hash.as_str()),
            link_secret: fresh_secret(),
            email_secret: fresh_secret(),
        })
    }
}

pub(super) fn personal_data(user: &User) -> PersonalData<'_> {
    PersonalData {
        username: user.username.as_deref().unwrap_or(""),
        first_name: &user.first_name,
        last_name: &user.last_name,
        email: user.email.as_deref().unwrap_or(""),
    }
}
