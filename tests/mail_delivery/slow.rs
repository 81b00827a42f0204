//! Mail servers that take their time: no mail is sent twice for it, and others do not wait.

use std::time::Duration;

use countersign::clock::Seconds;

use super::*;

#[tokio::test]
async fn a_lease_is_renewed_for_as_long_as_the_server_takes() {
    let server = SmtpServer::start();
    server.next(Stage::EndOfData, Act::Hold);
    let app = TestApp::with(|settings| {
        server.take_mails_of(settings);
        settings.mail.lease = Seconds::new(3);
    })
    .await;
    let sibling = app.sibling(|settings| server.take_mails_of(settings)).await;
    app.registered("ann").await;
    let meanwhile = async {
        server.wait_for_held(1).await;
        // Together that is longer than the lease.
        for _ in 0..3 {
            app.advance(2);
            let renewed = app.now().plus(Seconds::new(3));
            while entry(&app).await.due_at < renewed {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert_eq!(sibling.deliver().await, 0, "the mail belongs to the first one");
        }
        server.release();
    };
    let (taken_up, ()) = tokio::join!(app.deliver(), meanwhile);
    assert_eq!((taken_up, server.received().len(), app.rows().await), (1, 1, (1, 0)));
}

#[tokio::test]
async fn a_slow_mail_lets_the_next_one_pass() {
    let server = SmtpServer::start();
    server.next(Stage::EndOfData, Act::Hold);
    let app = TestApp::with(|settings| {
        server.take_mails_of(settings);
        settings.mail.concurrency = NonZeroUsize::MIN;
        settings.mail.smtp.pool_size = NonZeroUsize::MIN;
    })
    .await;
    let background = app.countersign().start_background();
    app.registered("ann").await;
    server.wait_for_held(1).await;
    app.registered("bob").await;
    assert_eq!(server.wait_for(1).await[0].to, ["bob@mail.example"]);
    server.release();
    server.wait_for(2).await;
    background.stop().await;
    assert_eq!(app.rows().await, (2, 0));
}

#[tokio::test]
async fn a_server_that_answers_late_at_every_stage_gets_each_mail_once() {
    let server = SmtpServer::start();
    for stage in [Stage::Greeting, Stage::Ehlo, Stage::MailFrom, Stage::RcptTo, Stage::Data, Stage::EndOfData] {
        server.always(stage, Act::Late(Duration::from_millis(500)));
    }
    let app = TestApp::with(|settings| {
        server.take_mails_of(settings);
        settings.mail.lease = Seconds::new(1);
    })
    .await;
    app.registered("ann").await;
    app.registered("bob").await;
    assert_eq!(app.deliver().await, 2);
    assert_eq!((server.received().len(), app.rows().await), (2, (2, 0)));
}
