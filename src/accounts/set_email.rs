//! An operator sets a user's address as proved, or has a link mailed to it.

use super::events::Event;
use super::{Accounts, Failure, Refusal};
use crate::identity::EmailAddress;
use crate::store::{ChangeEmailOutcome, EmailProof, User};

/// Whether an address that an operator sets is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailStanding {
    /// The operator vouches for it.
    Proved,
    /// The user must follow a link that is mailed to it.
    ToBeProved,
}

/// Why an operator did not set an address.
#[derive(Debug, thiserror::Error)]
pub enum SetEmailError {
    /// Another user has proved it.
    #[error("another user has proved the address")]
    Taken,
    /// No link can be mailed: new addresses need no proof.
    #[error("verification of e-mail addresses is switched off")]
    SwitchedOff,
    /// The user is disabled, and a link would not change that.
    #[error("the user is disabled")]
    Disabled,
    /// The account was changed by another request meanwhile.
    #[error("the account was changed meanwhile")]
    Overtaken,
}

impl Refusal for SetEmailError {}

impl Accounts {
    /// Sets the address of a user, or mails a link to it. Links that were mailed before become invalid. A proved old
    /// address gets a notice once the new one is in force. A taken address is reported, since operators may see all
    /// accounts.
    ///
    /// # Errors
    ///
    /// Each [`SetEmailError`]; nothing is changed then.
    pub async fn set_email(
        &self,
        user: User,
        email: EmailAddress,
        standing: EmailStanding,
    ) -> Result<(), Failure<SetEmailError>> {
        let set = self.to_the_end(|accounts| async move {
            match standing {
                EmailStanding::Proved => accounts.set_proved_email(user, email).await?,
                EmailStanding::ToBeProved => accounts.ask_for_proof(user, email).await?,
            }
            accounts.parts.new_mail.notify_one();
            Ok(())
        });
        set.await
    }

    async fn set_proved_email(&self, user: User, email: EmailAddress) -> Result<(), Failure<SetEmailError>> {
        let id = user.id.clone();
        let change = self.email_change(user, email, EmailProof::Operator);
        match self.parts.store.change_email(change).await? {
            ChangeEmailOutcome::Changed => {
                self.tell(Event::EmailChanged(&id));
                Ok(())
            }
            ChangeEmailOutcome::Verified => {
                self.tell_of_activation(&id).await;
                Ok(())
            }
            ChangeEmailOutcome::Taken => Err(SetEmailError::Taken.into()),
            ChangeEmailOutcome::Void | ChangeEmailOutcome::LoggedOut => Err(SetEmailError::Overtaken.into()),
        }
    }

    async fn ask_for_proof(&self, user: User, email: EmailAddress) -> Result<(), Failure<SetEmailError>> {
        if !self.is_email_verification_on() {
            return Err(SetEmailError::SwitchedOff.into());
        }
        if user.disabled_at.is_some() {
            return Err(SetEmailError::Disabled.into());
        }
        let is_own = user.verified_at.is_some() && user.has_email(&email);
        if !is_own && self.parts.users.email_unique && self.parts.store.is_email_owned(&email).await? {
            return Err(SetEmailError::Taken.into());
        }
        let (id, is_verified) = (user.id.clone(), user.verified_at.is_some());
        let is_done = if is_verified {
            let requested = self.requested_email(&user, email, false);
            self.parts.store.request_email_for(user.id, requested).await?
        } else {
            self.parts.store.correct_email(self.correction(user, email, false)).await?
        };
        if !is_done {
            return Err(SetEmailError::Overtaken.into());
        }
        self.tell(if is_verified { Event::EmailAskedFor(&id) } else { Event::EmailCorrected(&id) });
        Ok(())
    }
}
