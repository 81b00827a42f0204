//! `countersign secret`.

use clap::Subcommand;

use super::failure::{Failure, say};
use crate::settings::random_secret;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Print a new secret for `links.secrets` or the file of `links.secrets_file`.
    ///
    /// To rotate, put it before the old one: the first signs, all verify. Remove the old one when the last link that
    /// it signed has expired.
    New,
}

pub(super) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::New => say!("{}", random_secret()?.expose()),
    }
    Ok(())
}
