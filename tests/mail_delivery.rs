//! Mails that cannot be sent: they wait, come again later and later, and are parked rather than lost.

mod limits;
mod slow;

use std::fs;
use std::num::NonZeroUsize;
use std::pin::pin;

use countersign::Settings;
use countersign::internals::OutboxEntry;
use futures_util::FutureExt;

use crate::support::smtp_server::{Act, SmtpServer, Stage};
use crate::support::{Mail, TestApp};

const GIVE_UP_AFTER: u64 = 3 * 86_400;

/// The one mail that waits or is parked.
async fn entry(app: &TestApp) -> OutboxEntry {
    let mut mails = app.store().list_mails(10).await.expect("the database answers");
    assert_eq!(mails.len(), 1, "{mails:?}");
    mails.remove(0)
}

/// How long the mail is left alone, in seconds.
async fn pause(app: &TestApp) -> u64 {
    entry(app).await.due_at.since(app.now()).get()
}

#[tokio::test]
async fn a_mail_waits_longer_after_each_failure_and_arrives_in_the_end() {
    let app = TestApp::start().await;
    let mailbox = app.home().join("mailbox");
    fs::write(&mailbox, "a file is in the way").expect("it can be written");
    app.registered("ann").await;

    for (attempt, longest) in [(1, 10), (2, 20), (3, 40), (4, 80)] {
        assert_eq!(app.deliver().await, 1);
        let waiting = entry(&app).await;
        assert_eq!((waiting.attempts, waiting.parked_at), (attempt, None));
        assert!(waiting.last_error.is_some());
        let pause = pause(&app).await;
        assert!((longest / 2..=longest).contains(&pause), "attempt {attempt}: {pause}");

        app.advance(pause - 1);
        assert_eq!(app.deliver().await, 0, "not before its time");
        app.advance(1);
    }
    fs::remove_file(&mailbox).expect("it is there");
    let mail = app.mail().await;
    assert_eq!(mail.to, "ann@mail.example");
    assert_eq!(mail.link().timestamp, app.now().unix_seconds().to_string(), "signed anew");
    assert_eq!(app.rows().await, (1, 0));
}

#[tokio::test]
async fn pauses_grow_no_longer_than_an_hour() {
    let app = TestApp::start().await;
    fs::write(app.home().join("mailbox"), "a file is in the way").expect("it can be written");
    app.registered("ann").await;
    for _ in 0..15 {
        assert_eq!(app.deliver().await, 1);
        app.advance(pause(&app).await);
    }
    app.deliver().await;
    assert!((1_800..=3_600).contains(&pause(&app).await));
}

#[tokio::test]
async fn a_mail_is_parked_when_it_is_too_old_and_sent_when_somebody_says_so() {
    let app = TestApp::start().await;
    let mailbox = app.home().join("mailbox");
    fs::write(&mailbox, "a file is in the way").expect("it can be written");
    app.registered("ann").await;
    app.advance(GIVE_UP_AFTER - 1);
    app.deliver().await;
    assert_eq!(entry(&app).await.parked_at, None);
    app.advance(10);
    app.deliver().await;
    let parked = entry(&app).await;
    assert_eq!(parked.parked_at, Some(app.now()));

    fs::remove_file(&mailbox).expect("it is there");
    app.advance(86_400);
    assert_eq!(app.deliver().await, 0, "never again by itself");
    assert_eq!(app.store().retry_mails(None, app.now()).await.expect("the database answers"), 1);
    assert_eq!(app.mail().await.to, "ann@mail.example");
    assert_eq!(app.rows().await, (1, 0));
}

#[tokio::test]
async fn an_old_mail_that_is_sent_again_has_the_whole_time_once_more() {
    let app = TestApp::start().await;
    let mailbox = app.home().join("mailbox");
    fs::write(&mailbox, "a file is in the way").expect("it can be written");
    app.registered("ann").await;
    app.advance(GIVE_UP_AFTER);
    app.deliver().await;
    let parked = entry(&app).await;
    assert_eq!(parked.parked_at, Some(app.now()));
    for id in [None, Some(parked.id)] {
        app.advance(86_400);
        assert_eq!(app.store().retry_mails(id, app.now()).await.expect("the database answers"), 1);
        app.deliver().await;
        assert_eq!(entry(&app).await.parked_at, None, "it waits for another attempt");
        app.advance(GIVE_UP_AFTER - 1);
        app.deliver().await;
        assert_eq!(entry(&app).await.parked_at, None, "it waits for the last attempt");
        app.advance(3_600);
        app.deliver().await;
        assert_eq!(entry(&app).await.parked_at, Some(app.now()));
    }
    fs::remove_file(&mailbox).expect("it is there");
    assert_eq!(app.store().retry_mails(None, app.now()).await.expect("the database answers"), 1);
    assert_eq!(app.mail().await.to, "ann@mail.example");
}

