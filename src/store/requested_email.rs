//! The queries of requested addresses that are not proved yet. Each user has at most one, the newest.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::outbox::{self, NewMail};
use super::provider_accounts;
use super::schema::users;
use super::sessions::Actor;
use super::username::replace_link_secret;
use super::users::{User, find, lock};
use super::{Store, StoreError};
use crate::identity::{EmailAddress, UserId};
use crate::secret::Secret;

/// An address that a user requests.
#[derive(Clone, Debug)]
pub struct RequestedEmail {
    /// The address.
    pub email: EmailAddress,
    /// The secret that its link will be bound to. A repeated request for the same address keeps the old secret.
    pub secret: Secret,
    /// The mail about the request.
    pub mail: NewMail,
}

/// A corrected address for a user who has proved none.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The user as read before. If the row has another link secret or another password by now, nothing is changed.
    pub user: User,
    /// The address, which replaces the registration's at once.
    pub requested: RequestedEmail,
    /// The new `link_secret`, which invalidates reset links mailed to the old address.
    pub next_link_secret: Secret,
}

impl Store {
    /// Stores the address that a verified user requests, and the mail about it. Deletes unsent mails of older requests.
    /// Returns `false` if the session had ended.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn request_email(&self, actor: Actor, requested: RequestedEmail) -> Result<bool, StoreError> {
        let user_id = actor.user_id.clone();
        let stored = self.write_as(actor, move |connection| request(connection, &user_id, &requested)).await?;
        Ok(stored.unwrap_or(false))
    }

    /// Does the same as [`Store::request_email`] for an operator. Returns whether the user exists.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn request_email_for(&self, user_id: UserId, requested: RequestedEmail) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                lock(connection, &user_id)?;
                request(connection, &user_id, &requested)
            })
            .await
    }

    /// Does the same as [`Store::request_email`] for a user who opened a link that is bound to the `link_secret` of
    /// `user`. The new secret invalidates the link. Returns `false` if the link was used before or invalidated.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn request_email_by_link(
        &self,
        user: User,
        requested: RequestedEmail,
        next_link_secret: Secret,
    ) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                lock(connection, &user.id)?;
                Ok(replace_link_secret(connection, &user, &next_link_secret)?
                    && request(connection, &user.id, &requested)?)
            })
            .await
    }

    /// Deletes a verified user's requested address, if there is one, and stores `email` if it is another spelling of
    /// the account's address. `next_secret` invalidates the mailed link. Returns `false` if the session had ended.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn keep_email(
        &self,
        actor: Actor,
        email: Option<EmailAddress>,
        next_secret: Secret,
        decoy: Option<NewMail>,
    ) -> Result<bool, StoreError> {
        let user_id = actor.user_id.clone();
        let stored = self.write_as(actor, move |connection| {
            keep(connection, &user_id, email.as_ref(), &next_secret)?;
            decoy.iter().try_for_each(|decoy| outbox::insert(connection, decoy))
        });
        Ok(stored.await?.is_some())
    }

    /// Does the same as [`Store::keep_email`] for a user who opened a link that is bound to the `link_secret` of `user`.
    /// The new link secret invalidates the link. Returns `false` if the link was used before or invalidated.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn keep_email_by_link(
        &self,
        user: User,
        email: EmailAddress,
        next_link_secret: Secret,
        next_secret: Secret,
    ) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                lock(connection, &user.id)?;
                let is_valid = replace_link_secret(connection, &user, &next_link_secret)?;
                if is_valid {
                    keep(connection, &user.id, Some(&email), &next_secret)?;
                }
                Ok(is_valid)
            })
            .await
    }

    /// Replaces the address of an unverified user and restarts the registration at the present time. From then on only
    /// the link to the new address verifies the user; all older links are invalid. Returns whether the row was as
    /// expected.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn correct_email(&self, correction: Correction) -> Result<bool, StoreError> {
        self.lanes.write(move |connection| correct(connection, &correction)).await
    }

    /// Does the same as [`Store::correct_email`] for a logged-in user. Returns `None` if the session has ended.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn correct_email_as(&self, actor: Actor, correction: Correction) -> Result<Option<bool>, StoreError> {
        self.write_as(actor, move |connection| correct(connection, &correction)).await
    }
}

