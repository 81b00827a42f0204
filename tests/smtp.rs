//! What becomes of a mail at a mail server that is well, ill, or hostile.

use std::num::NonZeroUsize;
use std::time::Duration;

use countersign::clock::Timestamp;
use countersign::internals::{
    MailContext, MailKind, MailLink, MailUser, Rendered, Sender, SmtpCredentials, SmtpRelay, Templates,
    TransportSettings, build_mail, open_transport,
};
use countersign::mail::{DeliveryError, DeliveryFault, OutgoingMail, Transport};
use countersign::secret::Secret;
use countersign::settings::SmtpTls;
use futures_util::future::join_all;
use mailparse::MailHeaderMap;

use crate::support::smtp_server::{Act, Offer, ROOT_CERTIFICATE, SmtpServer, Stage};

mod addresses;
mod limits;
mod security;
mod strange;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

fn settings(server: &SmtpServer) -> SmtpRelay {
    // Generous, for a busy machine; tests of silence set their own.
    SmtpRelay { command_timeout: Duration::from_secs(10), ..SmtpRelay::new("127.0.0.1", server.port()) }
}

fn open(settings: SmtpRelay) -> Box<dyn Transport> {
    open_transport(TransportSettings::Smtp(settings)).expect("the settings are sound")
}

fn mail_to(to: &str) -> OutgoingMail {
    let sender = Sender::parse("no-reply@app.example", None).expect("it is an address");
    let rendered = Rendered { subject: "Hello".into(), text: ".dots\n..\nend".into(), html: None };
    build_mail(&sender, to, &rendered, "row-1", NOW).expect("it can be written")
}

fn mail() -> OutgoingMail {
    mail_to("ann@mail.example")
}

fn login() -> Option<(String, String)> {
    Some(("robot@app.example".into(), "sesame".into()))
}

fn credentials(password: &str) -> Option<SmtpCredentials> {
    Some(SmtpCredentials { username: "robot@app.example".into(), password: Secret::new(password) })
}

fn certificate_file() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), ROOT_CERTIFICATE).expect("it can be written");
    file
}

/// Sends one mail to a server that does `act` at `stage`.
async fn outcome(stage: Stage, act: Act) -> DeliveryError {
    let certificate = certificate_file();
    let offer = match stage {
        Stage::StartTls => Offer { starttls: true, ..Offer::default() },
        Stage::Auth => Offer { login: login(), ..Offer::default() },
        _ => Offer::default(),
    };
    let server = SmtpServer::offering(offer);
    let mut settings = settings(&server);
    match stage {
        Stage::StartTls => {
            settings.tls = SmtpTls::StartTls;
            settings.tls_ca_file = Some(certificate.path().into());
        }
        Stage::Auth => settings.credentials = credentials("sesame"),
        _ => {}
    }
    if matches!(act, Act::Hang) {
        settings.command_timeout = Duration::from_millis(300);
        settings.data_timeout = Duration::from_millis(300);
        settings.end_of_data_timeout = Duration::from_millis(300);
    }
    server.always(stage, act.clone());
    let error = open(settings).send(&mail()).await.expect_err(&format!("{stage:?} {act:?}"));
    assert_eq!(server.received().len(), 0, "{stage:?} {act:?}");
    error
}

