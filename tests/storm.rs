//! Everything at once, from two processes on one database: nothing breaks, nothing is lost, nothing happens twice.

use std::collections::BTreeMap;

use countersign::identity::EmailAddress;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::smtp_server::SmtpServer;
use crate::support::{Answer, Link, Mail, TestApp};

/// Few addresses and names for many people, so that they meet.
fn registration(number: usize) -> (String, String) {
    let name = format!("user{}", number % 70);
    let email = format!("Person{}@mail.example", number % 9);
    (if number.is_multiple_of(2) { name } else { name.to_uppercase() }, email)
}

/// How often a request is sent that is answered "busy".
const TRIES: usize = 4;

/// Sends a request again that is answered 503, as the answer tells clients to: on PostgreSQL, transactions that collide
/// too often give up.
async fn unless_busy(mut request: impl AsyncFnMut() -> Answer) -> Answer {
    for _ in 1..TRIES {
        let answer = request().await;
        if answer.status != 503 {
            return answer;
        }
        assert_eq!(answer.header("retry-after"), Some("1"), "{answer:?}");
    }
    request().await
}

#[track_caller]
fn assert_no_server_errors(answers: &[Answer]) {
    for answer in answers {
        assert!([200, 201, 400].contains(&answer.status), "{answer:?}");
    }
}

async fn register_all(apps: [&TestApp; 2], range: std::ops::Range<usize>) -> Vec<Answer> {
    join_all(range.map(|number| async move {
        let (name, email) = registration(number);
        unless_busy(async || apps[number % 2].register(&name, json!({ "email": email })).await).await
    }))
    .await
}

#[tokio::test]
async fn a_storm_of_registrations_and_verifications_leaves_everything_in_order() {
    let server = SmtpServer::start();
    let smtp = |settings: &mut countersign::Settings| server.take_mails_of(settings);
    let one = TestApp::with(smtp).await;
    let other = one.sibling(smtp).await;
    let apps = [&one, &other];

    let first = register_all(apps, 0..140).await;
    assert_no_server_errors(&first);
    assert_eq!(first.iter().filter(|answer| answer.status == 201).count(), 70, "as many as there are names");
    tokio::join!(one.deliver(), other.deliver());
    let links = || -> Vec<Link> {
        let mails = server.received().into_iter().map(|mail| Mail::parse("", &mail.data));
        mails.filter(|mail| mail.subject == "Please verify your account at Tea & Co").map(|mail| mail.link()).collect()
    };
    let links_sent = links();
    assert_eq!(links_sent.len(), 70, "each mail once, whichever process sends it");

    let clicks = links_sent.iter().enumerate().flat_map(|(number, link)| [(number, link), (number + 1, link)]);
    let verify = join_all(
        clicks.map(|(number, link)| async move { unless_busy(async || apps[number % 2].verify(link).await).await }),
    );
    let resend = join_all((0..40).map(|number| async move {
        unless_busy(async || apps[number % 2].resend(&registration(number).1).await).await
    }));
    let register = async {
        join_all((200..260).map(|number| async move {
            let email = registration(number).1;
            let name = format!("late{number}");
            unless_busy(async || apps[number % 2].register(&name, json!({ "email": email })).await).await
        }))
        .await
    };
    let (verified, resent, late, ..) = tokio::join!(verify, resend, register, one.deliver(), other.deliver());
    for answers in [&verified, &resent, &late] {
        assert_no_server_errors(answers);
    }
    assert!(late.iter().all(|answer| answer.status == 201), "concealed or not");
    assert_eq!(verified.iter().filter(|answer| answer.status == 200).count(), 18, "nine owners, two clicks each");

    tokio::join!(one.deliver(), other.deliver());
    let mut owners = BTreeMap::new();
    for user in one.users().await.into_iter().filter(|user| user.verified_at.is_some()) {
        let email = EmailAddress::from_stored(user.email.expect("everybody has one"));
        *owners.entry(email.key()).or_insert(0) += 1;
    }
    assert_eq!(owners.len(), 9);
    assert!(owners.values().all(|count| *count == 1), "{owners:?}");
    assert_eq!(one.rows().await.1, 0, "no mail is left behind");
    let mut ids: Vec<_> = server
        .received()
        .iter()
        .map(|mail| Mail::parse("", &mail.data).header("Message-ID").map(str::to_owned))
        .collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "no mail was sent twice");
}
