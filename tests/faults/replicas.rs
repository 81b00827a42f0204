//! Replicas that are killed, a database that fails and a mail server that misbehaves, all at once, while people
//! register and use their links.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::internals::Store;
use countersign::settings::DatabaseUrl;

use super::audit;
use super::database_faults::{self, Database, DatabaseFault};
use super::evening::Evening;
use super::fleet::Fleet;
use super::form::Form;
use super::ledger::Ledger;
use super::people::{People, World};
use super::summary::{Figures, seconds};
use crate::process::Home;
use crate::support::dice::Dice;
use crate::support::postgres_cluster::{Durability, PostgresCluster, Programs};
use crate::support::smtp_chaos;
use crate::support::smtp_server::SmtpServer;

/// How many replicas share a PostgreSQL.
pub const REPLICAS: usize = 3;
/// How many people register at the same time.
const PEOPLE: u64 = 12;
/// A fault comes this much later, at most, than the registration that calls for it. While the database is down nobody
/// registers; so some replicas are killed then, too.
const LATEST: Duration = Duration::from_secs(2);

pub async fn on_postgres(form: &Form, programs: &Programs) -> Figures {
    let database = Database::start(PostgresCluster::make(programs, Durability::On));
    let smtp = Arc::new(SmtpServer::start());
    let url = PostgresCluster::url_at(database.proxy.port());
    let homes: Vec<Home> = (0..REPLICAS).map(|_| Home::new(&settings(&smtp, &url))).collect();
    let direct = DatabaseUrl::parse(&database.cluster.url()).expect("it is one");
    let checked = Home::new(&settings(&smtp, &url));
    let day = Day { form, smtp, fleet: Fleet::start(homes), ledger: Ledger::new(), began: Instant::now() };
    day.pass(Some(&database), async || audit::open(&checked, direct.clone()).await).await
}

pub async fn on_sqlite(form: &Form) -> Figures {
    let directory = tempfile::TempDir::new().expect("a temporary directory");
    let file = directory.path().join("countersign.sqlite3");
    let smtp = Arc::new(SmtpServer::start());
    let settings = settings(&smtp, &format!("sqlite://{}", file.display()));
    let checked = Home::new(&settings);
    let fleet = Fleet::start(vec![Home::new(&settings)]);
    let day = Day { form, smtp, fleet, ledger: Ledger::new(), began: Instant::now() };
    day.pass(None, async || audit::open(&checked, DatabaseUrl::Sqlite(file.clone())).await).await
}

/// The lease is longer than the longest outage and an attempt together, or a mail that was sent would be sent again
/// before that can be written down.
pub fn settings(smtp: &SmtpServer, database_url: &str) -> String {
    format!(
        "[server]\nbind = \"127.0.0.1:0\"\n\
         [log]\nlevel = \"error\"\n\
         [database]\nurl = \"{database_url}\"\n\
         [links]\nsecrets = [\"all replicas sign with this one secret\"]\n\
         [passwords]\nmemory_kib = 8\npasses = 1\n\
         [throttle]\nenabled = false\n\
         [mail]\ntransport = \"smtp\"\nlease_seconds = 12\nsend_timeout_seconds = 4\n\
         first_retry_after_seconds = 1\nlongest_retry_after_seconds = 2\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nhello_name = \"app.example\"\n\
         command_timeout_seconds = 2\ndata_timeout_seconds = 2\n\
         end_of_data_timeout_seconds = 2\n",
        smtp.port()
    )
}

/// A day on which everything goes wrong, and the evening after it.
struct Day<'a> {
    form: &'a Form,
    smtp: Arc<SmtpServer>,
    fleet: Fleet,
    ledger: Ledger,
    began: Instant,
}

impl Day<'_> {
    async fn pass(self, database: Option<&Database>, open: impl AsyncFn() -> Store) -> Figures {
        let Self { form, smtp, fleet, ledger, began } = self;
        smtp_chaos::misbehave(&smtp, Dice::new(form.seed));
        let world = World { addresses: fleet.addresses(), ledger: ledger.clone(), smtp: Arc::clone(&smtp) };
        let mut people = People::start(&world, PEOPLE, form.seed);
        tokio::join!(kill_replicas(form, &fleet, &ledger), harm(form, database, &ledger));
        ledger.wait_for(form.users).await;

        smtp.heal();
        fleet.wait_until_up().await;
        people.stop_registering().await;
        let faulty_for = began.elapsed();
        let store = open().await;
        let evening = Evening::after(&store, &smtp, people, fleet, &ledger, form.most_duplicates).await;
        figures(form, database.is_some(), &evening, faulty_for)
    }
}

/// Kills replicas, spread evenly over the registrations.
async fn kill_replicas(form: &Form, fleet: &Fleet, ledger: &Ledger) {
    let mut dice = Dice::new(form.seed.wrapping_add(1_000));
    for number in 0..form.kills {
        ledger.wait_for_turn(number, form.kills, form.users).await;
        tokio::time::sleep(dice.within(LATEST)).await;
        fleet.kill(dice.below(fleet.len() as u64) as usize);
    }
}

/// Does every kind of harm to the database equally often, in any order.
async fn harm(form: &Form, database: Option<&Database>, ledger: &Ledger) {
    let Some(database) = database else { return };
    let mut dice = Dice::new(form.seed.wrapping_add(2_000));
    let mut faults: Vec<DatabaseFault> = database_faults::ALL.repeat(form.database_faults_of_each_kind);
    dice.shuffle(&mut faults);
    for (number, fault) in faults.iter().enumerate() {
        ledger.wait_for_turn(number, faults.len(), form.users).await;
        tokio::time::sleep(dice.within(LATEST)).await;
        database.suffer(*fault, &mut dice).await;
    }
}

fn figures(form: &Form, harmed: bool, evening: &Evening, faulty_for: Duration) -> Figures {
    let Evening { told, life, findings, drained_for } = evening;
    let each = form.database_faults_of_each_kind;
    let harm = if harmed {
        format!("; PostgreSQL {each} × each of stopped fast, stopped at once, cut by FIN, by RST, stalled, refused")
    } else {
        String::new()
    };
    Figures {
        injected: format!("{} SIGKILLs, {} starts in vain{harm}; mail server at fault", life.kills, life.failed_starts),
        kept: (told.registered.len(), told.verified.len()),
        found: vec![
            ("told 201", told.registered.len().to_string()),
            ("told 503", told.registrations_postponed.to_string()),
            ("no answer", told.registrations_unanswered.to_string()),
            ("users", findings.users.to_string()),
            ("mails, of them twice", format!("{}, {}", findings.mails, findings.duplicates)),
            ("verified", format!("{} (told 200: {})", findings.verified, told.verified.len())),
            ("links tried in vain", told.links_failed.to_string()),
            ("faults lasted", seconds(faulty_for)),
            ("outbox empty after", seconds(*drained_for)),
        ],
    }
}
