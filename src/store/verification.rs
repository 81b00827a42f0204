//! The queries of verification: one guarded update verifies a user, once.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, Text};

use super::connection::AnyConnection;
use super::login_names::Claimants;
use super::notices::notify;
use super::outbox::NewMail;
use super::registration::owner;
use super::schema::users;
use super::users::{EmailSharing, lock};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::{EmailAddress, UserId};

/// The outcome of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyOutcome {
    /// This call verified the user.
    Verified,
    /// The user was verified before.
    AlreadyVerified,
    /// An administrator has disabled the account; nothing was changed.
    Disabled,
    /// Another user has proved the address; nothing was changed.
    EmailTaken,
    /// The address of the registration was corrected, so that its links prove nothing; nothing was changed.
    Corrected,
    /// There is no such user, or not any more.
    NoSuchUser,
}

/// What proves that the user reads mail at the address of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// A link of the registration. It was mailed to the first address and does not prove a corrected one.
    RegistrationLink,
    /// A link that was mailed to the present address, or an operator's confirmation.
    PresentAddress,
}

/// A user who has not proved the address yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unverified {
    /// The user.
    pub id: UserId,
    /// The present address, if the user has corrected the registration's address.
    pub corrected_email: Option<String>,
}

/// The columns `id` and `pending_email`.
type Claiming = (String, Option<String>);

impl Store {
    /// Verifies a user by a link of the registration, and makes the user the owner of the address. Stores `welcome` if
    /// this call verified the user.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn mark_verified(
        &self,
        id: UserId,
        now: Timestamp,
        sharing: EmailSharing,
        welcome: Option<NewMail>,
    ) -> Result<VerifyOutcome, StoreError> {
        let verifying = move |connection: &mut AnyConnection| {
            let outcome = verify(connection, &id, now, sharing, Proof::RegistrationLink)?;
            send_welcome(connection, &id, outcome, welcome.as_ref())?;
            Ok(outcome)
        };
        unless_taken(self.lanes.write_shared(verifying).await)
    }

    /// Verifies a user for an operator, and makes the user the owner of the address. Stores `welcome` if this call
    /// verified the user.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn vouch_for_email(
        &self,
        id: UserId,
        now: Timestamp,
        sharing: EmailSharing,
        welcome: Option<NewMail>,
    ) -> Result<VerifyOutcome, StoreError> {
        let verifying = move |connection: &mut AnyConnection| {
            let outcome = verify(connection, &id, now, sharing, Proof::PresentAddress)?;
            send_welcome(connection, &id, outcome, welcome.as_ref())?;
            Ok(outcome)
        };
        unless_taken(self.lanes.write(verifying).await)
    }

    /// Verifies a user whose address an identity provider has verified, and makes the user the owner of the address.
    /// Stores `welcome` if this call verified the user.
    ///
    /// The provider vouches for `email` alone: a user who has another address by now stays as they are, which is
    /// [`VerifyOutcome::Corrected`].
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn verify_email_of(
        &self,
        id: UserId,
        email: EmailAddress,
        now: Timestamp,
        sharing: EmailSharing,
        welcome: Option<NewMail>,
    ) -> Result<VerifyOutcome, StoreError> {
        let verifying = move |connection: &mut AnyConnection| {
            lock(connection, &id)?;
            let present = users::table.find(id.as_str()).select(users::email_key);
            let present = present.get_result::<Option<String>>(connection).optional()?.flatten();
            if present != Some(email.key()) {
                return Ok(VerifyOutcome::Corrected);
            }
            let outcome = verify(connection, &id, now, sharing, Proof::PresentAddress)?;
            send_welcome(connection, &id, outcome, welcome.as_ref())?;
            Ok(outcome)
        };
        unless_taken(self.lanes.write(verifying).await)
    }

    /// Finds an enabled, unverified user with the address who registered at or after `since` or has logged in, and so is not
    /// purged: the first, who logs in by the address, where such users may; elsewhere the newest. Finds none if a verified user has the address: no link
    /// could prove it then.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_unverified(
        &self,
        email: &EmailAddress,
        since: Option<Timestamp>,
        claimants: Claimants,
    ) -> Result<Option<Unverified>, StoreError> {
        let (key, since) = (email.key(), since.map_or(i64::MIN, Timestamp::unix_seconds));
        self.lanes
            .read(move |connection| {
                let claiming = users::table
                    .filter(users::email_key.eq(&key))
                    .filter(users::verified_at.is_null())
                    .filter(users::disabled_at.is_null())
                    .filter(users::created_at.ge(since).or(users::last_login_at.is_not_null()))
                    .select((users::id, users::pending_email));
                let found = match claimants {
                    Claimants::LogIn => {
                        claiming.order((users::created_at.asc(), users::id.asc())).first::<Claiming>(connection)
                    }
                    Claimants::AreTold => {
                        claiming.order((users::created_at.desc(), users::id.desc())).first::<Claiming>(connection)
                    }
                };
                let found = found.optional()?;
                let is_owned = owner(connection, &key)?.is_some();
                let found = found.filter(|_| !is_owned);
                Ok(found.map(|(id, corrected_email)| Unverified { id: UserId::from_stored(id), corrected_email }))
            })
            .await
    }
}

