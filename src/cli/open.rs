//! What the commands that touch the database have in common.

use super::failure::Failure;
use crate::app::{self, StartError};
use crate::settings::Settings;
use crate::store::{MigrationState, Store};

/// Runs a command's future on a small runtime of its own.
pub(super) fn block_on(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command)
}

/// Opens the database and refuses to work on tables that do not fit.
pub(super) async fn store(settings: &Settings) -> Result<Store, Failure> {
    let store = app::open_store(settings).await?;
    match store.migration_state().await? {
        MigrationState::Complete => Ok(store),
        MigrationState::Pending(_) => {
            Err(Failure::new("the database's tables are not up to date; run `countersign migrate` first"))
        }
        MigrationState::TooNew(versions) => Err(Failure::new(format!(
            "the database has migrations this program does not know ({}); use a newer program",
            versions.join(", ")
        ))),
        MigrationState::HalfCopied => Err(Failure::new(StartError::HalfCopied)),
    }
}
