//! What every answer carries.

use serde_json::json;

use crate::support::accounts::paths;
use crate::support::{Answer, TestApp};

/// One answer of each kind.
async fn answers(app: &TestApp) -> Vec<Answer> {
    let mut answers = vec![
        app.register("ann", json!({})).await,
        app.register("bob", json!({ "password": "x" })).await,
        app.post_bytes(paths::REGISTER, "application/json", "{").await,
        app.post_bytes(paths::REGISTER, "text/plain", "{").await,
        app.post_bytes(paths::REGISTER, "application/json", vec![b' '; 65_537]).await,
        app.send(app.request("POST", paths::REGISTER).header("accept", "text/html")).await,
    ];
    for path in [paths::REGISTER, "nothing/", "/nothing", "/healthz", "/readyz"] {
        answers.push(app.get(path).await);
        answers.push(app.send(app.request("OPTIONS", path)).await);
    }
    answers
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let app = TestApp::start().await;
    for answer in answers(&app).await {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name}: {answer:?}");
        }
        assert_eq!(answer.header("server"), None);
        assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
        answer.json();
    }
}

#[tokio::test]
async fn an_answer_has_the_id_its_request_came_with() {
    let app = TestApp::start().await;
    let longest = "x".repeat(128);
    for id in ["a", "0198c0de-7b3a.trace_1", longest.as_str()] {
        for path in [paths::REGISTER, "nothing", "/healthz"] {
            let answer = app.send(app.request("GET", path).header("x-request-id", id)).await;
            assert_eq!(answer.header("x-request-id"), Some(id));
        }
    }
}

#[tokio::test]
async fn a_missing_or_unfit_id_is_replaced_by_one_of_our_own() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for answer in answers(&app).await {
        ids.push(answer.header("x-request-id").expect("an id").to_owned());
    }
    let too_long = "x".repeat(129);
    for unfit in [&b""[..], b"a b", b"a\"b", b"<script>", b"\xff\xfe", too_long.as_bytes()] {
        let answer = app.send(app.request("GET", "/healthz").header("x-request-id", unfit)).await;
        let id = answer.header("x-request-id").expect("an id");
        assert_ne!(id.as_bytes(), unfit);
        ids.push(id.to_owned());
    }
    let twice = app.request("GET", "/healthz").header("x-request-id", "one").header("x-request-id", "two");
    ids.push(app.send(twice).await.header("x-request-id").expect("an id").to_owned());

    assert!(ids.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')), "{ids:?}");
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "no two are alike");
}