#[tokio::test]
async fn a_5xx_to_the_recipient_refuses_the_mail_and_all_else_delays_it() {
    const ABOUT_US: [Stage; 5] = [Stage::Greeting, Stage::Ehlo, Stage::StartTls, Stage::Auth, Stage::MailFrom];
    const ABOUT_THE_RECIPIENT: [Stage; 3] = [Stage::RcptTo, Stage::Data, Stage::EndOfData];
    let acts = [
        (Act::reply("450 4.2.0 later"), Some(450)),
        (Act::reply("421 4.3.2 going down"), Some(421)),
        (Act::reply("550 5.1.1 never"), Some(550)),
        (Act::Hang, None),
        (Act::Drop, None),
    ];
    let cases = ABOUT_US.into_iter().chain(ABOUT_THE_RECIPIENT).flat_map(|stage| {
        acts.iter().map(move |(act, code)| async move {
            let error = outcome(stage, act.clone()).await;
            let refused = *code == Some(550) && ABOUT_THE_RECIPIENT.contains(&stage);
            let fault = if refused { DeliveryFault::Refused } else { DeliveryFault::Delayed };
            assert_eq!((error.fault(), error.code()), (fault, *code), "{stage:?} {act:?}: {error}");
            let about_us = *code == Some(550) && !refused;
            assert_eq!(error.is_about_the_sender(), about_us, "{stage:?} {act:?}: {error}");
            assert!(code.is_none_or(|code| error.reason().contains(&code.to_string())), "{error}");
        })
    });
    join_all(cases).await;
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_rendered() {
    let server = SmtpServer::start();
    let url = "https://app.example/verify/?user_id=1&timestamp=2&signature=3";
    let context = MailContext {
        app_name: "Tea & Co".into(),
        user: MailUser {
            username: "ann".into(),
            first_name: "Ann".into(),
            last_name: String::new(),
            email: "ann@mail.example".into(),
        },
        email: "ann@mail.example".into(),
        link: Some(MailLink { verification_url: url.into(), ..MailLink::sample() }),
        provider: None,
    };
    let templates = Templates::load(None).expect("the built-in templates are sound");
    let rendered = templates.render(MailKind::VerifyRegistration, &context).expect("they render");
    let sender = Sender::parse("Tea & Co <no-reply@app.example>", None).expect("it is an address");
    let mail = build_mail(&sender, &context.email, &rendered, "row-1", NOW).expect("it can be written");

    open(settings(&server)).send(&mail).await.expect("the server is well");

    let received = &server.wait_for(1).await[0];
    assert_eq!(
        (received.from.as_str(), received.to.as_slice()),
        ("no-reply@app.example", &["ann@mail.example".to_owned()][..])
    );
    assert_eq!((received.parameters.as_str(), received.encrypted, &received.user), ("", false, &None));
    let parsed = mailparse::parse_mail(&received.data).expect("it is a mail");
    assert_eq!(parsed.headers.get_first_value("Subject").as_deref(), Some("Please verify your account at Tea & Co"));
    assert_eq!(parsed.headers.get_first_value("Message-ID").as_deref(), Some("<row-1@app.example>"));
    let text = parsed.subparts[0].get_body().expect("it decodes").replace("\r\n", "\n");
    assert!(text.contains(&format!("by clicking on this link:\n\n{url}\n\n")), "{text}");
    assert!(parsed.subparts[1].get_body().expect("it decodes").contains("Tea &amp; Co"));
}

#[tokio::test]
async fn lines_that_begin_with_a_dot_survive() {
    let server = SmtpServer::start();
    open(settings(&server)).send(&mail()).await.expect("the server is well");
    let data = server.received()[0].data.clone();
    let parsed = mailparse::parse_mail(&data).expect("it is a mail");
    assert_eq!(parsed.get_body().expect("it decodes").trim_end(), ".dots\r\n..\r\nend");
}

#[tokio::test]
async fn an_international_mailbox_needs_a_server_that_can() {
    let mail = mail_to("jörg@bücher.example");
    let able = SmtpServer::start();
    open(settings(&able)).send(&mail).await.expect("the server offers SMTPUTF8");
    let received = &able.received()[0];
    assert_eq!(received.to, ["jörg@xn--bcher-kva.example"]);
    assert_eq!(received.parameters, "SMTPUTF8 BODY=8BITMIME");

    let unable = SmtpServer::offering(Offer { smtputf8: false, ..Offer::default() });
    let error = open(settings(&unable)).send(&mail).await.expect_err("the server does not");
    assert_eq!((error.fault(), error.code()), (DeliveryFault::Refused, None));
    assert!(error.reason().contains("SMTPUTF8"), "{error}");
    assert_eq!(unable.received().len(), 0);
}

#[tokio::test]
async fn an_international_sender_is_no_fault_of_the_mails() {
    let sender = Sender::parse("büro@app.example", None).expect("it is an address");
    let rendered = Rendered { subject: "Hello".into(), text: "there".into(), html: None };
    let mail = build_mail(&sender, "ann@mail.example", &rendered, "row-1", NOW).expect("it can be written");
    let server = SmtpServer::offering(Offer { smtputf8: false, ..Offer::default() });
    let error = open(settings(&server)).send(&mail).await.expect_err("the server does not offer SMTPUTF8");
    assert_eq!(error.fault(), DeliveryFault::Delayed);
}

#[tokio::test]
async fn an_international_domain_needs_no_special_server() {
    let server = SmtpServer::offering(Offer { smtputf8: false, ..Offer::default() });
    open(settings(&server)).send(&mail_to("ann@bücher.example")).await.expect("the domain travels in ASCII");
    assert_eq!(server.received()[0].to, ["ann@xn--bcher-kva.example"]);
}

#[tokio::test]
async fn no_mail_takes_longer_than_the_settings_allow() {
    let server = SmtpServer::start();
    server.always(Stage::Data, Act::Hang);
    let patient = SmtpRelay {
        command_timeout: Duration::from_secs(600),
        send_timeout: Duration::from_millis(300),
        ..settings(&server)
    };
    let error = open(patient).send(&mail()).await.expect_err("the server says nothing");
    assert_eq!((error.fault(), error.code()), (DeliveryFault::Delayed, None));
    assert_eq!(error.reason(), "sending took longer than 300 ms");
}

#[tokio::test]
async fn a_server_that_is_not_there_delays_the_mail() {
    let server = SmtpServer::start();
    let settings = settings(&server);
    drop(server);
    let error = open(settings).send(&mail()).await.expect_err("nobody listens");
    assert_eq!((error.fault(), error.code()), (DeliveryFault::Delayed, None));
}

#[tokio::test]
async fn mails_share_a_connection_even_after_one_was_refused() {
    let server = SmtpServer::start();
    server.always_to("bob@mail.example", Act::reply("550 5.1.1 no such user"));
    let transport = open(settings(&server));
    transport.send(&mail()).await.expect("the server is well");
    transport.send(&mail_to("bob@mail.example")).await.expect_err("there is no such user");
    transport.send(&mail()).await.expect("the server is well");
    let connections: Vec<usize> = server.received().iter().map(|mail| mail.connection).collect();
    assert_eq!(connections, [1, 1]);
}

#[tokio::test]
async fn a_connection_that_died_meanwhile_is_replaced() {
    let server = SmtpServer::start();
    let transport = open(settings(&server));
    transport.send(&mail()).await.expect("the server is well");
    server.hang_up();
    transport.send(&mail()).await.expect("a new connection is opened");
    server.next(Stage::EndOfData, Act::AcceptThenDrop);
    transport.send(&mail()).await.expect("the mail was taken");
    transport.send(&mail()).await.expect("a new connection is opened");
    transport.rest().await;
    transport.send(&mail()).await.expect("a new connection is opened");
    assert_eq!((server.received().len(), server.connections()), (5, 4));
}

#[tokio::test]
async fn no_more_connections_are_opened_than_the_settings_allow() {
    let server = SmtpServer::start();
    let transport = open(SmtpRelay { pool_size: NonZeroUsize::MIN, ..settings(&server) });
    let mail = mail();
    let outcomes = join_all((0..5).map(|_| transport.send(&mail))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!((server.received().len(), server.connections()), (5, 1));
}

#[tokio::test]
async fn a_reason_repeats_neither_the_address_nor_a_link() {
    let server = SmtpServer::start();
    server.always(Stage::RcptTo, Act::reply("550 5.1.1 <ann@mail.example>: see https://help.example/x?user=ann"));
    let error = open(settings(&server)).send(&mail()).await.expect_err("there is no such user");
    assert_eq!(error.reason(), "RCPT TO: 550 5.1.1 (address) see (link)");
    assert!(!format!("{error:?}").contains("mail.example"));
}
