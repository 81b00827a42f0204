//! `countersign secret`.

use clap::{Subcommand, ValueEnum};

use super::failure::{Failure, say};
use crate::settings::{random_private_key, random_secret};

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Print a new secret for `links.secrets` or `jwt.secrets`, or for the file of one of them.
    ///
    /// To rotate, put it before the old one: the first signs, all verify. Remove the old one when the last link or
    /// token that it signed has expired.
    New {
        /// Print what signs JSON Web Tokens with this algorithm: for "eddsa" a private key (Ed25519, PEM) for
        /// `jwt.private_keys` or the file of `jwt.private_keys_file`, else a secret.
        #[arg(long, value_name = "ALGORITHM", ignore_case = true)]
        jwt: Option<JwtAlgorithm>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum JwtAlgorithm {
    Hs256,
    Hs384,
    Hs512,
    Eddsa,
}

pub(super) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::New { jwt: Some(JwtAlgorithm::Eddsa) } => {
            for line in random_private_key()?.to_pem().expose().lines() {
                say!("{line}");
            }
        }
        // 64 digits: enough bytes for each of them.
        Command::New { jwt: Some(JwtAlgorithm::Hs256 | JwtAlgorithm::Hs384 | JwtAlgorithm::Hs512) | None } => {
            say!("{}", random_secret()?.expose());
        }
    }
    Ok(())
}
