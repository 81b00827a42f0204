//! The `countersign` program: all it does is in [`countersign::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    countersign::cli::run(std::env::args_os(), std::env::vars_os())
}
