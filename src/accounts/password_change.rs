//! A changed password: for a user who is logged in and knows the old one.

use super::budgets::{Operation, Subject};
use super::passwords::personal_data;
use super::{Accounts, Authenticated, Client, NewPassword, PasswordRefused, ServiceError, journal};
use crate::mail::MailKind;
use crate::passwords::{Password, Verdict};
use crate::store::{ChangePasswordOutcome, StoreError};

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The old password is wrong, or the new one is refused, or both.
    #[error("the old or the new password is refused")]
    Refused {
        /// The old password is not the user's.
        old_is_wrong: bool,
        /// What is wrong with the new one.
        new: PasswordRefused,
    },
    /// The session of whoever asked has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
    /// It could not be carried out.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for ChangePasswordError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// Why a password was not changed, as the limit of guesses sees it.
enum Unchanged {
    /// A wrong guess, and what is wrong with the new password.
    OldIsWrong(PasswordRefused),
    /// Anything else, which costs nothing.
    Otherwise(ChangePasswordError),
}

impl From<ChangePasswordError> for Unchanged {
    fn from(error: ChangePasswordError) -> Self {
        Self::Otherwise(error)
    }
}

impl Accounts {
    /// Changes the password of somebody who knows the old one. All other sessions end, and older links die.
    ///
    /// # Errors
    ///
    /// Each [`ChangePasswordError`]; nothing is changed then.
    pub async fn change_password(
        &self,
        who: &Authenticated,
        old: Password,
        new: NewPassword,
        client: &Client,
    ) -> Result<(), ChangePasswordError> {
        let subject = Subject::User(who.user.id.clone());
        let payment = self.pay_for_guess(Operation::ConfirmPassword, &subject, client.network).await?;
        match self.replace_password(who, old, new).await {
            Ok(()) => payment.make_good().await,
            Err(Unchanged::OldIsWrong(new)) => {
                journal::old_password_wrong(&who.user.id);
                payment.charge().await?;
                return Err(ChangePasswordError::Refused { old_is_wrong: true, new });
            }
            Err(Unchanged::Otherwise(error)) => {
                payment.give_back().await;
                return Err(error);
            }
        }
        journal::password_changed(&who.user.id);
        Ok(())
    }

    async fn replace_password(&self, who: &Authenticated, old: Password, new: NewPassword) -> Result<(), Unchanged> {
        let user = &who.user;
        let verdict = self.verify_password(Some(user), old).await.map_err(ChangePasswordError::from)?;
        let password = new.judge(&self.0.rules, &personal_data(user));
        if verdict == Verdict::Mismatch {
            return Err(Unchanged::OldIsWrong(password.err().unwrap_or_default()));
        }
        let password = password.map_err(|new| ChangePasswordError::Refused { old_is_wrong: false, new })?;
        let credentials = self.new_credentials(password).await.map_err(ChangePasswordError::from)?;
        let notice = self.notice(MailKind::PasswordChanged, user);
        let old_hash = user.password_hash.clone();
        let changed = self.0.store.change_password(who.actor(), old_hash, credentials, notice).await;
        match changed.map_err(ChangePasswordError::from)? {
            ChangePasswordOutcome::Changed => {}
            // It was changed between our look and our change, so what was sent as the old one is wrong now.
            ChangePasswordOutcome::Overtaken => {
                let new = PasswordRefused::default();
                return Err(ChangePasswordError::Refused { old_is_wrong: true, new }.into());
            }
            ChangePasswordOutcome::LoggedOut => return Err(ChangePasswordError::LoggedOut.into()),
        }
        self.0.mail_bell.notify_one();
        Ok(())
    }
}
