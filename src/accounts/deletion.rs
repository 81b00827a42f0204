//! Deletion: users delete their own account, and staff members delete those of others.

use super::budgets::to_the_end;
use super::events::Event;
use super::{Accounts, Confirmed, Failure, Refusal};
use crate::identity::UserId;

/// Why an account was not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeleteAccountError {
    /// The session of the user who asked has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
    /// Another user's account is to be deleted, and the user who asked is not staff.
    #[error("the user is not staff")]
    NotStaff,
    /// There is no such user.
    #[error("there is no such user")]
    NoSuchUser,
}

impl Refusal for DeleteAccountError {}

impl Accounts {
    /// Deletes the account of `id` for good, with sessions and mails that wait: the user's own account, or another
    /// one's if the user is staff. The password is the one of the user who asks.
    ///
    /// # Errors
    ///
    /// Each [`DeleteAccountError`]; nothing is changed then.
    pub async fn delete_account(
        &self,
        confirmed: Confirmed<'_>,
        id: &UserId,
    ) -> Result<(), Failure<DeleteAccountError>> {
        let who = confirmed.who();
        let (is_own, actor) = (who.user.id == *id, who.actor());
        if !is_own && !who.user.is_staff() {
            return Err(DeleteAccountError::NotStaff.into());
        }
        let (accounts, id, staff_id) = (self.clone(), id.clone(), who.user.id.clone());
        // To the end: a deletion whose client goes away is told as any other.
        let deleted = to_the_end(self.parts.find_request, async move {
            let deleted = match is_own {
                true => accounts.parts.store.delete_user_as(actor, id.clone()).await,
                false => accounts.parts.store.delete_user_as_staff(actor, id.clone()).await,
            };
            if matches!(deleted, Ok(Some(true))) {
                accounts.tell(match is_own {
                    true => Event::DeletedByUser(&id),
                    false => Event::DeletedByStaff { id: &id, staff_id: &staff_id },
                });
            }
            deleted
        });
        match deleted.await? {
            Some(true) => Ok(()),
            Some(false) => Err(DeleteAccountError::NoSuchUser.into()),
            None => Err(DeleteAccountError::LoggedOut.into()),
        }
    }
}
