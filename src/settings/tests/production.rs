//! What production refuses, and that nothing escapes the list.

use super::super::production;
use super::*;

/// A secret as `countersign secret new` prints them.
const SECRET: &str = "9c1be2a4f7d05836b4e1d9a27f3c6058ce92b17da4f03685e7b2c9d104fa6835";

/// Returns what must be said in production, and nothing else.
fn minimal(disk: &Disk) -> String {
    format!(
        "mode = \"production\"\nserver.trusted_proxies = [\"127.0.0.1\"]\ncors.allowed_origins = []\n\
         database.url = \"sqlite:///var/lib/countersign/countersign.sqlite3\"\n\
         links.secrets_file = {:?}\nregistration.frontend_url = \"https://app.example.org/verify-user/\"\n\
         reset_password.frontend_url = \"https://app.example.org/reset-password/\"\n\
         change_email.frontend_url = \"https://app.example.org/verify-email/\"\nchange_email.password = true\n\
         [mail]\ntransport = \"smtp\"\nfrom = \"accounts@example.org\"\napp_name = \"Example\"\n\
         smtp.host = \"smtp.example.org\"\n",
        disk.private("links.secret", SECRET),
    )
}

fn keys_at_fault(errors: &SettingsErrors) -> Vec<&str> {
    errors
        .iter()
        .flat_map(|error| match error {
            SettingsError::Refused { entry, .. } => vec![entry.key.as_str()],
            SettingsError::Contradiction { entries, .. } => entries.iter().map(|entry| entry.key.as_str()).collect(),
            SettingsError::NotForProduction { key, .. } => vec![*key],
            SettingsError::UnknownKey { key, .. } | SettingsError::Moved { key, .. } => vec![key.as_str()],
            SettingsError::Unreadable { .. } => Vec::new(),
        })
        .collect()
}

#[test]
fn every_setting_is_judged_or_named_harmless_in_the_order_of_settings_toml() {
    let defaults = Settings::defaults();
    let keys: Vec<_> = defaults.entries().iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(production::keys(), keys, "each key needs a row in src/settings/production/, and each row a key");
}

#[test]
fn production_with_nothing_but_its_secret_is_told_all_that_is_missing() {
    let disk = Disk::new();
    let text = format!("mode = \"production\"\nlinks.secrets_file = {:?}\n", disk.private("links.secret", SECRET));
    let errors = load_text(&text).map(drop).unwrap_err();
    assert_eq!(
        keys_at_fault(&errors),
        [
            "database.url",
            "registration.frontend_url",
            "reset_password.frontend_url",
            "change_email.frontend_url",
            "mail.transport",
            "mail.from",
            "mail.app_name",
        ]
    );
    let told = errors.to_string();
    let transport = "`mail.transport` is \"directory\" (built-in defaults); mails stay on this machine";
    assert!(told.contains(transport) && told.contains("set \"smtp\""), "{told}");
}

#[test]
fn what_production_lacks_is_told_together_with_the_other_faults() {
    // Not the default: `cargo run` makes that file, in the directory that tests run in too.
    let missing = Disk::new().0.path().join("links.secret");
    let text = format!(
        "mode = \"production\"\nserver.bnid = \"x\"\nmail.from = \"nobody\"\nlinks.secrets_file = \"{}\"\n",
        missing.display()
    );
    let errors = load_text(&text).map(drop).unwrap_err();
    let keys = keys_at_fault(&errors);
    for key in ["server.bnid", "mail.from", "links.secrets_file", "mail.transport", "database.url"] {
        assert_eq!(keys.iter().filter(|told| **told == key).count(), 1, "{key}: {errors}");
    }
}

#[test]
fn the_settings_that_production_needs_are_enough() {
    let disk = Disk::new();
    let settings = load_text(&minimal(&disk)).unwrap();
    assert_eq!(settings.findings(), []);
}

/// Returns the block under "Production", with its files elsewhere.
fn production_block_of_the_readme() -> &'static str {
    let (_, block) = include_str!("../../../README.md").split_once("# /etc/countersign/settings.toml\n").unwrap();
    block.split_once("```").unwrap().0
}

#[test]
fn the_settings_that_the_readme_shows_for_production_have_no_finding() {
    let disk = Disk::new();
    disk.private("links.secret", SECRET);
    disk.private("smtp.password", "Kettle-Harbor-42");
    let directory = disk.0.path().to_str().unwrap();
    let settings = load_text(&production_block_of_the_readme().replace("/etc/countersign", directory)).unwrap();
    assert_eq!(settings.mode, Mode::Production);
    assert_eq!(settings.findings(), []);
}

#[test]
fn each_line_that_the_readme_shows_for_production_is_needed() {
    let disk = Disk::new();
    disk.private("links.secret", SECRET);
    disk.private("smtp.password", "Kettle-Harbor-42");
    let block = production_block_of_the_readme().replace("/etc/countersign", disk.0.path().to_str().unwrap());
    for line in block.lines().filter(|line| line.contains(" = ") && !line.starts_with("mode = ")) {
        // Not the default: `cargo run` makes that file, in the directory that tests run in too.
        let instead = if line.starts_with("secrets_file") { "secrets_file = \"nowhere/links.secret\"" } else { "" };
        let without = block.replace(line, instead);
        let is_missed = load_text(&without).map_or(true, |settings| !settings.findings().is_empty());
        assert!(is_missed, "{line}");
    }
}

#[test]
fn a_review_sees_what_the_start_refuses() {
    let disk = Disk::new();
    let file = disk.private("mine.toml", &minimal(&disk).replace("\"smtp\"", "\"directory\""));
    assert!(Settings::load(Some(&file), []).is_err());
    let findings = Settings::load_for_review(Some(&file), []).unwrap().findings();
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((finding.severity, finding.key), (Severity::Error, "mail.transport"));
}

#[test]
fn what_a_program_sets_itself_is_held_to_the_same_list() {
    let mut settings = Settings::defaults();
    assert_eq!(settings.refuse_what_production_lacks(), Ok(()));
    settings.mode = Mode::Production;
    let told = settings.refuse_what_production_lacks().unwrap_err();
    assert!(keys_at_fault(&told).contains(&"mail.transport"), "{told}");
    // What was read is not what the program has put in its place.
    assert!(!told.to_string().contains("built-in"), "{told}");
}

#[test]
fn a_password_in_clear_text_is_refused_in_production_only() {
    let disk = Disk::new();
    let text = format!("{}smtp.tls = \"none\"\nsmtp.username = \"me\"\nsmtp.password = \"x\"\n", minimal(&disk));
    assert_eq!(keys_at_fault(&load_text(&text).map(drop).unwrap_err()), ["mail.smtp.tls"]);
    assert!(load_text(&text.replace("\"production\"", "\"development\"")).is_ok());
}
