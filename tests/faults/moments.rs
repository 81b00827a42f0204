//! Moments of a program at work on SQLite: what people had been told by then, and what a copy of the files must hold.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use countersign::settings::DatabaseUrl;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use tempfile::TempDir;

use super::audit;
use super::ledger::{Ledger, Told};
use super::people::{Addresses, People, World};
use super::replicas::settings;
use crate::process::{Home, Program};
use crate::support::smtp_server::SmtpServer;

/// How many people register at the same time.
const PEOPLE: u64 = 12;
/// A moment comes this much later, at most, than the registration that calls for it.
pub const LATEST: Duration = Duration::from_millis(50);

/// The files of a database. Its third, the index of the log, is made anew from these by whoever opens them first.
#[derive(Clone, Debug)]
pub struct Files {
    pub database: PathBuf,
    pub log: PathBuf,
}

impl Files {
    pub fn in_directory(directory: &Path) -> Self {
        let name = "countersign.sqlite3";
        Self { database: directory.join(name), log: directory.join(format!("{name}-wal")) }
    }
}

/// What was told when the files were looked at.
pub struct Moment {
    told: Told,
    /// Whose mail had been taken a moment later.
    mailed: HashSet<String>,
}

/// A program on SQLite, and people who keep it busy.
pub struct Scene {
    pub program: Program,
    pub files: Files,
    pub ledger: Ledger,
    smtp: Arc<SmtpServer>,
    mailed: HashSet<String>,
    mails: usize,
    people: People,
    directories: (TempDir, Home),
}

impl Scene {
    /// `start` gets the database's files, and a program that has made its tables and ended in order.
    pub async fn start(seed: u64, start: impl FnOnce(&Home, &Files) -> Program) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let files = Files::in_directory(directory.path());
        let smtp = Arc::new(SmtpServer::start());
        let home = Home::new(&settings(&smtp, &format!("sqlite://{}", files.database.display())));
        home.run(&["migrate"]).done();
        let program = start(&home, &files);
        program.base_url().await;
        let ledger = Ledger::new();
        let addresses = Addresses::new(vec![program.address()]);
        let people = People::start(&World { addresses, ledger: ledger.clone(), smtp: Arc::clone(&smtp) }, PEOPLE, seed);
        Self { program, files, ledger, smtp, mailed: HashSet::new(), mails: 0, people, directories: (directory, home) }
    }

    /// Looks at the files, or does whatever must be done to look at them later, when all that has been told by now must
    /// be in them.
    pub async fn moment<T>(&mut self, look: impl AsyncFnOnce(&Program, &Files) -> T) -> (Moment, T) {
        let told = self.ledger.snapshot();
        let looked = look(&self.program, &self.files).await;
        // After looking: a mail that is not in the files any more had been taken before.
        let taken = self.smtp.taken_since(self.mails);
        self.mails += taken.len();
        self.mailed.extend(taken.into_iter().flat_map(|mail| mail.to));
        (Moment { told, mailed: self.mailed.clone() }, looked)
    }

    /// Lets everybody come to an end, and the outbox get empty.
    pub async fn come_to_rest(self) -> Rested {
        let Self { program, files, ledger, mut people, directories, .. } = self;
        people.stop_registering().await;
        let store = audit::open(&directories.1, DatabaseUrl::Sqlite(files.database.clone())).await;
        audit::wait_until_drained(&store).await;
        people.finish_following().await;
        let wrong = ledger.snapshot().wrong;
        assert!(wrong.is_empty(), "{wrong:?}");
        Rested { files, _program: program, _directories: directories }
    }
}

/// The scene when nobody asks for anything any more.
pub struct Rested {
    pub files: Files,
    /// It still has the files open: closing them would tidy the log away.
    _program: Program,
    _directories: (TempDir, Home),
}

impl Moment {
    /// How many registrations and verifications had been told.
    pub fn told(&self) -> (usize, usize) {
        (self.told.registered.len(), self.told.verified.len())
    }

    /// # Panics
    ///
    /// If `files` are damaged, or lack anything that had been told.
    pub fn assert_kept_in(&self, files: &Files, what: &str) {
        let mut connection = SqliteConnection::establish(&files.database.to_string_lossy()).expect("it is a database");
        let integrity: Vec<Finding> = diesel::sql_query(
            "SELECT integrity_check AS finding FROM pragma_integrity_check
             UNION ALL SELECT \"table\" || ' without ' || parent FROM pragma_foreign_key_check",
        )
        .load(&mut connection)
        .expect("it can be checked");
        let findings: Vec<&str> = integrity.iter().map(|row| row.finding.as_str()).collect();
        assert_eq!(findings, ["ok"], "{what}");
        let users: Vec<Person> = diesel::sql_query(
            "SELECT username, email, verified_at IS NOT NULL AS is_verified,
                    EXISTS (SELECT 1 FROM outbox WHERE user_id = users.id) AS is_waiting FROM users",
        )
        .load(&mut connection)
        .expect("the tables are there");
        let by_email: HashMap<&str, &Person> = users.iter().map(|user| (user.email.as_str(), user)).collect();
        let names: HashSet<&str> = users.iter().map(|user| user.username.as_str()).collect();

        let told = &self.told;
        let lost: Vec<_> = told.registered.iter().filter(|name| !names.contains(name.as_str())).collect();
        assert!(lost.is_empty(), "{what}: {} of {} told 201 are not there", lost.len(), told.registered.len());
        let is_verified = |email: &&String| by_email.get(email.as_str()).is_some_and(|user| user.is_verified);
        let forgotten: Vec<_> = told.verified.iter().filter(|email| !is_verified(email)).collect();
        assert!(
            forgotten.is_empty(),
            "{what}: {} of {} told 200 are not verified",
            forgotten.len(),
            told.verified.len()
        );
        let mailless = users.iter().filter(|user| !user.is_waiting && !self.mailed.contains(&user.email)).count();
        assert_eq!(mailless, 0, "{what}: users whose mail neither waits nor was taken");
    }
}

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    finding: String,
}

#[derive(QueryableByName)]
struct Person {
    #[diesel(sql_type = Text)]
    username: String,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Bool)]
    is_verified: bool,
    #[diesel(sql_type = Bool)]
    is_waiting: bool,
}
