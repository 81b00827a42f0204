//! The machine with PostgreSQL dies under load and its synchronous standby takes over: nothing acknowledged is missing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::settings::DatabaseUrl;

use super::audit;
use super::evening::Evening;
use super::fleet::Fleet;
use super::form::Form;
use super::ledger::Ledger;
use super::people::{People, World};
use super::replicas::{REPLICAS, settings};
use super::summary::{Figures, seconds};
use crate::process::Home;
use crate::support::postgres_cluster::{Durability, OWNER, PostgresCluster, Programs};
use crate::support::smtp_server::SmtpServer;

/// How many people register at the same time.
const PEOPLE: u64 = 12;
/// How soon somebody must be able to register again, once the standby is promoted.
const BACK_WITHIN: Duration = Duration::from_secs(30);

pub async fn run(form: &Form, programs: &Programs) -> Figures {
    let primary = PostgresCluster::make(programs, Durability::On);
    let standby = Arc::new(primary.start_synchronous_standby());
    let smtp = Arc::new(SmtpServer::start());
    let url = format!(
        "postgres://{OWNER}@127.0.0.1:{},127.0.0.1:{}/{OWNER}?target_session_attrs=read-write",
        primary.port(),
        standby.port()
    );
    let fleet = Fleet::start((0..REPLICAS).map(|_| Home::new(&settings(&smtp, &url))).collect());
    let ledger = Ledger::new();
    let world = World { addresses: fleet.addresses(), ledger: ledger.clone(), smtp: Arc::clone(&smtp) };
    let mut people = People::start(&world, PEOPLE, form.seed);
    ledger.wait_for(form.failover_users).await;

    let told_before = ledger.snapshot();
    let killed_at = Instant::now();
    primary.kill();
    let promoting = Arc::clone(&standby);
    tokio::task::spawn_blocking(move || promoting.promote()).await.expect("the standby is promoted");
    let promoted_at = Instant::now();
    // Later than the promotion: whoever is told 201 before it may have been answered by the primary's last breath.
    let back_at = ledger.first_success_after(promoted_at).await;
    ledger.wait_for(told_before.registered.len() + form.failover_users).await;
    let told_after = ledger.snapshot();

    fleet.wait_until_up().await;
    people.stop_registering().await;
    let checked = Home::new(&settings(&smtp, &url));
    let store = audit::open(&checked, DatabaseUrl::parse(&standby.url()).expect("it is one")).await;
    let evening = Evening::after(&store, &smtp, people, fleet, &ledger, form.most_duplicates).await;
    let Evening { told, findings, drained_for, .. } = evening;
    let back_after = back_at - promoted_at;
    assert!(back_after < BACK_WITHIN, "nobody could register for {back_after:?} after the promotion");
    Figures {
        injected: format!("primary of {REPLICAS} replicas killed under load, synchronous standby promoted"),
        kept: (told.registered.len(), told.verified.len()),
        found: vec![
            ("told 201 before", told_before.registered.len().to_string()),
            ("told 201 until done", told.registered.len().to_string()),
            (
                "told 503 meanwhile",
                (told_after.registrations_postponed - told_before.registrations_postponed).to_string(),
            ),
            ("no answer", told.registrations_unanswered.to_string()),
            ("promoted after", seconds(promoted_at - killed_at)),
            (
                "first success after",
                format!("{}, {} after the promotion", seconds(back_at - killed_at), seconds(back_after)),
            ),
            ("users", findings.users.to_string()),
            ("mails, of them twice", format!("{}, {}", findings.mails, findings.duplicates)),
            ("verified", format!("{} (told 200: {})", findings.verified, told.verified.len())),
            ("outbox empty after", seconds(drained_for)),
        ],
    }
}
