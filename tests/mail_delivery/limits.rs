//! Mail servers that limit their clients, and refusals that are not the recipient's.

use super::*;
use crate::support::smtp_server::Offer;

#[tokio::test]
async fn a_limit_per_connection_delays_no_mail() {
    for refusal in ["421 4.7.0 enough for one connection", "452 4.5.3 enough for one connection"] {
        let server = SmtpServer::offering(Offer { mails_each: Some((1, refusal.to_owned())), ..Offer::default() });
        let app = TestApp::with(|settings| server.take_mails_of(settings)).await;
        for name in ["ann", "bob", "cyd", "dan", "eve", "fay"] {
            app.registered(name).await;
        }
        assert_eq!(app.deliver().await, 6, "no mail is tried twice");
        assert_eq!((server.received().len(), app.rows().await), (6, (6, 0)), "{refusal}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_sender_parks_nobodys_mail() {
    for (stage, refusal) in [
        (Stage::Greeting, "554 5.7.1 your address is on a list"),
        (Stage::Ehlo, "504 5.5.2 need fully-qualified hostname"),
        (Stage::MailFrom, "550 5.4.5 daily limit"),
        (Stage::RcptTo, "504 5.5.2 <box>: Helo command rejected: need fully-qualified hostname"),
        (Stage::RcptTo, "550 5.7.1 relaying denied"),
        (Stage::Data, "554 5.7.1 not from you"),
        (Stage::EndOfData, "550 5.7.1 no DKIM signature"),
    ] {
        let server = SmtpServer::start();
        server.always(stage, Act::reply(refusal));
        let app = TestApp::with(|settings| server.take_mails_of(settings)).await;
        for name in ["ann", "bob", "cyd"] {
            app.registered(name).await;
        }
        for _ in 0..3 {
            app.deliver().await;
            app.advance(3_600);
        }
        let waiting = app.store().list_mails(10).await.expect("the database answers");
        let is_as_told =
            |mail: &OutboxEntry| mail.last_error.as_ref().is_some_and(|error| error.contains(&refusal[..9]));
        assert!(waiting.len() == 3 && waiting.iter().all(|mail| mail.parked_at.is_none()), "{refusal}: {waiting:?}");
        assert!(waiting.iter().all(is_as_told), "{refusal}: {waiting:?}");
        server.heal();
        assert_eq!(app.deliver().await, 3);
        assert_eq!((server.received().len(), app.rows().await), (3, (3, 0)), "{refusal}");
    }
}
