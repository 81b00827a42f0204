//! What an import found and did.

use std::collections::BTreeMap;

/// The most lines that are told one by one; the rest is counted.
pub(super) const MOST_TOLD: usize = 100;

/// An entry, with its faults or with notes about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The line it begins in, counted from 1.
    pub(crate) line: u64,
    /// What names it to an operator beside its line: the user's key and username.
    pub(crate) subject: Option<String>,
    /// Everything that is wrong with it, without values.
    pub(crate) reasons: Vec<String>,
}

/// Entries with faults or notes: the first of them, and how many there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    /// The first hundred.
    pub(crate) first: Vec<Fault>,
    /// All.
    pub(crate) count: u64,
}

impl Faults {
    fn sort(&mut self) {
        self.first.sort_by_key(|fault| fault.line);
    }

    /// Returns whether the next one is told, and not only counted.
    pub(super) fn has_room(&self) -> bool {
        self.first.len() < MOST_TOLD
    }

    /// Adds an entry. `subject` is asked only where the entry is told.
    pub(super) fn add(&mut self, line: u32, subject: impl FnOnce() -> Option<String>, reasons: Vec<String>) {
        self.count += 1;
        if self.has_room() {
            self.first.push(Fault { line: line.into(), subject: subject(), reasons });
        }
    }
}

/// What the first pass found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    /// Entries of the file.
    pub(crate) entries: u64,
    /// Users that can be imported, or have been.
    pub(crate) users: u64,
    /// Revoked tokens that can be imported, or have been.
    pub(crate) revoked_tokens: u64,
    /// Entries that cannot be imported.
    pub(crate) faulty: Faults,
    /// Users of whom something is left out.
    pub(crate) noted: Faults,
    /// Whether the file is a dump of Django, which does not tell unverified users from disabled ones.
    pub(crate) is_dump: bool,
    /// Users who are neither verified nor disabled.
    pub(crate) unverified: u64,
    /// Users who are disabled.
    pub(crate) disabled: u64,
    /// Users who are staff.
    pub(crate) staff: u64,
    /// Users without a password.
    pub(crate) without_password: u64,
    /// Sessions of users: tokens with which clients stay logged in.
    pub(crate) sessions: u64,
    /// Provider accounts of users.
    pub(crate) provider_accounts: u64,
    /// Provider accounts whose provider the settings do not name, counted by provider; the first 100 names only.
    pub(crate) of_unknown_providers: BTreeMap<String, u64>,
    /// Addresses with the ids that they had in the old system.
    pub(crate) moved_emails: u64,
    /// Users who come from another system, whose refresh tokens may work.
    pub(crate) newly_moved: u64,
    /// Whether refresh tokens of the old system are accepted, and the file names none that was revoked there.
    pub(crate) lacks_revoked_tokens: bool,
    /// Users who are not verified, and who registered so long ago that housekeeping deletes them.
    pub(crate) short_lived: u64,
    /// Records of a Django dump that are of no use here, by their model.
    pub(crate) passed_over: BTreeMap<String, u64>,
}

impl Report {
    /// Returns whether there is something to import, or was.
    pub(super) fn has_anything(&self) -> bool {
        self.users + self.revoked_tokens > 0
    }

    /// Counts a provider account whose provider the settings do not name.
    pub(super) fn add_unknown_provider(&mut self, name: String) {
        let has_room = self.of_unknown_providers.len() < MOST_TOLD;
        if has_room || self.of_unknown_providers.contains_key(&name) {
            *self.of_unknown_providers.entry(name).or_default() += 1;
        }
    }

    /// Puts the entries that are told into the order of their lines.
    pub(super) fn sort(&mut self) {
        self.faulty.sort();
        self.noted.sort();
    }
}

/// What the second pass did.
#[derive(Clone, Debug)]
pub(crate) struct Imported {
    /// What the first pass found.
    pub(crate) report: Report,
    /// Users that this run stored.
    pub(crate) users_stored: u64,
    /// Entries that an earlier run had done.
    pub(crate) done_before: u64,
    /// Whether an earlier run had imported the whole file.
    pub(crate) was_finished: bool,
}

/// The stage of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The file is read for the first time.
    Reading,
    /// Every entry is judged.
    Judging,
    /// Users are stored.
    Storing,
}

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// What it is at.
    pub(crate) stage: Stage,
    /// Bytes or entries that are done with.
    pub(crate) done: u64,
    /// The total, in the unit of `done`.
    pub(crate) of: u64,
}