#[tokio::test]
async fn a_server_that_refuses_for_now_gets_the_mail_again_later() {
    for stage in [Stage::MailFrom, Stage::RcptTo, Stage::Data, Stage::EndOfData] {
        let server = SmtpServer::start();
        server.next(stage, Act::reply("451 4.3.0 later"));
        let app = TestApp::with(|settings| server.take_mails_of(settings)).await;
        app.registered("ann").await;
        app.deliver().await;
        let waiting = entry(&app).await;
        assert_eq!((waiting.attempts, waiting.parked_at), (1, None), "{stage:?}");
        assert!(waiting.last_error.is_some_and(|error| error.contains("451")), "{stage:?}");

        app.advance(10);
        app.deliver().await;
        let received = server.received();
        assert_eq!((received.len(), app.rows().await), (1, (1, 0)), "{stage:?}");
        let mail = Mail::parse("", &received[0].data);
        assert_eq!(mail.header("Message-ID"), Some(format!("<{}@app.example>", waiting.id).as_str()));
        app.verify(&mail.link()).await.expect(200);
    }
}

#[tokio::test]
async fn a_server_that_refuses_for_good_gets_the_mail_parked_with_its_code() {
    let server = SmtpServer::start();
    server.next(Stage::RcptTo, Act::reply("550 5.1.1 <ann@mail.example>: no such user"));
    let app = TestApp::with(|settings| server.take_mails_of(settings)).await;
    app.registered("ann").await;
    app.registered("bob").await;
    app.deliver().await;

    let parked = entry(&app).await;
    assert_eq!((parked.parked_at, parked.attempts), (Some(app.now()), 1));
    let error = parked.last_error.expect("it is told why");
    assert!(error.contains("550 5.1.1") && !error.contains("mail.example"), "{error}");
    assert_eq!(server.received().len(), 1, "the other mail was sent");
    app.advance(GIVE_UP_AFTER);
    assert_eq!(app.deliver().await, 0);

    let now = app.now();
    assert_eq!(app.store().retry_mails(Some("another".to_owned()), now).await.expect("it answers"), 0);
    assert_eq!(app.store().retry_mails(Some(parked.id), now).await.expect("it answers"), 1);
    app.deliver().await;
    assert_eq!((server.received().len(), app.rows().await), (2, (2, 0)));
}

#[tokio::test]
async fn a_server_that_hangs_up_or_is_not_there_gets_the_mail_later() {
    let server = SmtpServer::start();
    server.next(Stage::Greeting, Act::Drop).next(Stage::EndOfData, Act::Drop);
    let app = TestApp::with(|settings| server.take_mails_of(settings)).await;
    app.registered("ann").await;
    for attempt in 1..=2 {
        app.deliver().await;
        assert_eq!(entry(&app).await.attempts, attempt);
        app.advance(3_600);
    }
    app.deliver().await;
    assert_eq!((server.received().len(), app.rows().await), (1, (1, 0)));

    drop(server);
    app.registered("bob").await;
    app.deliver().await;
    assert_eq!((entry(&app).await.attempts, entry(&app).await.parked_at), (1, None));
}

#[tokio::test]
async fn registration_does_not_wait_for_mail_servers() {
    let server = SmtpServer::start();
    server.always(Stage::Greeting, Act::Hang);
    let app = TestApp::with(|settings| server.take_mails_of(settings)).await;
    let ann = app.registered("ann").await;
    app.resend(&ann.email).await.expect(200);
    assert_eq!((server.connections(), app.rows().await), (0, (1, 2)));
}

#[tokio::test]
async fn the_worker_is_woken_by_a_registration_and_finishes_its_mail_before_it_stops() {
    let server = SmtpServer::start();
    let app = TestApp::with(|settings| server.take_mails_of(settings)).await;
    let background = app.countersign().start_background();
    let ann = app.registered("ann").await;
    let received = server.wait_for(1).await;
    assert_eq!(received[0].to, [ann.email]);
    background.stop().await;
    assert_eq!(app.rows().await, (1, 0), "the mail is settled");

    app.registered("bob").await;
    assert_eq!((server.received().len(), app.rows().await), (1, (2, 1)), "nobody works any more");
}

#[tokio::test]
async fn a_delivery_that_finds_no_hand_free_waits_for_one() {
    let server = SmtpServer::start();
    server.next(Stage::EndOfData, Act::Hold);
    let one_at_a_time = |settings: &mut Settings| {
        server.take_mails_of(settings);
        settings.mail.concurrency = NonZeroUsize::MIN;
    };
    let app = TestApp::with(one_at_a_time).await;
    app.registered("ann").await;
    let second = async {
        server.wait_for_held(1).await;
        app.registered("bob").await;
        let mut delivery = pin!(app.deliver());
        assert!(delivery.as_mut().now_or_never().is_none(), "ann's mail has the only hand");
        server.release();
        delivery.await
    };
    let (first, second) = tokio::join!(app.deliver(), second);
    assert_eq!((first + second, server.received().len(), app.rows().await), (2, 2, (2, 0)));
}
