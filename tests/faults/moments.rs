//! Moments of a program at work on SQLite: what people had been told by then, and what a copy of the files must hold.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign::settings::DatabaseUrl;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use tempfile::TempDir;

use super::audit;
use super::ledger::{Ledger, Told};
use super::people::{Addresses, People, World};
use super::replicas::settings;
use crate::process::{Home, Program};
use crate::support::dice::Dice;
use crate::support::smtp_server::SmtpServer;

/// How many people register at the same time.
const PEOPLE: u64 = 12;

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
    /// So many mails had been taken a moment later.
    mails: usize,
}

/// A program on SQLite, and people who keep it busy.
pub struct Scene {
    pub program: Program,
    pub files: Files,
    pub ledger: Ledger,
    smtp: Arc<SmtpServer>,
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
        Self { program, files, ledger, smtp, people, directories: (directory, home) }
    }

    /// Looks at the files, or does whatever must be done to look at them later, when all that has been told by now must
    /// be in them.
    pub async fn moment<T>(&self, look: impl AsyncFnOnce() -> T) -> (Moment, T) {
        let told = self.ledger.snapshot();
        let looked = look().await;
        // After looking: a mail that is not in the files any more had been taken before.
        (Moment { told, mails: self.smtp.taken() }, looked)
    }

    /// Lets everybody come to an end, and the outbox get empty.
    pub async fn come_to_rest(self) -> Rested {
        let Self { program, files, ledger, smtp, mut people, directories } = self;
        people.stop_registering().await;
        let store = audit::open(&directories.1, DatabaseUrl::Sqlite(files.database.clone())).await;
        audit::wait_until_drained(&store).await;
        people.finish_following().await;
        let wrong = ledger.snapshot().wrong;
        assert!(wrong.is_empty(), "{wrong:?}");
        let recipients = smtp.taken_since(0).into_iter().flat_map(|mail| mail.to).collect();
        Rested { files, recipients, _program: program, _directories: directories }
    }
}

/// The scene when nobody asks for anything any more.
pub struct Rested {
    pub files: Files,
    /// Who was sent a mail, in the order of the mails.
    recipients: Vec<String>,
    /// It still has the files open: closing them would tidy the log away.
    _program: Program,
    _directories: (TempDir, Home),
}

impl Rested {
    /// # Panics
    ///
    /// If `files` are damaged, or lack anything that had been told.
    pub fn assert_holds(&self, moment: &Moment, files: &Files, what: &str) {
        let mailed: HashSet<&str> = self.recipients[..moment.mails].iter().map(String::as_str).collect();
        let mut connection = SqliteConnection::establish(&files.database.to_string_lossy()).expect("it is a database");
        // Checks the log and copies it into the database first, as a program does that starts after the end.
        connection.batch_execute("PRAGMA foreign_keys = ON").expect("it is a database");
        let found: Vec<Finding> =
            diesel::sql_query("PRAGMA integrity_check").load(&mut connection).expect("it can be checked");
        let faults: Vec<&str> = found.iter().map(|finding| finding.integrity_check.as_str()).collect();
        assert_eq!(faults, ["ok"], "{what}");
        let users: Vec<Person> = diesel::sql_query(
            "SELECT username, email, verified_at IS NOT NULL AS is_verified,
                    EXISTS (SELECT 1 FROM outbox WHERE user_id = users.id) AS is_waiting FROM users",
        )
        .load(&mut connection)
        .expect("the tables are there");
        let by_email: HashMap<&str, &Person> = users.iter().map(|user| (user.email.as_str(), user)).collect();
        let names: HashSet<&str> = users.iter().map(|user| user.username.as_str()).collect();

        let told = &moment.told;
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
        let mailless = users.iter().filter(|user| !user.is_waiting && !mailed.contains(user.email.as_str())).count();
        assert_eq!(mailless, 0, "{what}: users whose mail neither waits nor was taken");
    }
}

impl Moment {
    /// How many registrations and verifications had been told.
    pub fn told(&self) -> (usize, usize) {
        (self.told.registered.len(), self.told.verified.len())
    }
}

/// Waits for the next of `of` turns, which are spread evenly over `users` registrations, and then for any moment.
pub async fn wait_for_turn(number: usize, of: usize, users: usize, ledger: &Ledger, dice: &mut Dice) {
    const LATEST: std::time::Duration = std::time::Duration::from_millis(50);
    ledger.wait_for(users * (number + 1) / of).await;
    tokio::time::sleep(dice.within(LATEST)).await;
}

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    integrity_check: String,
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
