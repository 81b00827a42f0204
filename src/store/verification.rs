//! The queries of verification: one guarded update makes a user verified, once.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, Text};

use super::connection::AnyConnection;
use super::registration::owner;
use super::schema::users;
use super::users::EmailSharing;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::{EmailAddress, UserId};

/// What became of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyOutcome {
    /// The user is verified, by this call.
    Verified,
    /// The user was verified before.
    AlreadyVerified,
    /// An administrator has shut the account; nothing was changed.
    Disabled,
    /// Another user has proved the address; nothing was changed.
    EmailTaken,
    /// The address of the registration was corrected, so that its links prove nothing; nothing was changed.
    Corrected,
    /// There is no such user (any more).
    NoSuchUser,
}

/// What proves that the user reads mail at the address of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// A link of the registration. It was mailed to the first address, and says nothing of a corrected one.
    RegistrationLink,
    /// A link that went to the address of today, or an operator's word.
    PresentAddress,
}

/// A user who has not proved the address yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unverified {
    /// Who.
    pub id: UserId,
    /// The address, where it is not that of the registration any more.
    pub corrected_email: Option<String>,
}

impl Store {
    /// Makes a user verified who is not yet, and owner of the address, on the word of a link of the registration.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn mark_verified(
        &self,
        id: UserId,
        now: Timestamp,
        sharing: EmailSharing,
    ) -> Result<VerifyOutcome, StoreError> {
        let verifying =
            move |connection: &mut AnyConnection| verify(connection, &id, now, sharing, Proof::RegistrationLink);
        unless_taken(self.lanes.write_shared(verifying).await)
    }

    /// Makes a user verified who is not yet, and owner of the address, on an operator's word.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn vouch_for_email(
        &self,
        id: UserId,
        now: Timestamp,
        sharing: EmailSharing,
    ) -> Result<VerifyOutcome, StoreError> {
        let verifying =
            move |connection: &mut AnyConnection| verify(connection, &id, now, sharing, Proof::PresentAddress);
        unless_taken(self.lanes.write_statement(verifying).await)
    }

    /// Finds the newest unverified, not disabled user with the address, registered not before `since`, unless a
    /// verified user has it, since no link would prove it.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_unverified(
        &self,
        email: &EmailAddress,
        since: Option<Timestamp>,
    ) -> Result<Option<Unverified>, StoreError> {
        let (key, since) = (email.key(), since.map_or(i64::MIN, Timestamp::unix_seconds));
        self.lanes
            .read(move |connection| {
                let newest = users::table
                    .filter(users::email_key.eq(&key))
                    .filter(users::verified_at.is_null())
                    .filter(users::disabled_at.is_null())
                    .filter(users::created_at.ge(since))
                    .order((users::created_at.desc(), users::id.desc()))
                    .select((users::id, users::pending_email))
                    .first::<(String, Option<String>)>(connection)
                    .optional()?;
                let is_owned = owner(connection, &key)?.is_some();
                let newest = newest.filter(|_| !is_owned);
                Ok(newest.map(|(id, corrected_email)| Unverified { id: UserId::from_stored(id), corrected_email }))
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

pub(super) fn verify(
    connection: &mut AnyConnection,
    id: &UserId,
    now: Timestamp,
    sharing: EmailSharing,
    proof: Proof,
) -> QueryResult<VerifyOutcome> {
    // On PostgreSQL two may look at the same moment, and its unique index has the last word.
    let update = MarkVerified {
        id: id.as_str(),
        now: now.unix_seconds(),
        owns_email: sharing == EmailSharing::Unique,
        holds_for_corrected: proof == Proof::PresentAddress,
    };
    let changed = match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => update.execute(sqlite)?,
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

/// The one statement that this program lives by, written out and handed to the engine itself: diesel prepares an UPDATE
/// of its query builder anew for every execution (its columns could be others each time), which costs as much as SQLite
/// takes to do it.
struct MarkVerified<'a> {
    id: &'a str,
    now: i64,
    owns_email: bool,
    holds_for_corrected: bool,
}

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
        out.push_sql(
            " AND EXISTS (SELECT 1 FROM users AS owner \
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
