//! Prepares a database that was opened for the server: runs pending migrations, and makes it agree with the settings.

use super::StartError;
use crate::settings::Settings;
use crate::store::{EmailSharing, MigrationState, Ownership, Store};

/// Prepares the database.
///
/// # Errors
///
/// [`StartError::NotMigrated`], [`StartError::HalfCopied`] and [`StartError::Store`].
pub(super) async fn prepare(store: &Store, settings: &Settings) -> Result<(), StartError> {
    bring_up_to_date(store, settings).await?;
    store.must_be_usable().await?;
    let Ownership { changed, left_out } = store.settle_ownership(EmailSharing::of(&settings.users)).await?;
    if changed > 0 {
        tracing::info!(users = changed, "addresses given to or taken from users, as users.email_unique has changed");
    }
    if left_out > 0 {
        tracing::warn!(
            users = left_out,
            "verified users share an address with another one, so they do not log in by it; \
             `countersign users search ADDRESS` lists them, `countersign users set-email` gives one another address"
        );
    }
    Ok(())
}

async fn bring_up_to_date(store: &Store, settings: &Settings) -> Result<(), StartError> {
    match store.migration_state().await? {
        MigrationState::Pending(pending) if !settings.database.migrate_at_start => {
            Err(StartError::NotMigrated(format!("{} missing", pending.join(", "))))
        }
        MigrationState::HalfCopied => Err(StartError::HalfCopied),
        MigrationState::Complete => Ok(()),
        MigrationState::Pending(_) | MigrationState::TooNew(_) => {
            for version in store.migrate().await? {
                tracing::info!(%version, "migration run");
            }
            Ok(())
        }
    }
}
