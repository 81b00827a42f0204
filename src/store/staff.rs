//! Changes that a staff member makes to another user's account. Each runs in a transaction that first locks the staff
//! member's live session, and checks that its user is still staff.

use diesel::prelude::*;

use super::administration::delete;
use super::connection::AnyConnection;
use super::email::{self, ChangeEmailOutcome, EmailChange};
use super::requested_email::{self, Correction, RequestedEmail};
use super::schema::users;
use super::sessions::Actor;
use super::{Store, StoreError};
use crate::identity::{EmailAddress, UserId};
use crate::secret::Secret;

/// The outcome of a change by a staff member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByStaff<T> {
    /// The change was carried out, with this result.
    Done(T),
    /// The user is not staff; nothing was changed.
    NotStaff,
    /// The session has ended; nothing was changed.
    LoggedOut,
}

impl Store {
    /// Runs `work` for a logged-in staff member.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(super) async fn write_as_staff<T, F>(&self, actor: Actor, mut work: F) -> Result<ByStaff<T>, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    {
        let staff_id = actor.user_id.clone();
        let written = self
            .write_as(
                actor,
                move |connection| {
                    if is_staff(connection, &staff_id)? { work(connection).map(Some) } else { Ok(None) }
                },
            )
            .await?;
        Ok(match written {
            Some(Some(done)) => ByStaff::Done(done),
            Some(None) => ByStaff::NotStaff,
            None => ByStaff::LoggedOut,
        })
    }

    /// Deletes a user. Returns whether the user existed.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn delete_user_as_staff(&self, actor: Actor, id: UserId) -> Result<ByStaff<bool>, StoreError> {
        self.write_as_staff(actor, move |connection| delete(connection, &id)).await
    }

    /// Changes a user's address at once.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_email_as_staff(
        &self,
        actor: Actor,
        change: EmailChange,
    ) -> Result<ByStaff<ChangeEmailOutcome>, StoreError> {
        match self.write_as_staff(actor, move |connection| email::apply(connection, &change)).await {
            Err(error) if error.violates_unique("users", "owned_email_key") => {
                Ok(ByStaff::Done(ChangeEmailOutcome::Taken))
            }
            written => written,
        }
    }

    /// Stores an address for a verified user, who must prove it, as [`Store::request_email`] does. Returns whether the
    /// user exists.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn request_email_as_staff(
        &self,
        actor: Actor,
        user_id: UserId,
        requested: RequestedEmail,
    ) -> Result<ByStaff<bool>, StoreError> {
        self.write_as_staff(actor, move |connection| requested_email::request(connection, &user_id, &requested)).await
    }

    /// Deletes a verified user's requested address, and stores another spelling of the present one, as
    /// [`Store::keep_email`] does.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn keep_email_as_staff(
        &self,
        actor: Actor,
        user_id: UserId,
        email: Option<EmailAddress>,
        next_secret: Secret,
    ) -> Result<ByStaff<()>, StoreError> {
        self.write_as_staff(actor, move |connection| {
            requested_email::keep(connection, &user_id, email.as_ref(), &next_secret)
        })
        .await
    }

    /// Replaces the address of an unverified user, as [`Store::correct_email`] does.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn correct_email_as_staff(
        &self,
        actor: Actor,
        correction: Correction,
    ) -> Result<ByStaff<bool>, StoreError> {
        self.write_as_staff(actor, move |connection| requested_email::correct(connection, &correction)).await
    }
}

/// Returns whether the user is staff.
fn is_staff(connection: &mut AnyConnection, id: &UserId) -> QueryResult<bool> {
    let staff = users::table.find(id.as_str()).filter(users::staff_at.is_not_null());
    diesel::select(diesel::dsl::exists(staff)).get_result(connection)
}
