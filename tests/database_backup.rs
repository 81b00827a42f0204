//! `countersign database backup`: whole, private, and made while the server goes on.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use tokio::sync::watch;

use crate::database_copy::sample::{UNFINISHED, count, everything, make_source};
use crate::nothing_lost::clients::Clients;
use crate::process::{Finished, Home, Program};
use crate::support::dice::{Dice, seed};

/// Unlimited, cheap, on a free port.
const SETTINGS: &str = "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n\
                        [throttle]\nenabled = false\n[log]\nlevel = \"error\"\n";
/// How many clients register at the same time.
const CLIENTS: usize = 4;
/// So many backups are made under load, each when so many more have registered.
const BACKUPS: usize = 5;
const USERS_BETWEEN: usize = 150;
/// How often a backup is killed …
const KILLS: u32 = 10;
/// … and how long it lives at most: about as long as it takes.
const LONGEST_LIFE_MS: u64 = 400;

fn home() -> Home {
    Home::new(SETTINGS)
}

fn migrated_home() -> Home {
    let home = home();
    home.run(&["migrate"]).done();
    home
}

fn open(path: &Path) -> SqliteConnection {
    SqliteConnection::establish(&path.to_string_lossy()).expect("it is there")
}

/// The program on a backup instead of its database.
fn on(home: &Home, file: &str, arguments: &[&str]) -> Command {
    let mut command = home.command(arguments);
    command.env("COUNTERSIGN__DATABASE__URL", format!("sqlite://{file}"));
    command
}

fn usernames(home: &Home, file: &str) -> HashSet<String> {
    let listed = Finished::of(&mut on(home, file, &["users", "list", "--limit", "1000000"])).done();
    listed.lines().map(|line| line.split_whitespace().nth(3).expect("a name").to_owned()).collect()
}

fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("it is there");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_under_load_has_everybody_who_was_told_201_before_it_began() {
    let home = home();
    let program = home.serve();
    let (tell, base_url) = watch::channel(Some(program.base_url().await));
    let mut clients = Clients::start(CLIENTS, &base_url);
    for number in 1..=BACKUPS {
        clients.wait_for(number * USERS_BETWEEN).await;
        let acknowledged = clients.acknowledged();
        let name = format!("backup-{number}");
        let mut command = home.command(&["database", "backup", &name]);
        let finished = tokio::task::spawn_blocking(move || Finished::of(&mut command)).await;
        let said = finished.expect("it ends").done();
        assert!(said.starts_with(&format!("Backed up into {name}: ")), "{said}");
        assert!(said.ends_with(", read again and sound.\n"), "{said}");
        assert_eq!(fs::metadata(home.path(&name)).expect("it was made").permissions().mode() & 0o777, 0o600);

        let backed_up = usernames(&home, &name);
        let lost: Vec<_> = acknowledged.iter().filter(|name| !backed_up.contains(*name)).collect();
        assert!(lost.is_empty() && acknowledged.len() >= number * USERS_BETWEEN, "{lost:?}");
    }
    tell.send_replace(None);
    drop(tell);
    let attempts = clients.finish().await;
    assert_eq!((attempts.unanswered, attempts.postponed), (0, 0), "nobody was held up: {}", program.log());

    let restored = Program::start(on(&home, "backup-5", &["serve"]));
    restored.register("somebody-new").await;
}

#[tokio::test]
async fn a_backup_holds_the_log_and_not_what_was_deleted() {
    let home = home();
    let program = home.serve();
    for name in ["ann", "bob"] {
        program.register(name).await;
    }
    home.run(&["users", "delete", "bob"]).done();
    home.run(&["database", "backup", "backup"]).done();
    assert_eq!(usernames(&home, "backup"), HashSet::from(["ann".to_owned()]));
    let bytes = fs::read(home.path("backup")).expect("it was made");
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("ann@mail.example") && !holds("bob@mail.example"));
}

#[test]
fn a_file_that_is_there_is_kept_unless_it_is_to_be_replaced() {
    let home = migrated_home();
    fs::write(home.path("backup"), "precious").expect("it can be written");
    let complaint = home.run(&["database", "backup", "backup"]).complaint(1);
    assert!(complaint.ends_with("/backup is there already; give another name, or say `--replace`"), "{complaint}");
    assert_eq!(fs::read(home.path("backup")).expect("it is there"), b"precious");
    home.run(&["database", "backup", "--replace", "backup"]).done();
    assert!(fs::read(home.path("backup")).expect("it is there").starts_with(b"SQLite format 3\0"));
    assert_eq!(fs::metadata(home.path("backup")).expect("it is there").permissions().mode() & 0o777, 0o600);
    assert_eq!(names_in(&home.path(".")), ["backup", "settings.toml", "var"], "no draft is left");
}

