//! Prepares a database that was opened for the server: runs pending migrations, and makes it agree with the settings.

use super::StartError;
use crate::settings::Settings;
use crate::store::{EmailSharing, MigrationState, Ownership, Store};

/// # Errors
///
/// [`StartError::NotMigrated`], [`StartError::HalfCopied`] and [`StartError::Store`].
pub(super) async fn prepare(store: &Store, settings: &Settings) -> Result<(), StartError> {
    bring_up_to_date(store, settings).await?;
    store.must_be_usable().await?;
    let sharing = if settings.users.email_unique { EmailSharing::Unique } else { EmailSharing::Shared };
    let Ownership { changed, contested } = store.settle_ownership(sharing).await?;
    if changed > 0 {
        tracing::info!(users = changed, "addresses given to or taken from users, as users.email_unique has changed");
    }
    if contested > 0 {
        tracing::warn!(
            users = contested,
            "verified users share an address with another one, so none of them logs in by it or gets a reset link; \
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
