//! The queries of registration: the unique indexes decide who gets a name.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

use super::connection::{AnyConnection, on_engine};
use super::outbox::{self, NewMail};
use super::schema::users;
use super::users::owns;
use super::{NewIdempotencyKey, Store, StoreError, idempotency_keys};
use crate::clock::Timestamp;
use crate::identity::{EmailAddress, UserId, Username};
use crate::profile_fields::StoredProfile;
use crate::secret::Secret;

/// A user about to be registered.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Made by the caller, so that answer, mail and row agree.
    pub id: UserId,
    /// Absent for accounts that go by e-mail address alone.
    pub username: Option<Username>,
    /// Absent where no mail needs to be sent.
    pub email: Option<EmailAddress>,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// The values of declared fields.
    pub profile: StoredProfile,
    /// PHC string.
    pub password_hash: Secret,
    /// 128 random bits in hex.
    pub link_secret: Secret,
    /// Now.
    pub created_at: Timestamp,
    /// Now, where addresses need no proof.
    pub verified_at: Option<Timestamp>,
}

/// What to do about an address that a verified user has.
#[derive(Clone, Debug)]
pub enum TakenEmail {
    /// Addresses may be shared.
    Allow,
    /// Refuse openly.
    Tell,
    /// Send the owner this mail instead of a link to the new user. `user_id` is filled in.
    Conceal(NewMail),
}

/// The outcome of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterOutcome {
    /// The user and its mail are stored.
    Created,
    /// The same, but a verified user has the address: the mail is for that owner, and no link leads to the new user.
    Concealed,
    /// Somebody has one or both; nothing was created.
    Taken {
        /// Another user has the username.
        username: bool,
        /// A verified user has the address.
        email: bool,
    },
    /// Another request with the same idempotency key has created a user meanwhile; nothing was created.
    KeyUsed,
}

impl Store {
    /// Returns whether another user has the username. The unique index decides when the user is inserted.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn is_username_taken(&self, username: &Username) -> Result<bool, StoreError> {
        let key = username.key();
        self.lanes
            .read(move |connection| {
                let taken = users::table.filter(users::username_key.eq(&key)).select(users::id);
                let taken = diesel::dsl::exists(taken);
                on_engine!(connection, engine => diesel::select(taken).get_result(engine))
            })
            .await
    }

    /// Returns whether a verified user has the address.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn is_email_owned(&self, email: &EmailAddress) -> Result<bool, StoreError> {
        let key = email.key();
        self.lanes.read(move |connection| Ok(owner(connection, &key)?.is_some())).await
    }

    /// Stores a user, the mail that proves the address, and the idempotency key of the request, together.
    ///
    /// A concealed registration differs only in the mail. Its user cannot prove the address while the owner has it. The
    /// user still holds the username and is purged like any other unverified user: otherwise the time at which the
    /// username becomes free would reveal that the address has an owner.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn register(
        &self,
        user: NewUser,
        mail: Option<NewMail>,
        taken_email: TakenEmail,
        key: Option<NewIdempotencyKey>,
    ) -> Result<RegisterOutcome, StoreError> {
        let registering = move |connection: &mut AnyConnection| {
            let outcome = insert(connection, &user, mail.as_ref(), &taken_email)?;
            if let (Some(key), RegisterOutcome::Created | RegisterOutcome::Concealed) = (&key, &outcome) {
                idempotency_keys::insert(connection, key, &user.id, user.created_at)?;
            }
            Ok(outcome)
        };
        match self.lanes.write(registering).await {
            Err(error) if error.violates_unique("idempotency_keys", "digest") => Ok(RegisterOutcome::KeyUsed),
            written => unless_taken(written, |taken| taken),
        }
    }
}

/// Another user has proved the address.
pub(super) const EMAIL_TAKEN: RegisterOutcome = RegisterOutcome::Taken { username: false, email: true };

