//! The store: the only part that knows SQL.
//!
//! The operations of each capability stand in a file of its name; they are methods of [`Store`] and give
//! domain facts back, never a driver's error. Beneath them `lanes` runs work on connections and commits writes
//! that wait at the same time together.

mod checkpoint;
mod connection;
mod errors;
mod lanes;
mod migrations;
mod outbox;
mod purge;
mod registration;
mod schema;
mod users;
mod verification;

pub use errors::StoreError;
pub use migrations::MigrationState;
pub use outbox::{ClaimedMail, NewMail, OutboxEntry, Settlement};
pub use purge::Purged;
pub use registration::{NewUser, RegisterOutcome, TakenEmail};
pub use users::{User, UserQuery};
pub use verification::{EmailSharing, VerifyOutcome};

use crate::settings::DatabaseSettings;
use lanes::Lanes;

/// A handle to the database. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    lanes: Lanes,
}

impl Store {
    /// Connects. The database of an SQLite URL is created if it is not there; its tables are not: see
    /// [`Store::migrate`].
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if a connection cannot be made.
    pub async fn open(settings: DatabaseSettings) -> Result<Self, StoreError> {
        let opened = tokio::task::spawn_blocking(move || Lanes::open(&settings)).await;
        let lanes = opened.map_err(|_| StoreError::Stopped)??;
        Ok(Self { lanes })
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
