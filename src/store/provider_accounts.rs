//! The queries of provider accounts: by which accounts at identity providers users log in.
//!
//! The unique index of provider and subject decides whose a provider account is. None is ever taken from a verified
//! user.

mod connecting;
mod doubted;
mod unused;

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::notices::notify;
use super::outbox::NewMail;
use super::schema::{provider_accounts, users};
use super::sessions::{self, Actor, NewSession};
use super::users::{User, UserRow, lock};
use super::{Store, StoreError, inspection};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::secret::Secret;
use crate::settings::DatabaseSettings;
pub(crate) use connecting::{ConnectOutcome, JoinOutcome, NewProviderAccount, ProviderRegistration};
pub(super) use doubted::{disconnect_doubted, doubt};

/// What a stored password begins with that is none, as Django writes it. No hash begins with it.
const NO_PASSWORD: &str = "!";
/// The most provider accounts of one user.
const MOST_OF_A_USER: i64 = 100;

/// An account at an identity provider by which a user logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAccount {
    /// The public id, by which the user can disconnect it.
    pub id: String,
    /// The provider, by its name in the settings.
    pub provider: String,
    /// How the provider calls the account.
    pub subject: String,
    /// When it was connected.
    pub created_at: Timestamp,
    /// When the user last logged in by it.
    pub last_login_at: Option<Timestamp>,
    /// Since when a person other than the owner of the user's address may have connected it: a reset of the password
    /// disconnects it.
    pub doubted_at: Option<Timestamp>,
}

/// The outcome of disconnecting a provider account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DisconnectOutcome {
    /// The user cannot log in any more by this account of a provider, which is named.
    Disconnected(String),
    /// The user has none with that id.
    NoSuchAccount,
    /// The user has no password and no other provider account by which to log in; nothing was changed.
    LastWayIn,
    /// The actor's session has ended; nothing was changed.
    LoggedOut,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = provider_accounts)]
pub(super) struct ProviderAccountRow {
    id: String,
    provider: String,
    subject: String,
    created_at: i64,
    last_login_at: Option<i64>,
    doubted_at: Option<i64>,
}

impl From<ProviderAccountRow> for ProviderAccount {
    fn from(row: ProviderAccountRow) -> Self {
        Self {
            id: row.id,
            provider: row.provider,
            subject: row.subject,
            created_at: Timestamp::from_unix_seconds(row.created_at),
            last_login_at: row.last_login_at.map(Timestamp::from_unix_seconds),
            doubted_at: row.doubted_at.map(Timestamp::from_unix_seconds),
        }
    }
}

impl User {
    /// Returns whether the user has a password. One that a provider account made has none before the first reset.
    pub fn has_password(&self) -> bool {
        is_password(self.password_hash.expose())
    }
}

/// Returns what is stored as the password of a user who has none.
pub(crate) fn no_password() -> Secret {
    Secret::new(NO_PASSWORD)
}

/// Returns an id that a client typed as one that can be looked up: PostgreSQL takes no text with a NUL, and no id has one.
fn sought(id: String) -> String {
    if id.contains('\0') { String::new() } else { id }
}

fn is_password(stored: &str) -> bool {
    !stored.starts_with(NO_PASSWORD)
}

