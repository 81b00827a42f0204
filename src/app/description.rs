//! The description of the HTTP API, made without starting anything.

use super::start_error::StartError;
use super::{Countersign, Settings, parts};
use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::contracts::Contracts;
use crate::metrics::Metrics;
use crate::passwords::{HashingParameters, PasswordHasher};
use crate::store::Store;

/// Returns the description of the HTTP API for these settings: OpenAPI 3.1, as JSON.
///
/// The contracts are those that a server would mount, over accounts that can do nothing: no database is opened, no
/// password hashed, and secrets that are missing are neither generated nor needed.
///
/// # Errors
///
/// When a setting cannot be used.
pub(crate) fn openapi(mut settings: Settings) -> Result<String, StartError> {
    settings.make_up_missing_secrets().map_err(StartError::Randomness)?;
    let passwords = &settings.passwords;
    let cost = HashingParameters::new(passwords.memory_kib, passwords.passes, passwords.parallelism)?;
    let store = Store::unconnected(settings.database.clone());
    let parts = parts(&settings, store, PasswordHasher::stopped(cost), Clock::System, None, Metrics::default())?;
    Ok(Contracts::new(Accounts::new(parts), &settings).openapi())
}

/// Returns the description of the HTTP API that this account server serves: OpenAPI 3.1, as JSON.
pub fn served_openapi(countersign: &Countersign) -> String {
    countersign.contracts.openapi()
}
