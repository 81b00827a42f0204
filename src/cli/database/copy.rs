//! `countersign database copy`: its arguments and its output.

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::super::failure::{Failure, say};
use super::super::progress::{Progress, WithoutBar};
use crate::app::database::{self, Beginning, Copied, CopyError, CopyProgress, CopyStage, Misfit, Side};
use crate::clock::Seconds;
use crate::secret::Secret;
use crate::settings::{DatabaseSettings, DatabaseUrl, Settings};

/// Minimum time that a statement may wait for a lock. It is long, since no client waits for an answer here.
const PATIENCE: Seconds = Seconds::new(60);
/// Minimum time that a statement may take, for the same reason.
const STATEMENT_PATIENCE: Seconds = Seconds::new(600);

#[derive(Args, Debug)]
pub(in crate::cli) struct Arguments {
    /// The database that is copied. Without it: the one in `database.url`.
    #[arg(long, value_name = "URL", value_parser = secret, conflicts_with = "from_file")]
    from: Option<Secret>,
    /// A file that holds its URL.
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    #[command(flatten)]
    to: To,
    /// Delete what an unfinished copy left in the target, and begin again.
    ///
    /// Rows of other origin are never deleted.
    #[arg(long)]
    restart: bool,
    /// Copy nothing: read both databases and report whether they hold the same.
    #[arg(long, conflicts_with = "restart")]
    verify_only: bool,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct To {
    /// The database that is copied into: sqlite://PATH or postgres://user:password@host/database.
    #[arg(long, value_name = "URL", value_parser = secret)]
    to: Option<Secret>,
    /// A file that holds its URL.
    #[arg(long, value_name = "FILE")]
    to_file: Option<PathBuf>,
}

/// Accepts any text. Faults are reported later without quoting the text, which clap would do.
fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text))
}

pub(super) fn run(settings: &Settings, arguments: Arguments) -> Result<(), Failure> {
    let from = url("--from", arguments.from, arguments.from_file)?.unwrap_or_else(|| settings.database.url.clone());
    let to_file = arguments.to.to_file.clone();
    let to = url("--to", arguments.to.to, arguments.to.to_file)?.expect("clap asks for one of the two");
    if from.is_same_as(&to) {
        return Err(Failure::misused(format!("`--from` and `--to` are the same database, {from}; give two")));
    }
    let [from, to] = [from, to].map(|url| settings_of(settings, url));
    if arguments.verify_only {
        say!("Comparing {} with {}.", from.url, to.url);
        let mut progress = Progress::new(WithoutBar::Lines);
        let same = database::compare(&from, &to, &mut |step| tell(&mut progress, step));
        progress.end();
        report(&same.map_err(explained)?)?;
        say!("Both databases hold the same.");
        return Ok(());
    }
    say!("Copying {} into {}.", from.url, to.url);
    let began = Instant::now();
    let (mut progress, mut copied_at) = (Progress::new(WithoutBar::Lines), began);
    let beginning = if arguments.restart { Beginning::Restart } else { Beginning::Resume };
    let copied = database::copy(&from, &to, beginning, &mut |step| {
        if step.stage == CopyStage::Copying {
            copied_at = Instant::now();
        }
        tell(&mut progress, step);
    });
    let written_for = copied_at - began;
    progress.end();
    let copied = copied.map_err(explained)?;
    report(&copied)?;
    let seconds = written_for.as_secs_f64();
    match copied.rows_written {
        0 => say!("Nothing was left to copy."),
        rows => {
            say!("{rows} rows were copied in {seconds:.1} s ({:.0} rows/s).", rows as f64 / seconds.max(0.001));
        }
    }
    let setting = match (to_file, &to.url) {
        (Some(file), _) => format!("`database.url_file` to {}", file.display()),
        (None, url @ DatabaseUrl::Postgres(_)) => {
            format!("`database.url` to {url} (with user and password, which are left out here)")
        }
        (None, url @ DatabaseUrl::Sqlite(_)) => format!("`database.url` to {url}"),
    };
    say!("Both databases hold the same. Set {setting}, and start the server.");
    Ok(())
}

