//! `countersign users import` and `users export`: what a file says is what the database has, or nothing is.

mod dumps;
mod faults;
mod hostile;
mod resumed;
mod round_trip;
mod told;
mod written;

use std::fs;

use serde_json::{Value, json};

use crate::database_copy::sample::{lines, migrate, open};
use crate::process::{Finished, Home};

/// Unlimited, cheap, on a free port, with a field of each kind.
pub const SETTINGS: &str = "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n\
    [throttle]\nenabled = false\n[database]\nurl = \"sqlite://source.sqlite3\"\n\
    [[profile_fields]]\nname = \"bio\"\ntype = \"text\"\n[[profile_fields]]\nname = \"born\"\ntype = \"date\"\n\
    nullable = true\n[[profile_fields]]\nname = \"age\"\ntype = \"integer\"\nnullable = true\n\
    [[profile_fields]]\nname = \"news\"\ntype = \"boolean\"\nnullable = true\n";

/// The hash of [`PASSWORD`].
pub const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$1NR3PTH8fp6JaGctVTqxnA$UJP6kmjD/ZsiXNHFeloeMbHdEIJqBWl/s9HuiI1/hWM";
pub const PASSWORD: &str = "Kettle-Harbor-42";

/// A home with empty tables.
pub fn home() -> Home {
    let home = Home::new(SETTINGS);
    migrate(&home, "source.sqlite3");
    home
}

/// Writes a file of these lines and imports it.
pub fn import(home: &Home, users: &[Value], options: &[&str]) -> Finished {
    let text: String = users.iter().map(|user| format!("{user}\n")).collect();
    import_text(home, &text, options)
}

/// Writes a file and imports it.
pub fn import_text(home: &Home, text: impl AsRef<[u8]>, options: &[&str]) -> Finished {
    fs::write(home.path("users"), text).expect("it can be written");
    home.run(&[&["users", "import", "users"], options].concat())
}

/// What a query of the home's database tells in its column `line`.
pub fn stored(home: &Home, sql: &str) -> Vec<String> {
    lines(&mut open(&home.path("source.sqlite3")), sql)
}

pub fn count(home: &Home, table: &str) -> usize {
    crate::database_copy::sample::count(&home.path("source.sqlite3"), table)
}

/// A user as another system may have one.
pub fn user(id: u64, name: &str) -> Value {
    json!({
        "id": id, "username": name, "email": format!("{name}@mail.example"), "verified_at": true,
        "created_at": "2020-02-29T12:00:00Z", "password_hash": HASH,
    })
}

#[tokio::test]
async fn an_imported_user_logs_in_with_the_old_password_and_an_old_token_works() {
    let home = home();
    let mut ann = user(42, "Ann");
    ann["sessions"] = json!([{ "token": "ab".repeat(20), "created_at": 1_582_977_600 }]);
    ann["fields"] = json!({ "bio": "was here" });
    let said = import(&home, &[ann], &[]).done();
    assert!(said.contains("1 users were imported in "), "{said}");
    assert!(said.ends_with("The file is imported: 1 users, 0 entries skipped.\n"), "{said}");

    let program = home.serve();
    let base = program.base_url().await;
    let http = reqwest::Client::new();
    let login = json!({ "login": "ANN", "password": PASSWORD });
    let answer = http.post(format!("{base}login/")).json(&login).send().await.expect("it answers");
    assert_eq!(answer.status(), 200, "{}", program.log());
    let profile = http.get(format!("{base}profile/")).header("Authorization", format!("Token {}", "ab".repeat(20)));
    let profile: Value = profile.send().await.expect("it answers").json().await.expect("it is JSON");
    assert_eq!((&profile["id"], &profile["username"]), (&json!(42), &json!("Ann")), "a decimal id is a JSON number");
    assert_eq!(profile["bio"], "was here");
}

#[test]
fn a_line_may_say_as_little_as_a_username() {
    let home = home();
    import(&home, &[json!({ "username": "ann", "created_at": null })], &[]).done();
    let line = "SELECT username_key || ' ' || coalesce(email, '-') || ' ' || password_hash || ' ' || length(id) || ' '
                || (verified_at IS NULL) || (disabled_at IS NULL) AS line FROM users";
    assert_eq!(stored(&home, line), ["ann - ! 36 11"]);
    let moved = "SELECT (m.link_secret = u.link_secret) || '' AS line FROM users AS u JOIN moved_users AS m ON m.user_id = u.id";
    assert_eq!(stored(&home, moved), ["1"], "old links are bound to the secret of the import");
}

#[test]
fn a_judged_file_changes_nothing() {
    let home = home();
    let said = import(&home, &[user(1, "ann")], &["--dry-run"]).done();
    assert!(said.ends_with("\n1 users can be imported, 0 entries cannot. Nothing was changed.\n"), "{said}");
    assert_eq!((count(&home, "users"), count(&home, "imports")), (0, 0));
    let finished = import(&home, &[json!({ "id": "x" })], &["--dry-run"]);
    assert_eq!(finished.code, Some(1));
    assert!(finished.stderr.contains("error: 1 of 1 entries cannot be imported"), "{finished:?}");
}

#[test]
fn the_same_file_again_is_not_imported_twice() {
    let home = home();
    import(&home, &[user(1, "ann")], &[]).done();
    let said = import(&home, &[user(1, "ann")], &[]).done();
    assert_eq!(said, "The file was imported before, with 1 entries. Nothing is left to do.\n");
    assert_eq!(count(&home, "users"), 1);
}

#[test]
fn names_that_only_older_rules_accept_are_kept_and_found() {
    let home = home();
    // Cyrillic and Latin letters in one name; and a name with a letter that draws nothing.
    let named = |id, name: &str| json!({ "id": id, "username": name, "verified_at": true, "email": format!("{id}@mail.example") });
    import(&home, &[named(1, "раypal"), named(2, "an\u{3164}n")], &[]).done();
    assert_eq!(count(&home, "users"), 2);
    home.run(&["users", "show", "username:раypal"]).done();
}

#[test]
fn an_address_that_no_mail_reaches_is_left_out_where_there_is_a_username() {
    let home = home();
    let mut ann = user(1, "ann");
    ann["email"] = json!("ann@@mail.example\r\nBcc: eve@mail.example");
    let finished = import(&home, &[ann], &[]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(finished.stderr.starts_with("line 1: user 1 \"ann\": `email` is left out: "), "{finished:?}");
    assert_eq!(stored(&home, "SELECT username || coalesce(email, ' has none') AS line FROM users"), ["ann has none"]);
}

#[test]
fn users_who_are_left_out_are_in_no_count() {
    let home = home();
    import(&home, &[user(1, "ann")], &[]).done();
    let (mut again, mut twice) = (user(1, "anna"), user(2, "bob"));
    (again["verified_at"], twice["disabled_at"]) = (json!(false), json!(true));
    let finished = import(&home, &[again, user(2, "cleo"), twice], &["--skip-bad"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(!finished.stdout.contains("are not verified"), "{finished:?}");
    assert!(finished.stdout.ends_with("The file is imported: 1 users, 2 entries skipped.\n"), "{finished:?}");
}

#[test]
fn unverified_users_whom_housekeeping_would_delete_are_counted() {
    let home = home();
    let mut ann = user(1, "ann");
    ann["verified_at"] = json!(false);
    let said = import(&home, &[ann, user(2, "bob")], &["--dry-run"]).done();
    assert!(said.starts_with("1 users are not verified, and 0 are disabled.\n"), "{said}");
    assert!(said.contains("1 users are not verified and registered longer ago than"), "{said}");
}