impl Store {
    /// Finds the user of a provider account, and the account's public id.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_by_provider_account(
        &self,
        provider: String,
        subject: String,
    ) -> Result<Option<(String, User)>, StoreError> {
        self.lanes
            .read(move |connection| {
                let found = provider_accounts::table
                    .inner_join(users::table)
                    .filter(provider_accounts::provider.eq(&provider))
                    .filter(provider_accounts::subject.eq(&subject))
                    .select((provider_accounts::id, UserRow::as_select()))
                    .get_result::<(String, UserRow)>(connection);
                Ok(found.optional()?.map(|(id, user)| (id, user.into())))
            })
            .await
    }

    /// Counts the stored accounts of each provider, by its name, without changing anything, also on the disk.
    ///
    /// # Errors
    ///
    /// When there is no database, or it does not answer.
    pub async fn count_provider_accounts(settings: DatabaseSettings) -> Result<Vec<(String, i64)>, StoreError> {
        let read = |connection: &mut AnyConnection| {
            let of_each = provider_accounts::table.group_by(provider_accounts::provider);
            let counted = of_each.select((provider_accounts::provider, diesel::dsl::count_star()));
            Ok(counted.order(provider_accounts::provider).load(connection)?)
        };
        inspection::inspect_aside(settings, read).await
    }

    /// Lists the provider accounts of a user, in the order in which they were connected.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_provider_accounts(&self, user_id: UserId) -> Result<Vec<ProviderAccount>, StoreError> {
        self.lanes
            .read(move |connection| {
                let own = provider_accounts::table.filter(provider_accounts::user_id.eq(user_id.as_str()));
                let rows: Vec<ProviderAccountRow> = own
                    .order((provider_accounts::created_at.asc(), provider_accounts::id.asc()))
                    .limit(MOST_OF_A_USER)
                    .select(ProviderAccountRow::as_select())
                    .load(connection)?;
                Ok(rows.into_iter().map(ProviderAccount::from).collect())
            })
            .await
    }

    /// Disconnects a provider account of a logged-in user, unless the user could not log in any more, and stores the
    /// notice. `providers` are those of the settings: accounts of others are no way to log in.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn disconnect_provider_account(
        &self,
        actor: Actor,
        id: String,
        providers: Vec<String>,
        notice: NewMail,
    ) -> Result<DisconnectOutcome, StoreError> {
        let id = sought(id);
        let user_id = actor.user_id.clone();
        let disconnecting = move |connection: &mut AnyConnection| {
            let own = provider_accounts::table.filter(provider_accounts::user_id.eq(user_id.as_str()));
            let named = own.filter(provider_accounts::id.eq(&id)).select(provider_accounts::provider);
            let provider: Option<String> = named.get_result(connection).optional()?;
            let Some(provider) = provider else { return Ok(DisconnectOutcome::NoSuchAccount) };
            let password: String =
                users::table.find(user_id.as_str()).select(users::password_hash).first(connection)?;
            let others =
                own.filter(provider_accounts::id.ne(&id)).filter(provider_accounts::provider.eq_any(&providers));
            let is_a_way_in = providers.contains(&provider);
            if is_a_way_in && !is_password(&password) {
                let others: i64 = others.count().get_result(connection)?;
                if others == 0 {
                    return Ok(DisconnectOutcome::LastWayIn);
                }
            }
            diesel::delete(own.filter(provider_accounts::id.eq(&id))).execute(connection)?;
            notify(connection, &user_id, &notice.clone().about_provider(&provider))?;
            Ok(DisconnectOutcome::Disconnected(provider))
        };
        Ok(self.write_as(actor, disconnecting).await?.unwrap_or(DisconnectOutcome::LoggedOut))
    }

    /// Disconnects a provider account of a user for an operator, even the last way in. Returns the provider, or `None` if
    /// the user has no such account.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn disconnect_provider_account_of(
        &self,
        user_id: UserId,
        id: String,
    ) -> Result<Option<String>, StoreError> {
        let id = sought(id);
        self.lanes
            .write(move |connection| {
                lock(connection, &user_id)?;
                let own = provider_accounts::table.find(&id).filter(provider_accounts::user_id.eq(user_id.as_str()));
                let provider: Option<String> =
                    own.select(provider_accounts::provider).get_result(connection).optional()?;
                diesel::delete(own).execute(connection)?;
                Ok(provider)
            })
            .await
    }

    /// Stores a session of a user who logged in by a provider account, and records the login. Returns whether it did: not
    /// if the user is disabled, or the provider account is disconnected meanwhile.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn create_session_by_provider(
        &self,
        session: NewSession,
        account_id: String,
    ) -> Result<bool, StoreError> {
        self.lanes
            .write(move |connection| {
                // The user's row first, as in every transaction that ends sessions: another order could deadlock.
                lock(connection, &session.user_id)?;
                let own = provider_accounts::table
                    .find(&account_id)
                    .filter(provider_accounts::user_id.eq(session.user_id.as_str()));
                let noted = provider_accounts::last_login_at.eq(session.created_at.unix_seconds());
                let is_connected = diesel::update(own).set(noted).execute(connection)? == 1;
                Ok(is_connected && sessions::create(connection, &session, None)?)
            })
            .await
    }
}

fn count(connection: &mut AnyConnection, user_id: &UserId) -> QueryResult<i64> {
    provider_accounts::table.filter(provider_accounts::user_id.eq(user_id.as_str())).count().get_result(connection)
}
