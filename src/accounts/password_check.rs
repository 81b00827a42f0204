//! Checks the password of a known user, which is required in addition to a link or a session.

use super::budgets::{Operation, Subject};
use super::events::Event;
use super::{Accounts, Client, ServiceError};
use crate::passwords::{Password, Verdict};
use crate::store::User;

impl Accounts {
    /// Returns whether the password is the user's. Guesses are counted together with those at `change-password/`.
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
