//! Deletion: users delete their own account, and staff members delete those of others.

use super::events::Event;
use super::staff::done;
use super::{Accounts, Confirmed, Failure, Refusal, StaffError};
use crate::identity::UserId;

/// Why a user's account was not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeleteAccountError {
    /// The session of the user who asked has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for DeleteAccountError {}

impl Accounts {
    /// Deletes the user's account for good, with sessions and mails that wait.
    ///
    /// # Errors
    ///
    /// Each [`DeleteAccountError`]; nothing is changed then.
    pub async fn delete_account(&self, confirmed: Confirmed<'_>) -> Result<(), Failure<DeleteAccountError>> {
        let (actor, id) = (confirmed.who().actor(), confirmed.who().user.id.clone());
        let deleted = self.to_the_end(|accounts| async move {
            let deleted = accounts.parts.store.delete_user_as(actor, id.clone()).await;
            if matches!(deleted, Ok(Some(true))) {
                accounts.tell(Event::DeletedByUser(&id));
            }
            deleted
        });
        if deleted.await? == Some(true) { Ok(()) } else { Err(DeleteAccountError::LoggedOut.into()) }
    }

    /// Deletes another user's account for a staff member, who confirmed with the own password.
    ///
    /// # Errors
    ///
    /// [`StaffError::NotStaff`], [`StaffError::LoggedOut`] and [`StaffError::NoSuchUser`]; nothing is changed then.
    pub async fn delete_account_of(&self, staff: Confirmed<'_>, id: &UserId) -> Result<(), Failure<StaffError>> {
        let (actor, id, staff_id) = (staff.who().actor(), id.clone(), staff.who().user.id.clone());
        let deleted = self.to_the_end(|accounts| async move {
            let deleted = accounts.parts.store.delete_user_as_staff(actor, id.clone()).await?;
            let is_deleted = done(deleted)?;
            if is_deleted {
                accounts.tell(Event::DeletedByStaff { id: &id, staff_id: &staff_id });
            }
            Ok::<_, Failure<StaffError>>(is_deleted)
        });
        if deleted.await? { Ok(()) } else { Err(StaffError::NoSuchUser.into()) }
    }
}
