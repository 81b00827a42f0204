//! `countersign migrate`.

use super::failure::{Failure, say};
use crate::app::database;
use crate::settings::Settings;

pub(super) async fn run(settings: Settings) -> Result<(), Failure> {
    let migrated = database::migrate(settings).await?;
    if migrated.is_empty() {
        say!("The tables are up to date.");
    }
    for version in migrated {
        say!("Ran {version}.");
    }
    Ok(())
}
