//! The database file among other programs: whatever opens, reads and closes it, the server keeps its lock, nothing that
//! was told is lost, and an orderly stop leaves one complete file.

pub mod locks;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use tempfile::TempDir;

use crate::process::{Home, Program, registration};
use crate::support::machine::must_be_complete;
use locks::has_shared_lock;

/// What the program is started with: nobody is held up, and mails land in files.
pub const SETTINGS: &str = "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n\
                            [throttle]\nenabled = false\n[log]\nlevel = \"info\"\n";

pub fn open(path: &Path) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).expect("it is there");
    connection.batch_execute("PRAGMA busy_timeout = 10000").expect("it is SQL");
    connection
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

pub fn lines(connection: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = diesel::sql_query(sql).load(connection).expect("it is SQL");
    rows.into_iter().map(|row| row.line).collect()
}

/// Opens the file, reads it, and closes it, as an operator does by hand. SQLite's own program is often older than the
/// library in these tests, which looks closer before it deletes a log (since 3.51).
fn read_by_hand(path: &Path) -> usize {
    let counted = Command::new("sqlite3").arg(path).arg("SELECT count(*) FROM users").output();
    match counted {
        Ok(Output { status, stdout, .. }) if status.success() => {
            let count = String::from_utf8(stdout).expect("it prints a number");
            count.trim().parse().expect("it prints a number")
        }
        Ok(refused) => panic!("{refused:?}"),
        Err(_) if must_be_complete() => panic!("sqlite3 is not installed, and COUNTERSIGN_TESTS_COMPLETE is set"),
        Err(_) => usernames(path).len(),
    }
}

/// What is in the file and its log, after a look at every page.
fn usernames(path: &Path) -> BTreeSet<String> {
    let mut connection = open(path);
    let integrity = lines(&mut connection, "SELECT integrity_check AS line FROM pragma_integrity_check");
    assert_eq!(integrity, ["ok"]);
    lines(&mut connection, "SELECT username AS line FROM users").into_iter().collect()
}

/// What the file holds without its log.
fn usernames_without_log(path: &Path) -> BTreeSet<String> {
    let elsewhere = TempDir::new().expect("a temporary directory");
    let copy = elsewhere.path().join("database");
    fs::copy(path, &copy).expect("it can be copied");
    usernames(&copy)
}

async fn register_many(program: &Program, names: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let mut registered = BTreeSet::new();
    for name in names {
        program.register(&name).await;
        registered.insert(name);
    }
    registered
}

async fn stop(program: &mut Program) {
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
}

#[tokio::test]
async fn nothing_is_lost_when_another_program_opens_and_closes_the_file() {
    let home = Home::new(SETTINGS);
    let file = home.path("var/countersign.sqlite3");
    let mut program = home.serve();
    let mut told = register_many(&program, ["ann", "bob"].map(str::to_owned)).await;
    stop(&mut program).await;

    let program = home.serve();
    program.base_url().await;
    assert_eq!(read_by_hand(&file), 2);
    told.extend(register_many(&program, (0..10).map(|number| format!("user{number}"))).await);
    home.run(&["users", "disable", "ann"]).done();
    home.run(&["database", "backup", "backup"]).done();
    program.kill();

    assert_eq!(usernames(&home.path("backup")), told);
    assert_eq!(usernames(&file), told);
    let shown = home.run(&["users", "show", "ann"]).done();
    assert!(!shown.contains("disabled    -"), "{shown}");
}

#[tokio::test]
async fn a_server_has_its_lock_however_it_comes_to_the_file() {
    let elsewhere = TempDir::new().expect("a temporary directory");
    let home = Home::new(SETTINGS);
    fs::create_dir(home.path("var")).expect("it is not there yet");
    let real = elsewhere.path().join("real.sqlite3");
    // The link leads nowhere at first.
    symlink(&real, home.path("var/link.sqlite3")).expect("it can be made");
    for name in ["var/countersign.sqlite3", "var/link.sqlite3", "./var/../var/with space%20.sqlite3"] {
        for what in ["made", "opened"] {
            let mut command = home.command(&["serve"]);
            command.env("COUNTERSIGN__DATABASE__URL", format!("sqlite://{name}"));
            let mut program = Program::start(command);
            program.base_url().await;
            assert!(has_shared_lock(program.id(), &home.path(name)), "{name}, {what}");
            stop(&mut program).await;
        }
    }
    assert!(real.exists());
    assert_eq!(fs::metadata(&real).map(|file| locks::mode(&file)).expect("it was made"), 0o600);
}

