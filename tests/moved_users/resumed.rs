//! An import that is killed at any moment goes on where it stopped.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::written::drawn_lines;
use super::{home, import};
#[cfg(feature = "postgres")]
use crate::database_copy::cluster::Database;
use crate::database_copy::sample::{everything, migrate};
use crate::process::{Finished, Home};
use crate::support::dice::{Dice, seed};

const USERS: u64 = 4_000;
/// How often it is killed.
const KILLS: u32 = 20;

fn write_users(home: &Home, dice: &mut Dice) {
    let lines: String = drawn_lines(USERS, dice).iter().map(|line| format!("{line}\n")).collect();
    fs::write(home.path("users"), lines).expect("it can be written");
}

/// Everything but when files were imported.
fn users_of(home: &Home, name: &str) -> Vec<String> {
    everything(&home.path(name)).into_iter().filter(|line| !line.starts_with("imports'")).collect()
}

/// Imports into `url` while it is killed again and again; lets it live the last time.
async fn import_while_it_is_killed(home: &Home, url: &str, whole: Duration, dice: &mut Dice) -> u32 {
    let mut killed = 0;
    for _ in 0..KILLS {
        let mut command = home.command(&["users", "import", "users"]);
        command.env("COUNTERSIGN__DATABASE__URL", url).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program can be run");
        // A moment nobody can wait for: the program is killed whatever it is at.
        tokio::time::sleep(dice.within(whole)).await;
        killed += u32::from(child.try_wait().expect("it is a child of this process").is_none());
        child.kill().expect("it is a child of this process");
        child.wait().expect("it is a child of this process");
    }
    let mut command = home.command(&["users", "import", "users"]);
    Finished::of(command.env("COUNTERSIGN__DATABASE__URL", url)).done();
    killed
}

#[tokio::test]
async fn an_import_that_is_killed_again_and_again_ends_as_one_run_through() {
    let seed = seed();
    println!("seed {seed}; set COUNTERSIGN_TEST_SEED to it to roll the same dice again");
    let (home, mut dice) = (home(), Dice::new(seed));
    write_users(&home, &mut dice);
    let began = Instant::now();
    home.run(&["users", "import", "users"]).done();
    let whole = began.elapsed();
    migrate(&home, "killed.sqlite3");
    let killed = import_while_it_is_killed(&home, "sqlite://killed.sqlite3", whole, &mut dice).await;
    assert!(killed >= KILLS / 4, "it was killed {killed} times");
    assert_eq!(users_of(&home, "killed.sqlite3"), users_of(&home, "source.sqlite3"));
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn an_import_to_postgres_that_is_killed_again_and_again_ends_as_one_run_through() {
    let Some(postgres) = Database::create() else { return };
    let seed = seed();
    println!("seed {seed}; set COUNTERSIGN_TEST_SEED to it to roll the same dice again");
    let (home, mut dice) = (home(), Dice::new(seed));
    write_users(&home, &mut dice);
    let began = Instant::now();
    home.run(&["users", "import", "users"]).done();
    let whole = began.elapsed();
    let on_postgres = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        Finished::of(command.env("COUNTERSIGN__DATABASE__URL", postgres.url())).done()
    };
    on_postgres(&["migrate"]);
    import_while_it_is_killed(&home, &postgres.url(), whole, &mut dice).await;
    on_postgres(&["database", "copy", "--from", &postgres.url(), "--to", "sqlite://killed.sqlite3"]);
    assert_eq!(users_of(&home, "killed.sqlite3"), users_of(&home, "source.sqlite3"));
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
