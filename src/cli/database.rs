//! `countersign database`.

mod backup;
mod copy;

use clap::Subcommand;

use super::failure::Failure;
use crate::settings::Settings;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Make a copy of an SQLite database in one file, also while a server works with it.
    ///
    /// The copy holds everything as it is at one instant, waiting mails included, and does not hold up the server. Only
    /// its owner can read the file. It gets its name once it is complete, on the disk, and read again. To restore it,
    /// stop the server, move the database and its -wal and -shm away, and put a copy of the backup in its place. The
    /// secrets that sign links and JSON Web Tokens, or the private keys of the latter, are not in it: back up the files
    /// of `links.secrets_file`, `jwt.secrets_file` and `jwt.private_keys_file` as well.
    ///
    /// PostgreSQL has pg_dump for this.
    Backup(backup::Arguments),
    /// Copy everything into another database, of the same engine or the other, and check that it arrived.
    ///
    /// First stop every server that uses either database. Then copy, set `database.url` to the target, and start. No
    /// session ends and no link breaks on the way, as long as the secrets that sign links and JSON Web Tokens, or the
    /// private keys of the latter, stay the same.
    ///
    /// The target must be empty; its tables are created. If the copy is cut off at any moment, run the same command
    /// again: it goes on where it stopped. Until the copy is done, no server starts on the target. At the end all rows
    /// of both databases are read once more and compared. The source is only read.
    ///
    /// Other users of the machine can see the arguments of a process: give a URL with a password as a file.
    Copy(copy::Arguments),
}

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    match command {
        Command::Backup(arguments) => backup::run(settings, &arguments),
        Command::Copy(arguments) => copy::run(settings, arguments),
    }
}
