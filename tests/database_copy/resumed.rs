//! A copy that stopped half-way: what is done with it, and what comes to light when a side has changed since.

use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Integer;
use diesel::{QueryableByName, RunQueryDsl, SqliteConnection};

use super::home_with_source;
use super::sample::{count, everything, migrate, open};
use crate::process::{Finished, Home};

const COPY: [&str; 4] = ["database", "copy", "--to", "sqlite://target.sqlite3"];
/// Within this the program gets to where it reads the source.
const PATIENCE: Duration = Duration::from_secs(20);

/// A copy that has stopped between two tables, since the target did not take sessions for a while.
fn half_made(users: u32) -> Home {
    let home = home_with_source(users);
    migrate(&home, "target.sqlite3");
    let mut target = open(&home.path("target.sqlite3"));
    let refuse = "CREATE TRIGGER full BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'no room'); END";
    target.batch_execute(refuse).expect("it is SQL");
    let complaint = home.run(&COPY).complaint(1);
    assert!(complaint.starts_with("the target cannot be used: ") && complaint.contains("no room"), "{complaint}");
    assert!(complaint.ends_with("say the same again to go on"), "{complaint}");
    target.batch_execute("DROP TRIGGER full").expect("it is SQL");
    home
}

fn on_the_target(home: &Home, arguments: &[&str]) -> Finished {
    let mut command = home.command(arguments);
    command.env("COUNTERSIGN__DATABASE__URL", "sqlite://target.sqlite3");
    Finished::of(&mut command)
}

#[test]
fn what_was_copied_before_is_not_copied_again() {
    let home = half_made(1_500);
    assert_eq!(count(&home.path("target.sqlite3"), "users"), 1_503);
    let said = home.run(&COPY).done();
    assert!(said.contains("1517 rows were copied in "), "all but users and mails: {said}");
    assert_eq!(everything(&home.path("target.sqlite3")), everything(&home.path("source.sqlite3")));
}

#[test]
fn no_command_works_on_a_half_made_copy() {
    let home = half_made(5);
    for command in [&["serve"][..], &["users", "list"], &["migrate"]] {
        let complaint = on_the_target(&home, command).complaint(1);
        assert!(complaint.contains("a copy into the database was not finished"), "{command:?}: {complaint}");
        assert!(complaint.contains("`countersign database copy`"), "{command:?}: {complaint}");
    }
    let checked = on_the_target(&home, &["check"]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.stdout.contains("ERROR       `database.url` = "), "{}", checked.stdout);
    assert!(checked.stdout.contains(": a copy into the database was not finished"), "{}", checked.stdout);
    let onwards = ["database", "copy", "--from", "sqlite://target.sqlite3", "--to", "sqlite://third.sqlite3"];
    let complaint = home.run(&onwards).complaint(1);
    assert!(complaint.starts_with("the source is a copy that was not finished"), "{complaint}");
    let complaint = home.run(&[&COPY[..], &["--verify-only"]].concat()).complaint(1);
    assert!(complaint.starts_with("the target is a copy that was not finished"), "{complaint}");
    home.run(&COPY).done();
    assert_eq!(on_the_target(&home, &["users", "list"]).done().lines().count(), 8);
}

#[test]
fn a_change_of_either_side_is_found_before_more_is_copied_and_a_restart_heals() {
    for changed in ["source.sqlite3", "target.sqlite3"] {
        let home = half_made(1_500);
        let slip = "UPDATE outbox SET attempts = 7 WHERE id = 'parked'";
        open(&home.path(changed)).batch_execute(slip).expect("it is SQL");
        let complaint = home.run(&COPY).complaint(1);
        assert!(complaint.starts_with("what an unfinished copy left in the target's `outbox` is not"), "{complaint}");
        assert!(complaint.contains("`--restart`"), "{complaint}");
        assert_eq!(count(&home.path("target.sqlite3"), "sessions"), 0);
        home.run(&[&COPY[..], &["--restart"]].concat()).done();
        assert_eq!(everything(&home.path("target.sqlite3")), everything(&home.path("source.sqlite3")));
    }
}

#[test]
fn a_source_that_is_written_to_while_it_is_copied_is_told_at_the_end() {
    let home = home_with_source(1_500);
    migrate(&home, "target.sqlite3");
    let (source, target) = (home.path("source.sqlite3"), home.path("target.sqlite3"));
    let mut holding = open(&target);
    holding.batch_execute("BEGIN IMMEDIATE").expect("nobody writes yet");
    let mut command = home.command(&COPY);
    let copying = std::thread::spawn(move || Finished::of(&mut command));
    write_until_somebody_reads(&source);
    open(&source).batch_execute("UPDATE users SET first_name = 'Eve' WHERE id = 'b'").expect("it is SQL");
    holding.batch_execute("COMMIT").expect("it was begun");

    let complaint = copying.join().expect("it ends").complaint(1);
    assert!(complaint.starts_with("the source's `users` was changed while it was copied; "), "{complaint}");
    assert!(on_the_target(&home, &["users", "list"]).complaint(1).contains("not finished"));
    home.run(&[&COPY[..], &["--restart"]].concat()).done();
    assert_eq!(everything(&target), everything(&source));
}

/// Whether somebody reads in a snapshot: then the log cannot be emptied.
fn is_read(connection: &mut SqliteConnection) -> bool {
    #[derive(QueryableByName)]
    struct Checkpoint {
        #[diesel(sql_type = Integer)]
        busy: i32,
    }
    let emptied: Vec<Checkpoint> =
        diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").load(connection).expect("it is SQL");
    emptied[0].busy == 1
}

/// Returns when somebody holds a snapshot. Who only glances at the file, as every connection does when it is made, does
/// not hold out for long.
fn write_until_somebody_reads(path: &Path) {
    const HELD_OUT: u32 = 100;
    let mut connection = open(path);
    connection.batch_execute("PRAGMA busy_timeout = 0").expect("it is SQL");
    let deadline = Instant::now() + PATIENCE;
    let mut held_out = 0;
    while held_out < HELD_OUT {
        connection.batch_execute("UPDATE budgets SET whole_again_at = whole_again_at - 1").expect("nobody else writes");
        held_out = if is_read(&mut connection) { held_out + 1 } else { 0 };
        assert!(Instant::now() < deadline, "nobody reads {}", path.display());
    }
}
