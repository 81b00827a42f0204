//! The profile: what a user may see and change of the account.

use super::{Accounts, Authenticated, Failure, Refusal};
use crate::store::{ProfileChange, ProfileOutcome, User};

/// Why a profile was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The username is another's.
    #[error("the username is taken")]
    UsernameTaken,
    /// The session of whoever asked has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for ProfileError {}

impl Accounts {
    /// Changes the profile and gives the user as it is then.
    ///
    /// # Errors
    ///
    /// Each [`ProfileError`]; nothing is changed then.
    pub async fn change_profile(
        &self,
        who: &Authenticated,
        change: ProfileChange,
    ) -> Result<User, Failure<ProfileError>> {
        match self.parts.store.change_profile(who.actor(), change).await? {
            ProfileOutcome::Changed(user) => Ok(*user),
            ProfileOutcome::UsernameTaken => Err(ProfileError::UsernameTaken.into()),
            ProfileOutcome::LoggedOut => Err(ProfileError::LoggedOut.into()),
        }
    }
}
