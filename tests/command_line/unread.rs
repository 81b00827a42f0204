//! Commands whose standard output has no reader any more, or no room: what they do is done, and the exit code tells how it
//! ended.

use std::fs::{self, File};
use std::io;
use std::process::Stdio;

use super::{QUIET, home, migrated_home};
use crate::database_copy::sample::{count, everything, make_source};
use crate::process::{Finished, Home};

/// Runs a command whose standard output was closed before it began.
fn unread(home: &Home, arguments: &[&str]) -> Finished {
    let (reader, writer) = io::pipe().expect("a pipe can be made");
    drop(reader);
    Finished::of(home.command(arguments).stdout(writer))
}

/// A home on `source.sqlite3`, which has users.
fn home_with_users() -> Home {
    let home = Home::new(&format!("{QUIET}[database]\nurl = \"sqlite://source.sqlite3\"\n"));
    make_source(&home, 300);
    home
}

#[test]
fn a_list_ends_as_done() {
    let home = home_with_users();
    for arguments in [
        &["settings"][..],
        &["settings", "--defaults"],
        &["openapi"],
        &["users", "list"],
        &["users", "list", "--json"],
        &["users", "search", "person"],
        &["mail", "queue"],
        &["man"],
        &["completions", "bash"],
    ] {
        assert_eq!(unread(&home, arguments).done(), "", "{arguments:?}");
    }
}

#[test]
fn a_change_is_made_whole_and_ends_as_done() {
    let home = home_with_users();
    unread(&home, &["database", "copy", "--to", "sqlite://target.sqlite3"]).done();
    assert_eq!(everything(&home.path("target.sqlite3")), everything(&home.path("source.sqlite3")));
    unread(&home, &["database", "copy", "--verify-only", "--to", "sqlite://target.sqlite3"]).done();
    unread(&home, &["database", "backup", "backup"]).done();
    unread(&home, &["mail", "templates", "own"]).done();
    unread(&home, &["users", "disable", "username:person-1"]).done();
    assert!(home.run(&["users", "show", "username:person-1"]).done().contains("disabled    2"));

    let migrated = Home::new(QUIET);
    unread(&migrated, &["migrate"]).done();
    let user = r#"{"id": 1, "username": "ann", "email": "ann@mail.example", "created_at": 1, "password_hash": ""}"#;
    fs::write(migrated.path("users"), user).expect("it can be written");
    unread(&migrated, &["users", "import", "users"]).done();
    assert_eq!(count(&migrated.path("var/countersign.sqlite3"), "users"), 1);
    unread(&migrated, &["users", "export", "--to", "exported"]).done();
    assert!(migrated.path("exported").exists());
}

#[test]
fn a_command_that_fails_tells_it_and_ends_as_failed() {
    let home = home_with_users();
    unread(&home, &["database", "copy", "--to", "sqlite://target.sqlite3"]).done();
    home.run(&["users", "disable", "username:person-1"]).done();
    let arguments = ["database", "copy", "--verify-only", "--to", "sqlite://target.sqlite3"];
    let complaint = unread(&home, &arguments).complaint(1);
    assert!(complaint.contains("`users`"), "{complaint}");
    let complaint = unread(&home, &["check", "--deploy"]).complaint(1);
    assert!(complaint.starts_with("the check found ") && complaint.contains(" errors and "), "{complaint}");
    let complaint = unread(&home, &["users", "disable", "nobody"]).complaint(1);
    assert!(complaint.contains("nobody"), "{complaint}");
}

#[test]
fn users_that_are_exported_to_a_reader_who_goes_away_are_not_all_exported() {
    let home = migrated_home();
    let user = r#"{"id": 1, "username": "ann", "email": "ann@mail.example", "created_at": 1, "password_hash": ""}"#;
    fs::write(home.path("users"), user).expect("it can be written");
    home.run(&["users", "import", "users"]).done();
    let complaint = unread(&home, &["users", "export"]).complaint(1);
    assert!(complaint.contains("not all users were exported"), "{complaint}");
}

#[test]
fn an_output_without_room_is_told() {
    let Ok(full) = File::options().write(true).open("/dev/full") else { return };
    let home = home();
    let mut command = home.command(&["settings"]);
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().expect("the program can be run");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    let complaint = String::from_utf8(output.stderr).expect("the program speaks UTF-8");
    assert!(complaint.starts_with("error: the output cannot be written: "), "{complaint}");
}
