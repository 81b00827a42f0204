//! The password of a known user, asked for beside something else: a link, or a session.

use super::budgets::Subject;
use super::{Accounts, Client, ServiceError, journal};
use crate::passwords::{Password, Verdict};
use crate::store::User;

impl Accounts {
    /// Tells whether the password is the user's. Guesses are counted as failed logins are.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Throttled`] after too many wrong ones.
    pub(super) async fn is_password_of(
        &self,
        user: &User,
        password: Password,
        client: &Client,
    ) -> Result<bool, ServiceError> {
        let subject = Subject::of_key(user.id.as_str());
        self.pay_for_login(&subject, client).await?;
        let is_right = self.verify_password(Some(user), password).await? != Verdict::Mismatch;
        if is_right {
            self.settle_login(&subject, client).await?;
        } else {
            journal::password_not_confirmed(&user.id);
        }
        Ok(is_right)
    }
}
