//! What is exported and imported again is the same, value by value, on both engines.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::Value;

use super::written::drawn_lines;
use super::{count, home, import, user};
#[cfg(feature = "postgres")]
use crate::database_copy::cluster::Database;
use crate::database_copy::sample::{everything, migrate};
use crate::process::{Finished, Home};
use crate::support::dice::{Dice, seed};

const ROUNDS: u64 = 4;
const USERS: u64 = 600;

/// Runs a command on another database of the home.
fn on(home: &Home, url: &str, arguments: &[&str]) -> Finished {
    let mut command = home.command(arguments);
    command.env("COUNTERSIGN__DATABASE__URL", url);
    Finished::of(&mut command)
}

/// Everything but which files were imported.
fn users_of(home: &Home, name: &str) -> Vec<String> {
    everything(&home.path(name)).into_iter().filter(|line| !line.starts_with("imports'")).collect()
}

fn drawn(home: &Home, seed: u64) {
    println!("seed {seed}; set COUNTERSIGN_TEST_SEED to it to roll the same dice again");
    import(home, &drawn_lines(USERS, &mut Dice::new(seed)), &[]).done();
}

#[test]
fn an_import_of_an_export_has_every_value() {
    let seed = seed();
    for round in 0..ROUNDS {
        let home = home();
        drawn(&home, seed.wrapping_add(round));
        home.run(&["users", "export", "--to", "exported"]).done();
        migrate(&home, "other.sqlite3");
        on(&home, "sqlite://other.sqlite3", &["users", "import", "exported"]).done();
        assert_eq!(users_of(&home, "other.sqlite3"), users_of(&home, "source.sqlite3"));
        let again = on(&home, "sqlite://other.sqlite3", &["users", "export"]).done();
        assert_eq!(again, fs::read_to_string(home.path("exported")).expect("it was written"));
    }
}

#[cfg(feature = "postgres")]
#[test]
fn an_export_survives_the_way_to_postgres_and_back() {
    let Some(postgres) = Database::create() else { return };
    let home = home();
    drawn(&home, seed());
    home.run(&["users", "export", "--to", "exported"]).done();
    on(&home, &postgres.url(), &["migrate"]).done();
    on(&home, &postgres.url(), &["users", "import", "exported"]).done();
    on(&home, &postgres.url(), &["users", "export", "--to", "of-postgres"]).done();
    migrate(&home, "other.sqlite3");
    on(&home, "sqlite://other.sqlite3", &["users", "import", "of-postgres"]).done();
    assert_eq!(users_of(&home, "other.sqlite3"), users_of(&home, "source.sqlite3"));
}

/// The members of lines, as `tests/columns.rs` names them.
fn members(value: &Value, name: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) if name != "fields" => {
            let prefix = if name.is_empty() { String::new() } else { format!("{name}.") };
            object.iter().for_each(|(member, value)| members(value, &format!("{prefix}{member}"), found));
        }
        Value::Array(list) => list.iter().for_each(|one| members(one, &format!("{name}[]"), found)),
        _ => {
            found.insert(name.to_owned());
        }
    }
}

#[test]
fn every_member_that_the_table_of_columns_names_is_exported() {
    let home = home();
    import(&home, &drawn_lines(300, &mut Dice::new(1)), &[]).done();
    let exported = home.run(&["users", "export"]).done();
    let mut found = BTreeSet::new();
    for line in exported.lines() {
        members(&serde_json::from_str(line).expect("it is JSON"), "", &mut found);
    }
    // The table is read as text: its tests are in another program.
    let table = include_str!("../columns.rs");
    let named = table.split("Member(\"").skip(1).filter_map(|rest| Some(rest.split_once("\")")?.0.to_owned()));
    assert_eq!(found, named.collect());
}

#[test]
fn an_export_is_for_its_owner_alone_and_overwrites_nothing() {
    let home = home();
    import(&home, &[user(1, "ann")], &[]).done();
    let said = home.run(&["users", "export", "--to", "exported"]).done();
    assert_eq!(said, "Exported 1 users into exported, which only its owner can read. It holds secrets.\n");
    let file = home.path("exported");
    assert_eq!(fs::metadata(&file).expect("it was written").permissions().mode() & 0o777, 0o600);
    let complaint = home.run(&["users", "export", "--to", "exported"]).complaint(1);
    assert!(complaint.ends_with("give the name of a new file"), "{complaint}");
    let complaint = home.run(&["users", "export", "--to", "missing/exported"]).complaint(1);
    assert!(complaint.contains("see that its directory is there"), "{complaint}");
}

#[test]
fn an_export_for_which_there_is_no_room_names_the_file_and_leaves_none() {
    let home = home();
    import(&home, &(1..=2_000).map(|id| user(id, &format!("user{id}"))).collect::<Vec<_>>(), &[]).done();
    // A process may have a limit of the size of its files, which a write then meets as it would meet a full disk.
    let limited = "trap '' XFSZ; ulimit -f 128; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_countersign"), "--settings"]).arg(home.settings());
    command.args(["users", "export", "--to", "exported"]).current_dir(home.path(""));
    let complaint = Finished::of(&mut command).complaint(1);
    assert!(complaint.starts_with("exported cannot be written: ") && complaint.contains("has room"), "{complaint}");
    assert!(!complaint.contains("output"), "{complaint}");
    let left = fs::read_dir(home.path(""))
        .expect("it is there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    assert!(left.into_iter().all(|name| !name.contains("exported")));
}

#[test]
fn an_export_beside_a_server_that_registers_users_is_of_one_instant() {
    let home = home();
    import(&home, &(1..=2_000).map(|id| user(id, &format!("user{id}"))).collect::<Vec<_>>(), &[]).done();
    let exported = home.run(&["users", "export"]).done();
    assert_eq!(exported.lines().count(), count(&home, "users"));
}