#[test]
fn a_database_is_no_place_for_a_backup() {
    let home = migrated_home();
    let database = "var/countersign.sqlite3";
    let before = fs::read(home.path(database)).expect("it was made");
    let complaint = home.run(&["database", "backup", "--replace", database]).complaint(1);
    assert!(complaint.contains("belongs to a database that is or was in use"), "{complaint}");
    assert_eq!(fs::read(home.path(database)).expect("it is there"), before);
    for ending in ["-wal", "-journal"] {
        let log = home.path(&format!("other{ending}"));
        fs::write(&log, "of a database that was moved away").expect("it can be written");
        let complaint = home.run(&["database", "backup", "other"]).complaint(1);
        assert!(complaint.contains("belongs to a database"), "{complaint}");
        assert!(!home.path("other").exists());
        fs::remove_file(log).expect("it is there");
    }
}

#[tokio::test]
async fn the_log_of_the_live_database_is_no_place_for_a_backup() {
    let home = home();
    let program = home.serve();
    program.register("ann").await;
    fs::create_dir(home.path("deep")).expect("it can be made");
    symlink("var", home.path("linked")).expect("it can be made");
    symlink("var/countersign.sqlite3-wal", home.path("log")).expect("it can be made");
    let number = || fs::metadata(home.path("var/countersign.sqlite3-wal")).expect("the server has a log").ino();
    let before = number();
    let beside = ["-wal", "-shm", "-journal"].map(|ending| format!("var/countersign.sqlite3{ending}"));
    let spelled = ["deep/../var/countersign.sqlite3-wal", "linked/countersign.sqlite3-wal", "log"].map(str::to_owned);
    for name in beside.iter().chain(&spelled) {
        for arguments in [&["database", "backup", "--replace", name][..], &["database", "backup", name]] {
            let complaint = home.run(arguments).complaint(1);
            assert!(complaint.contains("belongs to a database"), "{name}: {complaint}");
        }
        let complaint = home.run(&["users", "export", "--to", name]).complaint(1);
        assert!(complaint.contains("database's log") || complaint.contains("exists"), "{name}: {complaint}");
    }
    assert_eq!(number(), before, "it is the same file");
    home.run(&["database", "backup", "backup"]).done();
    assert_eq!(usernames(&home, "backup"), HashSet::from(["ann".to_owned()]));
}

#[test]
fn only_a_file_is_replaced_by_a_backup() {
    let home = migrated_home();
    let made = Command::new("mkfifo").arg(home.path("pipe")).status().expect("it runs");
    assert!(made.success());
    let _socket = UnixListener::bind(home.path("socket")).expect("it can be made");
    fs::create_dir(home.path("directory")).expect("it can be made");
    symlink("pipe", home.path("link")).expect("it can be made");
    let before = names_in(&home.path("."));
    for (name, what) in
        [("pipe", "a named pipe"), ("socket", "a socket"), ("directory", "a directory"), ("link", "a symbolic link")]
    {
        for arguments in [&["database", "backup", "--replace", name][..], &["database", "backup", name]] {
            let complaint = home.run(arguments).complaint(1);
            assert!(complaint.ends_with(&format!("/{name} is {what}, not a file; give another name")), "{complaint}");
        }
    }
    assert_eq!(names_in(&home.path(".")), before);
    assert!(fs::symlink_metadata(home.path("pipe")).expect("it is there").file_type().is_fifo());
    assert!(fs::symlink_metadata(home.path("link")).expect("it is there").is_symlink());
}

#[test]
fn a_backup_that_cannot_be_made_leaves_nothing_behind() {
    let home = migrated_home();
    let complaint = home.run(&["database", "backup", "nowhere/backup"]).complaint(1);
    assert!(complaint.contains("nowhere/backup cannot be written: ") && complaint.contains("directory"), "{complaint}");

    // A row such as only a faulty disk or a careless hand can make.
    let mut connection = open(&home.path("var/countersign.sqlite3"));
    let damage = "PRAGMA ignore_check_constraints = ON;
        INSERT INTO users
             (id, username, username_key, email, email_key, owned_email_key, first_name, last_name, password_hash,
              link_secret, created_at, verified_at, disabled_at, last_login_at)
             VALUES ('x', 'Eve', 'eve', 'e@x', 'e@x', NULL, '', '', '', 'short', 1, 2, 3, 4)";
    connection.batch_execute(damage).expect("it is SQL");
    drop(connection);
    let complaint = home.run(&["database", "backup", "backup"]).complaint(1);
    assert!(complaint.starts_with("the backup is damaged, and so may be the database: "), "{complaint}");
    assert!(complaint.contains("CHECK constraint failed in users"), "{complaint}");
    assert_eq!(names_in(&home.path(".")), ["settings.toml", "var"]);
}

