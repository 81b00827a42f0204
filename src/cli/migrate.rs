//! `countersign migrate`.

use super::failure::{Failure, say};
use crate::settings::Settings;
use crate::store::Store;

pub(super) async fn run(settings: Settings) -> Result<(), Failure> {
    let migrated = Store::open_or_make(settings.database).await?.migrate().await?;
    if migrated.is_empty() {
        say!("The tables are up to date.");
    }
    for version in migrated {
        say!("Ran {version}.");
    }
    Ok(())
}
