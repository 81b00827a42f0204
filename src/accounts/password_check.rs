//! Checks the password of a known user, which is required in addition to a link or a session.

use super::budgets::{Operation, Subject};
use super::events::Event;
use super::{Accounts, Authenticated, Client, ServiceError};
use crate::passwords::{Password, Verdict};
use crate::store::User;

/// Proof that a logged-in user has typed the right password. Only [`Accounts::confirm_password`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct Confirmed<'a>(&'a Authenticated);

impl<'a> Confirmed<'a> {
    pub(super) fn who(self) -> &'a Authenticated {
        self.0
    }
}

impl Accounts {
    /// Checks the password of a logged-in user. Returns `None` if it is wrong. Guesses are counted together with those
    /// of [`Accounts::change_password`].
    ///
    /// # Errors
    ///
    /// [`ServiceError::Throttled`] after too many wrong passwords.
    pub async fn confirm_password<'a>(
        &self,
        who: &'a Authenticated,
        password: Password,
        client: &Client,
    ) -> Result<Option<Confirmed<'a>>, ServiceError> {
        let is_right = self.is_password_of(&who.user, password, client).await?;
        Ok(is_right.then_some(Confirmed(who)))
    }

    /// Returns whether the password is the user's. Guesses are counted together with those of
    /// [`Accounts::change_password`].
    ///
    /// # Errors
    ///
    /// [`ServiceError::Throttled`] after too many wrong guesses.
    pub(super) async fn is_password_of(
        &self,
        user: &User,
        password: Password,
        client: &Client,
    ) -> Result<bool, ServiceError> {
        let subject = Subject::User(user.id.clone());
        let payment = self.pay_for_guess(Operation::ConfirmPassword, &subject, client.network).await?;
        match self.verify_password(Some(user), password).await {
            Ok(Verdict::Mismatch) => {
                self.tell(Event::PasswordNotConfirmed(&user.id));
                payment.charge().await?;
                Ok(false)
            }
            Ok(Verdict::Match | Verdict::MatchButOutdated) => {
                payment.make_good().await;
                Ok(true)
            }
            Err(error) => {
                payment.give_back().await;
                Err(error)
            }
        }
    }
}
