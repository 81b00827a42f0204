//! The profile: the part of an account that its user may see and change.

use super::events::Event;
use super::{Accounts, Authenticated, Failure, Refusal};
use crate::identity::UserId;
use crate::store::{ProfileChange, ProfileOutcome, User};

/// Why a profile was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Another user has the username.
    #[error("the username is taken")]
    UsernameTaken,
    /// There is no such user.
    #[error("there is no such user")]
    NoSuchUser,
    /// The session of the user who asked has ended meanwhile; or the profile is another user's, and the user who asked
    /// is not staff.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for ProfileError {}

impl Accounts {
    /// Changes the user's profile, and returns the user as changed.
    ///
    /// # Errors
    ///
    /// [`ProfileError::UsernameTaken`] and [`ProfileError::LoggedOut`]; nothing is changed then.
    pub async fn change_profile(
        &self,
        who: &Authenticated,
        change: ProfileChange,
    ) -> Result<User, Failure<ProfileError>> {
        self.change_profile_of(who, &who.user.id, change).await
    }

    /// Changes the profile of `id`, the user's own or, for a staff member, another's. Returns its user as changed.
    ///
    /// # Errors
    ///
    /// Each [`ProfileError`]; nothing is changed then.
    pub async fn change_profile_of(
        &self,
        who: &Authenticated,
        id: &UserId,
        change: ProfileChange,
    ) -> Result<User, Failure<ProfileError>> {
        let is_renamed = change.username.is_some();
        match self.parts.store.change_profile(who.actor(), id.clone(), change).await? {
            ProfileOutcome::Changed(user) => {
                if is_renamed {
                    self.tell(Event::UsernameChanged(id));
                }
                Ok(*user)
            }
            ProfileOutcome::UsernameTaken => Err(ProfileError::UsernameTaken.into()),
            ProfileOutcome::NoSuchUser => Err(ProfileError::NoSuchUser.into()),
            ProfileOutcome::LoggedOut => Err(ProfileError::LoggedOut.into()),
        }
    }
}
