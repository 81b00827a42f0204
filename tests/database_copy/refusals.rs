//! What is refused, with which words, and that nothing was touched.

use diesel::connection::SimpleConnection;

use super::sample::{UNFINISHED, everything, make_source, migrate, open};
use super::{SETTINGS, home, home_with_source};
use crate::process::Home;

const COPY: [&str; 4] = ["database", "copy", "--to", "sqlite://target.sqlite3"];

#[test]
fn a_target_with_rows_of_its_own_is_refused_and_left_alone() {
    let home = home_with_source(10);
    migrate(&home, "target.sqlite3");
    let target = home.path("target.sqlite3");
    for (row, table) in [
        ("INSERT INTO budgets VALUES (printf('%064d', 9), 1)", "budgets"),
        (
            "INSERT INTO users
             (id, username, username_key, email, email_key, owned_email_key, first_name, last_name, password_hash,
              link_secret, created_at, verified_at, disabled_at, last_login_at)
             VALUES ('x', 'Eve', 'eve', NULL, NULL, NULL, '', '', '', printf('%032d', 1), 1, 2, 3, 4)",
            "users",
        ),
    ] {
        open(&target).batch_execute(row).expect("it is SQL");
        let before = everything(&target);
        for arguments in [&COPY[..], &["database", "copy", "--restart", "--to", "sqlite://target.sqlite3"]] {
            let complaint = home.run(arguments).complaint(1);
            assert!(complaint.starts_with(&format!("the target has rows of its own in `{table}`; ")), "{complaint}");
            assert!(complaint.contains("give an empty database with `--to`"), "{complaint}");
        }
        assert_eq!(everything(&target), before);
    }
}

#[test]
fn a_source_that_is_not_there_is_told_and_not_made() {
    let complaint = home().run(&COPY).complaint(1);
    assert!(complaint.starts_with("there is no source at source.sqlite3; "), "{complaint}");
    let home = home_with_source(1);
    let verify = [&COPY[..], &["--verify-only"]].concat();
    let complaint = home.run(&verify).complaint(1);
    assert!(complaint.starts_with("there is no target at target.sqlite3; "), "{complaint}");
    assert!(!home.path("target.sqlite3").exists());
}

/// What is done to a database, what is told of it then, and what helps on either side.
type Slip = (&'static str, &'static str, &'static str);
const NEWER: Slip = (
    "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')",
    "does not know",
    "use a newer program",
);
const OLDER: Slip = (
    "DELETE FROM __diesel_schema_migrations WHERE version >= '20261122000002'",
    "not up to date",
    "run `countersign migrate` with it as `database.url`",
);
const WITHOUT_TABLES: &str = "DELETE FROM __diesel_schema_migrations";

#[test]
fn a_source_with_other_tables_than_this_programs_is_refused() {
    let home = home_with_source(1);
    let path = home.path("source.sqlite3");
    for (slip, fact, remedy) in [
        NEWER,
        OLDER,
        (WITHOUT_TABLES, "no tables of Countersign's", "see `--from`"),
        (UNFINISHED, "is a copy that was not finished", "finish it with the `countersign database copy` that began it"),
    ] {
        open(&path).batch_execute(slip).expect("it is SQL");
        let complaint = home.run(&COPY).complaint(1);
        assert!(complaint.starts_with("the source ") && complaint.contains(fact), "{complaint}");
        assert!(complaint.contains(remedy), "{complaint}");
        let migrates = remedy.contains("`countersign migrate`");
        assert_eq!(complaint.contains("`countersign migrate`"), migrates, "{complaint}");
    }
}

#[test]
fn a_target_that_cannot_be_compared_is_told_with_what_helps() {
    let home = home_with_source(1);
    let path = home.path("target.sqlite3");
    let verify = [&COPY[..], &["--verify-only"]].concat();
    migrate(&home, "target.sqlite3");
    for (slip, fact, remedy) in [
        NEWER,
        OLDER,
        (WITHOUT_TABLES, "no tables of Countersign's", "see `--to`"),
        (UNFINISHED, "is a copy that was not finished", "run this without `--verify-only`"),
    ] {
        open(&path).batch_execute(slip).expect("it is SQL");
        let complaint = home.run(&verify).complaint(1);
        assert!(complaint.starts_with("the target ") && complaint.contains(fact), "{complaint}");
        assert!(complaint.contains(remedy), "{complaint}");
    }
}

#[test]
fn a_database_is_not_copied_into_itself() {
    let home = home_with_source(1);
    let complaint = home.run(&["database", "copy", "--to", "sqlite://./source.sqlite3"]).complaint(2);
    assert!(complaint.contains("are the same database"), "{complaint}");
}

#[test]
fn a_url_that_is_none_is_told_without_quoting_it() {
    let home = home();
    std::fs::write(home.path("to.url"), "postgrs://ann:hunter2@db.example/accounts").expect("it can be written");
    for (arguments, name) in [
        (["--to", "postgrs://ann:hunter2@db.example/accounts"], "`--to` cannot be used: allowed schemes are "),
        (["--to-file", "to.url"], "`--to-file` cannot be used: allowed schemes are "),
        (["--to-file", "no.url"], "`--to-file` cannot be used: the file cannot be read: "),
    ] {
        let complaint = home.run(&[&["database", "copy"][..], &arguments].concat()).complaint(2);
        assert!(complaint.starts_with(name) && !complaint.contains("hunter2"), "{complaint}");
    }
    for arguments in [&["database", "copy"][..], &[&COPY[..], &["--to-file", "to.url"]].concat()] {
        let finished = home.run(arguments);
        assert_eq!(finished.code, Some(2));
        assert!(!finished.stderr.contains("hunter2"), "{}", finished.stderr);
    }
}

#[cfg(feature = "postgres")]
#[test]
fn a_server_that_is_away_is_told_without_its_password() {
    let home = home_with_source(1);
    let away = "postgres://ann:hunter2@127.0.0.1:1/accounts";
    let finished = home.run(&["database", "copy", "--to", away]);
    assert!(!finished.stdout.contains("hunter2"), "{}", finished.stdout);
    let complaint = finished.complaint(1);
    assert!(complaint.starts_with("the target cannot be used: the database cannot be reached: "), "{complaint}");
    assert!(!complaint.contains("hunter2"), "{complaint}");
}

#[test]
fn rows_that_the_target_does_not_take_are_told_by_their_table_alone() {
    let home = Home::new(SETTINGS);
    make_source(&home, 5);
    migrate(&home, "target.sqlite3");
    let narrow = "DROP INDEX users_email_key; CREATE UNIQUE INDEX narrow ON users (first_name)";
    open(&home.path("target.sqlite3")).batch_execute(narrow).expect("it is SQL");
    let complaint = home.run(&COPY).complaint(1);
    assert!(complaint.starts_with("the target does not take rows of `users`: "), "{complaint}");
    assert!(!complaint.contains("mail.example") && !complaint.contains("Ann"), "{complaint}");
}
