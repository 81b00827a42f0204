//! Connects provider accounts to users: to new ones, to the owner of an address, or to who is logged in.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

use super::unused::delete_unused;
use super::{MOST_OF_A_USER, count};
use crate::clock::Timestamp;
use crate::identity::{EmailAddress, UserId};
use crate::store::connection::AnyConnection;
use crate::store::notices::notify;
use crate::store::outbox::NewMail;
use crate::store::registration::{self, EMAIL_TAKEN, NewUser, RegisterOutcome, TakenEmail};
use crate::store::schema::{provider_accounts, users};
use crate::store::sessions::Actor;
use crate::store::users::lock;
use crate::store::{Store, StoreError};

/// An account at an identity provider that is about to be connected.
#[derive(Clone, Debug)]
pub struct NewProviderAccount {
    /// Made by the caller.
    pub id: String,
    /// The provider, by its name in the settings.
    pub provider: String,
    /// How the provider calls the account.
    pub subject: String,
    /// Now.
    pub created_at: Timestamp,
    /// The address that the provider has verified, if that counts here. Only for the user of this address it is known that
    /// the owner of the address connects the account.
    pub proved_email: Option<EmailAddress>,
}

/// The outcome of a registration by a provider account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderRegistration {
    /// As for a user with a password.
    Registered {
        /// What came of it.
        outcome: RegisterOutcome,
        /// Whether the user who was to be replaced was deleted.
        has_replaced: bool,
    },
    /// A user has the provider account already; nothing was created.
    AlreadyConnected,
}

/// The outcome of connecting a provider account to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectOutcome {
    /// The user logs in by it from now on. It was disconnected from the unverified user with this id, if there was one.
    Connected(Option<UserId>),
    /// The user has it already.
    AlreadyOwn,
    /// Another user has it; nothing was changed.
    OfAnother,
    /// The user has as many as are stored of one; nothing was changed.
    TooMany,
    /// The actor's session has ended; nothing was changed.
    LoggedOut,
}

/// The outcome of connecting a provider account to the owner of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinOutcome {
    /// The user `owner` logs in by it from now on. It was disconnected from the unverified user `before`, if there was
    /// one.
    Joined {
        /// The owner of the address.
        owner: UserId,
        /// Who had the provider account.
        before: Option<UserId>,
    },
    /// A user has the provider account already; nothing was changed.
    AlreadyConnected,
    /// No user has proved the address; nothing was changed.
    NoOwner,
    /// The owner has as many as are stored of one user; nothing was changed.
    TooMany,
}

impl Store {
    /// Stores a user with a provider account, and the mail that proves the address if there is one, together. `replaced` is
    /// a user who has the provider account now, and who is deleted if never used.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn register_by_provider(
        &self,
        user: NewUser,
        account: NewProviderAccount,
        replaced: Option<UserId>,
        mail: Option<NewMail>,
        taken_email: TakenEmail,
    ) -> Result<ProviderRegistration, StoreError> {
        let registering = move |connection: &mut AnyConnection| {
            let mut has_replaced = false;
            if let Some(replaced) = &replaced {
                if registration::is_refused(connection, &user, &taken_email)? {
                    return Ok(registered(EMAIL_TAKEN, false));
                }
                has_replaced = delete_unused(connection, replaced)?;
            }
            if holder(connection, &account)?.is_some() {
                return match has_replaced {
                    true => Err(run_again("another user got the provider account while this one waited")),
                    false => Ok(ProviderRegistration::AlreadyConnected),
                };
            }
            let outcome = registration::insert(connection, &user, mail.as_ref(), &taken_email)?;
            match outcome {
                RegisterOutcome::Taken { .. } if has_replaced => return Err(run_again("the address has an owner now")),
                RegisterOutcome::Taken { .. } => {}
                _ => insert(connection, &account, &user.id)?,
            }
            Ok(registered(outcome, has_replaced))
        };
        let written = self.lanes.write(registering).await;
        registration::unless_taken(written, |taken| registered(taken, false))
    }

    /// Connects a provider account to the user who has proved `email`, and stores the notice.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn join_owner(
        &self,
        email: &EmailAddress,
        account: NewProviderAccount,
        notice: NewMail,
    ) -> Result<JoinOutcome, StoreError> {
        let key = email.key();
        self.lanes
            .write(move |connection| {
                let Some(owner) = registration::owner(connection, &key)? else { return Ok(JoinOutcome::NoOwner) };
                let owner = UserId::from_stored(owner);
                // The owner may have another address, or be deleted, before the row is locked.
                lock(connection, &owner)?;
                if registration::owner(connection, &key)?.as_deref() != Some(owner.as_str()) {
                    return Ok(JoinOutcome::NoOwner);
                }
                let before = match claim(connection, &account, &owner)? {
                    Claim::Free { before } => before,
                    Claim::Own | Claim::OfAnother => return Ok(JoinOutcome::AlreadyConnected),
                    Claim::TooMany => return Ok(JoinOutcome::TooMany),
                };
                insert(connection, &account, &owner)?;
                let notice = NewMail { user_id: Some(owner.clone()), ..notice.clone() };
                notify(connection, &owner, &notice.about_provider(&account.provider))?;
                Ok(JoinOutcome::Joined { owner, before })
            })
            .await
    }

    /// Connects a provider account to a logged-in user, unless another user has it, and stores the notice.
    ///
    /// A verified user takes it from an unverified one: a first login with an address that is not verified creates an
    /// unverified user, of which the person may not know.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn connect_provider_account(
        &self,
        actor: Actor,
        account: NewProviderAccount,
        notice: NewMail,
    ) -> Result<ConnectOutcome, StoreError> {
        let user_id = actor.user_id.clone();
        let connecting = move |connection: &mut AnyConnection| {
            let before = match claim(connection, &account, &user_id)? {
                Claim::Free { before } => before,
                Claim::Own => return Ok(ConnectOutcome::AlreadyOwn),
                Claim::OfAnother => return Ok(ConnectOutcome::OfAnother),
                Claim::TooMany => return Ok(ConnectOutcome::TooMany),
            };
            insert(connection, &account, &user_id)?;
            notify(connection, &user_id, &notice.clone().about_provider(&account.provider))?;
            Ok(ConnectOutcome::Connected(before))
        };
        Ok(self.write_as(actor, connecting).await?.unwrap_or(ConnectOutcome::LoggedOut))
    }
}