fn tell(progress: &mut Progress, step: CopyProgress) {
    let CopyProgress { stage, table, rows, of } = step;
    let doing = match stage {
        CopyStage::Resuming => format!("looking through {table}"),
        CopyStage::Copying => format!("copying {table}"),
        CopyStage::CheckingTarget => format!("checking {table} (target)"),
        CopyStage::CheckingSource => format!("checking {table} (source)"),
    };
    progress.tell(&doing, "rows", rows, of);
}

/// Returns the URL that was given as an argument or in a file.
fn url(name: &str, given: Option<Secret>, file: Option<PathBuf>) -> Result<Option<DatabaseUrl>, Failure> {
    let (name, url) = match (given, file) {
        (Some(url), _) => (name.to_owned(), DatabaseUrl::parse(url.expose())),
        (None, Some(path)) => (format!("{name}-file"), DatabaseUrl::read(&path)),
        (None, None) => return Ok(None),
    };
    url.map(Some).map_err(|requirement| Failure::misused(format!("`{name}` cannot be used: {requirement}")))
}

/// Returns the settings of the database at `url`: those of the configured database, with longer timeouts.
fn settings_of(settings: &Settings, url: DatabaseUrl) -> DatabaseSettings {
    let busy_timeout = settings.database.busy_timeout.max(PATIENCE);
    let statement_timeout = settings.database.statement_timeout.max(STATEMENT_PATIENCE);
    DatabaseSettings { url, url_file: None, busy_timeout, statement_timeout, ..settings.database.clone() }
}

fn report(copied: &Copied) -> Result<(), Failure> {
    for table in &copied.tables {
        say!("{:17} {:>10} rows, checksum {}", table.name, table.rows, table.checksum);
    }
    Ok(())
}

/// Returns the error with its remedy.
fn explained(error: CopyError) -> Failure {
    let remedy = match &error {
        CopyError::Missing { side: Side::Source, .. } => "see `--from`",
        CopyError::Missing { side: Side::Target, .. } => "see `--to`",
        CopyError::Failed { side: Side::Source, .. } => "see `--from`, and say the same again to go on",
        CopyError::Failed { side: Side::Target, .. } => "see `--to`, and say the same again to go on",
        CopyError::Unfit { fact: Misfit::TooNew, .. } => "use a newer program",
        CopyError::Unfit { fact: Misfit::Outdated, .. } => "run `countersign migrate` with it as `database.url`",
        CopyError::Unfit { fact: Misfit::BegunByAnother, .. } => "run this again with `--restart`",
        CopyError::Unfit { fact: Misfit::NoTables, side: Side::Source } => "see `--from`",
        CopyError::Unfit { fact: Misfit::NoTables, side: Side::Target } => "see `--to`",
        CopyError::Unfit { fact: Misfit::HalfCopied, side: Side::Source } => {
            "finish it with the `countersign database copy` that began it, or see `--from`"
        }
        CopyError::Unfit { fact: Misfit::HalfCopied, side: Side::Target } => {
            "run this without `--verify-only` to finish it"
        }
        CopyError::TargetInUse(_) => "give an empty database with `--to`; nothing was changed",
        CopyError::ResumedUnlike(_) | CopyError::Refused { .. } => {
            "if the source was changed since the copy began, run it again with `--restart`"
        }
        CopyError::Disturbed(_) => {
            "stop every server and every other copy that uses it, and run this again with `--restart`"
        }
        CopyError::Unlike { .. } => {
            "do not use the target as it is: stop whoever writes to it, and copy into an empty one or with `--restart`"
        }
        CopyError::SourceChanged(_) => {
            "stop every server that uses it, and run this again with `--restart`; what was copied lacks the change"
        }
    };
    Failure::new(format!("{error}; {remedy}"))
}
