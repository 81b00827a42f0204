//! `/healthz` and `/readyz`.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn a_process_that_answers_is_alive() {
    let app = TestApp::start().await;
    app.get("/healthz").await.expect_detail(200, "alive");
}

#[tokio::test]
async fn readiness_tells_how_long_the_oldest_mail_has_been_due() {
    let app = TestApp::start().await;
    let ready = |seconds: u64| json!({ "ready": true, "database": "ok", "migrations": "complete", "oldest_due_mail_seconds": seconds });
    assert_eq!(app.get("/readyz").await.expect(200), ready(0));

    app.registered("ann").await;
    app.advance(90);
    assert_eq!(app.get("/readyz").await.expect(200), ready(90));

    app.deliver().await;
    assert_eq!(app.get("/readyz").await.expect(200), ready(0));
}

#[tokio::test]
async fn a_process_stays_ready_when_a_newer_one_has_migrated() {
    let app = TestApp::start().await;
    app.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
    app.get("/readyz").await.expect(200);
}

#[tokio::test]
async fn a_process_is_not_ready_while_a_migration_is_missing() {
    let app = TestApp::start().await;
    app.execute("DELETE FROM __diesel_schema_migrations WHERE version = '20261122000002'");
    assert_eq!(app.get("/readyz").await.expect(503)["migrations"], "pending");
}

#[tokio::test]
async fn who_asks_without_wanting_the_answer_is_told_the_status() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz"] {
        let answer = app.send(app.request("HEAD", path)).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{path}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    app.execute("DELETE FROM __diesel_schema_migrations WHERE version = '20261122000002'");
    assert_eq!(app.send(app.request("HEAD", "/readyz")).await.status, 503);
    assert_eq!(app.send(app.request("HEAD", "/healthz")).await.status, 200);
}