/// Takes back what a transaction has done, and runs it again.
fn run_again(reason: &str) -> Error {
    Error::DatabaseError(DatabaseErrorKind::SerializationFailure, Box::new(reason.to_owned()))
}

const fn registered(outcome: RegisterOutcome, has_replaced: bool) -> ProviderRegistration {
    ProviderRegistration::Registered { outcome, has_replaced }
}

/// Whether a user may get a provider account.
enum Claim {
    /// No user has it. The unverified user `before` had it until now, if there was one.
    Free { before: Option<UserId> },
    /// The user has it already.
    Own,
    /// Another user keeps it.
    OfAnother,
    /// The user has as many as are stored of one.
    TooMany,
}

/// Disconnects a provider account from an unverified user if a verified one claims it. The caller has locked the row of
/// `claimant`.
///
/// An unverified user owns nothing that a verified one proves to have. A disabled user keeps the provider account: an
/// operator has shut its holder out.
fn claim(connection: &mut AnyConnection, account: &NewProviderAccount, claimant: &UserId) -> QueryResult<Claim> {
    let before = holder(connection, account)?.map(UserId::from_stored);
    if before.as_ref() == Some(claimant) {
        return Ok(Claim::Own);
    }
    if let Some(before) = &before
        && !(is_verified(connection, claimant)? && is_unverified(connection, before)?)
    {
        return Ok(Claim::OfAnother);
    }
    if count(connection, claimant)? >= MOST_OF_A_USER {
        return Ok(Claim::TooMany);
    }
    let Some(before) = before else { return Ok(Claim::Free { before: None }) };
    // This order of locks cannot deadlock: of two users who claim from each other, one is unverified and locks nothing.
    lock(connection, &before)?;
    // The user may have proved the address, or be disabled or deleted, before the row was locked.
    match holder(connection, account)? {
        None => Ok(Claim::Free { before: None }),
        Some(holder) if holder == before.as_str() && is_unverified(connection, &before)? => {
            let of_subject = provider_accounts::table
                .filter(provider_accounts::provider.eq(&account.provider))
                .filter(provider_accounts::subject.eq(&account.subject));
            diesel::delete(of_subject).execute(connection)?;
            Ok(Claim::Free { before: Some(before) })
        }
        Some(_) => Ok(Claim::OfAnother),
    }
}

fn is_verified(connection: &mut AnyConnection, user_id: &UserId) -> QueryResult<bool> {
    let verified = users::table.find(user_id.as_str()).filter(users::verified_at.is_not_null());
    diesel::select(diesel::dsl::exists(verified)).get_result(connection)
}

/// Returns whether the user is neither verified nor disabled.
fn is_unverified(connection: &mut AnyConnection, user_id: &UserId) -> QueryResult<bool> {
    let unverified = users::table.find(user_id.as_str()).filter(users::verified_at.is_null());
    diesel::select(diesel::dsl::exists(unverified.filter(users::disabled_at.is_null()))).get_result(connection)
}

/// Finds the id of the user who has the provider account.
fn holder(connection: &mut AnyConnection, account: &NewProviderAccount) -> QueryResult<Option<String>> {
    provider_accounts::table
        .filter(provider_accounts::provider.eq(&account.provider))
        .filter(provider_accounts::subject.eq(&account.subject))
        .select(provider_accounts::user_id)
        .get_result(connection)
        .optional()
}

/// Inserts a provider account that no user has. If another transaction has inserted it meanwhile, the work is run again.
/// The caller has inserted or locked the user, whose address cannot change before the end.
fn insert(connection: &mut AnyConnection, account: &NewProviderAccount, user_id: &UserId) -> QueryResult<()> {
    let email_key: Option<String> = users::table.find(user_id.as_str()).select(users::email_key).first(connection)?;
    // A session tells nothing about who owns the address: the account may have been registered by another person.
    let is_doubted = email_key.is_some() && email_key != account.proved_email.as_ref().map(EmailAddress::key);
    let row = (
        provider_accounts::id.eq(&account.id),
        provider_accounts::provider.eq(&account.provider),
        provider_accounts::subject.eq(&account.subject),
        provider_accounts::user_id.eq(user_id.as_str()),
        provider_accounts::created_at.eq(account.created_at.unix_seconds()),
        provider_accounts::doubted_at.eq(is_doubted.then_some(account.created_at.unix_seconds())),
    );
    match diesel::insert_into(provider_accounts::table).values(row).execute(connection) {
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, details)) => {
            Err(Error::DatabaseError(DatabaseErrorKind::SerializationFailure, details))
        }
        inserted => inserted.map(|_| ()),
    }
}
