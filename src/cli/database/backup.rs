//! `countersign database backup`: its arguments and its output.

use std::path::PathBuf;

use clap::Args;

use super::super::failure::{Failure, say};
use crate::app::database::{self, BackupError, ExistingFile};
use crate::settings::Settings;

#[derive(Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// The file to write. Its directory must exist, the file must not.
    file: PathBuf,
    /// Replace an existing file once the backup is complete.
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> Result<(), Failure> {
    let existing = if arguments.replace { ExistingFile::Replace } else { ExistingFile::Keep };
    let backup = database::back_up(&settings.database, &arguments.file, existing).map_err(explained)?;
    let rows: Vec<_> = backup.rows.iter().map(|(table, rows)| format!("{rows} {table}")).collect();
    say!(
        "Backed up into {}: {}, {:.1} MiB, migrated to {}, read again and sound.",
        arguments.file.display(),
        rows.join(", "),
        backup.size_bytes as f64 / f64::from(1 << 20),
        backup.version
    );
    Ok(())
}

/// Returns the error with its remedy.
fn explained(error: BackupError) -> Failure {
    let remedy = match &error {
        BackupError::OtherEngine => "use pg_dump, as in `pg_dump --format=custom --file=FILE URL`",
        BackupError::NoDatabase(_) | BackupError::NoTables => "see `database.url`",
        BackupError::HalfCopied => "run `countersign database copy` again to finish it, or see `database.url`",
        BackupError::Store(_) => "see `database.url`, and that the disk has room for another copy",
        BackupError::File { .. } => "see that its directory is there, can be written and has room",
        BackupError::Exists(_) => "give another name, or say `--replace`",
        BackupError::InUse(_) | BackupError::NoFile { .. } => "give another name",
        BackupError::Damaged(_) => "do not rely on this database: see the disk, and restore the last sound backup",
    };
    Failure::new(format!("{error}; {remedy}"))
}
