//! The command line as an operator meets it: what is printed where, and with which exit code.

mod built_in;
mod faults;
mod generated;
mod json;
mod link;
mod mail;
mod manual;
mod moving;
mod openapi;
mod profile_fields;
mod provider_accounts;
mod providers;
mod reading;
mod searching;
mod set_email;
mod terminals;
mod unread;
mod users;

use std::fs;
use std::process::Command;

use countersign::tokens::PrivateKey;

use crate::process::{Finished, Home};

/// A free port, cheap hashes, no throttles.
const QUIET: &str = "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n\
                     [throttle]\nenabled = false\n";

fn home() -> Home {
    Home::new(QUIET)
}

fn migrated_home() -> Home {
    let home = home();
    home.run(&["migrate"]).done();
    home
}

#[test]
fn help_of_every_command_explains_it() {
    let home = home();
    for (command, word) in [
        ("", "Usage: countersign [OPTIONS] [COMMAND]"),
        ("serve", "SIGTERM"),
        ("migrate", "several machines"),
        ("check", "--deploy"),
        ("settings", "--defaults"),
        ("database", "copy"),
        ("database backup", "--replace"),
        ("database copy", "--to-file <FILE>"),
        ("mail", "retry"),
        ("mail templates", "<DIR>"),
        ("mail test", "<ADDRESS>"),
        ("mail queue", "--limit <COUNT>"),
        ("mail retry", "[ID]"),
        ("mail delete", "may arrive all the same"),
        ("completions", "bash"),
        ("man", "--directory <DIR>"),
        ("users", "disable"),
        ("users list", "--after <ID>"),
        ("users show", "Id, username or e-mail address"),
        ("users search", "each word"),
        ("users link", "give it to the owner"),
        ("users verify", "Vouch"),
        ("users disable", "cannot log in"),
        ("users enable", "again"),
        ("users make-staff", "may list, change and delete all users at the contract djoser, and nothing"),
        ("users dismiss-staff", "no longer"),
        ("users set-field", "--null"),
        ("users purge-field", "--dry-run"),
        ("users delete", "for good"),
        ("providers", "check"),
        ("providers check", "discovery document"),
        ("secret", "new"),
        ("secret new", "links.secrets"),
        ("secret new", "--jwt <ALGORITHM>"),
    ] {
        let mut arguments: Vec<&str> = command.split_whitespace().collect();
        arguments.push("--help");
        let help = home.run(&arguments).done();
        assert!(help.contains(word), "{command}: {help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
    assert!(!home.path("var").exists(), "asking for help changes nothing");
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(home().run(&["--version"]).done(), format!("countersign {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn words_that_mean_nothing_are_told_with_exit_code_2() {
    let home = home();
    for arguments in [&["frobnicate"][..], &["users", "frobnicate"], &["users", "show"], &["serve", "--frobnicate"]] {
        let finished = home.run(arguments);
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(finished.stderr.starts_with("error: "), "{}", finished.stderr);
        assert!(finished.stderr.contains("--help"), "{}", finished.stderr);
    }
    assert_eq!(home.run(&["users", "list", "--limit", "0"]).code, Some(2));
}

#[test]
fn migrating_twice_changes_nothing_the_second_time() {
    let home = home();
    let first = home.run(&["migrate"]).done();
    assert!(first.starts_with("Ran 2026"), "{first}");
    assert_eq!(home.run(&["migrate"]).done(), "The tables are up to date.\n");
}

#[test]
fn a_check_of_a_fresh_directory_has_nothing_to_complain_about() {
    let checked = home().run(&["check"]).done();
    assert!(checked.contains("database    there is none at sqlite://var/countersign.sqlite3 yet; "), "{checked}");
    assert!(checked.contains("links       no secret yet"), "{checked}");
    assert!(checked.ends_with("Nothing to complain about.\n"), "{checked}");
    let checked = migrated_home().run(&["check"]).done();
    assert!(checked.contains("database    answers, its tables are up to date"), "{checked}");
}

#[test]
fn a_check_for_production_names_each_finding_by_its_key_and_tells_errors_from_risks() {
    let finished = home().run(&["check", "--deploy"]);
    assert_eq!(finished.code, Some(1));
    for (label, key) in [
        ("ERROR       ", "mode"),
        ("ERROR       ", "registration.frontend_url"),
        ("ERROR       ", "mail.transport"),
        ("RISK        ", "server.trusted_proxies"),
        ("RISK        ", "passwords.memory_kib"),
        ("RISK        ", "throttle.enabled"),
    ] {
        assert!(finished.stdout.contains(&format!("{label}`{key}` = ")), "{key}: {}", finished.stdout);
    }
    assert!(finished.stdout.contains("`throttle.enabled` = false (file "), "{}", finished.stdout);
    assert!(finished.stderr.starts_with("error: the check found 8 errors and "), "{}", finished.stderr);
}

#[test]
fn a_check_for_production_that_runs_as_root_notes_it_and_does_not_count_it() {
    let finished = home().run(&["check", "--deploy"]);
    let is_noted = finished.stdout.contains("NOTE        this check runs as root");
    assert_eq!(is_noted, rustix::process::geteuid().is_root(), "{}", finished.stdout);
    assert!(!home().run(&["check"]).stdout.contains("NOTE"));
}

#[test]
fn a_check_in_production_names_what_stops_the_start_and_nothing_else() {
    let home = Home::new("mode = \"production\"\nlinks.secrets = [\"9c1be2a4f7d05836b4e1d9a27f3c6058\"]\n");
    let finished = home.run(&["check"]);
    assert_eq!(finished.code, Some(1), "{}", finished.stderr);
    assert!(finished.stdout.contains("ERROR       `mail.transport` = \"directory\" (built-in defaults): "));
    // That there is no database yet is told in any case: it may be elsewhere.
    let risks: Vec<&str> = finished.stdout.lines().filter(|line| line.starts_with("RISK")).collect();
    assert!(risks.iter().all(|line| line.contains("there is no database at")), "{}", finished.stdout);
    assert!(!finished.stdout.contains("no errors"), "{}", finished.stdout);
}

#[test]
fn settings_are_shown_with_their_source_and_secrets_are_not() {
    let home = home();
    let mut command = home.command(&["settings"]);
    command.env("COUNTERSIGN__LINKS__SECRETS", "a-very-secret-secret-of-many-letters");
    command.env("COUNTERSIGN__DATABASE__URL", "postgres://ann:another-secret@db.example/accounts");
    let shown = Finished::of(&mut command).done();
    let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).expect("every key is shown");
    assert!(line("server.bind").contains("\"127.0.0.1:0\"  # file "), "{shown}");
    assert!(line("contracts.accounts.base_path").ends_with("# built-in defaults"), "{shown}");
    assert!(line("links.secrets ").contains("(hidden)  # environment variable COUNTERSIGN__LINKS__SECRETS"), "{shown}");
    assert!(line("database.url ").contains("(hidden)"), "{shown}");
    assert!(!shown.contains("secret-of-many") && !shown.contains("another-secret"), "{shown}");
}

#[test]
fn each_new_secret_is_64_hexadecimal_digits_and_another() {
    let home = home();
    let secrets: Vec<_> = (0..2).map(|_| home.run(&["secret", "new"]).done()).collect();
    for secret in &secrets {
        assert_eq!(secret.trim_end().len(), 64);
        assert!(secret.trim_end().chars().all(|digit| matches!(digit, '0'..='9' | 'a'..='f')), "{secret}");
    }
    assert_ne!(secrets[0], secrets[1]);
}

#[test]
fn each_new_private_key_is_one_that_tokens_can_be_signed_with_and_another() {
    let home = home();
    let keys: Vec<_> = ["eddsa", "EdDSA"].map(|name| home.run(&["secret", "new", "--jwt", name]).done()).into();
    for key in &keys {
        assert!(PrivateKey::parse(key).is_ok());
        assert_eq!(key.lines().count(), 3);
    }
    assert_ne!(keys[0], keys[1]);
    assert_eq!(home.run(&["secret", "new", "--jwt", "hs512"]).done().trim_end().len(), 64);
    let refused = home.run(&["secret", "new", "--jwt", "rs256"]);
    assert!(refused.code == Some(2) && refused.stderr.contains("eddsa"), "{refused:?}");
}

#[tokio::test]
async fn the_first_start_makes_what_it_needs_for_its_owner_alone_and_says_where() {
    let home = home();
    let mut program = home.serve();
    program.register("ann").await;
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));

    let said = program.log();
    for place in ["http://localhost:", "sqlite://var/countersign.sqlite3", "var/mailbox/", "var/links.secret", "curl "]
    {
        assert!(said.contains(place), "{place}: {said}");
    }
    assert!(!said.contains('\u{1b}'), "colours are for terminals: {said:?}");
    for name in ["var/countersign.sqlite3", "var/links.secret"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(home.path(name)).expect("it was made").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn the_settings_file_may_be_named_by_the_environment() {
    let home = home();
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.env_clear().env("COUNTERSIGN_SETTINGS", home.settings()).arg("settings");
    assert!(Finished::of(&mut command).done().contains("\"127.0.0.1:0\""));
}