#[test]
fn a_backup_that_finds_no_room_leaves_nothing_behind() {
    let home = migrated_home();
    // More than SQLite's page cache, so that it needs a journal.
    let filled = "CREATE TABLE filler AS WITH RECURSIVE numbers(n) AS
        (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 8000) SELECT randomblob(2000) FROM numbers";
    open(&home.path("var/countersign.sqlite3")).batch_execute(filled).expect("it is SQL");
    let backup = home.command(&["database", "backup", "backup"]);
    let mut limited = Command::new("/bin/sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 10000; exec \"$0\" \"$@\""]);
    limited.arg(backup.get_program()).args(backup.get_args());
    limited.env_clear().current_dir(home.path("."));
    let complaint = Finished::of(&mut limited).complaint(1);
    assert!(complaint.starts_with("the backup cannot be made: "), "{complaint}");
    assert_eq!(names_in(&home.path(".")), ["settings.toml", "var"]);
}

#[test]
fn a_backup_can_be_made_before_a_newer_program_migrates() {
    let home = migrated_home();
    let path = home.path("var/countersign.sqlite3");
    let older = "DROP TABLE budgets; DELETE FROM __diesel_schema_migrations WHERE version >= '20261122000002'";
    open(&path).batch_execute(older).expect("it is SQL");
    let said = home.run(&["database", "backup", "backup"]).done();
    assert!(
        said.contains(": 0 users, 0 outbox, 0 sessions, ") && said.contains("migrated to 20261122000001"),
        "{said}"
    );
}

#[test]
fn a_database_that_is_not_there_is_told_and_not_made() {
    let home = home();
    let complaint = home.run(&["database", "backup", "backup"]).complaint(1);
    assert_eq!(complaint, "there is no database at var/countersign.sqlite3; see `database.url`");
    assert!(!home.path("var").exists());
    fs::create_dir(home.path("var")).expect("it is not there");
    fs::write(home.path("var/countersign.sqlite3"), "").expect("it can be written");
    let complaint = home.run(&["database", "backup", "backup"]).complaint(1);
    assert!(complaint.starts_with("the database has no tables of Countersign's"), "{complaint}");
    assert!(!home.path("backup").exists());
}

#[test]
fn an_unfinished_copy_is_not_backed_up() {
    let home = migrated_home();
    open(&home.path("var/countersign.sqlite3")).batch_execute(UNFINISHED).expect("it is SQL");
    let complaint = home.run(&["database", "backup", "backup"]).complaint(1);
    assert!(complaint.contains("was not finished") && complaint.contains("`countersign database copy`"), "{complaint}");
    assert!(!names_in(&home.path("")).iter().any(|name| name.contains("backup")), "{:?}", names_in(&home.path("")));
}

#[tokio::test]
async fn a_backup_that_is_killed_has_its_name_only_if_it_is_whole() {
    let seed = seed();
    println!("seed {seed}; set COUNTERSIGN_TEST_SEED to it to roll the same dice again");
    let mut dice = Dice::new(seed);
    let home = Home::new(&format!("{SETTINGS}[database]\nurl = \"sqlite://source.sqlite3\"\n"));
    make_source(&home, 10_000);
    for number in 0..KILLS {
        let name = format!("backup-{number}");
        let mut child =
            home.command(&["database", "backup", &name]).stdout(Stdio::null()).spawn().expect("it can be run");
        // The kill must come at an arbitrary moment of the work, so there is no event to wait for.
        tokio::time::sleep(Duration::from_millis(dice.below(LONGEST_LIFE_MS))).await;
        child.kill().expect("it is a child of this process");
        child.wait().expect("it is a child of this process");
        if home.path(&name).exists() {
            assert_eq!(count(&home.path(&name), "users"), 10_003, "{name}");
        }
    }
    home.run(&["database", "backup", "backup"]).done();
    assert_eq!(everything(&home.path("backup")), everything(&home.path("source.sqlite3")));
}

#[cfg(feature = "postgres")]
#[test]
fn whoever_uses_postgres_is_sent_to_pg_dump() {
    let home = Home::new("[database]\nurl = \"postgres://ann:hunter2@db.example/accounts\"\n");
    let complaint = home.run(&["database", "backup", "backup"]).complaint(1);
    assert!(complaint.contains("`pg_dump --format=custom --file=FILE URL`"), "{complaint}");
    assert!(!complaint.contains("hunter2"), "{complaint}");
}
