//! `countersign man`: the manual pages of the program and its commands, in the language of man(1).

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap_mangen::Man;

use super::failure::{Failure, say};
use super::terminal::printable;
use crate::files;

#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// The command whose page is printed, such as `users list`; without it the page of the program.
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
    /// Write the pages of all commands into DIR instead, each as a file. It is created if missing.
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    directory: Option<PathBuf>,
}

pub(super) fn run(program: clap::Command, options: &Options) -> Result<(), Failure> {
    let mut program = program.disable_help_subcommand(true);
    // Names the commands in full, and gives each the options that all share.
    program.build();
    if let Some(directory) = &options.directory {
        let written = fs::create_dir_all(directory).and_then(|()| write_all(&program, directory));
        let shown = directory.display();
        let written = written.map_err(|error| {
            Failure::new(format!("{shown}: {error}; see that the directory can be made and written"))
        })?;
        say!("Wrote {written} pages into {shown}.");
        return Ok(());
    }
    let mut command = &program;
    for name in &options.command {
        command = command.find_subcommand(name).ok_or_else(|| {
            Failure::misused(format!("there is no command {}; see `countersign --help`", printable(name)))
        })?;
    }
    let page = page_of(command).map_err(Failure::from_output)?;
    let mut out = io::stdout();
    out.write_all(&page).and_then(|()| out.flush()).map_err(Failure::from_output)
}

/// Writes the page of a command, and those of the commands below it. Returns how many.
fn write_all(command: &clap::Command, directory: &Path) -> io::Result<usize> {
    let name = Man::new(command.clone()).get_filename();
    let file = directory.join(name);
    files::must_be_file_or_missing(&file)?;
    fs::write(file, page_of(command)?)?;
    let mut written = 1;
    for part in command.get_subcommands() {
        written += write_all(part, directory)?;
    }
    Ok(written)
}

fn page_of(command: &clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}
