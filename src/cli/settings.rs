//! `countersign settings`.

use std::io::Write as _;

use super::failure::{Failure, say};
use crate::settings::Settings;

/// Prints the built-in settings as they stand in `settings.toml`, so that what is printed can be read back.
pub(super) fn print_defaults() -> Result<(), Failure> {
    let mut out = std::io::stdout();
    out.write_all(Settings::built_in_toml().as_bytes()).and_then(|()| out.flush()).map_err(Failure::from_output)
}

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let entries = settings.entries();
    let key_width = entries.iter().map(|entry| entry.key.len()).max().unwrap_or(0);
    for entry in entries {
        let counts = entry.overruled_by.as_ref().map(|key| format!("; `{key}` counts instead")).unwrap_or_default();
        say!("{:key_width$} = {}  # {}{counts}", entry.key, entry.shown_value, entry.source);
    }
    Ok(())
}
