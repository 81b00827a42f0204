//! What cannot be imported is told with its line, and nothing is imported.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use super::{count, home, import, import_text, stored, user};
use crate::database_copy::sample::open;
use crate::process::Finished;

/// Imports users of whom the last cannot be, and returns what is said about it.
#[track_caller]
fn refused(users: &[Value]) -> String {
    let home = home();
    let finished = import(&home, users, &[]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert_eq!((count(&home, "users"), count(&home, "imports")), (0, 0), "nothing was imported");
    let (told, error) = finished.stderr.trim_end().rsplit_once('\n').expect("a fault and an error");
    assert!(error.starts_with("error: 1 of ") && error.contains("nothing was imported"), "{error}");
    told.to_owned()
}

fn with(member: &str, value: Value) -> Value {
    let mut ann = user(1, "ann");
    ann[member] = value;
    ann
}

#[test]
fn every_member_that_does_not_fit_is_told_without_its_value() {
    for (member, value, told) in [
        ("id", json!("not an id"), "`id` must be a UUID, or a number"),
        ("id", json!(true), "expected a text or a whole number"),
        ("username", json!("ann lee"), "users cannot log in by `username`: "),
        ("username", json!(7), "expected a string"),
        ("first_name", json!("x".repeat(151)), "`first_name`: the name has more than 150 characters"),
        ("created_at", json!("yesterday"), "expected an instant as 2026-11-29T12:00:00Z"),
        ("verified_at", json!([]), "a value is of the wrong type"),
        ("link_secret", json!("secret-0123"), "`link_secret` has 32 hexadecimal digits"),
        ("pending_email", json!("a@mail.example"), "`pending_email` needs `pending_email_secret`"),
        ("moved_at", json!(5), "`moved_at` and `moved_link_secret` come together"),
        ("password_hash", json!("md5$salt$5f4dcc3b5aa765d61d8327deb882cf99"), "hash"),
        ("password_hash", json!("$argon2id$v=19$m=4294967295,t=4294967295,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"), "hash"),
        ("fields", json!({ "nickname": "x" }), "no profile field is named `nickname`"),
        (
            "fields",
            json!({ "age": "old" }),
            "the value of the profile field `age` does not fit: it must be a whole number",
        ),
        ("sessions", json!([{ "token": "secret" }]), "a session needs `token` of 40 or 64 hexadecimal digits"),
        ("sessions", json!([{ "digest": "ab".repeat(32), "kind": "cookie" }]), "is \"token\" or \"jwt\""),
        ("provider_accounts", json!([{ "provider": "google", "subject": "" }]), "`subject` of a provider account"),
        ("provider_accounts", json!([{ "provider": "google" }]), "missing field `subject`"),
        ("surname", json!("x"), "there is no member `surname`"),
        ("revoked_token", json!({ "expires_at": 5 }), "a revoked token needs `jti`"),
    ] {
        let line = refused(&[with(member, value)]);
        assert!(line.starts_with("line 1: ") && line.contains(told), "{member}: {line}");
        assert!(!line.contains("secret-0123") && !line.contains("5f4dcc3b"), "{line}");
    }
}

#[test]
fn everything_that_is_wrong_with_a_line_is_told_at_once() {
    let line = refused(&[json!({ "id": "x", "username": "a b", "fields": { "age": "x" } })]);
    assert_eq!(line.split("; ").count(), 3, "{line}");
}

#[test]
fn a_user_without_a_name_or_an_address_is_refused() {
    assert_eq!(refused(&[json!({ "id": 1 })]), "line 1: user 1: there is neither a username nor an e-mail address");
    let line = refused(&[json!({ "email": "@" })]);
    assert!(line.contains("`email` cannot be used, and there is no username"), "{line}");
}

#[test]
fn what_comes_twice_in_a_file_is_told_with_both_lines() {
    let mut other = user(2, "bob");
    for (member, value, told) in [
        ("id", json!(1), "`id`"),
        ("username", json!("ANN"), "`username`, but for letter case"),
        ("email", json!("ANN@mail.example"), "`email`, but for letter case, as verified"),
    ] {
        let mut twice = other.clone();
        twice[member] = value;
        let line = refused(&[user(1, "ann"), twice]);
        assert!(
            line.starts_with("line 2: user ") && line.ends_with(&format!(": line 1 has the same {told}")),
            "{line}"
        );
    }
    let token = json!([{ "token": "ab".repeat(20) }]);
    other["sessions"] = token.clone();
    let line = refused(&[with("sessions", token), other.clone()]);
    assert_eq!(line, "line 2: user 2 \"bob\": line 1 has the same token of a session");
    let account = json!([{ "provider": "google", "subject": 7 }]);
    other["sessions"] = json!([]);
    other["provider_accounts"] = account.clone();
    let line = refused(&[with("provider_accounts", account), other]);
    assert_eq!(line, "line 2: user 2 \"bob\": line 1 has the same provider account");
}

#[test]
fn several_users_may_claim_one_address_and_one_may_own_it() {
    let home = home();
    let users: Vec<_> = (1..4)
        .map(|id| {
            let mut user = user(id, &format!("user{id}"));
            user["email"] = json!("shared@mail.example");
            user["verified_at"] = json!(id == 2);
            user
        })
        .collect();
    import(&home, &users, &[]).done();
    assert_eq!(stored(&home, "SELECT id AS line FROM users WHERE owned_email_key IS NOT NULL"), ["2"]);
}

#[test]
fn what_the_database_has_is_told_and_left_as_it_is() {
    let home = home();
    import(&home, &[user(1, "ann")], &[]).done();
    let mut same_email = user(3, "cleo");
    same_email["email"] = json!("Ann@mail.example");
    let named_alike = json!({ "id": 4, "username": "ANN", "email": "other@mail.example" });
    let finished = import(&home, &[user(2, "bob"), user(1, "eve"), named_alike, same_email], &[]);
    let told: Vec<_> = finished.stderr.lines().collect();
    assert_eq!(
        told[..3],
        [
            "line 2: user 1 \"eve\": the database has the same `id`",
            "line 3: user 4 \"ANN\": the database has the same `username`, but for letter case",
            "line 4: user 3 \"cleo\": a verified user in the database has the same e-mail address",
        ]
    );
    assert!(told[3].starts_with("error: 3 of 4 entries cannot be imported; nothing was imported."), "{told:?}");
    assert_eq!(stored(&home, "SELECT username AS line FROM users"), ["ann"]);
}

#[test]
fn bad_entries_are_left_out_where_the_operator_says_so() {
    let home = home();
    let finished =
        import(&home, &[user(1, "ann"), json!({ "id": "x" }), user(1, "bob"), user(4, "dan")], &["--skip-bad"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(finished.stderr.lines().count(), 2, "{finished:?}");
    assert!(finished.stdout.ends_with("The file is imported: 2 users, 2 entries skipped.\n"), "{finished:?}");
    assert_eq!(stored(&home, "SELECT username AS line FROM users ORDER BY id"), ["ann", "dan"]);
}

#[test]
fn a_hundred_lines_are_told_and_the_others_are_counted() {
    let home = home();
    let finished = import_text(&home, "x\n".repeat(150), &[]);
    assert_eq!(finished.stderr.lines().count(), 102, "{finished:?}");
    assert!(finished.stderr.contains("\nand 50 more entries that cannot be imported\n"), "{finished:?}");
}

#[test]
fn a_hash_that_cannot_be_verified_may_be_dropped() {
    let home = home();
    let ann = with("password_hash", json!("md5$salt$5f4dcc3b5aa765d61d8327deb882cf99"));
    let finished = import(&home, &[ann], &["--drop-bad-hashes"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let told = "line 1: user 1 \"ann\": the user has no password until it is reset: ";
    assert!(finished.stderr.starts_with(told), "{finished:?}");
    assert_eq!(stored(&home, "SELECT password_hash AS line FROM users"), ["!"]);
}

#[test]
fn a_hash_of_firebase_is_imported_where_the_key_of_its_project_is_set() {
    let hash = "$firebase-scrypt$ln=14,r=8$42xEC+ixf3L2lw==$Bw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjT\
                dn3aoItz+VHjoZilo78198JAdRuid5lQ==";
    let ann = with("password_hash", json!(hash));
    let line = refused(std::slice::from_ref(&ann));
    assert!(line.contains("give passwords.firebase_signer_key_file"), "{line}");

    let home = home();
    std::fs::write(home.path("users"), ann.to_string()).expect("it can be written");
    let key = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
    let mut command = home.command(&["users", "import", "users"]);
    let finished = Finished::of(command.env("COUNTERSIGN__PASSWORDS__FIREBASE_SIGNER_KEY", key));
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(stored(&home, "SELECT password_hash AS line FROM users"), [hash]);
}

#[test]
fn a_file_that_is_none_is_refused_with_a_reason() {
    let home = home();
    let complaint = home.run(&["users", "import", "missing"]).complaint(1);
    assert!(complaint.starts_with("missing cannot be read: "), "{complaint}");
    let complaint = home.run(&["users", "import", "/dev/stdin"]).complaint(1);
    assert_eq!(complaint, "/dev/stdin is no ordinary file; it is read several times, so write it into a file first");
}

/// A trigger plays the user who registers between the two passes.
#[test]
fn a_user_who_registers_meanwhile_stops_the_import_and_the_next_run_tells_who() {
    let home = home();
    let trigger = "CREATE TRIGGER meanwhile AFTER INSERT ON imports BEGIN
        INSERT INTO users (id, username, username_key, first_name, last_name, password_hash, link_secret, created_at)
        VALUES ('x', 'bob', 'bob', '', '', '!', '00000000000000000000000000000000', 0); END";
    open(&home.path("source.sqlite3")).batch_execute(trigger).expect("the table is there");
    let users = [user(1, "ann"), user(2, "bob")];
    let complaint = import(&home, &users, &[]).complaint(1);
    assert!(complaint.contains("another user has got a name"), "{complaint}");
    let checked = home.run(&["check"]).stdout;
    assert!(checked.contains("is not finished, and some are missing:"), "{checked}");
    let again = import(&home, &users, &[]);
    assert!(again.stderr.starts_with("line 2: user 2 \"bob\": the database has the same `username`"), "{again:?}");
    assert_eq!(import(&home, &users, &["--skip-bad"]).code, Some(0));
    assert_eq!(stored(&home, "SELECT id AS line FROM users ORDER BY id"), ["1", "x"]);
    assert!(!home.run(&["check"]).stdout.contains("is not finished"));
}
