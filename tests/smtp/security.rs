//! Logins and encryption on the way to a mail server.

use std::path::Path;

use super::*;

#[tokio::test]
async fn a_login_is_given_where_the_settings_have_one() {
    let server = SmtpServer::offering(Offer { login: login(), ..Offer::default() });
    open(SmtpRelay { credentials: credentials("sesame"), ..settings(&server) })
        .send(&mail())
        .await
        .expect("it is let in");
    assert_eq!(server.received()[0].user.as_deref(), Some("robot@app.example"));
}

#[tokio::test]
async fn a_wrong_or_missing_login_is_our_fault_and_not_the_mails() {
    let server = SmtpServer::offering(Offer { login: login(), ..Offer::default() });
    for (password, code) in [(Some("wrong"), 535), (None, 530)] {
        let settings = SmtpRelay { credentials: password.and_then(credentials), ..settings(&server) };
        let error = open(settings).send(&mail()).await.expect_err("the server wants a login");
        assert_eq!((error.fault(), error.code()), (DeliveryFault::Delayed, Some(code)));
    }
    let open_server = SmtpServer::start();
    let settings = SmtpRelay { credentials: credentials("sesame"), ..settings(&open_server) };
    let error = open(settings).send(&mail()).await.expect_err("the server knows no AUTH");
    assert_eq!((error.fault(), error.code()), (DeliveryFault::Delayed, None));
}

