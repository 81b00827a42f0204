//! `countersign completions`: how a shell completes the command line.

use std::io::Write as _;

use clap_complete::Shell;

use super::failure::Failure;

/// Prints the script for `shell`.
pub(super) fn print(mut program: clap::Command, shell: Shell) -> Result<(), Failure> {
    let name = program.get_name().to_owned();
    // Generating straight to standard output would panic where the reader has closed it.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut program, name, &mut script);
    let mut out = std::io::stdout();
    out.write_all(&script).and_then(|()| out.flush()).map_err(Failure::from_output)
}
