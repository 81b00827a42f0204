//! What staff members do to the accounts of other users.

use super::events::Event;
use super::fresh_secret::fresh_secret;
use super::{Accounts, Authenticated, Failure, Refusal};
use crate::identity::{EmailAddress, UserId};
use crate::store::{ByStaff, ChangeEmailOutcome, EmailProof, ProfileChange, ProfileChanged, StoreError, User};

/// Why a staff member did not change another user's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaffError {
    /// The user who asked is not staff, or not any more.
    #[error("the user is not staff")]
    NotStaff,
    /// The session of the user who asked has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
    /// There is no such user.
    #[error("there is no such user")]
    NoSuchUser,
    /// The values of declared fields are more than is stored of a user.
    #[error("the values of declared fields are too large")]
    FieldsTooLarge,
    /// The account is disabled.
    #[error("the user is disabled")]
    Disabled,
    /// Another user has proved the address.
    #[error("the address is taken")]
    EmailTaken,
    /// The user has proved no address, and a new one would need no proof.
    #[error("the user is not verified")]
    Unverified,
    /// The account was changed by another request meanwhile.
    #[error("the account was changed meanwhile")]
    Overtaken,
}

impl Refusal for StaffError {}

impl Accounts {
    /// Changes another user's profile, but for the username. Returns the changed user.
    ///
    /// # Errors
    ///
    /// [`StaffError::NotStaff`], [`StaffError::LoggedOut`], [`StaffError::FieldsTooLarge`] and
    /// [`StaffError::NoSuchUser`]; nothing is changed then.
    pub async fn change_profile_of(
        &self,
        staff: &Authenticated,
        id: &UserId,
        change: ProfileChange,
    ) -> Result<User, Failure<StaffError>> {
        let (actor, staff_id, id) = (staff.actor(), staff.user.id.clone(), id.clone());
        let written = self.to_the_end(|accounts| async move {
            let now = accounts.parts.clock.now();
            let written = accounts.parts.store.change_profile_as_staff(actor, id.clone(), change, now).await;
            if matches!(written, Ok(ByStaff::Done(ProfileChanged::Changed(_)))) {
                accounts.tell(Event::ChangedByStaff { id: &id, staff_id: &staff_id });
            }
            written
        });
        match done(written.await?)? {
            ProfileChanged::Changed(user) => Ok(*user),
            ProfileChanged::FieldsTooLarge => Err(StaffError::FieldsTooLarge.into()),
            ProfileChanged::NoSuchUser => Err(StaffError::NoSuchUser.into()),
        }
    }

    /// Gives another user a new address. If addresses must be proved, it counts once the link that is mailed to it was
    /// used; otherwise at once, and the old address gets a notice. Another spelling of a verified user's address counts
    /// at once, and takes back the request for another address.
    ///
    /// # Errors
    ///
    /// Each [`StaffError`]; nothing is changed then. [`StaffError::EmailTaken`] only if addresses need no proof.
    pub async fn change_email_of(
        &self,
        staff: &Authenticated,
        user: User,
        email: EmailAddress,
    ) -> Result<(), Failure<StaffError>> {
        if user.disabled_at.is_some() {
            return Err(StaffError::Disabled.into());
        }
        if user.verified_at.is_some() && user.has_email(&email) {
            return self.keep_email_of(staff, &user.id, Some(email)).await;
        }
        if self.is_email_verification_on() {
            return self.request_email_of(staff, user, email).await;
        }
        if user.verified_at.is_none() {
            return Err(StaffError::Unverified.into());
        }
        let (actor, staff_id, id) = (staff.actor(), staff.user.id.clone(), user.id.clone());
        let change = self.email_change(user, email, EmailProof::NotNeeded);
        let changed = self.to_the_end(|accounts| async move {
            match done(accounts.parts.store.change_email_as_staff(actor, change).await?)? {
                ChangeEmailOutcome::Changed | ChangeEmailOutcome::Verified => {}
                ChangeEmailOutcome::Taken => return Err(StaffError::EmailTaken.into()),
                ChangeEmailOutcome::Void | ChangeEmailOutcome::LoggedOut => return Err(StaffError::Overtaken.into()),
            }
            accounts.tell_of_email(Event::EmailChanged(&id), &id, &staff_id);
            Ok(())
        });
        changed.await
    }

    /// Cancels another user's request for a new address, if there is one. Its link becomes invalid.
    ///
    /// # Errors
    ///
    /// [`StaffError::NotStaff`] and [`StaffError::LoggedOut`]; nothing is changed then.
    pub async fn cancel_email_request_of(&self, staff: &Authenticated, id: &UserId) -> Result<(), Failure<StaffError>> {
        self.keep_email_of(staff, id, None).await
    }

    async fn keep_email_of(
        &self,
        staff: &Authenticated,
        id: &UserId,
        email: Option<EmailAddress>,
    ) -> Result<(), Failure<StaffError>> {
        let (actor, staff_id, id) = (staff.actor(), staff.user.id.clone(), id.clone());
        let kept = self.to_the_end(|accounts| async move {
            let kept = accounts.parts.store.keep_email_as_staff(actor, id.clone(), email, fresh_secret()).await;
            if matches!(kept, Ok(ByStaff::Done(()))) {
                accounts.tell(Event::ChangedByStaff { id: &id, staff_id: &staff_id });
            }
            kept
        });
        Ok(done(kept.await?)?)
    }

    /// Wakes the mail worker, and reports what a staff member has done to a user's address.
    fn tell_of_email(&self, event: Event<'_>, id: &UserId, staff_id: &UserId) {
        self.parts.new_mail.notify_one();
        self.tell(event);
        self.tell(Event::ChangedByStaff { id, staff_id });
    }

    async fn request_email_of(
        &self,
        staff: &Authenticated,
        user: User,
        email: EmailAddress,
    ) -> Result<(), Failure<StaffError>> {
        let (payment, is_owned) = self.ask_for_mail_to(&email).await?;
        let (accounts, actor, staff_id, id) = (self.clone(), staff.actor(), staff.user.id.clone(), user.id.clone());
        let asked = async move {
            let store = &accounts.parts.store;
            let written = if user.verified_at.is_some() {
                let requested = accounts.requested_email(&user, email, is_owned);
                store.request_email_as_staff(actor, user.id, requested).await?
            } else {
                store.correct_email_as_staff(actor, accounts.correction(user, email, is_owned)).await?
            };
            if written == ByStaff::Done(true) {
                accounts.tell_of_email(Event::EmailAskedFor(&id), &id, &staff_id);
            }
            Ok::<_, StoreError>(written)
        };
        let written = payment.spent_on(asked, |written| *written == ByStaff::Done(true)).await?;
        if done(written)? { Ok(()) } else { Err(StaffError::Overtaken.into()) }
    }
}

/// Returns the result of a change that was carried out.
pub(super) fn done<T>(written: ByStaff<T>) -> Result<T, StaffError> {
    match written {
        ByStaff::Done(result) => Ok(result),
        ByStaff::NotStaff => Err(StaffError::NotStaff),
        ByStaff::LoggedOut => Err(StaffError::LoggedOut),
    }
}
