//! When it is not the request's fault: a fixed sentence, and nothing of what went on inside.

use std::num::NonZeroUsize;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;

const SERVER_ERROR: &str = "A server error occurred. Please try again later.";

#[tokio::test]
async fn a_broken_database_is_told_to_the_log_and_not_to_the_client() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    let link = app.link().await;
    app.execute("DROP TABLE outbox");

    let answers = [app.register("bob", json!({})).await, app.resend("ann@mail.example").await];
    for answer in &answers {
        answer.expect_detail(500, SERVER_ERROR);
        let shown = format!("{answer:?}").to_lowercase();
        for inner in ["outbox", "table", "sql", "diesel", "database"] {
            assert!(!shown.contains(inner), "{inner}: {shown}");
        }
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert!(answer.header("x-request-id").is_some());
    }
    assert_eq!(app.users().await.len(), 1, "no user without the mail");
    app.verify(&link).await.expect(200);

    let request = app.request("POST", paths::RESEND_VERIFICATION).header("accept", "application/problem+json");
    let problem = app.send(request.json(&json!({ "email": "ann@mail.example" }))).await.expect(500);
    let expected = json!({
        "type": "about:blank", "title": "Internal Server Error", "status": 500, "detail": SERVER_ERROR,
        "code": "server_error",
    });
    assert_eq!(problem, expected);
}

#[tokio::test]
async fn a_process_without_its_tables_is_alive_but_not_ready() {
    let app = TestApp::start().await;
    app.execute("DROP TABLE outbox");
    let readiness = app.get("/readyz").await.expect(503);
    assert_eq!((&readiness["ready"], &readiness["database"]), (&json!(false), &json!("unavailable")));
    app.get("/healthz").await.expect_detail(200, "alive");
}

#[tokio::test]
async fn when_more_hashes_wait_than_the_queue_holds_clients_are_asked_to_come_back() {
    let app = TestApp::with(|settings| {
        settings.passwords.threads = NonZeroUsize::MIN;
        settings.passwords.queue = NonZeroUsize::MIN;
        // Long enough that the thread is still at the first hash when the last request comes.
        settings.passwords.memory_kib = 19_456;
        settings.passwords.passes = 8;
    })
    .await;
    let names: Vec<String> = (0..24).map(|number| format!("user{number}")).collect();
    let answers = join_all(names.iter().map(|name| app.register(name, json!({})))).await;
    let (registered, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert!(!registered.is_empty() && !refused.is_empty(), "{} {}", registered.len(), refused.len());
    for answer in refused {
        answer.expect_detail(503, "The server is busy. Please try again later.");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    assert_eq!(app.rows().await, (registered.len(), registered.len()));
    app.registered("afterwards").await;
}

#[tokio::test]
async fn when_more_writes_wait_than_the_queue_holds_clients_are_asked_to_come_back() {
    let app = TestApp::with(|settings| settings.database.queue = NonZeroUsize::MIN).await;
    let mut lock = Some(app.hold_writes());
    let mut answers: FuturesUnordered<_> = (0..16).map(|_| app.resend("ann@mail.example")).collect();
    let (mut taken, mut refused) = (0, 0);
    while let Some(answer) = answers.next().await {
        if answer.status == 503 {
            answer.expect_detail(503, "The server is busy. Please try again later.");
            assert_eq!(answer.header("retry-after"), Some("1"));
            refused += 1;
            lock = None;
        } else {
            assert!(lock.is_none(), "nothing can be written yet");
            answer.expect(200);
            taken += 1;
        }
    }
    assert!(taken > 0 && refused > 0, "{taken} {refused}");
    assert_eq!(app.rows().await, (0, taken));
}

#[tokio::test]
async fn what_is_still_waiting_when_the_server_stops_is_in_the_database_or_not_answered() {
    let app = TestApp::start().await;
    let survivor = app.sibling(|_| {}).await;
    app.registered("ann").await;
    drop(app);
    assert_eq!(survivor.rows().await, (1, 1));
    assert_eq!(survivor.mail().await.to, "ann@mail.example");
}