#[tokio::test]
async fn mails_are_encrypted_where_the_settings_say_so() {
    let certificate = certificate_file();
    for (tls, offer) in [
        (SmtpTls::StartTls, Offer { starttls: true, ..Offer::default() }),
        (SmtpTls::Implicit, Offer { implicit_tls: true, ..Offer::default() }),
    ] {
        let server = SmtpServer::offering(offer);
        let trusting = SmtpRelay {
            host: "localhost".into(),
            tls,
            tls_ca_file: Some(certificate.path().into()),
            ..settings(&server)
        };
        open(trusting.clone()).send(&mail()).await.expect("the root is trusted");
        assert!(server.received()[0].encrypted);

        for faulty in
            [SmtpRelay { tls_ca_file: None, ..trusting.clone() }, SmtpRelay { host: "127.0.0.1".into(), ..trusting }]
        {
            let error = open(faulty).send(&mail()).await.expect_err("the certificate is not to be believed");
            assert_eq!((error.fault(), error.code()), (DeliveryFault::Delayed, None));
        }
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_neither_login_nor_mail() {
    let server = SmtpServer::offering(Offer { login: login(), ..Offer::default() });
    let settings = SmtpRelay { tls: SmtpTls::StartTls, credentials: credentials("sesame"), ..settings(&server) };
    let error = open(settings).send(&mail()).await.expect_err("encryption is wanted");
    assert_eq!(error.fault(), DeliveryFault::Delayed);
    assert!(error.reason().contains("STARTTLS"), "{error}");
}

#[test]
fn a_certificate_file_that_holds_none_is_told_at_start() {
    for path in [Path::new("no/such.pem"), Path::new("Cargo.toml")] {
        let mut settings = SmtpRelay::new("localhost", 465);
        (settings.tls, settings.tls_ca_file) = (SmtpTls::Implicit, Some(path.into()));
        let error = open_transport(TransportSettings::Smtp(settings)).expect_err("there is no certificate");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
}

#[tokio::test]
async fn a_check_connects_and_logs_in_but_sends_nothing() {
    let server = SmtpServer::offering(Offer { login: login(), ..Offer::default() });
    let with = |password| SmtpRelay { credentials: credentials(password), ..settings(&server) };
    open(with("sesame")).check().await.expect("the login is right");
    let error = open(with("wrong")).check().await.expect_err("the login is wrong");
    assert_eq!(error.code(), Some(535));
    assert_eq!(server.received().len(), 0);
}

/// Why a check of this server fails.
async fn found(relay: SmtpRelay) -> String {
    let error = open(relay).check().await.expect_err("it is set up wrong");
    assert!(error.reason().chars().count() < 200 && !error.reason().contains("error:"), "{error}");
    error.reason().to_owned()
}

#[tokio::test]
async fn mistakes_about_tls_are_told_with_what_to_do() {
    use SmtpTls::{Implicit, StartTls};
    let certificate = certificate_file();
    let trusted = Some(certificate.path().to_owned());
    let plain = SmtpServer::start();
    let starting = SmtpServer::offering(Offer { starttls: true, ..Offer::default() });
    let encrypted = SmtpServer::offering(Offer { implicit_tls: true, ..Offer::default() });
    for (server, tls, host, ca_file, told) in [
        (
            &encrypted,
            Implicit,
            "localhost",
            None,
            ["TLS: ", "is not trusted (", "name its root in `mail.smtp.ca_file`"],
        ),
        (&starting, StartTls, "localhost", None, ["STARTTLS: ", "is not trusted (", "`mail.smtp.ca_file`"]),
        (&encrypted, Implicit, "127.0.0.1", trusted.clone(), ["TLS: ", "is not for 127.0.0.1", "`mail.smtp.host`"]),
        (&starting, StartTls, "127.0.0.1", trusted.clone(), ["STARTTLS: ", "is not for 127.0.0.1", "`mail.smtp.host`"]),
        (&plain, Implicit, "localhost", None, ["TLS: ", "does not begin with TLS", "`mail.smtp.tls` to \"starttls\""]),
        (&plain, StartTls, "localhost", None, ["STARTTLS: ", "does not offer it", "`mail.smtp.port`"]),
    ] {
        let relay = SmtpRelay { host: host.into(), tls, tls_ca_file: ca_file, ..settings(server) };
        let reason = found(relay).await;
        assert!(told.iter().all(|part| reason.contains(part)), "{tls:?} {host}: {reason}");
    }
}

#[tokio::test]
async fn a_silent_server_is_told_with_its_step() {
    let short = Duration::from_millis(300);
    let encrypted = SmtpServer::offering(Offer { implicit_tls: true, ..Offer::default() });
    let relay = SmtpRelay { tls: SmtpTls::StartTls, command_timeout: short, ..settings(&encrypted) };
    let reason = found(relay).await;
    assert!(reason.starts_with("greeting: no answer within 300 ms; ") && reason.contains("\"implicit\""), "{reason}");

    let (listener, tls) = (std::net::TcpListener::bind("127.0.0.1:0").expect("a free port"), SmtpTls::Implicit);
    let port = listener.local_addr().expect("it is bound").port();
    let reason = found(SmtpRelay { tls, command_timeout: short, ..SmtpRelay::new("127.0.0.1", port) }).await;
    assert!(reason.starts_with("TLS: no answer within 300 ms; see `mail.smtp.port`"), "{reason}");

    let silent = SmtpServer::start();
    silent.always(Stage::Ehlo, Act::Hang);
    let reason = found(SmtpRelay { command_timeout: short, ..settings(&silent) }).await;
    assert_eq!(reason, "EHLO: no answer within 300 ms");
}

#[tokio::test]
async fn a_sender_that_the_server_cannot_carry_is_found_by_a_check() {
    let unable = SmtpServer::offering(Offer { smtputf8: false, ..Offer::default() });
    for (from, reply_to, key) in
        [("büro@app.example", None, "mail.from"), ("no-reply@app.example", Some("büro@app.example"), "mail.reply_to")]
    {
        let parsed = |text: &str| countersign::settings::Mailbox::parse(text).expect("an address");
        let mut mail = countersign::Settings::defaults().mail;
        mail.transport = countersign::settings::MailTransport::Smtp;
        (mail.from, mail.reply_to) = (parsed(from), reply_to.map(parsed));
        let TransportSettings::Smtp(relay) = TransportSettings::from(&mail) else { panic!("it is a mail server") };
        let of = |server| SmtpRelay { international_sender: relay.international_sender, ..settings(server) };
        let reason = found(of(&unable)).await;
        assert!(reason.contains(&format!("`{key}`")) && reason.contains("SMTPUTF8"), "{reason}");
        open(of(&SmtpServer::start())).check().await.expect("this one can");

        let sender = Sender::parse(from, reply_to).expect("addresses");
        let rendered = Rendered { subject: "Hello".into(), text: "there".into(), html: None };
        let mail = build_mail(&sender, "ann@mail.example", &rendered, "row-1", NOW).expect("it can be written");
        let error = open(settings(&unable)).send(&mail).await.expect_err("the server cannot carry it");
        assert_eq!((error.fault(), error.is_about_the_sender()), (DeliveryFault::Delayed, true));
        assert!(error.reason().contains(&format!("`{key}`")), "{error}");
    }
}

#[test]
fn a_certificate_file_in_another_form_is_told_with_the_command_that_converts_it() {
    let damaged = ROOT_CERTIFICATE.replace("MIIB", "MIIX");
    for (content, told) in [
        (&b"\x30\x82\x01\x86\x30\xff"[..], "`openssl x509 -inform der -in FILE -out FILE.pem`"),
        (&b"-----BEGIN PUBLIC KEY-----"[..], "`-----BEGIN CERTIFICATE-----`"),
        (damaged.as_bytes(), "certificate 1 in it is damaged"),
    ] {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), content).expect("it can be written");
        let mut settings = SmtpRelay::new("localhost", 465);
        (settings.tls, settings.tls_ca_file) = (SmtpTls::Implicit, Some(file.path().into()));
        let error = open_transport(TransportSettings::Smtp(settings)).expect_err("it is of no use").to_string();
        assert!(error.contains(told) && !error.contains("UTF-8"), "{error}");
    }
}
