//! Profiles as other users see them, and one's own that is filled in for the first time or emptied.

use super::{Accounts, Authenticated, Failure, Refusal, ServiceError};
use crate::identity::UserId;
use crate::profile_fields::{CheckedValues, ProfileField};
use crate::store::{ProfileChanged, ProfileFilled, User};

/// Why a profile was not filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FillProfileError {
    /// A field has a value already.
    #[error("the profile is not empty")]
    NotEmpty,
    /// The values are more than is stored of a user:
    /// [`MAXIMUM_DOCUMENT_BYTES`](crate::profile_fields::MAXIMUM_DOCUMENT_BYTES).
    #[error("the values of declared fields are too large")]
    FieldsTooLarge,
    /// The user's session has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for FillProfileError {}

/// The user's session has ended meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session has ended")]
pub struct EmptyProfileError;

impl Refusal for EmptyProfileError {}

impl Accounts {
    /// Lists the users whose profiles others may see, without the first `offset` of all. Those who registered last come
    /// first. The list has `limit` users at most, and fewer where their values are more than 1 MiB. It leaves out users
    /// who are disabled, and users who have not proved their address where that is required.
    ///
    /// The database walks over `offset` users, so a page takes longer the later it is.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_profiles(&self, offset: u32, limit: u32) -> Result<Vec<User>, ServiceError> {
        Ok(self.parts.store.list_active_users(offset, limit, self.is_verification_on()).await?)
    }

    /// Finds a user whom [`list_profiles`](Self::list_profiles) lists.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_profile(&self, id: &UserId) -> Result<Option<User>, ServiceError> {
        let found = self.parts.store.find_user(id.clone()).await?;
        Ok(found
            .filter(|user| user.disabled_at.is_none() && (user.verified_at.is_some() || !self.is_verification_on())))
    }

    /// Stores the first values of the fields that users can change, if none of those that are not required has one.
    /// Returns the changed user.
    ///
    /// # Errors
    ///
    /// Each [`FillProfileError`]; nothing is changed then.
    pub async fn fill_profile(
        &self,
        who: &Authenticated,
        values: CheckedValues,
    ) -> Result<User, Failure<FillProfileError>> {
        let names = self.names_of_profile_fields();
        match self.parts.store.fill_profile(who.actor(), names, values, self.parts.clock.now()).await? {
            ProfileFilled::Done(ProfileChanged::Changed(user)) => Ok(*user),
            ProfileFilled::Done(ProfileChanged::FieldsTooLarge) => Err(FillProfileError::FieldsTooLarge.into()),
            ProfileFilled::NotEmpty => Err(FillProfileError::NotEmpty.into()),
            ProfileFilled::Done(ProfileChanged::NoSuchUser) | ProfileFilled::LoggedOut => {
                Err(FillProfileError::LoggedOut.into())
            }
        }
    }

    /// Deletes the values of the fields that users can change and that are not required. They have their defaults again.
    ///
    /// # Errors
    ///
    /// [`EmptyProfileError`]; nothing is changed then.
    pub async fn empty_profile(&self, who: &Authenticated) -> Result<(), Failure<EmptyProfileError>> {
        let names = self.names_of_profile_fields();
        match self.parts.store.empty_profile(who.actor(), names, self.parts.clock.now()).await? {
            true => Ok(()),
            false => Err(EmptyProfileError.into()),
        }
    }

    /// Returns the names of the fields that make a profile full or empty. A user always has the required ones.
    fn names_of_profile_fields(&self) -> Vec<String> {
        let optional = self.profile_fields().iter().filter(|field| field.is_changeable() && !field.is_required());
        optional.map(ProfileField::name).map(str::to_owned).collect()
    }
}
