//! The profile: the part of an account that its user may see and change.

use super::{Accounts, Authenticated, Failure, Refusal};
use crate::store::{ProfileChange, ProfileOutcome, User};

/// Why a profile was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Another user has the username.
    #[error("the username is taken")]
    UsernameTaken,
    /// The user's session has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for ProfileError {}

impl Accounts {
    /// Changes the profile. Returns the changed user.
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