fn unless_taken(written: Result<VerifyOutcome, StoreError>) -> Result<VerifyOutcome, StoreError> {
    match written {
        Err(error) if error.violates_unique("users", "owned_email_key") => Ok(VerifyOutcome::EmailTaken),
        written => written,
    }
}

/// Stores the mail to a user who has just been verified, if the site sends one.
pub(super) fn send_welcome(
    connection: &mut AnyConnection,
    id: &UserId,
    outcome: VerifyOutcome,
    welcome: Option<&NewMail>,
) -> QueryResult<()> {
    match welcome.filter(|_| outcome == VerifyOutcome::Verified) {
        Some(welcome) => notify(connection, id, welcome),
        None => Ok(()),
    }
}

pub(super) fn verify(
    connection: &mut AnyConnection,
    id: &UserId,
    now: Timestamp,
    sharing: EmailSharing,
    proof: Proof,
) -> QueryResult<VerifyOutcome> {
    // On PostgreSQL two transactions may check at the same moment; the unique index decides between them.
    let update = MarkVerified {
        id: id.as_str(),
        now: now.unix_seconds(),
        owns_email: sharing == EmailSharing::Unique,
        holds_for_corrected: proof == Proof::PresentAddress,
        looks_for_owners: "EXISTS ",
    };
    let changed = match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => MarkVerified { looks_for_owners: IF_CONTESTED, ..update }.execute(sqlite)?,
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => update.execute(postgres)?,
    };
    if changed == 1 {
        return Ok(VerifyOutcome::Verified);
    }
    let standing = users::table
        .find(id.as_str())
        .select((users::verified_at, users::disabled_at, users::pending_email))
        .get_result::<(Option<i64>, Option<i64>, Option<String>)>(connection)
        .optional()?;
    Ok(match standing {
        None => VerifyOutcome::NoSuchUser,
        Some((_, Some(_), _)) => VerifyOutcome::Disabled,
        Some((Some(_), None, _)) => VerifyOutcome::AlreadyVerified,
        Some((None, None, Some(_))) if proof == Proof::RegistrationLink => VerifyOutcome::Corrected,
        Some((None, None, _)) => VerifyOutcome::EmailTaken,
    })
}

/// The most frequent write, as SQL text that is prepared once. diesel prepares an UPDATE of its query builder anew for
/// every execution (its columns may differ each time), which takes as long as SQLite takes to run it.
struct MarkVerified<'a> {
    id: &'a str,
    now: i64,
    owns_email: bool,
    holds_for_corrected: bool,
    /// What stands before the query for another owner.
    looks_for_owners: &'static str,
}

/// SQLite looks for another owner only if several users have the address, which the triggers of `contested_emails` see to.
#[cfg(feature = "sqlite")]
const IF_CONTESTED: &str = "EXISTS (SELECT 1 FROM contested_emails AS contested \
                            WHERE contested.email_key = users.email_key) AND EXISTS ";

impl<DB> QueryFragment<DB> for MarkVerified<'_>
where
    DB: Backend + HasSqlType<Bool> + HasSqlType<BigInt> + HasSqlType<Text>,
    bool: ToSql<Bool, DB>,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE users SET owned_email_key = CASE WHEN ");
        out.push_bind_param::<Bool, _>(&self.owns_email)?;
        out.push_sql(" THEN email_key END, pending_email = NULL, verified_at = ");
        out.push_bind_param::<BigInt, _>(&self.now)?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<Text, _>(self.id)?;
        out.push_sql(" AND verified_at IS NULL AND disabled_at IS NULL AND (pending_email IS NULL OR ");
        out.push_bind_param::<Bool, _>(&self.holds_for_corrected)?;
        out.push_sql(") AND NOT (");
        out.push_bind_param::<Bool, _>(&self.owns_email)?;
        out.push_sql(" AND ");
        out.push_sql(self.looks_for_owners);
        out.push_sql(
            "(SELECT 1 FROM users AS owner \
             WHERE owner.email_key = users.email_key AND owner.owned_email_key = users.email_key))",
        );
        Ok(())
    }
}

impl QueryId for MarkVerified<'_> {
    type QueryId = MarkVerified<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<C> RunQueryDsl<C> for MarkVerified<'_> {}
