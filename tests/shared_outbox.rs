//! Several processes send the mails of one database: each mail goes out once, and the work is shared.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use futures_util::future::join_all;

use crate::support::TestApp;
use crate::support::smtp_server::{Act, SmtpServer, Stage};

/// Mails that each process sends at the same time.
const AT_ONCE: usize = 4;

/// As many processes as asked for, on one database.
async fn processes(server: &SmtpServer, count: usize) -> Vec<TestApp> {
    let concurrency = NonZeroUsize::new(AT_ONCE).expect("not zero");
    let first = TestApp::with(|settings| {
        server.take_mails_of(settings);
        settings.mail.concurrency = concurrency;
    })
    .await;
    let mut all = vec![first];
    while all.len() < count {
        let next = all[0].sibling(|settings| {
            server.take_mails_of(settings);
            settings.mail.concurrency = concurrency;
        });
        let next = next.await;
        all.push(next);
    }
    all
}

async fn register(app: &TestApp, count: usize) -> BTreeSet<String> {
    let names: Vec<String> = (0..count).map(|number| format!("user{number}")).collect();
    let people = join_all(names.iter().map(|name| app.registered(name))).await;
    people.into_iter().map(|person| person.email).collect()
}

/// Sees that each of them has had one mail.
fn expect_one_each(server: &SmtpServer, everybody: &BTreeSet<String>) {
    let sent: Vec<String> = server.received().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(sent.len(), everybody.len());
    assert_eq!(&sent.into_iter().collect::<BTreeSet<_>>(), everybody);
}

#[tokio::test]
async fn no_mail_is_sent_twice_however_many_look_at_once() {
    let server = SmtpServer::start();
    let processes = processes(&server, 4).await;
    let everybody = register(&processes[0], 100).await;
    let taken_up: Vec<usize> = join_all(processes.iter().map(TestApp::deliver)).await;
    assert_eq!(taken_up.iter().sum::<usize>(), everybody.len(), "{taken_up:?}");
    expect_one_each(&server, &everybody);
    assert_eq!(processes[0].rows().await, (everybody.len(), 0));
}

/// What the outbox holds of mails of a kind, as text.
fn rows_of(app: &TestApp, mail: &str) -> Vec<String> {
    app.lines(&format!(
        "SELECT id || ' ' || attempts || ' ' || due_at || ' ' || coalesce(last_error, '-') AS line FROM outbox \
         WHERE mail = '{mail}' AND parked_at IS NULL ORDER BY id"
    ))
}

#[tokio::test]
async fn mails_of_a_newer_programs_kind_wait_for_it_untouched() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    // More than are claimed at once, and due before the others.
    for number in 100..200 {
        let due_at = 1_000_000_000 + number;
        app.execute(&format!(
            "INSERT INTO outbox (id, mail, user_id, created_at, due_at, attempts) \
             VALUES ('row-{number}', 'not-invented-yet', '{}', 1000000000, {due_at}, 0)",
            ann.id
        ));
    }
    let before = rows_of(&app, "not-invented-yet");
    assert_eq!(app.mail().await.to, ann.email, "what this program knows is sent");
    assert_eq!(app.deliver().await, 0);
    assert_eq!((before.len(), &before), (100, &rows_of(&app, "not-invented-yet")));
    let due_at = app.store().next_mail_due_at().await.expect("the database answers");
    assert_eq!(due_at.expect("some wait").unix_seconds(), 1_000_000_100, "/readyz tells that they wait");

    let claimed = app.store().claim_due_mails(app.now(), app.now(), 10).await.expect("the database answers");
    assert!(claimed.mails.is_empty());
    assert_eq!((claimed.unknown, claimed.next_due_at), (vec!["not-invented-yet".to_owned()], None), "it sleeps");
}

#[tokio::test]
async fn while_one_process_is_busy_sending_others_take_up_what_waits() {
    let server = SmtpServer::start();
    let processes = processes(&server, 4).await;
    let everybody = register(&processes[0], processes.len() * AT_ONCE).await;
    // Each mail is held at its end, so nobody comes back for more.
    for _ in &everybody {
        server.next(Stage::EndOfData, Act::Hold);
    }
    let sending = join_all(processes.iter().map(TestApp::deliver));
    let (taken_up, ()) = tokio::join!(sending, async {
        server.wait_for_held(everybody.len()).await;
        server.release();
    });
    assert_eq!(taken_up, vec![AT_ONCE; processes.len()]);
    expect_one_each(&server, &everybody);
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn mails_that_another_process_is_about_to_claim_are_passed_over_without_waiting() {
    use countersign::settings::DatabaseUrl;
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, PgConnection};

    use crate::support::postgres_cluster::PostgresCluster;

    let Some(cluster) = PostgresCluster::start() else { return };
    let server = SmtpServer::start();
    let app = TestApp::with(|settings| {
        server.take_mails_of(settings);
        settings.database.url = DatabaseUrl::parse(&cluster.url()).expect("a URL");
    })
    .await;
    let everybody = register(&app, 8).await;
    let mut other = PgConnection::establish(&cluster.url()).expect("the server runs");
    let first_three = "BEGIN; SELECT id FROM outbox ORDER BY due_at LIMIT 3 FOR UPDATE";
    other.batch_execute(first_three).expect("nobody else holds them");

    assert_eq!((app.deliver().await, server.received().len()), (5, 5));
    other.batch_execute("ROLLBACK").expect("it is open");
    assert_eq!(app.deliver().await, 3);
    expect_one_each(&server, &everybody);
}
