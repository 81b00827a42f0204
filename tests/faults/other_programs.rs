//! Other programs on the database of a server on SQLite: one opens the file, reads it and closes it at random moments,
//! the command line writes beside the server, and the reader of the server's log goes away; then the server is killed.
//!
//! A new database, and one of the first release.

mod bystanders;
mod contents;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::watch;

use super::audit;
use super::form::Form;
use super::ledger::Ledger;
use super::people::{Addresses, People, World};
use super::replicas::settings;
use super::summary::Figures;
use crate::process::{Home, Program};
use crate::support::dice::Dice;
use crate::support::letters::Mailbox;
use crate::support::smtp_server::SmtpServer;
use bystanders::Bystanders;
use contents::Contents;

/// How many people register at the same time.
const PEOPLE: u64 = 8;
/// So many are told 201 in each round, before the log's reader goes away and after it.
const USERS: usize = 15;
/// A server is killed this much later, at most, than the registration that calls for it.
const LATEST: Duration = Duration::from_millis(200);

/// # Errors
///
/// If SQLite's own program is not installed.
pub fn sqlite3() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|place| place.join("sqlite3")).find(|program| program.exists());
    found.ok_or_else(|| "sqlite3 is not installed".to_owned())
}

pub async fn run(form: &Form, sqlite3: &Path) -> Figures {
    let mut all = Tally::default();
    for (number, database) in [Database::New, Database::OfFirstRelease].into_iter().enumerate() {
        let seed = form.seed.wrapping_add(5_000 + number as u64);
        all.add(&Scene::prepare(seed, database, sqlite3).play(form.rounds).await);
    }
    Figures {
        injected: format!("{} SIGKILLs on a new and an old database; the log's reader gone each time", all.kills),
        kept: (all.registered, all.verified),
        found: vec![
            ("opened by sqlite3", format!("{} times", all.readings)),
            ("backups", all.backups.to_string()),
            ("disabled, created", format!("{}, {}", all.disabled, all.created)),
        ],
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Database {
    New,
    OfFirstRelease,
}

/// What was done, all of which left its traces.
#[derive(Clone, Copy, Default)]
struct Tally {
    kills: usize,
    registered: usize,
    verified: usize,
    readings: usize,
    backups: usize,
    disabled: usize,
    created: usize,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.kills += other.kills;
        self.registered += other.registered;
        self.verified += other.verified;
        self.readings += other.readings;
        self.backups += other.backups;
        self.disabled += other.disabled;
        self.created += other.created;
    }
}

/// A database, those who use it, and what they were told.
struct Scene {
    home: Arc<Home>,
    file: PathBuf,
    sqlite3: PathBuf,
    smtp: Arc<SmtpServer>,
    ledger: Ledger,
    dice: Dice,
    seed: u64,
    _directory: TempDir,
}

impl Scene {
    fn prepare(seed: u64, database: Database, sqlite3: &Path) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let file = directory.path().join("countersign.sqlite3");
        if database == Database::OfFirstRelease {
            let release = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upgrades/0.1.0");
            let sql = |name: &str| fs::read_to_string(release.join(name)).expect("the release left it");
            let mut connection = SqliteConnection::establish(&file.to_string_lossy()).expect("it can be made");
            // Its mails are not among those that are counted here.
            let sql = sql("sqlite.sql") + &sql("rows.sql") + "DELETE FROM outbox;";
            connection.batch_execute(&sql).expect("it is SQL");
        }
        let smtp = Arc::new(SmtpServer::start());
        // Talkative, so that many lines meet nobody who reads them.
        let settings = settings(&smtp, &format!("sqlite://{}", file.display())).replace("\"error\"", "\"debug\"");
        let home = Arc::new(Home::new(&settings));
        let (ledger, dice) = (Ledger::new(), Dice::new(seed));
        Self { home, file, sqlite3: sqlite3.to_owned(), smtp, ledger, dice, seed, _directory: directory }
    }

    async fn play(mut self, rounds: usize) -> Tally {
        let (tell, address) = watch::channel(None);
        let world = World {
            addresses: Addresses::new(vec![address]),
            ledger: self.ledger.clone(),
            smtp: Arc::clone(&self.smtp),
        };
        let mut people = People::start(&world, PEOPLE, self.seed);
        let mut tally = Tally::default();
        for _ in 0..rounds {
            self.round(&tell, &mut tally).await;
        }
        // All is well from now on.
        let mut program = self.home.serve();
        tell.send_replace(Some(program.base_url().await));
        people.stop_registering().await;
        let store = audit::open(&self.home, countersign::settings::DatabaseUrl::Sqlite(self.file.clone())).await;
        audit::wait_until_drained(&store).await;
        people.finish_following().await;
        store.close().await;
        drop(store);
        program.terminate();
        assert!(program.ended().await.success(), "{}", program.log());

        let told = self.ledger.snapshot();
        assert!(told.wrong.is_empty(), "{:?}", told.wrong);
        let mailbox = Mailbox::read(&self.smtp);
        let mailless: Vec<_> = told.registered.iter().filter(|name| !mailbox.has_mail_of(name)).collect();
        assert!(mailless.is_empty(), "told 201, and no mail: {mailless:?}");
        // The file alone is whole: there is no log beside it.
        assert!(!Path::new(&format!("{}-wal", self.file.display())).exists());
        Contents::of(&self.file).must_hold(&told, "after an orderly stop");
        (tally.registered, tally.verified) = (told.registered.len(), told.verified.len());
        tally
    }

    /// From one start to one death.
    async fn round(&mut self, tell: &watch::Sender<Option<String>>, tally: &mut Tally) {
        let program = self.home.serve();
        let url = program.base_url().await;
        tell.send_replace(Some(url.clone()));
        let bystanders =
            Bystanders::start(&self.home, &self.sqlite3, &self.file, &self.ledger, url, self.dice.below(u64::MAX));
        self.wait_for_more().await;
        let unanswered = self.unanswered();
        program.stop_reading();
        self.wait_for_more().await;
        tokio::time::sleep(self.dice.within(LATEST)).await;
        assert_eq!(self.unanswered(), unanswered, "nobody reads the log, and requests stay without an answer");

        let done = bystanders.finish().await;
        let told = self.ledger.snapshot();
        kill(program, tell);
        tally.kills += 1;
        tally.readings += done.readings;
        tally.backups += done.backups;
        tally.disabled += done.disabled.len();
        tally.created += done.created.len();
        let contents = Contents::of(&self.file);
        contents.must_hold(&told, "after a death");
        contents.must_hold_what_the_command_line_did(&done.disabled, &done.created);
    }

    async fn wait_for_more(&self) {
        self.ledger.wait_for(self.ledger.registered() + USERS).await;
    }

    fn unanswered(&self) -> usize {
        let told = self.ledger.snapshot();
        told.registrations_unanswered
    }
}

fn kill(program: Program, tell: &watch::Sender<Option<String>>) {
    program.kill();
    tell.send_replace(None);
}
