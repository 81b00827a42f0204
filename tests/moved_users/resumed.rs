//! An import that is killed at any moment goes on where it stopped.

use std::fs;
use std::process::Stdio;
use std::time::Instant;

use super::written::drawn_lines;
use super::{home, import};
#[cfg(feature = "postgres")]
use crate::database_copy::cluster::Database;
use crate::database_copy::sample::{everything, migrate};
use crate::process::{Finished, Home};
use crate::support::dice::{Dice, seed};

const USERS: u64 = 2_500;
/// How many imports are killed.
const KILLS: u32 = 20;

fn write_users(home: &Home, dice: &mut Dice) {
    let lines: String = drawn_lines(USERS, dice).iter().map(|line| format!("{line}\n")).collect();
    fs::write(home.path("users"), lines).expect("it can be written");
}

/// Everything but when files were imported.
fn users_of(home: &Home, name: &str) -> Vec<String> {
    everything(&home.path(name)).into_iter().filter(|line| !line.starts_with("imports'")).collect()
}

/// Reads every value of a database.
type Read = Box<dyn Fn(&Home) -> Vec<String>>;

/// A database with empty tables that an import goes into, and a way to see everything in it.
struct Target {
    url: String,
    read: Read,
}

fn run_on(home: &Home, url: &str, arguments: &[&str]) -> String {
    Finished::of(home.command(arguments).env("COUNTERSIGN__DATABASE__URL", url)).done()
}

/// Kills imports at random moments and resumes them, until enough were killed; a killed import that has come to its end
/// gives way to another in a new database. Each ends as an import that ran through.
async fn kill_and_resume(make_target: impl Fn(&Home, u32) -> Target) {
    let seed = seed();
    println!("seed {seed}; set COUNTERSIGN_TEST_SEED to it to roll the same dice again");
    let (home, mut dice) = (home(), Dice::new(seed));
    write_users(&home, &mut dice);
    let began = Instant::now();
    home.run(&["users", "import", "users"]).done();
    let whole = began.elapsed();
    let expected = users_of(&home, "source.sqlite3");
    let (mut killed, mut targets) = (0, 0);
    while killed < KILLS {
        targets += 1;
        let target = make_target(&home, targets);
        let mut has_ended = false;
        while killed < KILLS && !has_ended {
            let mut command = home.command(&["users", "import", "users"]);
            command.env("COUNTERSIGN__DATABASE__URL", &target.url).stdout(Stdio::null());
            let mut child = command.spawn().expect("the program can be run");
            // The kill must come at an arbitrary moment of the work, so there is no event to wait for.
            tokio::time::sleep(dice.within(whole)).await;
            has_ended = child.try_wait().expect("it is a child of this process").is_some();
            killed += u32::from(!has_ended);
            child.kill().expect("it is a child of this process");
            child.wait().expect("it is a child of this process");
        }
        run_on(&home, &target.url, &["users", "import", "users"]);
        assert_eq!((target.read)(&home), expected, "after {killed} kills");
    }
}

#[tokio::test]
async fn imports_that_are_killed_at_any_moment_end_as_one_run_through() {
    kill_and_resume(|home, number| {
        let name = format!("killed{number}.sqlite3");
        migrate(home, &name);
        Target { url: format!("sqlite://{name}"), read: Box::new(move |home| users_of(home, &name)) }
    })
    .await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn imports_to_postgres_that_are_killed_at_any_moment_end_as_one_run_through() {
    if Database::create().is_none() {
        return;
    }
    kill_and_resume(|home, number| {
        let postgres = Database::create().expect("there was a server just now");
        let url = postgres.url();
        run_on(home, &url, &["migrate"]);
        let read = move |home: &Home| {
            let name = format!("copy{number}.sqlite3");
            run_on(home, &postgres.url(), &["database", "copy", "--to", &format!("sqlite://{name}")]);
            users_of(home, &name)
        };
        // The closure keeps the database.
        Target { url, read: Box::new(read) }
    })
    .await;
}

#[tokio::test]
async fn a_server_registers_users_beside_an_import() {
    let (home, mut dice) = (home(), Dice::new(seed()));
    write_users(&home, &mut dice);
    let program = home.serve();
    program.base_url().await;
    let mut command = home.command(&["users", "import", "users"]);
    let importing = tokio::task::spawn_blocking(move || Finished::of(&mut command));
    let mut registered = 0;
    while !importing.is_finished() {
        program.register(&format!("newcomer{registered}")).await;
        registered += 1;
    }
    importing.await.expect("it ends").done();
    assert!(registered > 0);
    let users = crate::database_copy::sample::count(&home.path("source.sqlite3"), "users");
    assert_eq!(users, USERS as usize + registered, "{}", program.log());
}

#[test]
fn users_without_ids_and_secrets_are_imported_once() {
    let home = home();
    let users: Vec<_> = (0..1_200).map(|number| serde_json::json!({ "username": format!("user{number}") })).collect();
    import(&home, &users, &[]).done();
    assert_eq!(super::count(&home, "users"), 1_200);
    assert_eq!(
        super::stored(&home, "SELECT CAST(count(DISTINCT link_secret) AS TEXT) AS line FROM moved_users"),
        ["1200"]
    );
}
