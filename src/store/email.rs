//! The queries of e-mail changes: the unique index decides who has an address.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::connection::AnyConnection;
use super::notices::notify;
use super::outbox::{self, NewMail};
use super::provider_accounts;
use super::schema::users;
use super::sessions::Actor;
use super::username::replace_link_secret;
use super::users::{EmailSharing, User};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::EmailAddress;
use crate::secret::Secret;

/// The outcome of an address change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeEmailOutcome {
    /// The user has the new address.
    Changed,
    /// The user has the address, and is verified by it for the first time.
    Verified,
    /// Another user has proved the address; nothing was changed.
    Taken,
    /// The user's row is no longer as it was read, or the user is gone or disabled; nothing was changed.
    Void,
    /// The actor's session has ended; nothing was changed.
    LoggedOut,
}

/// A change of address about to be made.
#[derive(Clone, Debug)]
pub struct EmailChange {
    /// The user, as read before. If the row has another link secret or another pending address by now, nothing is
    /// changed.
    pub user: User,
    /// The new address.
    pub email: EmailAddress,
    /// Whether several verified users may have the address.
    pub sharing: EmailSharing,
    /// What proves the address.
    pub proof: EmailProof,
    /// The new `link_secret`, which invalidates older links.
    pub next_link_secret: Secret,
    /// The mail to the old address, which is its recipient. An address that was never proved gets none.
    pub notice: NewMail,
    /// The mail to a user whom the change verifies, if the site sends one.
    pub welcome: Option<NewMail>,
    /// Now.
    pub now: Timestamp,
}

/// What proves a new address.
#[derive(Clone, Debug)]
pub enum EmailProof {
    /// A link bound to this secret. It also verifies the user.
    Link(Secret),
    /// An operator's confirmation. It also verifies the user.
    Operator,
    /// No proof is needed; the user is verified already.
    NotNeeded,
}

impl User {
    /// Returns whether the address is the account's own, in any spelling.
    pub fn has_email(&self, email: &EmailAddress) -> bool {
        self.email.as_ref().is_some_and(|own| EmailAddress::from_stored(own).key() == email.key())
    }

    /// Returns the secret to which a link that proves `email` must be bound. Only the address requested last has one.
    pub fn secret_of_email_link(&self, email: &str) -> Option<&Secret> {
        match (&self.pending_email, &self.pending_email_secret) {
            (Some(pending), secret) if pending == email => secret.as_ref(),
            // Mailed by version 0.1.0, which stored no requests.
            (None, None) if self.verified_at.is_some() => Some(&self.link_secret),
            _ => None,
        }
    }
}

impl Store {
    /// Changes an address by a link or for an operator.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_email(&self, change: EmailChange) -> Result<ChangeEmailOutcome, StoreError> {
        unless_taken(self.lanes.write(move |connection| apply(connection, &change)).await)
    }

    /// Removes the address of a logged-in user, and stores the notice for it.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn remove_email_as(
        &self,
        session_id: String,
        user: User,
        next_link_secret: Secret,
        notice: NewMail,
    ) -> Result<ChangeEmailOutcome, StoreError> {
        let actor = Actor { user_id: user.id.clone(), session_id };
        let removed =
            self.write_as(actor, move |connection| remove(connection, &user, &next_link_secret, &notice)).await?;
        Ok(match removed {
            Some(true) => ChangeEmailOutcome::Changed,
            Some(false) => ChangeEmailOutcome::Void,
            None => ChangeEmailOutcome::LoggedOut,
        })
    }

    /// Changes the address of a logged-in user, if the session has not been ended meanwhile.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn change_email_as(
        &self,
        session_id: String,
        change: EmailChange,
    ) -> Result<ChangeEmailOutcome, StoreError> {
        let actor = Actor { user_id: change.user.id.clone(), session_id };
        let written = self.write_as(actor, move |connection| apply(connection, &change)).await;
        unless_taken(written.map(|outcome| outcome.unwrap_or(ChangeEmailOutcome::LoggedOut)))
    }
}

/// Removes the address of a user, unless the row has another link secret by now. Stores the notice for that address.
/// Returns whether it did.
fn remove(connection: &mut AnyConnection, user: &User, next_secret: &Secret, notice: &NewMail) -> QueryResult<bool> {
    if !replace_link_secret(connection, user, next_secret)? {
        return Ok(false);
    }
    notify(connection, &user.id, notice)?;
    diesel::update(users::table.find(user.id.as_str()))
        .set((
            users::email.eq(None::<&str>),
            users::email_key.eq(None::<&str>),
            users::owned_email_key.eq(None::<&str>),
            users::pending_email.eq(None::<&str>),
            users::pending_email_secret.eq(None::<&str>),
        ))
        .execute(connection)?;
    outbox::take_back_requests(connection, &user.id)?;
    Ok(true)
}

/// Stores the new address and secret, deletes unsent mails with links, and stores the notice to the old address.
pub(super) fn apply(connection: &mut AnyConnection, change: &EmailChange) -> QueryResult<ChangeEmailOutcome> {
    let user = &change.user;
    let key = change.email.key();
    let owned = (change.sharing == EmailSharing::Unique).then_some(&key);
    let (used_secret, verified_at, may_be_disabled) = match &change.proof {
        EmailProof::Link(secret) => (Some(secret.expose()), Some(user.verified_at.unwrap_or(change.now)), false),
        EmailProof::Operator => (None, Some(user.verified_at.unwrap_or(change.now)), true),
        EmailProof::NotNeeded => (None, user.verified_at, false),
    };
    let requested_secret = user.pending_email_secret.as_ref().map_or("", Secret::expose);
    let unchanged = users::table
        .find(user.id.as_str())
        .filter(users::link_secret.eq(user.link_secret.expose()))
        // Requesting another address replaces the secret, and so does withdrawing the request.
        .filter(sql::<Bool>("COALESCE(pending_email_secret, '') = ").bind::<Text, _>(requested_secret))
        .filter(users::disabled_at.is_null().or(may_be_disabled.into_sql::<Bool>()));
    let changed = diesel::update(unchanged)
        .set((
            users::email.eq(change.email.as_str()),
            users::email_key.eq(&key),
            users::verified_at.eq(verified_at.map(Timestamp::unix_seconds)),
            users::owned_email_key.eq(owned),
            users::link_secret.eq(change.next_link_secret.expose()),
            users::pending_email.eq(None::<&str>),
            users::used_email_secret.eq(used_secret),
        ))
        .execute(connection)?;
    if changed == 0 {
        return Ok(ChangeEmailOutcome::Void);
    }
    outbox::take_back_links(connection, &user.id)?;
    let is_same_mailbox = user.has_email(&change.email);
    if !is_same_mailbox {
        provider_accounts::doubt(connection, &user.id, change.now)?;
    }
    if user.verified_at.is_none() {
        change.welcome.iter().try_for_each(|welcome| notify(connection, &user.id, welcome))?;
        return Ok(ChangeEmailOutcome::Verified);
    }
    // A change of spelling needs no notice: the mailbox is the same.
    if let Some(old) = user.email.clone().filter(|_| !is_same_mailbox) {
        outbox::insert(connection, &NewMail { recipient: Some(old), ..change.notice.clone() })?;
    }
    Ok(ChangeEmailOutcome::Changed)
}

fn unless_taken(written: Result<ChangeEmailOutcome, StoreError>) -> Result<ChangeEmailOutcome, StoreError> {
    match written {
        Err(error) if error.violates_unique("users", "owned_email_key") => Ok(ChangeEmailOutcome::Taken),
        written => written,
    }
}