pub(super) fn keep(
    connection: &mut AnyConnection,
    user_id: &UserId,
    email: Option<&EmailAddress>,
    next_secret: &Secret,
) -> QueryResult<()> {
    let user = find(connection, user_id.as_str())?;
    // An unverified user's requested address is already the account's own.
    let Some(user) = user.filter(|user| user.verified_at.is_some()) else { return Ok(()) };
    let own = email.filter(|email| user.has_email(email));
    let spelling = own.map(EmailAddress::as_str).or(user.email.as_deref());
    diesel::update(users::table.find(user_id.as_str()))
        .set((
            users::email.eq(spelling),
            users::pending_email.eq(None::<&str>),
            users::pending_email_secret.eq(next_secret.expose()),
        ))
        .execute(connection)?;
    outbox::take_back_requests(connection, user_id)
}

pub(super) fn request(
    connection: &mut AnyConnection,
    user_id: &UserId,
    requested: &RequestedEmail,
) -> QueryResult<bool> {
    let Some(user) = find(connection, user_id.as_str())? else { return Ok(false) };
    set_requested(connection, user_id, requested.email.as_str(), kept_secret(&user, requested))?;
    outbox::take_back_requests(connection, user_id)?;
    outbox::insert(connection, &requested.mail)?;
    Ok(true)
}

pub(super) fn correct(connection: &mut AnyConnection, correction: &Correction) -> QueryResult<bool> {
    let Correction { user, requested, next_link_secret } = correction;
    let unchanged = users::table
        .find(user.id.as_str())
        .filter(users::link_secret.eq(user.link_secret.expose()))
        .filter(users::password_hash.eq(user.password_hash.expose()))
        .filter(users::verified_at.is_null())
        .filter(users::disabled_at.is_null());
    // The registration time is reset: earlier claims of the address keep their precedence, and the account is not
    // purged before its link expires.
    let claimed_at = if user.has_email(&requested.email) { user.created_at } else { requested.mail.created_at };
    let changed = diesel::update(unchanged)
        .set((
            users::email.eq(requested.email.as_str()),
            users::email_key.eq(requested.email.key()),
            users::link_secret.eq(next_link_secret.expose()),
            users::created_at.eq(claimed_at.unix_seconds()),
        ))
        .execute(connection)?;
    if changed == 0 {
        return Ok(false);
    }
    if !user.has_email(&requested.email) {
        provider_accounts::doubt(connection, &user.id, requested.mail.created_at)?;
    }
    set_requested(connection, &user.id, requested.email.as_str(), kept_secret(user, requested))?;
    outbox::take_back_links(connection, &user.id)?;
    outbox::take_back_requests(connection, &user.id)?;
    outbox::insert(connection, &requested.mail)?;
    Ok(true)
}

/// Returns the secret for the link. It is the old one if the address is the same, so that the link in the first mail
/// stays valid: both links prove the same address.
fn kept_secret<'a>(user: &'a User, requested: &'a RequestedEmail) -> &'a Secret {
    let is_same = user.pending_email.as_deref() == Some(requested.email.as_str());
    user.pending_email_secret.as_ref().filter(|_| is_same).unwrap_or(&requested.secret)
}

fn set_requested(connection: &mut AnyConnection, user_id: &UserId, email: &str, secret: &Secret) -> QueryResult<()> {
    diesel::update(users::table.find(user_id.as_str()))
        .set((users::pending_email.eq(email), users::pending_email_secret.eq(secret.expose())))
        .execute(connection)?;
    Ok(())
}
