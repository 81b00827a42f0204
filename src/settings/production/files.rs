//! Files and directories: who but their owner may read, change or replace them.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::super::Settings;
use super::super::source::{HIDDEN, Source};
use super::row::Findings;

/// Where container engines put secrets: mounted for one container alone, and readable by all users in it unless told
/// otherwise (mode 0444).
const MOUNTED_SECRETS: &str = "/run/secrets";

/// Judges a file that holds a secret.
pub(super) fn secret_file(path: Option<&Path>, findings: &mut Findings) {
    let Some(path) = path else { return };
    let name = path.file_name().unwrap_or(path.as_os_str()).display();
    findings.risk(
        path.is_relative(),
        &format!(
            "the path starts at the working directory: a start from elsewhere does not find the file, and one from a \
             developer's directory takes the secret that development made; write the whole path, as in \
             \"/etc/countersign/{name}\""
        ),
    );
    findings.risk(is_open_to_others(path), "every user of this machine may read or change the file; chmod 600 or 640");
    // A file that others may change is already told.
    findings.risk(
        mode_of(path).is_some_and(|mode| mode & 0o026 == 0o020),
        "users of the file's group may put a secret of their own into it; chmod 600 or 640",
    );
    findings.risk(
        is_replaceable(path),
        "other users of this machine may put another file in its place, as they may write to its directory; take that \
         right from them (chmod go-w)",
    );
}

/// Judges a file or directory that holds no secret, but decides what the program does.
pub(super) fn trusted_file(path: Option<&Path>, what: &str, findings: &mut Findings) {
    let Some(path) = path else { return };
    let is_writable = |path: &Path| mode_of(path).is_some_and(|mode| mode & 0o002 != 0);
    let inner = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let message =
        format!("other users of this machine may change {what}; take the right to write from them (chmod go-w)");
    findings
        .risk(is_writable(path) || inner.into_iter().any(|path| is_writable(&path)) || is_replaceable(path), &message);
}

/// Judges a secret that is given directly: the settings file that it stands in must not be open to others.
pub(super) fn direct_secret(settings: &Settings, findings: &mut Findings) {
    let is_open = settings.entry(findings.key).is_some_and(|entry| {
        let is_secret = entry.shown_value == HIDDEN;
        is_secret && matches!(&entry.source, Source::File(path) if is_open_to_others(path))
    });
    findings.risk(is_open, "it stands in a settings file that every user of this machine may read; chmod 600 or 640");
}

/// Judges the settings file itself.
pub(super) fn settings_file(settings: &Settings, findings: &mut Findings) {
    let file = settings.entries.iter().find_map(|entry| match &entry.source {
        Source::File(path) => Some(path.as_path()),
        Source::Defaults | Source::Environment(_) => None,
    });
    trusted_file(file, "the settings file", findings);
}

/// Returns whether users other than its owner and group may read or change the file at `path`.
pub(super) fn is_open_to_others(path: &Path) -> bool {
    let Ok(path) = path.canonicalize() else { return false };
    mode_of(&path).is_some_and(|mode| opens_to_others(&path, mode))
}

/// Judges the permissions of the file whose path, without links, is `path`.
fn opens_to_others(path: &Path, mode: u32) -> bool {
    let readable = if path.starts_with(MOUNTED_SECRETS) { 0 } else { 0o004 };
    mode & (readable | 0o002) != 0
}

/// Returns whether users other than owner and group may remove the file at `path` and put another in its place.
fn is_replaceable(path: &Path) -> bool {
    // In a directory with the sticky bit, such as /tmp, only owners remove files.
    mode_of(&directory_of(path)).is_some_and(|mode| mode & 0o1002 == 0o002)
}

/// Returns the directory that holds `path`.
pub(super) fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Returns the permissions of what is at `path`; none where it is missing or out of sight.
pub(super) fn mode_of(path: &Path) -> Option<u32> {
    #[cfg(unix)]
    return fs::metadata(path).ok().map(|metadata| metadata.permissions().mode());
    #[cfg(not(unix))]
    return None;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_may_read_is_open_but_for_the_secrets_of_a_container() {
        for (path, mode, is_open) in [
            ("/etc/countersign/links.secret", 0o600, false),
            ("/etc/countersign/links.secret", 0o640, false),
            ("/etc/countersign/links.secret", 0o444, true),
            ("/etc/countersign/links.secret", 0o602, true),
            ("/run/secrets/links_secret", 0o444, false),
            ("/run/secrets/links_secret", 0o446, true),
            ("/run/secrets-of-mine/links_secret", 0o444, true),
            ("/srv/run/secrets/links_secret", 0o444, true),
        ] {
            assert_eq!(opens_to_others(Path::new(path), mode), is_open, "{path} {mode:o}");
        }
    }
}
