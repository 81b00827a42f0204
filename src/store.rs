//! The store: the only part that knows SQL.
//!
//! The operations of each capability stand in a file of its name; they are methods of [`Store`] and give
//! domain facts back, never a driver's error. Beneath them `lanes` runs work on connections and commits writes
//! that wait at the same time together.

mod access;
mod administration;
mod backup;
mod budgets;
mod catalog;
mod checkpoint;
mod connection;
mod copy;
mod email;
mod errors;
mod filled_profile;
mod idempotency_keys;
mod inspection;
mod lanes;
mod login_names;
mod migrations;
mod moved_tokens;
mod moving;
mod notices;
mod old_links;
mod old_tokens;
mod outbox;
mod ownership;
mod passwords;
mod profile;
mod profile_fields;
mod provider_accounts;
mod purge;
mod registration;
mod requested_email;
mod requirements;
mod schema;
mod sessions;
mod snapshot;
#[cfg(feature = "sqlite")]
mod sqlite_file;
mod staff;
mod unfinished_copy;
mod username;
mod users;
mod verification;

pub(crate) use backup::{BackupError, ExistingFile, back_up};
pub(crate) use budgets::{Budget, Exempt, Mark, Restitution, Spending};
pub(crate) use copy::{Beginning, Copied, CopyError, CopyProgress, CopyStage, Misfit, Side, compare, copy};
pub(crate) use email::{ChangeEmailOutcome, EmailChange, EmailProof};
pub use errors::StoreError;
pub(crate) use filled_profile::ProfileFilled;
pub(crate) use idempotency_keys::{KnownIdempotencyKey, NewIdempotencyKey};
pub(crate) use login_names::{Claimants, LoginName, NamedUsers};
pub use migrations::MigrationState;
pub(crate) use moving::{
    Export, ImportOutcome, ImportRecord, ImportStep, Key, KeyKind, MovedSession, MovedUser, Origin, RevokedToken,
};
pub(crate) use old_links::{MovedEmail, OldLinkHolder};
pub(crate) use old_tokens::{OldToken, TokenStanding};
pub(crate) use outbox::{Claimed, Settled, Settlement};
pub use outbox::{ClaimedMail, MailKind, NewMail, OutboxEntry};
pub(crate) use ownership::Ownership;
pub(crate) use passwords::{ChangePasswordOutcome, NewCredentials, ResetOutcome, TakenAtReset, UsedReset};
pub use profile::ProfileChange;
pub(crate) use profile::{ProfileChanged, ProfileOutcome};
pub(crate) use profile_fields::ProfileSample;
pub use profile_fields::PurgedField;
pub use provider_accounts::ProviderAccount;
pub(crate) use provider_accounts::{
    ConnectOutcome, DisconnectOutcome, JoinOutcome, NewProviderAccount, ProviderRegistration, no_password,
};
pub use purge::Purged;
pub(crate) use registration::{NewUser, RegisterOutcome, TakenEmail};
pub(crate) use requested_email::{Correction, RequestedEmail};
pub(crate) use sessions::{Actor, Ending, JwtSession, NewSession, Rotation, SessionKind, SessionOwner};
pub use sessions::{Session, SessionPage};
pub(crate) use staff::ByStaff;
pub(crate) use username::ChangeUsernameOutcome;
pub use users::{EmailSharing, User, UserQuery};
pub(crate) use verification::{Unverified, VerifyOutcome};

use crate::settings::DatabaseSettings;
use connection::Connector;
use lanes::Lanes;

/// A handle to the database. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    lanes: Lanes,
    connector: Connector,
}

impl Store {
    /// Connects to a database that is there.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoDatabase`] if there is no file, and [`StoreError::Unavailable`] if a connection cannot be made.
    pub async fn open(settings: DatabaseSettings) -> Result<Self, StoreError> {
        Self::connect(Connector::new(settings), Lanes::open).await
    }

    /// Connects. The file of an SQLite database is made if it is not there; its tables are not: see [`Store::migrate`].
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the file or a connection cannot be made.
    pub async fn open_or_make(settings: DatabaseSettings) -> Result<Self, StoreError> {
        let opening = |connector: &Connector| connector.make_missing().and_then(|()| Lanes::open(connector));
        Self::connect(Connector::new(settings), opening).await
    }

    /// Returns a store that is not connected and touches no file. Every operation fails, as after [`Store::close`].
    pub(crate) fn unconnected(settings: DatabaseSettings) -> Self {
        Self { lanes: Lanes::stopped(), connector: Connector::new(settings) }
    }

    async fn connect(
        connector: Connector,
        open: impl FnOnce(&Connector) -> Result<Lanes, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let opening = connector.clone();
        let opened = tokio::task::spawn_blocking(move || open(&opening)).await;
        let lanes = opened.map_err(|_| StoreError::Stopped)??;
        Ok(Self { lanes, connector })
    }

    /// Returns a handle for writes that may be delayed for a moment, if they `can_wait`: SQLite commits them with others.
    pub(crate) fn that_can_wait(&self, can_wait: bool) -> Self {
        Self { lanes: self.lanes.that_can_wait(can_wait), connector: self.connector.clone() }
    }

    /// Finishes what was asked of the database, copies SQLite's log into its file, and closes the connections. Every
    /// operation of every clone fails from then on.
    pub async fn close(&self) {
        let lanes = self.lanes.clone();
        // A panic was reported by the panic hook already.
        let _ = tokio::task::spawn_blocking(move || lanes.close()).await;
    }

    /// How many statements have been run since the start, those that begin and end transactions included: what a
    /// request costs the database.
    pub fn statements_run(&self) -> u64 {
        self.connector.statements_run()
    }

    /// Tells whether the database answers.
    ///
    /// # Errors
    ///
    /// Every [`StoreError`]; each means that it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.lanes.read(|connection| connection.ping()).await
    }
}
