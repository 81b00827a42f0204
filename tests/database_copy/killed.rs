//! A copy that is killed at any moment goes on where it stopped.

use std::process::Stdio;
use std::time::Duration;
#[cfg(feature = "postgres")]
use std::time::Instant;

#[cfg(feature = "postgres")]
use super::cluster::Database;
use super::home_with_source;
use super::sample::{count, everything};
#[cfg(feature = "postgres")]
use crate::process::Finished;
use crate::process::Home;
use crate::support::dice::{Dice, seed};

const USERS: u32 = 12_000;
/// How often it is killed.
const KILLS: u32 = 12;
/// The longest it lives: about as long as a copy takes.
const LONGEST_LIFE_MS: u64 = 900;

/// Within this the program gets to where it writes.
#[cfg(feature = "postgres")]
const PATIENCE: Duration = Duration::from_secs(20);

/// Starts the copy and kills it, again and again, and lets it live the last time.
async fn copy_while_it_is_killed(home: &Home, from: &str, to: &str, dice: &mut Dice) -> String {
    for _ in 0..KILLS {
        let mut command = home.command(&["database", "copy", "--from", from, "--to", to]);
        let mut child = command.stdout(Stdio::null()).spawn().expect("the program can be run");
        // The kill must come at an arbitrary moment of the work, so there is no event to wait for.
        tokio::time::sleep(Duration::from_millis(dice.below(LONGEST_LIFE_MS))).await;
        child.kill().expect("it is a child of this process");
        child.wait().expect("it is a child of this process");
    }
    home.run(&["database", "copy", "--from", from, "--to", to]).done()
}

#[tokio::test]
async fn a_copy_that_is_killed_again_and_again_ends_with_every_row_once() {
    let seed = seed();
    println!("seed {seed}; set COUNTERSIGN_TEST_SEED to it to roll the same dice again");
    let home = home_with_source(USERS);
    copy_while_it_is_killed(&home, "sqlite://source.sqlite3", "sqlite://target.sqlite3", &mut Dice::new(seed)).await;
    assert_eq!(count(&home.path("target.sqlite3"), "users"), USERS as usize + 3);
    assert_eq!(everything(&home.path("target.sqlite3")), everything(&home.path("source.sqlite3")));
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_copy_to_postgres_and_back_that_is_killed_again_and_again_ends_with_every_row_once() {
    let Some(postgres) = Database::create() else { return };
    let seed = seed();
    println!("seed {seed}; set COUNTERSIGN_TEST_SEED to it to roll the same dice again");
    let mut dice = Dice::new(seed);
    let home = home_with_source(USERS);
    copy_while_it_is_killed(&home, "sqlite://source.sqlite3", &postgres.url(), &mut dice).await;
    copy_while_it_is_killed(&home, &postgres.url(), "sqlite://target.sqlite3", &mut dice).await;
    assert_eq!(everything(&home.path("target.sqlite3")), everything(&home.path("source.sqlite3")));
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_copy_whose_connection_was_cut_says_so_in_one_line_and_goes_on() {
    let Some(postgres) = Database::create() else { return };
    let home = home_with_source(10);
    let mut migrate = home.command(&["migrate"]);
    migrate.env("COUNTERSIGN__DATABASE__URL", postgres.url());
    Finished::of(&mut migrate).done();
    let held = postgres.hold("BEGIN; LOCK TABLE users");
    let mut command = home.command(&["database", "copy", "--to", &postgres.url()]);
    let copying = tokio::task::spawn_blocking(move || Finished::of(&mut command));
    let cut = "SELECT pg_terminate_backend(pid)::text AS line FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    let deadline = Instant::now() + PATIENCE;
    while postgres.lines(cut).is_empty() {
        assert!(Instant::now() < deadline, "the copy does not get to the table that is held");
        tick.tick().await;
    }
    let complaint = copying.await.expect("it ends").complaint(1);
    assert!(complaint.starts_with("the target cannot be used: the database cannot be reached: "), "{complaint}");
    assert!(complaint.ends_with("say the same again to go on"), "{complaint}");
    drop(held);
    home.run(&["database", "copy", "--to", &postgres.url()]).done();
}
