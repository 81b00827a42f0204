//! Removal of an address, where accounts need none.

use super::events::Event;
use super::fresh_secret::fresh_secret;
use super::{Accounts, Authenticated, Failure, Refusal};
use crate::store::{ChangeEmailOutcome, MailKind};

/// Why an address was not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoveEmailError {
    /// Accounts need an address: it must be proved, or it is the name to log in with.
    #[error("accounts need an e-mail address")]
    Needed,
    /// The account was changed while this change was on its way.
    #[error("the account was changed meanwhile")]
    Overtaken,
    /// The session of the user who asked has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for RemoveEmailError {}

impl Accounts {
    /// Removes the user's address, and sends a notice to it. Older links die.
    ///
    /// # Errors
    ///
    /// Each [`RemoveEmailError`]; nothing is changed then.
    pub async fn remove_email(&self, who: &Authenticated) -> Result<(), Failure<RemoveEmailError>> {
        let user = &who.user;
        if self.is_email_needed() || self.is_email_verification_on() || user.username.is_none() {
            return Err(RemoveEmailError::Needed.into());
        }
        if user.email.is_none() {
            return Ok(());
        }
        let notice = self.notice(MailKind::EmailChanged, user);
        let (session_id, user) = (who.session_id.clone(), user.clone());
        let removed = self.to_the_end(|accounts| async move {
            let user_id = user.id.clone();
            let removed = accounts.parts.store.remove_email_as(session_id, user, fresh_secret(), notice).await;
            if matches!(removed, Ok(ChangeEmailOutcome::Changed)) {
                accounts.parts.new_mail.notify_one();
                accounts.tell(Event::EmailChanged(&user_id));
            }
            removed
        });
        match removed.await? {
            ChangeEmailOutcome::Changed => Ok(()),
            ChangeEmailOutcome::LoggedOut => Err(RemoveEmailError::LoggedOut.into()),
            _ => Err(RemoveEmailError::Overtaken.into()),
        }
    }
}
