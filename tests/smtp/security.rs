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
