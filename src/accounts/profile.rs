//! The profile: what a user may see and change of the account.

use super::events::Event;
use super::{Accounts, Authenticated, Failure, Refusal};
use crate::store::{MailKind, ProfileChange, ProfileOutcome, User};

/// Why a profile was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The username is another's.
    #[error("the username is taken")]
    UsernameTaken,
    /// The user's session has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for ProfileError {}

impl Accounts {
    /// Changes the profile, and sends a notice of a new username. Returns the changed user.
    ///
    /// # Errors
    ///
    /// Each [`ProfileError`]; nothing is changed then.
    pub async fn change_profile(
        &self,
        who: &Authenticated,
        change: ProfileChange,
    ) -> Result<User, Failure<ProfileError>> {
        let is_renamed = change.username.is_some();
        let notice = self.notice(MailKind::UsernameChanged, &who.user);
        match self.parts.store.change_profile(who.actor(), change, notice).await? {
            ProfileOutcome::Changed(user) => {
                if is_renamed {
                    self.parts.new_mail.notify_one();
                    self.tell(Event::UsernameChanged(&user.id));
                }
                Ok(*user)
            }
            ProfileOutcome::UsernameTaken => Err(ProfileError::UsernameTaken.into()),
            ProfileOutcome::LoggedOut => Err(ProfileError::LoggedOut.into()),
        }
    }
}
