//! What the first pass finds: the report, and which entries cannot be imported.

use std::collections::HashSet;

use super::entries::Place;
use super::judging::Rules;
use super::report::Report;
use super::seen::{Position, Twice, repeated};
use super::source::Source;
use crate::accounts::{Key, MovedUser};

/// The report, and the numbers of the entries that cannot be imported.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) report: Report,
    pub(super) faulty: HashSet<u64>,
}

/// An entry: its number, counted from 0, and where it is.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) place: Place,
}

impl Entry {
    pub(super) fn position(self) -> Position {
        Position { entry: u32::try_from(self.number).unwrap_or(u32::MAX), line: self.place.line }
    }
}

/// A user who can be imported unless the database has something of the user already.
pub(super) struct Candidate {
    pub(super) entry: Entry,
    pub(super) keys: Vec<Key>,
    summary: Summary,
    /// What was left out of the line.
    notes: Vec<String>,
}

/// What is counted of a user.
struct Summary {
    is_unverified: bool,
    is_disabled: bool,
    is_short_lived: bool,
    is_staff: bool,
    lacks_password: bool,
    is_newly_moved: bool,
    sessions: u64,
    provider_accounts: u64,
    /// The provider of each account whose provider the settings do not name.
    unknown_providers: Vec<String>,
    moved_emails: u64,
}

impl Candidate {
    pub(super) fn new(entry: Entry, keys: Vec<Key>, moved: &MovedUser, notes: Vec<String>, rules: &Rules) -> Self {
        Self { entry, keys, summary: Summary::of(moved, rules), notes }
    }
}

impl Summary {
    fn of(moved: &MovedUser, rules: &Rules) -> Self {
        let MovedUser { user, sessions, provider_accounts, emails, origin, owns_email: _ } = moved;
        Self {
            is_unverified: user.verified_at.is_none() && user.disabled_at.is_none(),
            is_disabled: user.disabled_at.is_some(),
            is_short_lived: rules.is_short_lived(user),
            is_staff: user.staff_at.is_some(),
            lacks_password: user.password_hash.expose().starts_with('!'),
            is_newly_moved: origin.as_ref().is_some_and(|origin| origin.moved_at == rules.began_at),
            sessions: sessions.len() as u64,
            provider_accounts: provider_accounts.len() as u64,
            unknown_providers: provider_accounts
                .iter()
                .filter(|account| !rules.providers.contains(&account.provider))
                .map(|account| account.provider.clone())
                .collect(),
            moved_emails: emails.len() as u64,
        }
    }
}

impl Findings {
    pub(super) fn accept(&mut self, source: &Source, candidate: Candidate) {
        let Candidate { entry, summary, notes, .. } = candidate;
        let report = &mut self.report;
        report.users += 1;
        report.unverified += u64::from(summary.is_unverified);
        report.disabled += u64::from(summary.is_disabled);
        report.short_lived += u64::from(summary.is_short_lived);
        report.staff += u64::from(summary.is_staff);
        report.without_password += u64::from(summary.lacks_password);
        report.newly_moved += u64::from(summary.is_newly_moved);
        report.sessions += summary.sessions;
        report.provider_accounts += summary.provider_accounts;
        summary.unknown_providers.into_iter().for_each(|name| report.add_unknown_provider(name));
        report.moved_emails += summary.moved_emails;
        if !notes.is_empty() {
            report.noted.add(entry.place.line, || source.subject(entry.place), notes);
        }
    }

    pub(super) fn refuse(&mut self, source: &Source, entry: Entry, reasons: Vec<String>) {
        self.report.faulty.add(entry.place.line, || source.subject(entry.place), reasons);
        self.faulty.insert(entry.number);
    }

    /// Refuses an entry that has something of an earlier one.
    pub(super) fn refuse_twice(&mut self, source: &Source, entry: Entry, found: &[Twice]) {
        // The earlier entries are looked up only where they are told.
        let reasons = if self.report.faulty.has_room() {
            let reason = |twice: &Twice| {
                let earlier = twice.earlier.map(|earlier| source.name_of(earlier));
                repeated(twice.kind, earlier.as_deref())
            };
            found.iter().map(reason).collect()
        } else {
            Vec::new()
        };
        self.refuse(source, entry, reasons);
    }
}
