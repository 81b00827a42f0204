//! The profile: what a user may see and change of the account.

use super::{Accounts, Authenticated, ServiceError};
use crate::store::{ProfileChange, ProfileOutcome, StoreError, User};

/// Why a profile was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The username is another's.
    #[error("the username is taken")]
    UsernameTaken,
    /// The session of whoever asked has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
    /// It could not be carried out.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for ProfileError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl Accounts {
    /// Changes the profile and gives the user as it is then.
    ///
    /// # Errors
    ///
    /// Each [`ProfileError`]; nothing is changed then.
    pub async fn change_profile(&self, who: &Authenticated, change: ProfileChange) -> Result<User, ProfileError> {
        match self.0.store.change_profile(who.actor(), change).await? {
            ProfileOutcome::Changed(user) => Ok(*user),
            ProfileOutcome::UsernameTaken => Err(ProfileError::UsernameTaken),
            ProfileOutcome::LoggedOut => Err(ProfileError::LoggedOut),
        }
    }
}
