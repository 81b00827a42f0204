//! `countersign settings`.

use super::Failure;
use crate::settings::Settings;

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let entries = settings.entries();
    let key_width = entries.iter().map(|entry| entry.key.len()).max().unwrap_or(0);
    for entry in entries {
        say!("{:key_width$} = {}  # {}", entry.key, entry.shown_value, entry.source);
    }
    Ok(())
}
