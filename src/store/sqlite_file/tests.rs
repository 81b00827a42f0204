use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::settings::{DatabaseUrl, Settings};
use crate::store::connection::Connector;
use crate::store::inspection::inspect_with;
use crate::store::{ExistingFile, back_up, migrations};

/// The byte on which SQLite's shared lock begins.
const SHARED_FIRST: &str = "1073741826";

fn settings(path: &Path) -> DatabaseSettings {
    let mut settings = Settings::defaults().database;
    settings.url = DatabaseUrl::Sqlite(path.to_owned());
    settings
}

/// Returns whether this process has SQLite's shared lock on the file.
#[cfg(target_os = "linux")]
fn has_shared_lock(path: &Path) -> bool {
    let inode = format!(":{}", fs::metadata(path).expect("it is there").ino());
    let process = std::process::id().to_string();
    let locks = fs::read_to_string("/proc/locks").expect("Linux tells of locks");
    locks.lines().any(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields.len() == 8 && fields[4] == process && fields[5].ends_with(&inode) && fields[6] == SHARED_FIRST
    })
}

fn place() -> (TempDir, PathBuf) {
    let directory = TempDir::new().expect("a temporary directory");
    let file = directory.path().join("new/data base?#%.sqlite3");
    (directory, file)
}

#[cfg(target_os = "linux")]
#[test]
fn no_way_of_opening_the_file_takes_the_lock_of_another_connection_away() {
    let (directory, file) = place();
    let settings = settings(&file);
    let connector = Connector::new(settings.clone());
    connector.make_missing().expect("it can be made");
    let mut first = connector.open(Access::ReadWrite).expect("it is there");
    crate::store::migrations::migrate(&mut first, &settings).expect("it is empty");
    assert!(has_shared_lock(&file));

    connector.make_missing().expect("nothing is to be done");
    assert!(has_shared_lock(&file), "made again");
    for access in [Access::ReadWrite, Access::ReadOnly] {
        drop(connector.open(access).expect("it is there"));
        assert!(has_shared_lock(&file), "opened and closed again: {access:?}");
    }
    back_up(&settings, &directory.path().join("backup"), ExistingFile::Keep).expect("it can be read");
    assert!(has_shared_lock(&file), "backed up");
    inspect_with(&settings, &migrations::state).expect("it is there");
    assert!(has_shared_lock(&file), "looked at");
    let copy = self::settings(&directory.path().join("copy"));
    crate::store::copy(&settings, &copy, crate::store::Beginning::Resume, &mut |_| {}).expect("the target is empty");
    assert!(has_shared_lock(&file), "copied");
}

#[test]
fn what_cannot_be_written_is_told_with_a_remedy() {
    // Tests may run as root, who may write everywhere.
    for words in ["unable to open database file", "attempt to write a readonly database"] {
        let told = told(Path::new("var/db"), &words).to_string();
        assert!(told.contains(words) && told.contains("let the user that runs countersign write"), "{told}");
    }
}

#[test]
fn a_file_that_is_missing_is_told_and_not_made() {
    let (directory, file) = place();
    let connector = Connector::new(settings(&file));
    for access in [Access::ReadWrite, Access::ReadOnly] {
        let Err(error) = connector.open(access) else { panic!("there is none") };
        assert!(matches!(error, StoreError::NoDatabase(_)), "{error}");
    }
    assert_eq!(fs::read_dir(directory.path()).expect("it is there").count(), 0);
}

#[test]
fn a_process_that_switches_a_new_file_to_a_log_is_waited_for() {
    let (_directory, file) = place();
    make_missing(&file).expect("it can be made");
    let mut other = SqliteConnection::establish(&uri(&file, "mode=rw")).expect("it is there");
    // As while it switches.
    other.batch_execute("BEGIN EXCLUSIVE; CREATE TABLE t (x)").expect("it is SQL");
    let opening = thread::spawn({
        let connector = Connector::new(settings(&file));
        move || connector.open(Access::ReadWrite).map(drop)
    });
    thread::sleep(Duration::from_millis(300));
    assert!(!opening.is_finished(), "it waits");
    other.batch_execute("COMMIT").expect("it is SQL");
    opening.join().expect("it does not panic").expect("it has waited");
}
