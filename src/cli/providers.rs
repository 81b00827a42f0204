//! `countersign providers`.

use clap::Subcommand;

use super::failure::{Failure, say};
use super::terminal::printable;
use crate::app::identity_providers;
use crate::settings::Settings;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Ask every identity provider whether the settings fit: exit code 1 if users could not log in.
    ///
    /// Compares issuer, hosts and keys with the provider's discovery document, and asks whether it accepts client id and
    /// secret. Changes nothing.
    Check,
}

pub(super) async fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let Command::Check = command;
    if settings.providers.is_empty() {
        say!("No identity provider is set; see [[providers]] in the settings.");
        return Ok(());
    }
    let checked = identity_providers::check(settings).await.map_err(Failure::new)?;
    let mut faults = 0;
    for (name, findings) in &checked {
        for finding in findings {
            let severity = if finding.is_fault { "error: " } else { "" };
            say!("{name}: {severity}{}", printable(&finding.message));
            faults += usize::from(finding.is_fault);
        }
    }
    match faults {
        0 => Ok(()),
        1 => Err(Failure::new("1 fault was found; see [[providers]] in the settings")),
        count => Err(Failure::new(format!("{count} faults were found; see [[providers]] in the settings"))),
    }
}
