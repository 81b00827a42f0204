//! What strangers, files and the environment wrote steers no terminal, whichever command prints it.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::home;
use crate::process::{Finished, Home};

/// A title for the window, a colour, a way back to the line's begin, letters that read backwards, invisible ones, and a
/// line end.
const TRICK: &str =
    "x\u{1b}]0;t\u{7}\u{1b}[31m\u{9b}2J\r\u{8}\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}\u{e0041}\u{200b}\u{85}y";

/// Asserts that nothing steers a terminal in what was said, and that it is not just left out.
#[track_caller]
fn is_harmless(finished: &Finished) {
    let said = format!("{}{}", finished.stdout, finished.stderr);
    let steers = |letter: char| {
        (letter.is_control() && letter != '\n')
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            || matches!(letter, '\u{61c}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
    };
    assert!(!said.chars().any(steers), "{said:?}");
    assert!(said.contains("\\u{202e}"), "{said:?}");
}

#[test]
fn what_was_typed_is_quoted_without_its_tricks() {
    let home = home();
    home.run(&["migrate"]).done();
    for arguments in [
        &[TRICK][..],
        &["users", TRICK],
        &["users", "show", TRICK],
        &["users", "verify", TRICK],
        &["users", "sessions", TRICK],
        &["users", "list", "--limit", TRICK],
        &["mail", "test", TRICK],
        &["mail", "retry", TRICK],
        &["mail", "delete", TRICK],
        &["users", "link", TRICK],
        &["users", "list", "--after", TRICK],
        &["man", TRICK],
        &["mail", "queue", "--limit", TRICK],
        &["database", "backup", &format!("missing/{TRICK}")],
        &["database", "copy", "--to-file", TRICK, "--verify-only", "--restart"],
        &["mail", "templates", &format!("settings.toml/{TRICK}")],
        &["--settings", TRICK, "check"],
    ] {
        // `--settings` may be given once.
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.current_dir(home.path("")).env_clear();
        if arguments[0] != "--settings" {
            command.arg("--settings").arg(home.settings());
        }
        let finished = Finished::of(command.args(arguments));
        assert_ne!(finished.code, Some(0), "{arguments:?}");
        if !format!("{}{}", finished.stdout, finished.stderr).contains("cannot be used with") {
            is_harmless(&finished);
        }
    }
}

#[test]
fn settings_files_and_variables_are_quoted_without_their_tricks() {
    let escaped: String = TRICK.chars().map(|letter| format!("\\U{:08x}", u32::from(letter))).collect();
    for text in [format!("\"{escaped}\" = 1"), format!("mode = \"{escaped}\""), format!("server.bind = \"{escaped}\"")]
    {
        for command in ["serve", "check", "settings"] {
            let finished = Home::new(&text).run(&[command]);
            assert_eq!(finished.code, Some(2), "{text}");
            is_harmless(&finished);
        }
    }
    let home = home();
    let name = format!("COUNTERSIGN__{TRICK}");
    is_harmless(&Finished::of(home.command(&["check"]).env(name, "1")));
    let path = format!("sqlite://{}", "missing-\u{202e}/a");
    let finished = Finished::of(home.command(&["settings"]).env("COUNTERSIGN__DATABASE__URL", &path));
    is_harmless(&finished);
    is_harmless(&Finished::of(home.command(&["check"]).env("COUNTERSIGN__MAIL__DIRECTORY", "missing-\u{202e}")));
}

#[tokio::test]
async fn what_the_database_holds_is_printed_without_its_tricks() {
    let home = home();
    let mut program = home.serve();
    program.register("ann").await;
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));
    let mut database =
        SqliteConnection::establish(&home.path("var/countersign.sqlite3").to_string_lossy()).expect("made");
    let statements = format!(
        "UPDATE users SET first_name = '{TRICK}', last_name = 'a\n{TRICK}', username = '{TRICK}';
         INSERT INTO outbox (id, mail, user_id, recipient, created_at, due_at, attempts, parked_at, last_error)
         SELECT '{TRICK}', 'verify-registration', id, 'a@b.example', 0, 0, 1, 0, '550 {TRICK}' FROM users;"
    );
    database.batch_execute(&statements).expect("the tables are there");
    drop(database);
    for command in [&["users", "list"][..], &["users", "show", "ann@mail.example"], &["mail", "queue"]] {
        let finished = home.run(command);
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        is_harmless(&finished);
    }
}
