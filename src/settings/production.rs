//! The one list of what production refuses and what is risky in it.
//!
//! Both the start and `countersign check --deploy` draw from it. An *error* stops the start in production: something is
//! missing, or cannot work. A *risk* works, and may hurt. Every key of `settings.toml` has a row here: a judgement, or the
//! reason why no value of it can hurt. A test fails when a key has no row, and when a row has no key.
//!
//! To add a setting, add its row to the file of its section below.

mod changes;
mod contracts;
mod database;
mod files;
mod links;
mod mail;
mod passwords;
mod server;
mod throttle;
mod users;

use std::fmt;

use url::{Host, Url};

use super::source::Entry;
use super::{Mode, Settings, Source};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// In production the program does not start.
    Error,
    /// It works, and may hurt.
    Risk,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Risk => "risk",
        })
    }
}

/// Something that is valid in development and refused or risky in production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it stops the start.
    pub severity: Severity,
    /// The dotted key of the setting; [`SETTINGS_FILE`] for the file itself.
    pub key: &'static str,
    /// What may happen, and what to do about it.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}`: {}", self.severity, self.key, self.message)
    }
}

/// The key of findings about the file given with `--settings`.
pub const SETTINGS_FILE: &str = "--settings";

/// What is said about one key of `settings.toml`.
struct Row {
    key: &'static str,
    /// Finds what is refused or risky; none where no value within the range can hurt.
    judge: Option<fn(&Settings, &mut Findings)>,
}

/// A row for a setting of which some values are refused or risky.
const fn judged(key: &'static str, judge: fn(&Settings, &mut Findings)) -> Row {
    Row { key, judge: Some(judge) }
}

/// A row for a setting of which no value can hurt, and why.
const fn harmless(key: &'static str, _reason: &'static str) -> Row {
    Row { key, judge: None }
}

/// The findings so far, and the key that is being judged.
struct Findings {
    key: &'static str,
    list: Vec<Finding>,
}

impl Findings {
    /// Notes down that production refuses the value, if it `is_wrong`.
    fn error(&mut self, is_wrong: bool, message: &str) {
        self.note(is_wrong, Severity::Error, message);
    }

    /// Notes down that the value is risky, if it `is_risky`.
    fn risk(&mut self, is_risky: bool, message: &str) {
        self.note(is_risky, Severity::Risk, message);
    }

    fn note(&mut self, applies: bool, severity: Severity, message: &str) {
        if applies {
            self.list.push(Finding { severity, key: self.key, message: message.to_owned() });
        }
    }
}

const MODE: &[Row] = &[judged("mode", |settings, findings| {
    let is_development = settings.mode == Mode::Development;
    let message = "development makes up what is missing, such as the secret of the links; set \"production\"";
    findings.error(is_development, message);
})];

/// The rows of all sections, in the order of `settings.toml`.
fn rows() -> impl Iterator<Item = &'static Row> {
    let sections = [
        MODE,
        server::ROWS,
        contracts::ROWS,
        database::ROWS,
        links::ROWS,
        users::ROWS,
        changes::ROWS,
        passwords::ROWS,
        mail::ROWS,
        throttle::ROWS,
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

/// Every key that has a row. For the test that compares them with `settings.toml`.
#[cfg(test)]
pub(super) fn keys() -> Vec<&'static str> {
    rows().map(|row| row.key).collect()
}

impl Settings {
    fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Whether no layer over the built-in defaults sets `key`.
    fn is_left_at_default(&self, key: &str) -> bool {
        self.entry(key).is_none_or(|entry| entry.source == Source::Defaults)
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_local_name(name),
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback() || address.is_unspecified(),
        None => false,
    }
}

/// Whether a name can only mean the machine it is used on (RFC 6761, 6.3).
fn is_local_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let name = name.trim_end_matches('.');
    name == "localhost"
        || name.ends_with(".localhost")
        || name == "localhost.localdomain"
        || name.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.to_canonical().is_loopback())
}
