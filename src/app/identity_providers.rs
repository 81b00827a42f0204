//! The command line's questions to identity providers.

use futures_util::future::join_all;

use crate::providers::{Finding, OpenError, Providers};
use crate::settings::Settings;

/// Asks every provider of the settings whether they fit, all at once. Returns the name of each with what was found.
///
/// # Errors
///
/// Where nothing can be asked.
pub(crate) async fn check(settings: &Settings) -> Result<Vec<(String, Vec<Finding>)>, OpenError> {
    let providers = Providers::open(&settings.providers)?;
    let checks = providers.iter().map(async |provider| (provider.name().to_owned(), provider.check().await));
    Ok(join_all(checks).await)
}
