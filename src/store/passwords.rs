//! The queries of passwords. Each runs one transaction that replaces the `link_secret`, deletes unsent mails and ends
//! sessions. The new secret invalidates every older link that could take the account over.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::notices::notify;
use super::outbox::{self, NewMail};
use super::provider_accounts;
use super::schema::users;
use super::sessions::{self, Actor};
use super::users::{EmailSharing, lock};
use super::verification::{Proof, VerifyOutcome, send_welcome, verify};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::secret::Secret;

/// The outcome of a password change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangePasswordOutcome {
    /// The user has the new password.
    Changed,
    /// The password is not the old one any more, or the user was disabled; nothing was changed.
    Overtaken,
    /// The actor's session has ended; nothing was changed.
    LoggedOut,
}

/// The values that a new password replaces.
#[derive(Clone, Debug)]
pub struct NewCredentials {
    /// PHC string.
    pub password_hash: Secret,
    /// Invalidates older links.
    pub link_secret: Secret,
    /// Invalidates the link to a requested address.
    pub email_secret: Secret,
}

/// A reset link that a user opened.
#[derive(Clone, Debug)]
pub struct UsedReset {
    /// The user.
    pub user_id: UserId,
    /// The secret that the link was bound to. The link works while the row still holds this secret.
    pub link_secret: Secret,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// Whether several verified users may have the address that the link proves.
    pub sharing: EmailSharing,
    /// The mail to a user whom the link verifies, if the site sends one.
    pub welcome: Option<NewMail>,
    /// The mail about a provider account that the reset disconnects.
    pub disconnected: NewMail,
    /// What happens if another user has proved the address.
    pub when_taken: TakenAtReset,
}

/// What a reset does if the user is unverified and another user has proved the address meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenAtReset {
    /// Refuse: the user could not log in with the new password.
    Refuse,
    /// Set the password, and leave the user unverified.
    LeaveUnverified,
}

/// The outcome of a reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResetOutcome {
    /// The user has the new password.
    Done {
        /// Whether the link has verified the user, for the first time.
        is_first_proof: bool,
        /// The providers of the accounts that were disconnected: another person may have connected them.
        disconnected: Vec<String>,
    },
    /// Another user has proved the address; nothing was changed.
    EmailTaken,
    /// The link was used before or was invalidated by a newer one; nothing was changed.
    Void,
}

impl Store {
    /// Replaces the password of a logged-in user whose hash is still `old_hash`, ends all other sessions and stores the
    /// notice. Of several concurrent changes, one succeeds.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_password(
        &self,
        actor: Actor,
        old_hash: Secret,
        new: NewCredentials,
        notice: NewMail,
    ) -> Result<ChangePasswordOutcome, StoreError> {
        let (user_id, own_session) = (actor.user_id.clone(), actor.session_id.clone());
        let changed = self
            .write_as(actor, move |connection| {
                let unchanged = users::table
                    .find(user_id.as_str())
                    .filter(users::password_hash.eq(old_hash.expose()))
                    .filter(users::disabled_at.is_null());
                let won = diesel::update(unchanged).set(credentials(&new)).execute(connection)? == 1;
                if won {
                    forget_requested_email(connection, &user_id, &new.email_secret)?;
                    sessions::end_others(connection, &user_id, &own_session)?;
                    outbox::take_back_links(connection, &user_id)?;
                    notify(connection, &user_id, &notice)?;
                }
                Ok(won)
            })
            .await?;
        Ok(match changed {
            Some(true) => ChangePasswordOutcome::Changed,
            Some(false) => ChangePasswordOutcome::Overtaken,
            None => ChangePasswordOutcome::LoggedOut,
        })
    }

    /// Replaces the password of a user who opened a reset link, ends all sessions and stores the notice. The link was
    /// mailed to the user's address, so it also verifies an unverified user. Of several concurrent uses of one link,
    /// one succeeds.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn reset_password(
        &self,
        used: UsedReset,
        new: NewCredentials,
        notice: NewMail,
    ) -> Result<ResetOutcome, StoreError> {
        let written = self.lanes.write(move |connection| reset(connection, &used, &new, &notice)).await;
        match written {
            Err(error) if error.violates_unique("users", "owned_email_key") => Ok(ResetOutcome::EmailTaken),
            written => written,
        }
    }

    /// Sets a password for an administrator and ends all sessions. Returns whether the user exists.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn set_password(&self, user_id: UserId, new: NewCredentials) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                // The user's row first: a login locks it too. In the other order a login on PostgreSQL could run in
                // between.
                let user = users::table.find(user_id.as_str());
                let is_set = diesel::update(user).set(credentials(&new)).execute(connection)? == 1;
                forget_requested_email(connection, &user_id, &new.email_secret)?;
                sessions::end_all(connection, &user_id)?;
                outbox::take_back_links(connection, &user_id)?;
                Ok(is_set)
            })
            .await
    }

    /// Replaces a hash by one of the same password at the present cost; links stay valid. Returns whether the row still
    /// held the old hash.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn rehash_password(&self, user_id: UserId, old: Secret, new: Secret) -> Result<bool, StoreError> {
        self.lanes
            .write_statement(move |connection| {
                let unchanged = users::table.find(user_id.as_str()).filter(users::password_hash.eq(old.expose()));
                Ok(diesel::update(unchanged).set(users::password_hash.eq(new.expose())).execute(connection)? == 1)
            })
            .await
    }
}

