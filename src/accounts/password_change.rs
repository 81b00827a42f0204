//! Change of the password, for a logged-in user who knows the old one.

use super::budgets::{Operation, Subject};
use super::events::Event;
use super::passwords::personal_data;
use super::{Accounts, Authenticated, Client, Confirmed, Failure, NewPassword, Refusal};
use crate::passwords::{Password, Verdict, WeakPassword};
use crate::store::{ChangePasswordOutcome, MailKind};

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The old password is wrong, or the new one breaks rules, or both; or neither, where the run was
    /// [dry](super::Run::Dry).
    #[error("the old or the new password is refused")]
    Refused {
        /// The old password is not the user's.
        old_is_wrong: bool,
        /// The rules that the new one breaks.
        weaknesses: Vec<WeakPassword>,
    },
    /// The password was changed by another request meanwhile.
    #[error("the account was changed meanwhile")]
    Overtaken,
    /// The user's session has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for ChangePasswordError {}

/// Why a password was not changed: by a wrong guess, which counts against the limit, or otherwise.
enum Unchanged {
    /// A wrong guess, and the rules that the new password breaks.
    OldIsWrong(Vec<WeakPassword>),
    /// Anything else, which costs nothing.
    Otherwise(Failure<ChangePasswordError>),
}

impl<E: Into<Failure<ChangePasswordError>>> From<E> for Unchanged {
    fn from(error: E) -> Self {
        Self::Otherwise(error.into())
    }
}

impl Accounts {
    /// Changes the password of a user who knows the old one. All other sessions end, and older links become invalid.
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
    ) -> Result<(), Failure<ChangePasswordError>> {
        let subject = Subject::User(who.user.id.clone());
        let payment = self.pay_for_guess(Operation::ConfirmPassword, &subject, client.network).await?;
        match self.replace_password(who, old, new).await {
            Ok(()) => payment.make_good().await,
            Err(Unchanged::OldIsWrong(weaknesses)) => {
                self.tell(Event::OldPasswordWrong(&who.user.id));
                payment.charge().await?;
                return Err(ChangePasswordError::Refused { old_is_wrong: true, weaknesses }.into());
            }
            Err(Unchanged::Otherwise(error)) => {
                payment.give_back().await;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Returns whether a logged-in user must type the old password to set a new one.
    pub fn is_old_password_asked(&self) -> bool {
        self.parts.change_password.old_required
    }

    /// Changes the password of a logged-in user who has confirmed the old one, or whom the site does not ask for it.
    /// All other sessions end, and older links die.
    ///
    /// # Errors
    ///
    /// Each [`ChangePasswordError`]; nothing is changed then. The old password counts as wrong if it was not confirmed
    /// although the site asks for it.
    pub async fn set_own_password(
        &self,
        who: &Authenticated,
        confirmed: Option<Confirmed<'_>>,
        new: NewPassword,
    ) -> Result<(), Failure<ChangePasswordError>> {
        let is_confirmed = confirmed.is_some_and(|confirmed| confirmed.who().session_id == who.session_id);
        if self.is_old_password_asked() && !is_confirmed {
            return Err(ChangePasswordError::Refused { old_is_wrong: true, weaknesses: Vec::new() }.into());
        }
        let password = new
            .judge(&self.parts.rules, &personal_data(&who.user))
            .map_err(|weaknesses| ChangePasswordError::Refused { old_is_wrong: false, weaknesses })?;
        self.store_changed_password(who, password).await
    }

    async fn replace_password(&self, who: &Authenticated, old: Password, new: NewPassword) -> Result<(), Unchanged> {
        let user = &who.user;
        let verdict = self.verify_password(Some(user), old).await?;
        let password = new.judge(&self.parts.rules, &personal_data(user));
        if verdict == Verdict::Mismatch {
            return Err(Unchanged::OldIsWrong(password.err().unwrap_or_default()));
        }
        let password =
            password.map_err(|weaknesses| ChangePasswordError::Refused { old_is_wrong: false, weaknesses })?;
        Ok(self.store_changed_password(who, password).await?)
    }

    /// Stores a new password, unless the password is no longer the one that `who` was loaded with.
    async fn store_changed_password(
        &self,
        who: &Authenticated,
        password: Password,
    ) -> Result<(), Failure<ChangePasswordError>> {
        let user = &who.user;
        let credentials = self.new_credentials(password).await?;
        let notice = self.notice(MailKind::PasswordChanged, user);
        let old_hash = user.password_hash.clone();
        let (actor, user_id) = (who.actor(), user.id.clone());
        let changed = self.to_the_end(|accounts| async move {
            let changed = accounts.parts.store.change_password(actor, old_hash, credentials, notice).await;
            if matches!(changed, Ok(ChangePasswordOutcome::Changed)) {
                accounts.parts.new_mail.notify_one();
                accounts.tell(Event::PasswordChanged(&user_id));
            }
            changed
        });
        match changed.await? {
            ChangePasswordOutcome::Changed => {}
            // Another request has changed the password, or a login has stored the hash at another cost.
            ChangePasswordOutcome::Overtaken => return Err(ChangePasswordError::Overtaken.into()),
            ChangePasswordOutcome::LoggedOut => return Err(ChangePasswordError::LoggedOut.into()),
        }
        Ok(())
    }
}
