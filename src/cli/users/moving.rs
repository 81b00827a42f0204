//! `countersign users import` and `users export`: their arguments and their output.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, IsTerminal, stdout};
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};

use super::super::failure::{Failure, remark, say};
use super::super::progress::{Progress, WithoutBar};
use super::super::terminal::printable;
use crate::accounts::Administration;
use crate::app::database;
use crate::clock::Seconds;
use crate::files::Draft;
use crate::settings::Settings;
use crate::user_files::{
    self, Choices, ExportError, Faults, Faulty, ImportError, Imported, Inactive, Mapping, Report, Stage, Step,
    Unverifiable, Work,
};

/// Minimum time that a statement may wait for a lock. It is long, since no client waits for an answer here.
const PATIENCE: Seconds = Seconds::new(60);

#[derive(Args, Debug)]
pub(in crate::cli) struct ImportArguments {
    /// The file to read.
    file: PathBuf,
    /// Only judge the file, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Leave out entries that cannot be imported, and import the others.
    #[arg(long)]
    skip_bad: bool,
    /// Import users without a password whose password hash cannot be verified here: they reset it by mail.
    #[arg(long)]
    drop_bad_hashes: bool,
    /// The model of users in a dump of Django.
    #[arg(long, value_name = "APP.MODEL", default_value = "auth.user")]
    user_model: String,
    /// A TOML file that says which member of that model is which field here.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// What users are whose `is_active` is false in a dump of Django.
    #[arg(long, value_name = "KIND", value_enum, default_value_t = InactiveAre::Judged)]
    inactive: InactiveAre,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum InactiveAre {
    /// Decide for each: disabled who was logged in once, or registered long ago; unverified the others
    Judged,
    /// They have not followed their link yet
    Unverified,
    /// An administrator has disabled them
    Disabled,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ExportArguments {
    /// The file to write, which only its owner can read. It must not exist. Without it: standard output.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

pub(super) async fn import(mut settings: Settings, arguments: ImportArguments) -> Result<(), Failure> {
    settings.database.busy_timeout = settings.database.busy_timeout.max(PATIENCE);
    let mapping = arguments.mapping.as_deref().map(Mapping::read).transpose();
    let mapping = mapping.map_err(|error| Failure::misused(format!("{error}; docs/moving.md shows one")))?;
    let choices = Choices {
        faulty: if arguments.skip_bad { Faulty::Skip } else { Faulty::Refuse },
        unverifiable: if arguments.drop_bad_hashes { Unverifiable::Drop } else { Unverifiable::Refuse },
        inactive: match arguments.inactive {
            InactiveAre::Judged => Inactive::Judged,
            InactiveAre::Unverified => Inactive::Unverified,
            InactiveAre::Disabled => Inactive::Disabled,
        },
        user_model: arguments.user_model.to_ascii_lowercase(),
        mapping: mapping.unwrap_or_default(),
    };
    let work = if arguments.dry_run { Work::Judge } else { Work::Import };
    let administration = database::open_administration(&settings).await?;
    let began = Instant::now();
    let mut progress = Progress::new(WithoutBar::Lines);
    let tell = &mut |step| tell(&mut progress, step);
    let imported = user_files::import(&administration, &settings, &arguments.file, &choices, work, tell).await;
    progress.end();
    match imported {
        Ok(imported) => report(&imported, work, began),
        Err(ImportError::Faulty(found)) => {
            list(&found);
            let others = match found.entries > found.faulty.count {
                true => ", or add --skip-bad to import the others",
                false => "",
            };
            Err(Failure::new(format!("{}; nothing was imported. Correct the file{others}", ImportError::Faulty(found))))
        }
        Err(error) => Err(explained(error)),
    }
}

fn report(imported: &Imported, work: Work, began: Instant) -> Result<(), Failure> {
    let Imported { report, users_stored, done_before, was_finished } = imported;
    if *was_finished {
        say!("The file was imported before, with {done_before} entries. Nothing is left to do.");
        return Ok(());
    }
    list(report);
    if report.unverified + report.disabled > 0 {
        say!("{} users are not verified, and {} are disabled.", report.unverified, report.disabled);
    }
    if report.is_dump && report.unverified > 0 {
        say!(
            "Django does not tell users who have not followed the link from users whom an administrator disabled: \
             docs/moving.md says how it was decided. `--inactive disabled` disables all."
        );
    }
    if report.short_lived > 0 {
        say!(
            "{} users are not verified and registered longer ago than `users.purge_unverified_after_seconds`: \
             a server deletes them within the hour.",
            report.short_lived
        );
    }
    if report.lacks_revoked_tokens {
        remark(
            "warning: the file names no revoked refresh token, and `[moving.simplejwt]` accepts refresh tokens of the old \
             site: those that it has revoked work again. If it has the app token_blacklist, dump `token_blacklist` as \
             well. docs/moving.md shows the line of a token in JSON lines",
        );
    }
    say!(
        "With the users: {} tokens of logins, {} provider accounts, {} addresses with their old ids, {} revoked refresh \
         tokens. {} users have no password, and {} are staff.",
        report.sessions,
        report.provider_accounts,
        report.moved_emails,
        report.revoked_tokens,
        report.without_password,
        report.staff
    );
    if !report.of_unknown_providers.is_empty() {
        say!(
            "The settings do not name the providers of these accounts: {}. Users can log in by them as soon as a table \
             `[[providers]]` has that name.",
            listed(&report.of_unknown_providers)
        );
    }
    let Report { users, revoked_tokens, faulty, .. } = report;
    if !report.passed_over.is_empty() {
        say!("Records of no use here: {}.", listed(&report.passed_over));
    }
    let also = if *revoked_tokens > 0 { format!(" and {revoked_tokens} revoked tokens") } else { String::new() };
    if work == Work::Judge {
        say!("{users} users{also} can be imported, {} entries cannot. Nothing was changed.", faulty.count);
        return Ok(());
    }
    if *done_before > 0 {
        say!("{done_before} entries were done before.");
    }
    let seconds = began.elapsed().as_secs_f64();
    say!(
        "{users_stored} users were imported in {seconds:.1} s ({:.0} users/s).",
        *users_stored as f64 / seconds.max(0.001)
    );
    say!("The file is imported: {users} users{also}, {} entries skipped.", faulty.count);
    Ok(())
}

/// Renders counts with their names: `2 google, 1 weibo`.
fn listed(counts: &BTreeMap<String, u64>) -> String {
    let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{count} {}", printable(name))).collect();
    counts.join(", ")
}

/// Lists what was found, on standard error.
fn list(report: &Report) {
    list_each(&report.noted, "of which a part was left out");
    list_each(&report.faulty, "that cannot be imported");
}

fn list_each(faults: &Faults, kind: &str) {
    for fault in &faults.first {
        let subject = fault.subject.as_ref().map(|subject| format!("{subject}: ")).unwrap_or_default();
        let line = format!("line {}: {subject}{}", fault.line, fault.reasons.join("; "));
        // The file may have line feeds in its names.
        remark(printable(&line));
    }
    let told = faults.first.len() as u64;
    if faults.count > told {
        remark(format_args!("and {} more entries {kind}", faults.count - told));
    }
}

fn tell(progress: &mut Progress, step: Step) {
    let (doing, things) = match step.stage {
        Stage::Reading => ("reading", "bytes"),
        Stage::Judging => ("judging", "entries"),
        Stage::Storing => ("importing", "entries"),
    };
    progress.tell(doing, things, step.done, step.of);
}

/// Returns the error with its remedy.
fn explained(error: ImportError) -> Failure {
    let remedy = match &error {
        ImportError::Service(_) => "say the same again to go on",
        ImportError::File { .. } => "see its name and who may read it",
        ImportError::NoFile(_) => "it is read several times, so write it into a file first",
        ImportError::Split(_) => "nothing was imported; export or dump the users again",
        ImportError::NoUsers { .. } => "name the model of users with --user-model",
        ImportError::Empty => "give a file that `dumpdata` or `users export` has written, and see that it is whole",
        ImportError::NoJson(_) => "docs/moving.md says which files can be imported",
        ImportError::Faulty(_) => "correct the file",
        ImportError::Taken => {
            "what was imported stays. Say the same again to see which, and once more with --skip-bad to go on without them"
        }
        ImportError::Disturbed => "wait for it, and leave the file as it is; then say the same again",
    };
    Failure::new(printable(&format!("{error}; {remedy}")))
}

pub(super) fn export(administration: &Administration, arguments: &ExportArguments) -> Result<(), Failure> {
    let Some(path) = &arguments.to else {
        if stdout().is_terminal() {
            return Err(Failure::misused("the lines hold secrets; write them into a file with --to FILE"));
        }
        let mut progress = Progress::new(WithoutBar::Nothing);
        let written = user_files::export(administration, stdout().lock(), &mut |step| show(&mut progress, step));
        progress.end();
        return written.map(drop).map_err(|error| {
            unwritten(error, |cause| match cause.kind() {
                ErrorKind::BrokenPipe => Failure::new(
                    "the output has no reader any more, and not all users were exported; export them again",
                ),
                _ => Failure::from_output(cause),
            })
        });
    };
    let failed = |error: io::Error| {
        let remedy = match error.kind() {
            ErrorKind::AlreadyExists | ErrorKind::InvalidInput => "give the name of a new file",
            _ => "see that its directory is there, can be written and has room",
        };
        Failure::new(format!("{} cannot be written: {error}; {remedy}", path.display()))
    };
    let mut draft = Draft::of(path).map_err(failed)?;
    let mut progress = Progress::new(WithoutBar::Lines);
    let written = user_files::export(administration, draft.file(), &mut |step| show(&mut progress, step));
    progress.end();
    let users = written.map_err(|error| unwritten(error, failed))?;
    draft.finish().map_err(failed)?;
    say!("Exported {users} users into {}, which only its owner can read. It holds secrets.", path.display());
    Ok(())
}

fn show(progress: &mut Progress, step: Step) {
    progress.tell("exporting", "users", step.done, step.of);
}

fn unwritten(error: ExportError, output: impl FnOnce(io::Error) -> Failure) -> Failure {
    match error {
        ExportError::Output(error) => output(error),
        ExportError::Service(error) => error.into(),
        error @ ExportError::Profile(_) => Failure::new(format!("{error}; correct it in the database")),
    }
}
