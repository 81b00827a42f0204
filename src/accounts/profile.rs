//! The profile: what a user may see and change of the account.

use super::events::Event;
use super::{Accounts, Authenticated, Failure, Refusal};
use crate::profile_fields::ProfileFields;
use crate::store::{MailKind, ProfileChange, ProfileOutcome, User};

/// Why a profile was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The username is another's.
    #[error("the username is taken")]
    UsernameTaken,
    /// The values of declared fields are more than is stored of a user:
    /// [`MAXIMUM_DOCUMENT_BYTES`](crate::profile_fields::MAXIMUM_DOCUMENT_BYTES).
    #[error("the values of declared fields are too large")]
    FieldsTooLarge,
    /// The user's session has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for ProfileError {}

impl Accounts {
    /// Returns the fields that the operator has declared. [`values_of`](ProfileFields::values_of) returns a user's
    /// values, from [`User::profile`].
    pub fn profile_fields(&self) -> &ProfileFields {
        &self.parts.profile_fields
    }

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
        let actor = who.actor();
        let changed = self.to_the_end(|accounts| async move {
            let now = accounts.parts.clock.now();
            let changed = accounts.parts.store.change_profile(actor, change, notice, now).await;
            if let (true, Ok(ProfileOutcome::Changed(user))) = (is_renamed, &changed) {
                accounts.parts.new_mail.notify_one();
                accounts.tell(Event::UsernameChanged(&user.id));
            }
            changed
        });
        match changed.await? {
            ProfileOutcome::Changed(user) => Ok(*user),
            ProfileOutcome::UsernameTaken => Err(ProfileError::UsernameTaken.into()),
            ProfileOutcome::FieldsTooLarge => Err(ProfileError::FieldsTooLarge.into()),
            ProfileOutcome::LoggedOut => Err(ProfileError::LoggedOut.into()),
        }
    }
}
