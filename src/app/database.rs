//! The command line's operations on a database: tables, checks, backups and copies.

use std::collections::BTreeMap;

use super::start_error::StartError;
use crate::accounts::Administration;
use crate::clock::{Clock, Timestamp};
use crate::mail::MailQueue;
use crate::profile_fields::StoredProfile;
use crate::settings::Settings;
use crate::store::Store;

pub(crate) use crate::mail::OutboxEntry;
pub(crate) use crate::store::{
    BackupError, Beginning, Copied, CopyError, CopyProgress, CopyStage, ExistingFile, MigrationState, Misfit,
    ProfileSample, Side, StoreError, back_up, compare, copy,
};

/// The most names of undeclared fields that are kept.
const MOST_UNDECLARED: usize = 100;

/// Why a database cannot be used. Each message includes the remedy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// It cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its tables are older than this program.
    #[error("the database's tables are not up to date; run `countersign migrate` first")]
    NotMigrated,
    /// Its tables are newer than this program.
    #[error("the database has migrations this program does not know ({}); use a newer program", _0.join(", "))]
    TooNew(Vec<String>),
    /// A copy into it was not finished.
    #[error("{}", StartError::HalfCopied)]
    HalfCopied,
}

/// Opens the administration of the users in the database that the settings name. This creates and changes nothing.
///
/// # Errors
///
/// Each [`OpenError`].
pub(crate) async fn open_administration(settings: &Settings) -> Result<Administration, OpenError> {
    let (users, registration) = (&settings.users, &settings.registration);
    // No request is under way here.
    Ok(Administration::new(open_fitting(settings).await?, Clock::System, None, users, registration, || None))
}

/// Opens the queue of mails in the database that the settings name. A running server notices changes of the queue by
/// itself.
///
/// # Errors
///
/// Each [`OpenError`].
pub(crate) async fn open_mail_queue(settings: &Settings) -> Result<MailQueue, OpenError> {
    Ok(MailQueue::new(open_fitting(settings).await?, Clock::System, std::sync::Arc::default()))
}

/// The values of declared fields that were looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProfileFindings {
    /// How many users were looked at.
    pub(crate) users: u64,
    /// For each declared field with such values, how many users have one that does not fit.
    pub(crate) unfit: BTreeMap<String, u64>,
    /// For each stored field that is not declared, how many users have a value of it.
    pub(crate) undeclared: BTreeMap<String, u64>,
    /// How many users have a profile that is not a JSON object.
    pub(crate) unreadable: u64,
}

/// Compares the stored values of declared fields with their declarations, and changes nothing on the disk.
///
/// # Errors
///
/// When there is no database, or it does not answer.
pub(crate) async fn inspect_profiles(
    settings: &Settings,
    sample: ProfileSample,
) -> Result<ProfileFindings, StoreError> {
    let fields = settings.profile_fields.clone();
    let judge = move |found: &mut ProfileFindings, profile: &StoredProfile| {
        let Ok(values) = profile.values() else {
            found.unreadable += 1;
            return;
        };
        for (name, value) in values {
            match fields.get(&name) {
                Some(field) if field.check(value).is_ok() => {}
                Some(_) => *found.unfit.entry(name).or_default() += 1,
                None if found.undeclared.len() < MOST_UNDECLARED || found.undeclared.contains_key(&name) => {
                    *found.undeclared.entry(name).or_default() += 1;
                }
                None => {}
            }
        }
    };
    let database = settings.database.clone();
    let (users, found) = Store::inspect_profiles(database, sample, ProfileFindings::default, judge).await?;
    Ok(ProfileFindings { users, ..found })
}

/// Counts the stored accounts of providers that the settings do not name. Users cannot log in by these.
///
/// # Errors
///
/// When there is no database, or it does not answer.
pub(crate) async fn count_stranded_accounts(settings: &Settings) -> Result<Vec<(String, i64)>, StoreError> {
    let mut counted = Store::count_provider_accounts(settings.database.clone()).await?;
    counted.retain(|(name, _)| settings.providers.iter().all(|provider| provider.name != *name));
    Ok(counted)
}

/// Returns when the imports of users began that were cut off: a part of their users is missing.
///
/// # Errors
///
/// When there is no database, or it does not answer.
pub(crate) async fn find_unfinished_imports(settings: &Settings) -> Result<Vec<Timestamp>, StoreError> {
    Store::inspect_imports(settings.database.clone()).await
}

/// Returns when the last user was imported, and changes nothing on the disk. `None` if none was.
///
/// # Errors
///
/// When there is no database, or it does not answer.
pub(crate) async fn newest_move(settings: &Settings) -> Result<Option<Timestamp>, StoreError> {
    Store::newest_move(settings.database.clone()).await
}

/// Runs the pending migrations, and creates a missing SQLite database. Returns which migrations were run.
///
/// # Errors
///
/// When the database cannot be opened, or a migration fails.
pub(crate) async fn migrate(settings: Settings) -> Result<Vec<String>, StoreError> {
    Store::open_or_make(settings.database).await?.migrate().await
}

/// Compares the tables with this program, and changes nothing on the disk.
///
/// # Errors
///
/// When there is no database, or it does not answer.
pub(crate) async fn inspect(settings: &Settings) -> Result<MigrationState, StoreError> {
    Store::inspect(settings.database.clone()).await
}

async fn open_fitting(settings: &Settings) -> Result<Store, OpenError> {
    let store = Store::open(settings.database.clone()).await?;
    match store.migration_state().await? {
        MigrationState::Complete => Ok(store),
        MigrationState::Pending(_) => Err(OpenError::NotMigrated),
        MigrationState::TooNew(versions) => Err(OpenError::TooNew(versions)),
        MigrationState::HalfCopied => Err(OpenError::HalfCopied),
    }
}
