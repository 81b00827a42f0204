//! The queries of passwords. Each replaces the `link_secret`, so that every older link that could take the account over
//! is dead, takes back those that wait to be mailed, and ends sessions, in the same transaction.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::outbox::{self, NewMail};
use super::schema::users;
use super::sessions::{self, Actor};
use super::users::{EmailSharing, lock};
use super::verification::{Proof, VerifyOutcome, verify};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::secret::Secret;

/// What became of a change of password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangePasswordOutcome {
    /// The user has the new password.
    Changed,
    /// The password is not the old one any more, or the user was disabled; nothing was changed.
    Overtaken,
    /// The session of whoever asked has ended; nothing was changed.
    LoggedOut,
}

/// What a user has from now on.
#[derive(Clone, Debug)]
pub struct NewCredentials {
    /// PHC string.
    pub password_hash: Secret,
    /// Kills older links.
    pub link_secret: Secret,
    /// Kills the link to an address that was asked for.
    pub email_secret: Secret,
}

/// A reset link that came back.
#[derive(Clone, Debug)]
pub struct UsedReset {
    /// Whose.
    pub user_id: UserId,
    /// What it was bound to: it works where the row holds this still.
    pub link_secret: Secret,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// Whether an address that the link proves is then the user's alone.
    pub sharing: EmailSharing,
    /// What becomes of a user whose address somebody else has proved.
    pub when_taken: TakenAtReset,
}

/// What to do at a reset for a user who is unverified, and whose address somebody else has proved meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenAtReset {
    /// Refuse: the user could not log in with the new password.
    Refuse,
    /// Set the password, and leave the user unverified.
    LeaveUnverified,
}

/// What became of a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetOutcome {
    /// The user has the new password.
    Done,
    /// The user has the new password, and is verified by the link for the first time.
    Verified,
    /// Somebody else has proved the address; nothing was changed.
    EmailTaken,
    /// The link was used before, or others killed it; nothing was changed.
    Void,
}

impl Store {
    /// Replaces the password of somebody who is logged in and still has `old_hash`, ends all other sessions, and stores
    /// the notice. Of several changes at once, one wins.
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

    /// Replaces the password of a user whose reset link came back, ends all sessions, and stores the notice. As the
    /// link was mailed to the user's address, it verifies a user who is not verified yet. Of several uses of one link,
    /// one wins.
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

    /// Sets a password on an administrator's word, and ends all sessions. Tells whether there is such a user.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn set_password(&self, user_id: UserId, new: NewCredentials) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                // First the user, whose row a login locks too: the other way round PostgreSQL lets one in between.
                let user = users::table.find(user_id.as_str());
                let is_set = diesel::update(user).set(credentials(&new)).execute(connection)? == 1;
                forget_requested_email(connection, &user_id, &new.email_secret)?;
                sessions::end_all(connection, &user_id)?;
                outbox::take_back_links(connection, &user_id)?;
                Ok(is_set)
            })
            .await
    }

    /// Replaces a hash by one of the same password at today's cost; links stay alive. Tells whether the old one was
    /// still there.
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
    // First, as nothing may be changed where it is refused.
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
    Ok(if verified == VerifyOutcome::Verified { ResetOutcome::Verified } else { ResetOutcome::Done })
}

/// What every new password replaces.
#[derive(AsChangeset)]
#[diesel(table_name = users)]
struct Credentials<'a> {
    password_hash: &'a str,
    link_secret: &'a str,
}

fn credentials(new: &NewCredentials) -> Credentials<'_> {
    Credentials { password_hash: new.password_hash.expose(), link_secret: new.link_secret.expose() }
}

/// Kills the link to an address that was asked for. A verified user's request is forgotten. An unverified user keeps
/// the address, which is that of the account: another link can be asked for.
fn forget_requested_email(connection: &mut AnyConnection, user_id: &UserId, next_secret: &Secret) -> QueryResult<()> {
    let asked = users::table.find(user_id.as_str()).filter(users::pending_email_secret.is_not_null());
    diesel::update(asked).set(users::pending_email_secret.eq(next_secret.expose())).execute(connection)?;
    diesel::update(asked.filter(users::verified_at.is_not_null()))
        .set(users::pending_email.eq(None::<&str>))
        .execute(connection)?;
    Ok(())
}

/// Tells the user at the address that the account has now, if it has one, and not at one it may have when the mail is
/// sent: who has just taken the account over is not the one to be told.
fn notify(connection: &mut AnyConnection, user_id: &UserId, notice: &NewMail) -> QueryResult<()> {
    let recipient: Option<String> = users::table.find(user_id.as_str()).select(users::email).first(connection)?;
    if recipient.is_none() {
        return Ok(());
    }
    outbox::insert(connection, &NewMail { recipient, ..notice.clone() })
}
