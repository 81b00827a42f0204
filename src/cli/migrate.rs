//! `countersign migrate`.

use super::Failure;
use crate::app;
use crate::settings::Settings;

pub(super) async fn run(settings: Settings) -> Result<(), Failure> {
    let migrated = app::open_store(&settings).await?.migrate().await?;
    if migrated.is_empty() {
        say!("The tables are up to date.");
    }
    for version in migrated {
        say!("Ran {version}.");
    }
    Ok(())
}
