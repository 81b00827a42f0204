//! What only reads makes no database, and `check` changes nothing at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::{QUIET, home, migrated_home};
use crate::process::{Finished, Home};
use crate::support::smtp_server::SmtpServer;

/// Everything below a directory, each file with its bytes.
fn everything_in(directory: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).expect("it is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(everything_in(&path));
            found.insert(path, None);
        } else {
            let bytes = fs::read(&path).expect("it can be read");
            found.insert(path, Some(bytes));
        }
    }
    found
}

/// Checks, and sees that nothing was made, changed or taken away.
#[track_caller]
fn checked(home: &Home) -> Finished {
    let before = everything_in(&home.path("."));
    let finished = home.run(&["check"]);
    let after = everything_in(&home.path("."));
    let differing: Vec<_> = before.iter().filter(|(path, bytes)| after.get(*path) != Some(bytes)).collect();
    assert!(differing.is_empty(), "changed: {:?}", differing.iter().map(|(path, _)| path).collect::<Vec<_>>());
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    finished
}

/// Sees that a check finds the tables up to date.
#[track_caller]
fn is_up_to_date(home: &Home) {
    let told = checked(home).done();
    assert!(told.contains("database    answers, its tables are up to date"), "{told}");
}

#[test]
fn a_check_makes_nothing() {
    let told = checked(&home()).done();
    assert!(told.contains("database    there is none at sqlite://var/countersign.sqlite3 yet"), "{told}");
}

#[test]
fn that_there_is_no_database_is_a_finding_in_production() {
    let smtp = SmtpServer::start();
    let home = Home::new(&format!(
        "{}[database]\nurl = \"sqlite://lib/mistyped.sqlite3\"\n[links]\nsecrets = [\"{}\"]\n\
         [cors]\nallowed_origins = [\"https://app.example\"]\n\
         [registration]\nfrontend_url = \"https://app.example/verify\"\n\
         [reset_password]\nfrontend_url = \"https://app.example/reset\"\n\
         [change_email]\nfrontend_url = \"https://app.example/email\"\n\
         [mail]\ntransport = \"smtp\"\nfrom = \"accounts@app.example\"\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
        QUIET.replacen("[server]", "mode = \"production\"\n[server]", 1),
        "0123456789abcdef".repeat(4),
        smtp.port()
    ));
    let finished = checked(&home);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stdout.contains("RISK        `database.url` = "), "{}", finished.stdout);
    let told =
        "there is no database at lib/mistyped.sqlite3; correct the path, or run `countersign migrate` to make one";
    assert!(finished.stdout.contains(told), "{}", finished.stdout);
}

#[test]
fn a_check_of_a_database_changes_nothing() {
    is_up_to_date(&migrated_home());
}

#[test]
fn a_check_of_an_older_database_changes_nothing() {
    let home = home();
    let path = home.path("var/countersign.sqlite3");
    fs::create_dir(home.path("var")).expect("it is not there yet");
    let release = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upgrades/0.1.0");
    let read = |name: &str| fs::read_to_string(release.join(name)).expect("it is there");
    let mut database = SqliteConnection::establish(&path.to_string_lossy()).expect("it can be made");
    database.batch_execute(&(read("sqlite.sql") + &read("rows.sql"))).expect("it is SQL");
    drop(database);
    let told = checked(&home).done();
    assert!(told.contains("the next start runs migrations: 2026"), "{told}");
    fs::write(&path, "").expect("it can be written");
    let told = checked(&home).done();
    assert!(told.contains("the next start runs migrations: 2026"), "{told}");
}

/// The server would not start on it either.
#[test]
fn a_check_of_another_programs_database_tells_whose_tables_are_there() {
    let home = home();
    let path = home.path("var/countersign.sqlite3");
    fs::create_dir(home.path("var")).expect("it is not there yet");
    let mut database = SqliteConnection::establish(&path.to_string_lossy()).expect("it can be made");
    database.batch_execute("CREATE TABLE sessions (data TEXT)").expect("it is SQL");
    drop(database);
    let told = checked(&home);
    let reason = "it has a table `sessions` that another program made; give Countersign a database of its own";
    assert!(told.code == Some(1) && told.stdout.contains(reason), "{told:?}");
    for arguments in [&["users", "list"][..], &["migrate"], &["serve"]] {
        let complaint = home.run(arguments).complaint(1);
        assert!(complaint.contains(reason), "{arguments:?}: {complaint}");
    }
}

#[tokio::test]
async fn a_check_beside_a_server_and_after_its_death_changes_nothing() {
    let home = home();
    let program = home.serve();
    program.register("ann").await;
    // The server may write meanwhile.
    let told = home.run(&["check"]).done();
    assert!(told.contains("database    answers, its tables are up to date"), "{told}");
    program.register("bob").await;
    program.kill();

    assert_ne!(fs::metadata(home.path("var/countersign.sqlite3-wal")).expect("it stays").len(), 0);
    is_up_to_date(&home);
    // As in a copy of the database and its log.
    fs::remove_file(home.path("var/countersign.sqlite3-shm")).expect("it stays");
    is_up_to_date(&home);
    let users = home.run(&["users", "list"]).done();
    assert!(users.contains("ann") && users.contains("bob"), "{users}");
}

#[test]
fn commands_that_read_make_no_database() {
    let home = home();
    for command in [
        &["users", "list"][..],
        &["users", "show", "ann"],
        &["users", "disable", "ann"],
        &["users", "sessions", "ann"],
        &["mail", "queue"],
        &["mail", "retry"],
        &["database", "backup", "backup"],
        &["database", "copy", "--to", "sqlite://copy"],
        &["database", "copy", "--to", "sqlite://copy", "--verify-only"],
    ] {
        let complaint = home.run(command).complaint(1);
        assert!(
            complaint.contains("there is no database at") || complaint.contains("there is no source at"),
            "{complaint}"
        );
        assert_eq!(everything_in(&home.path(".")).len(), 1, "{command:?}");
    }
}