/// Maps a violated unique index to what is taken.
pub(super) fn unless_taken<T>(
    written: Result<T, StoreError>,
    outcome: impl FnOnce(RegisterOutcome) -> T,
) -> Result<T, StoreError> {
    match written {
        Err(error) if error.violates_unique("users", "username_key") => {
            Ok(outcome(RegisterOutcome::Taken { username: true, email: false }))
        }
        Err(error) if error.violates_unique("users", "owned_email_key") => Ok(outcome(EMAIL_TAKEN)),
        written => written,
    }
}

/// Returns whether a registration has to be refused because another user has proved the address.
pub(super) fn is_refused(
    connection: &mut AnyConnection,
    user: &NewUser,
    taken_email: &TakenEmail,
) -> QueryResult<bool> {
    match (taken_email, &user.email) {
        (TakenEmail::Tell, Some(email)) => Ok(owner(connection, &email.key())?.is_some()),
        _ => Ok(false),
    }
}

/// Inserts a user and the mail. Unique indexes that this violates are the caller's to judge.
pub(super) fn insert(
    connection: &mut AnyConnection,
    user: &NewUser,
    mail: Option<&NewMail>,
    taken_email: &TakenEmail,
) -> QueryResult<RegisterOutcome> {
    if is_refused(connection, user, taken_email)? {
        return Ok(EMAIL_TAKEN);
    }
    let email_key = user.email.as_ref().map(EmailAddress::key);
    let email_key = email_key.as_deref();
    let owner = match (taken_email, email_key) {
        (TakenEmail::Conceal(_), Some(key)) => owner(connection, key)?,
        (TakenEmail::Allow | TakenEmail::Tell, _) | (_, None) => None,
    };
    let owns_email = user.verified_at.is_some() && owner.is_none() && !matches!(taken_email, TakenEmail::Allow);
    let row = (
        users::id.eq(user.id.as_str()),
        users::username.eq(user.username.as_ref().map(Username::as_str)),
        users::username_key.eq(user.username.as_ref().map(Username::key)),
        users::email.eq(user.email.as_ref().map(EmailAddress::as_str)),
        users::email_key.eq(email_key),
        users::owned_email_key.eq(email_key.filter(|_| owns_email)),
        users::first_name.eq(&user.first_name),
        users::last_name.eq(&user.last_name),
        users::password_hash.eq(user.password_hash.expose()),
        users::link_secret.eq(user.link_secret.expose()),
        users::created_at.eq(user.created_at.unix_seconds()),
        users::verified_at.eq(user.verified_at.map(Timestamp::unix_seconds)),
        users::profile.eq(user.profile.as_stored()),
    );
    on_engine!(connection, engine => diesel::insert_into(users::table).values(row).execute(engine))?;
    if let (TakenEmail::Conceal(notice), Some(owner)) = (taken_email, owner) {
        let notice = NewMail { user_id: Some(UserId::from_stored(owner)), ..notice.clone() };
        outbox::insert(connection, &notice).map_err(again_without_owner)?;
        return Ok(RegisterOutcome::Concealed);
    }
    if let Some(mail) = mail {
        outbox::insert(connection, mail)?;
    }
    Ok(RegisterOutcome::Created)
}

/// Maps a foreign key violation to a conflict, so that the registration runs again. On PostgreSQL the owner of the
/// address may be deleted meanwhile; the next run finds the address free.
fn again_without_owner(error: Error) -> Error {
    match error {
        Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, details) => {
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, details)
        }
        other => other,
    }
}

/// Finds the id of the user who has proved the address.
pub(super) fn owner(connection: &mut AnyConnection, email_key: &str) -> QueryResult<Option<String>> {
    // Not `first`: SQLite plans a statement with `LIMIT ?` anew whenever that is bound, and a unique index needs none.
    let owner = users::table.filter(owns(Some(email_key))).select(users::id);
    on_engine!(connection, engine => owner.get_result(engine)).optional()
}