fn reset(
    connection: &mut AnyConnection,
    used: &UsedReset,
    new: &NewCredentials,
    notice: &NewMail,
) -> QueryResult<ResetOutcome> {
    lock(connection, &used.user_id)?;
    let bound = users::table.find(used.user_id.as_str()).filter(users::link_secret.eq(used.link_secret.expose()));
    let email: Option<Option<String>> = bound.select(users::email).first(connection).optional()?;
    let Some(email) = email else { return Ok(ResetOutcome::Void) };
    // First, because a refusal must leave everything unchanged.
    let verified = match email {
        Some(_) => verify(connection, &used.user_id, used.now, used.sharing, Proof::PresentAddress)?,
        None => VerifyOutcome::NoSuchUser,
    };
    if verified == VerifyOutcome::EmailTaken && used.when_taken == TakenAtReset::Refuse {
        return Ok(ResetOutcome::EmailTaken);
    }
    let used_link = (
        users::used_reset_secret.eq(used.link_secret.expose()),
        users::used_reset_at.eq(used.signed_at.unix_seconds()),
    );
    diesel::update(bound).set((credentials(new), used_link)).execute(connection)?;
    forget_requested_email(connection, &used.user_id, &new.email_secret)?;
    sessions::end_all(connection, &used.user_id)?;
    outbox::take_back_links(connection, &used.user_id)?;
    notify(connection, &used.user_id, notice)?;
    // A person other than the owner of the address may have connected them.
    let disconnected = provider_accounts::disconnect_doubted(connection, &used.user_id, &used.disconnected)?;
    send_welcome(connection, &used.user_id, verified, used.welcome.as_ref())?;
    Ok(ResetOutcome::Done { is_first_proof: verified == VerifyOutcome::Verified, disconnected })
}

/// The columns that every new password replaces.
#[derive(AsChangeset)]
#[diesel(table_name = users)]
struct Credentials<'a> {
    password_hash: &'a str,
    link_secret: &'a str,
}

fn credentials(new: &NewCredentials) -> Credentials<'_> {
    Credentials { password_hash: new.password_hash.expose(), link_secret: new.link_secret.expose() }
}

/// Invalidates the link to a requested address. Deletes a verified user's request. An unverified user keeps the
/// address, which is the account's own, and can request another link.
fn forget_requested_email(connection: &mut AnyConnection, user_id: &UserId, next_secret: &Secret) -> QueryResult<()> {
    let asked = users::table.find(user_id.as_str()).filter(users::pending_email_secret.is_not_null());
    diesel::update(asked).set(users::pending_email_secret.eq(next_secret.expose())).execute(connection)?;
    diesel::update(asked.filter(users::verified_at.is_not_null()))
        .set(users::pending_email.eq(None::<&str>))
        .execute(connection)?;
    Ok(())
}
