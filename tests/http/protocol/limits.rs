//! How much, how slowly and how often may be asked.

use countersign::clock::Seconds;
use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::limits::rate;

const TOO_LARGE: &str = "Request body is too large. At most 65536 bytes are accepted.";

fn head(path: &str, rest: &str) -> String {
    format!("POST /api/v1/accounts/{path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n{rest}\r\n\r\n")
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit_and_no_larger() {
    let app = TestApp::start().await;
    let padded = |name: &str, length: usize| {
        let body = TestApp::registration_of(name).to_string();
        let padding = " ".repeat(length - body.len());
        body + &padding
    };
    app.post_bytes(paths::REGISTER, "application/json", padded("ann", 65_536)).await.expect(201);
    let refused = app.post_bytes(paths::REGISTER, "application/json", padded("bob", 65_537)).await;
    refused.expect_detail(413, TOO_LARGE);
    assert_eq!(app.users().await.len(), 1);
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_not_waited_for() {
    let app = TestApp::start().await;
    for length in ["65537", "1000000000", "18446744073709551615"] {
        let mut connection = app.connect().await;
        connection.send(head(paths::REGISTER, &format!("content-length: {length}"))).await;
        connection.answer().await.expect("an answer").expect_detail(413, TOO_LARGE);
    }
}

#[tokio::test]
async fn a_body_of_unknown_length_is_read_up_to_the_limit() {
    let app = TestApp::start().await;
    let mut connection = app.connect().await;
    connection.send(head(paths::REGISTER, "transfer-encoding: chunked")).await;
    for _ in 0..5 {
        connection.send(format!("4000\r\n{}\r\n", " ".repeat(0x4000))).await;
    }
    connection.answer().await.expect("an answer").expect_detail(413, TOO_LARGE);

    let body = TestApp::registration_of("ann").to_string();
    let (first, second) = body.split_at(10);
    let mut connection = app.connect().await;
    connection.send(head(paths::REGISTER, "transfer-encoding: chunked")).await;
    connection.send(format!("{:x}\r\n{first}\r\n", first.len())).await;
    connection.send(format!("{:x};ext=1\r\n{second}\r\n0\r\n\r\n", second.len())).await;
    connection.answer().await.expect("an answer").expect(201);
}

#[tokio::test]
async fn who_sends_too_slowly_is_cut_off() {
    let app = TestApp::with(|settings| settings.server.request_timeout = Seconds::new(1)).await;
    let (mut body, mut header, mut silent) = (app.connect().await, app.connect().await, app.connect().await);
    body.send(head(paths::REGISTER, "content-length: 100") + "{\"username\"").await;
    header.send("POST /api/v1/accounts/register/ HTTP/1.1\r\nhost:").await;
    silent.send("").await;

    let answer = body.answer().await.expect("an answer");
    answer.expect_detail(408, "The request body did not arrive in time.");
    assert!(body.answer().await.is_none(), "and the connection is closed");
    for connection in [&mut header, &mut silent] {
        assert!(connection.answer().await.is_none_or(|answer| answer.status == 408));
        assert!(connection.answer().await.is_none());
    }
    assert_eq!(app.rows().await, (0, 0));
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let app = TestApp::with(|settings| {
        settings.throttle.enabled = true;
        settings.throttle.register = rate(1, 3);
        settings.throttle.resend_verification = rate(1, 1);
    })
    .await;
    for (name, status) in [("ann", 201), ("ann", 400), ("bob", 201)] {
        app.register(name, json!({})).await.expect(status);
    }
    let refused = app.register("cyd", json!({})).await;
    let wait: u64 = refused.header("retry-after").expect("when to come back").parse().expect("seconds");
    assert!((3_500..=3_601).contains(&wait), "{wait}");
    refused.expect_detail(429, &format!("Request was throttled. Expected available in {wait} seconds."));

    app.resend("ann@mail.example").await.expect(200);
    let refused = app.resend("ann@mail.example").await;
    assert_eq!((refused.status, refused.header("retry-after").is_some()), (429, true));
    let forwarded = app.request("POST", paths::RESEND_VERIFICATION).header("x-forwarded-for", "192.0.2.7");
    let forwarded = app.send(forwarded.json(&json!({ "email": "ann@mail.example" }))).await;
    assert_eq!(forwarded.status, 429, "a header that anybody can send is no proof");
    assert_eq!(app.rows().await, (2, 3));

    let claim = json!({ "user_id": "1", "timestamp": 1, "signature": "x" });
    for _ in 0..50 {
        app.post_json(paths::VERIFY_REGISTRATION, &claim).await.expect(400);
    }
}
