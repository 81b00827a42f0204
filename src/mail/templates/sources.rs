//! Where the templates' texts come from: the program itself, and a directory that may replace them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::fault::{self, TemplateFault};
use super::source::Source;
use crate::store::MailKind;

macro_rules! built_in {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/email_templates/", $path)))),+]
    };
}

/// Every template by its path below `email_templates/`.
pub(super) const BUILT_IN: &[(&str, &str)] = built_in![
    "layout.html.hbs",
    "button.html.hbs",
    "verify-registration/subject.hbs",
    "verify-registration/text.hbs",
    "verify-registration/html.hbs",
    "already-registered/subject.hbs",
    "already-registered/text.hbs",
    "already-registered/html.hbs",
    "welcome/subject.hbs",
    "welcome/text.hbs",
    "welcome/html.hbs",
    "reset-password/subject.hbs",
    "reset-password/text.hbs",
    "reset-password/html.hbs",
    "reset-username/subject.hbs",
    "reset-username/text.hbs",
    "reset-username/html.hbs",
    "verify-email/subject.hbs",
    "verify-email/text.hbs",
    "verify-email/html.hbs",
    "email-in-use/subject.hbs",
    "email-in-use/text.hbs",
    "email-in-use/html.hbs",
    "password-changed/subject.hbs",
    "password-changed/text.hbs",
    "password-changed/html.hbs",
    "email-changed/subject.hbs",
    "email-changed/text.hbs",
    "email-changed/html.hbs",
    "username-changed/subject.hbs",
    "username-changed/text.hbs",
    "username-changed/html.hbs",
    "provider-connected/subject.hbs",
    "provider-connected/text.hbs",
    "provider-connected/html.hbs",
    "provider-disconnected/subject.hbs",
    "provider-disconnected/text.hbs",
    "provider-disconnected/html.hbs",
];

/// The partials that HTML templates share.
pub(super) const PARTIALS: [&str; 2] = ["layout.html.hbs", "button.html.hbs"];

/// The three templates of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Subject,
    Text,
    Html,
}

impl Part {
    pub(super) const ALL: [Self; 3] = [Self::Subject, Self::Text, Self::Html];

    const fn file_name(self) -> &'static str {
        match self {
            Self::Subject => "subject.hbs",
            Self::Text => "text.hbs",
            Self::Html => "html.hbs",
        }
    }
}

/// Returns the path of a kind's template below `email_templates/`.
pub(super) fn path(kind: MailKind, part: Part) -> &'static str {
    BUILT_IN
        .iter()
        .map(|(path, _)| *path)
        .find(|path| path.split_once('/') == Some((kind.as_str(), part.file_name())))
        .expect("every kind has three built-in templates")
}

/// Collects the texts of all templates, those in `overrides` before the built-in ones.
pub(super) fn gather(overrides: Option<&Path>) -> (BTreeMap<&'static str, Source>, Vec<TemplateFault>) {
    let mut faults = Vec::new();
    let mut sources: BTreeMap<_, _> = BUILT_IN
        .iter()
        .map(|&(path, text)| (path, Source { origin: format!("built-in {path}"), text: text.to_owned() }))
        .collect();
    let Some(directory) = overrides else { return (sources, faults) };
    for file in files_below(directory, &mut faults) {
        let relative = file.strip_prefix(directory).ok().and_then(Path::to_str);
        let Some(source) = relative.and_then(|path| sources.get_mut(path)) else {
            faults.push(fault::unknown_file(&file, &known_files(relative)));
            continue;
        };
        match fs::read_to_string(&file) {
            Ok(text) => {
                // Some editors begin each file with a byte-order mark, which would be a part of the mail.
                let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
                *source = Source { origin: file.display().to_string(), text };
            }
            Err(error) => faults.push(fault::unreadable(&file, &error.to_string())),
        }
    }
    (sources, faults)
}

/// Returns the files that the operator may have meant: those of the same kind, or else one of each sort.
fn known_files(relative: Option<&str>) -> String {
    let kind = relative.and_then(|path| path.split_once('/')).and_then(|(directory, _)| MailKind::parse(directory));
    match kind {
        Some(kind) => Part::ALL.map(|part| path(kind, part)).join(", "),
        None => {
            let kinds = MailKind::ALL.map(MailKind::as_str).join(", ");
            format!("{} and subject.hbs, text.hbs, html.hbs in each of {kinds}", PARTIALS.join(", "))
        }
    }
}

/// Returns all files below `directory` that may be meant as templates.
fn files_below(directory: &Path, faults: &mut Vec<TemplateFault>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => {
            faults.push(fault::unreadable(directory, &error.to_string()));
            return files;
        }
    };
    for entry in entries {
        match entry {
            Ok(entry) if is_beside(&entry.file_name().to_string_lossy()) => {}
            Ok(entry) if entry.path().is_dir() => files.extend(files_below(&entry.path(), faults)),
            Ok(entry) => files.push(entry.path()),
            Err(error) => faults.push(fault::unreadable(directory, &error.to_string())),
        }
    }
    files
}

/// Returns whether a file or directory is to be ignored: hidden names, which orchestrators create; backups of editors
/// and leftovers of merges; notes for people.
fn is_beside(name: &str) -> bool {
    const ENDINGS: [&str; 8] = ["~", ".bak", ".orig", ".rej", ".old", ".swp", ".tmp", ".md"];
    name.starts_with(['.', '#'])
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || ["README", "LICENSE", "CHANGELOG"].iter().any(|note| name.starts_with(note))
}
