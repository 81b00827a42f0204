//! The one list of what production refuses and what is risky in it.
//!
//! Both the start and `countersign check --deploy` draw from it. An *error* stops the start in production: something is
//! missing, or cannot work. A *risk* works but may cause harm; one that leaves something useless is told in development
//! too, by the start and by `countersign check`. Every key of `settings.toml` has a row here: a
//! judgement, or the reason why none of its values is harmful. A test fails when a key has no row, and when a row has
//! no key.
//!
//! To add a setting, add its row to the file of its section below.

mod changes;
mod contracts;
mod copied;
mod database;
mod dj_rest_auth;
mod files;
mod jwt;
mod links;
pub(super) mod local;
mod mail;
mod moving;
mod pages;
mod passwords;
mod providers;
mod row;
mod secrets;
mod server;
mod throttle;
mod users;

use super::source::Entry;
use super::{Mode, Settings, Source};
use row::{Findings, Row, harmless, judged};

pub use row::{Finding, SETTINGS_FILE, Severity};

const MODE: &[Row] = &[judged("mode", |settings, findings| {
    let is_development = settings.mode == Mode::Development;
    let message = "development makes up what is missing, such as the secret of the links; set \"production\"";
    findings.error(is_development, message);
})];

const PROFILE_FIELDS: &[Row] =
    &[harmless("profile_fields", "each field says who sees it, by default its user alone; all are limited in size")];

/// Returns the rows of all sections, in the order of `settings.toml`.
fn rows() -> impl Iterator<Item = &'static Row> {
    let sections = [
        MODE,
        PROFILE_FIELDS,
        providers::ROWS,
        server::ROWS,
        pages::ROWS,
        contracts::ROWS,
        dj_rest_auth::ROWS,
        dj_rest_auth::JWT_ROWS,
        dj_rest_auth::OLDER_ROWS,
        dj_rest_auth::OLDER_JWT_ROWS,
        contracts::TUTORIAL_ROWS,
        database::ROWS,
        links::ROWS,
        jwt::ROWS,
        users::ROWS,
        changes::ROWS,
        passwords::ROWS,
        mail::ROWS,
        throttle::ROWS,
        moving::ROWS,
    ];
    sections.into_iter().flatten()
}

/// Finds everything in `settings` that production refuses or that is risky in it, whatever their mode.
pub(super) fn find(settings: &Settings) -> Vec<Finding> {
    let mut findings = Findings { key: SETTINGS_FILE, list: Vec::new() };
    files::settings_file(settings, &mut findings);
    for row in rows() {
        if let Some(judge) = row.judge {
            findings.key = row.key;
            judge(settings, &mut findings);
        }
    }
    findings.list
}

/// Returns every key that has a row. For the test that compares them with `settings.toml`.
#[cfg(test)]
pub(super) fn keys() -> Vec<&'static str> {
    rows().map(|row| row.key).collect()
}

impl Settings {
    fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Returns whether no layer over the built-in defaults sets `key`.
    fn is_left_at_default(&self, key: &str) -> bool {
        self.entry(key).is_none_or(|entry| entry.source == Source::Defaults)
    }
}
