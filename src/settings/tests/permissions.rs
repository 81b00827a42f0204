//! What `check --deploy` has to say of the files that settings name.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;

use super::findings::{keys_found, sound};
use super::*;

const SECRET: &str = "9c1be2a4f7d05836b4e1d9a27f3c6058";

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn files_with_secrets_that_others_may_read_or_change_are_found() {
    let disk = Disk::new();
    let file = disk.with("secret", SECRET);
    type Hold = fn(&mut Settings, PathBuf);
    let holders: [(&str, Hold); 4] = [
        ("database.url_file", |settings, file| settings.database.url_file = Some(file)),
        ("links.secrets_file", |settings, file| settings.links.secrets_file = Some(file)),
        ("passwords.firebase_signer_key_file", |settings, file| {
            settings.passwords.firebase_signer_key_file = Some(file);
        }),
        ("mail.smtp.password_file", |settings, file| settings.mail.smtp.password_file = Some(file)),
    ];
    for (key, hold) in holders {
        let mut settings = sound();
        hold(&mut settings, file.clone());
        for (mode, is_found) in [(0o644, true), (0o602, true), (0o660, true), (0o640, false), (0o400, false)] {
            allow(&file, mode);
            assert_eq!(keys_found(&settings), if is_found { vec![key] } else { vec![] }, "{mode:o}");
        }
        allow(&file, 0o600);
        for (mode, is_found) in [(0o777, true), (0o1777, false), (0o755, false)] {
            allow(disk.0.path(), mode);
            assert_eq!(keys_found(&settings), if is_found { vec![key] } else { vec![] }, "directory {mode:o}");
        }
    }
}

#[test]
fn a_settings_file_with_a_secret_in_it_that_others_may_read_is_found() {
    let disk = Disk::new();
    let file = disk.with("mine.toml", &format!("links.secrets = [\"{SECRET}\"]"));
    for (mode, expected) in [(0o644, true), (0o600, false)] {
        allow(&file, mode);
        let settings = Settings::load(Some(&file), []).unwrap();
        assert_eq!(keys_found(&settings).contains(&"links.secrets"), expected, "{mode:o}");
    }
}

#[test]
fn a_settings_file_that_others_may_change_is_found() {
    let disk = Disk::new();
    let file = disk.with("mine.toml", "mail.app_name = \"Example\"");
    for (mode, expected) in [(0o646, true), (0o644, false)] {
        allow(&file, mode);
        let settings = Settings::load(Some(&file), []).unwrap();
        assert_eq!(keys_found(&settings).contains(&SETTINGS_FILE), expected, "{mode:o}");
    }
}

#[test]
fn a_database_that_others_may_read_or_replace_is_found() {
    let disk = Disk::new();
    let [file, log] = ["accounts.sqlite3", "accounts.sqlite3-wal"].map(|name| disk.private(name, ""));
    let mut settings = sound();
    settings.database.url = DatabaseUrl::Sqlite(file.clone());
    // Temporary directories are a finding of their own.
    let found = |word: &str| settings.findings().iter().any(|finding| finding.message.contains(word));
    assert!(!found("chmod"));
    for path in [&file, &log] {
        allow(path, 0o644);
        assert!(found("addresses and hashes"), "{}", path.display());
        allow(path, 0o600);
    }
    allow(disk.0.path(), 0o777);
    assert!(found("another database in its place"));
}

#[test]
fn templates_that_others_may_change_are_found() {
    let disk = Disk::new();
    let template = disk.private("layout.hbs", "");
    let mut settings = sound();
    settings.mail.templates_directory = Some(disk.0.path().to_owned());
    assert_eq!(settings.findings(), []);
    allow(&template, 0o666);
    assert_eq!(keys_found(&settings), ["mail.templates_directory"]);
    allow(&template, 0o644);
    allow(disk.0.path(), 0o777);
    assert_eq!(keys_found(&settings), ["mail.templates_directory"]);
}
