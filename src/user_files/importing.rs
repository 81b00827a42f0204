//! An import: one pass that judges, and one that stores.

use std::collections::HashSet;
use std::path::Path;

use super::choices::{Choices, Faulty};
use super::error::ImportError;
use super::findings::{Candidate, Entry, Findings};
use super::judging::{Judged, Rules};
use super::report::{Imported, Report, Stage, Step};
use super::seen::{Seen, taken};
use super::source::Source;
use crate::accounts::{Administration, ImportOutcome, ImportRecord, ImportStep, MovedUser, RevokedToken};
use crate::settings::Settings;

/// Users that are looked up or stored at a time: enough to make a commit's cost small, few enough that a server beside it
/// waits for a moment only.
const AT_ONCE: usize = 500;

/// What to do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Only judge it.
    Judge,
    /// Judge and import it.
    Import,
}

/// Imports a file, or goes on with an import that was cut off.
///
/// # Errors
///
/// Each [`ImportError`].
pub(crate) async fn import(
    administration: &Administration,
    settings: &Settings,
    path: &Path,
    choices: &Choices,
    work: Work,
    tell: &mut dyn FnMut(Step),
) -> Result<Imported, ImportError> {
    let mut source = Source::open(path, choices, tell)?;
    let record = administration.find_import(source.digest.clone()).await?;
    let now = administration.now();
    let mut record = record.unwrap_or(ImportRecord { began_at: now, done: 0, finished_at: None });
    if record.finished_at.is_some() {
        let report = Report { entries: record.done, ..Report::default() };
        return Ok(Imported { report, users_stored: 0, done_before: record.done, was_finished: true });
    }
    let rules = Rules::new(settings, choices.unverifiable, record.began_at);
    let Findings { mut report, faulty } =
        judge(administration, &mut source, choices, &rules, record.done, tell).await?;
    let accepts_old_tokens = !settings.moving.simplejwt.secrets.is_empty();
    report.lacks_revoked_tokens = accepts_old_tokens && report.newly_moved > 0 && report.revoked_tokens == 0;
    if report.entries == 0 {
        return Err(ImportError::Empty);
    }
    // An import of nothing would count as the import of the file, which then is not imported again.
    if report.faulty.count > 0 && (choices.faulty == Faulty::Refuse || !report.has_anything()) {
        return Err(ImportError::Faulty(Box::new(report)));
    }
    let mut imported = Imported { report, users_stored: 0, done_before: record.done, was_finished: false };
    if work == Work::Import {
        record = administration.begin_import(source.digest.clone(), record.began_at).await?;
        let rules = Rules::new(settings, choices.unverifiable, record.began_at);
        imported.users_stored = store(administration, &mut source, choices, &rules, record.done, &faulty, tell).await?;
    }
    Ok(imported)
}

/// Judges every entry.
async fn judge(
    administration: &Administration,
    source: &mut Source,
    choices: &Choices,
    rules: &Rules,
    done_before: u64,
    tell: &mut dyn FnMut(Step),
) -> Result<Findings, ImportError> {
    let of = source.entries;
    let mut findings = Findings::default();
    if let Some(dump) = source.dump() {
        findings.report.passed_over.clone_from(&dump.passed_over);
        findings.report.is_dump = true;
    }
    let (mut seen, mut waiting) = (Seen::default(), Vec::with_capacity(AT_ONCE));
    let mut lines = source.lines(choices, rules)?;
    while let Some(numbered) = lines.next()? {
        let entry = Entry { number: findings.report.entries, place: numbered.place };
        findings.report.entries += 1;
        match numbered.parsed.and_then(|line| rules.judge(*line)) {
            Err(reasons) => findings.refuse(source, entry, reasons),
            Ok(Judged::RevokedToken(_)) => findings.report.revoked_tokens += 1,
            Ok(Judged::User { user, notes }) => {
                let keys = user.keys();
                let twice = seen.add(entry.position(), &keys);
                let candidate = Candidate::new(entry, keys, &user, notes, rules);
                if !twice.is_empty() {
                    findings.refuse_twice(source, entry, &twice);
                } else if entry.number < done_before {
                    // The user is in the database because of this import.
                    findings.accept(source, candidate);
                } else {
                    waiting.push(candidate);
                }
            }
        }
        if waiting.len() == AT_ONCE {
            look_up(administration, source, &mut waiting, &mut findings).await?;
            tell(Step { stage: Stage::Judging, done: findings.report.entries, of });
        }
    }
    look_up(administration, source, &mut waiting, &mut findings).await?;
    findings.report.sort();
    tell(Step { stage: Stage::Judging, done: findings.report.entries, of: findings.report.entries });
    Ok(findings)
}

/// Accepts those of the waiting users of whom no stored user has anything.
async fn look_up(
    administration: &Administration,
    source: &Source,
    waiting: &mut Vec<Candidate>,
    findings: &mut Findings,
) -> Result<(), ImportError> {
    if waiting.is_empty() {
        return Ok(());
    }
    let keys = waiting.iter().flat_map(|candidate| candidate.keys.iter().cloned()).collect();
    let found = administration.find_taken(keys).await?;
    for candidate in waiting.drain(..) {
        let taken: Vec<_> =
            candidate.keys.iter().filter(|key| found.contains(key)).map(|key| taken(key.kind)).collect();
        match taken.is_empty() {
            true => findings.accept(source, candidate),
            false => findings.refuse(source, candidate.entry, taken),
        }
    }
    Ok(())
}

/// Stores what can be imported. Returns how many users.
async fn store(
    administration: &Administration,
    source: &mut Source,
    choices: &Choices,
    rules: &Rules,
    done_before: u64,
    faulty: &HashSet<u64>,
    tell: &mut dyn FnMut(Step),
) -> Result<u64, ImportError> {
    let (digest, of) = (source.digest.clone(), source.entries);
    let (mut entries, mut done, mut stored) = (0, done_before, 0);
    let (mut users, mut revoked_tokens) = (Vec::<MovedUser>::new(), Vec::<RevokedToken>::new());
    let mut lines = source.lines(choices, rules)?;
    loop {
        let numbered = lines.next()?;
        let is_last = numbered.is_none();
        if let Some(numbered) = numbered {
            entries += 1;
            if entries <= done_before || faulty.contains(&(entries - 1)) {
                continue;
            }
            match numbered.parsed.and_then(|line| rules.judge(*line)) {
                Ok(Judged::User { user, .. }) => users.push(*user),
                Ok(Judged::RevokedToken(token)) => revoked_tokens.push(token),
                // The file was changed between the passes.
                Err(_) => return Err(ImportError::Disturbed),
            }
        }
        if users.len() + revoked_tokens.len() >= AT_ONCE || is_last {
            let (users, revoked_tokens) = (std::mem::take(&mut users), std::mem::take(&mut revoked_tokens));
            let count = users.len() as u64;
            let step =
                ImportStep { digest: digest.clone(), done_before: done, done_after: entries, users, revoked_tokens };
            match administration.import(step).await? {
                ImportOutcome::Stored => (done, stored) = (entries, stored + count),
                ImportOutcome::Taken => return Err(ImportError::Taken),
                ImportOutcome::Disturbed => return Err(ImportError::Disturbed),
            }
            tell(Step { stage: Stage::Storing, done, of });
        }
        if is_last {
            administration.finish_import(digest, stored).await?;
            return Ok(stored);
        }
    }
}