#[tokio::test]
async fn a_server_that_connects_again_keeps_its_lock() {
    let home = Home::new(SETTINGS);
    let file = home.path("var/countersign.sqlite3");
    let program = home.serve();
    let mut told = register_many(&program, ["ann".to_owned()]).await;
    for (number, table) in ["users", "outbox"].into_iter().enumerate() {
        // A statement that fails so makes the writer, and a reader, connect anew.
        let mut other = open(&file);
        other.batch_execute(&format!("ALTER TABLE {table} RENAME TO gone")).expect("it is there");
        let url = format!("{}register/", program.base_url().await);
        let asked = reqwest::Client::new().post(url).json(&registration("nobody")).send().await;
        assert_eq!(asked.expect("it answers").status(), 500);
        other.batch_execute(&format!("ALTER TABLE gone RENAME TO {table}")).expect("it is there");
        drop(other);
        assert!(has_shared_lock(program.id(), &file), "{table}");
        told.extend(register_many(&program, [format!("user{number}")]).await);
    }
    assert_eq!(usernames(&file), told);
    program.kill();
    assert_eq!(usernames(&file), told);
}

#[tokio::test]
async fn every_orderly_stop_leaves_one_complete_file() {
    let home = Home::new(SETTINGS);
    let file = home.path("var/countersign.sqlite3");
    let mut told = BTreeSet::new();
    for round in 0..20 {
        let mut program = home.serve();
        told.extend(register_many(&program, [format!("user{round}")]).await);
        match round % 3 {
            0 => program.terminate(),
            1 => program.interrupt(),
            _ => {
                program.terminate();
                program.terminate();
            }
        }
        assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
        assert_eq!(files_of_database(&home), ["countersign.sqlite3"], "round {round}");
    }
    assert_eq!(usernames(&file), told);
    // The command line as well.
    home.run(&["users", "disable", "user3"]).done();
    assert_eq!(files_of_database(&home), ["countersign.sqlite3"]);
}

#[tokio::test]
async fn an_orderly_stop_leaves_a_complete_file_also_while_another_program_has_it_open() {
    let home = Home::new(SETTINGS);
    let file = home.path("var/countersign.sqlite3");
    let log = home.path("var/countersign.sqlite3-wal");
    let mut program = home.serve();
    let mut told = register_many(&program, ["ann", "bob"].map(str::to_owned)).await;
    let mut other = open(&file);
    assert_eq!(lines(&mut other, "SELECT username AS line FROM users").len(), 2);
    told.extend(register_many(&program, ["cleo", "dora"].map(str::to_owned)).await);
    stop(&mut program).await;
    assert_eq!(fs::metadata(&log).expect("it stays").len(), 0);
    assert_eq!(usernames_without_log(&file), told);

    // One that reads what is newest keeps the log from being emptied, not from being copied.
    let mut program = home.serve();
    told.extend(register_many(&program, ["emil".to_owned()]).await);
    other.batch_execute("BEGIN; SELECT count(*) FROM users").expect("it is SQL");
    stop(&mut program).await;
    assert_eq!(usernames_without_log(&file), told);
    other.batch_execute("ROLLBACK").expect("it is SQL");

    // So does a command.
    home.run(&["users", "delete", "ann"]).done();
    told.remove("ann");
    assert_eq!(usernames_without_log(&file), told);
    drop(other);
    assert_eq!(usernames(&file), told);
}

/// The database, and what lies beside it under its name.
fn files_of_database(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.path("var")).expect("it is there").flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.starts_with("countersign"));
    names.sort();
    names
}
