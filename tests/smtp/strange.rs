//! Servers that answer strangely, and what strangers slip in before TLS.

use super::*;

/// The replies that a whole conversation needs.
const INJECTED: &str = "250-evil\r\n250 8BITMIME\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 taken\r\n221 bye";

fn trusting(server: &SmtpServer, certificate: &tempfile::NamedTempFile) -> SmtpRelay {
    SmtpRelay {
        host: "localhost".into(),
        tls: SmtpTls::StartTls,
        tls_ca_file: Some(certificate.path().into()),
        command_timeout: Duration::from_millis(500),
        data_timeout: Duration::from_millis(500),
        end_of_data_timeout: Duration::from_millis(500),
        ..settings(server)
    }
}

#[tokio::test]
async fn replies_that_come_before_tls_answer_nothing_within_it() {
    let certificate = certificate_file();
    for injected in [INJECTED, "250 one", "250-half", "x"] {
        for stage in [Stage::Greeting, Stage::Ehlo, Stage::StartTls] {
            let server = SmtpServer::offering(Offer { starttls: true, ..Offer::default() });
            server.next(stage, Act::AcceptAnd(injected.to_owned()));
            // Inside TLS the server says nothing more.
            server.next(Stage::Ehlo, Act::Accept).always(Stage::Ehlo, Act::Hang);
            let error = open(trusting(&server, &certificate)).send(&mail()).await.expect_err("the server took no mail");
            assert_eq!((error.fault(), error.code()), (DeliveryFault::Delayed, None), "{stage:?} {injected}: {error}");
            assert_eq!(server.received().len(), 0);
        }
    }
    // The same server without the stranger takes the mail, and so it does from its first byte in TLS.
    let server = SmtpServer::offering(Offer { starttls: true, ..Offer::default() });
    open(trusting(&server, &certificate)).send(&mail()).await.expect("the server is well");
    let server = SmtpServer::offering(Offer { implicit_tls: true, ..Offer::default() });
    let implicit = SmtpRelay { tls: SmtpTls::Implicit, ..trusting(&server, &certificate) };
    open(implicit).send(&mail()).await.expect("the server is well");
}

#[tokio::test]
async fn a_reply_too_many_never_passes_for_the_mails_own() {
    for stage in [Stage::Greeting, Stage::Ehlo, Stage::MailFrom, Stage::RcptTo, Stage::Data] {
        let server = SmtpServer::start();
        server.always(stage, Act::AcceptAnd("250 ok".to_owned())).always(Stage::EndOfData, Act::reply("451 not yet"));
        let error = open(settings(&server)).send(&mail()).await.expect_err("the mail was not taken");
        assert_eq!(error.fault(), DeliveryFault::Delayed, "{stage:?}: {error}");
        assert_eq!(server.received().len(), 0, "{stage:?}");
    }
    // After a mail it costs the connection, and nothing else.
    let server = SmtpServer::start();
    server.next(Stage::EndOfData, Act::AcceptAnd("250 ok".to_owned()));
    let transport = open(settings(&server));
    transport.send(&mail()).await.expect("it was taken");
    server.next(Stage::EndOfData, Act::reply("451 not yet"));
    transport.send(&mail()).await.expect_err("it was not taken");
    transport.send(&mail()).await.expect("it was taken");
    assert_eq!((server.received().len(), server.connections()), (2, 2));
}

#[tokio::test]
async fn what_is_no_answer_delays_the_mail() {
    let babble = ["what?", "", "999 x", "25 x", "250-a\r\n251 b", "HTTP/1.1 400 Bad Request", "354 go on", "199 x"];
    for stage in [Stage::Greeting, Stage::Ehlo, Stage::MailFrom, Stage::RcptTo, Stage::EndOfData] {
        for said in babble {
            let server = SmtpServer::start();
            server.always(stage, Act::Babble(said.to_owned()));
            let error = open(settings(&server)).send(&mail()).await.expect_err(said);
            assert_eq!((error.fault(), error.code()), (DeliveryFault::Delayed, None), "{stage:?} {said}: {error}");
        }
    }
    let server = SmtpServer::start();
    server.always(Stage::Data, Act::reply("250 fine"));
    let error = open(settings(&server)).send(&mail()).await.expect_err("it did not ask for the mail");
    assert_eq!(error.fault(), DeliveryFault::Delayed);
}

#[tokio::test]
async fn a_login_may_be_asked_for_word_by_word() {
    let offer = Offer { login: login(), login_by_questions: true, ..Offer::default() };
    let server = SmtpServer::offering(offer);
    let with = |password| SmtpRelay { credentials: credentials(password), ..settings(&server) };
    open(with("sesame")).send(&mail()).await.expect("it is let in");
    assert_eq!(server.received()[0].user.as_deref(), Some("robot@app.example"));
    let error = open(with("wrong")).send(&mail()).await.expect_err("the password is wrong");
    assert_eq!((error.code(), error.is_about_the_sender()), (Some(535), true));
}
