//! Metrics for Prometheus: what is counted, and that what is written is well formed and tells nothing of users.

mod exposition;

use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use countersign::internals::{MetricsListening, listen_for_metrics};
use serde_json::json;

use crate::support::TestApp;
use crate::support::test_app::PASSWORD;
use exposition::Exposition;

/// The listener for Prometheus of an application under test. It stops when this is dropped.
struct Prometheus {
    url: String,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Prometheus {
    fn of(app: &TestApp) -> Self {
        let listening = listen_for_metrics(app.countersign()).expect("there are free ports");
        let MetricsListening { addresses, server } = listening.expect("metrics are on");
        let handle = server.handle();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(server).expect("the server ends when it is told to");
        });
        Self { url: format!("http://{}/metrics", addresses[0]), server: handle, thread: Some(thread) }
    }

    async fn read(&self) -> Exposition {
        let answer = reqwest::get(&self.url).await.expect("it answers");
        assert_eq!(answer.status(), 200);
        let media_type = answer.headers()["content-type"].to_str().expect("it is ASCII").to_owned();
        assert_eq!(media_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
        Exposition::parse(&answer.text().await.expect("it is text"))
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn start() -> (TestApp, Prometheus) {
    let app = TestApp::with(|settings| settings.metrics.bind = "127.0.0.1:0".parse().ok()).await;
    let prometheus = Prometheus::of(&app);
    (app, prometheus)
}

#[tokio::test]
async fn requests_are_counted_by_contract_template_method_and_class_and_timed() {
    let (app, prometheus) = start().await;
    let ann = app.verified("ann").await;
    app.log_in("ann", PASSWORD).await.expect(200);
    app.log_in("ann", "wrong").await.expect(400);
    app.log_in(&ann.email, "wrong").await.expect(400);

    let seen = prometheus.read().await;
    let login = [("contract", "accounts"), ("endpoint", "/api/v1/accounts/login/"), ("method", "POST")];
    let with = |status| [&login[..], &[("status", status)]].concat();
    assert_eq!(seen.value("countersign_http_requests_total", &with("2xx")), Some(1.0));
    assert_eq!(seen.value("countersign_http_requests_total", &with("4xx")), Some(2.0));
    assert_eq!(seen.value("countersign_http_request_duration_seconds_count", &login), Some(3.0));
    assert!(seen.value("countersign_http_request_duration_seconds_sum", &login).expect("it is timed") > 0.0);
    let waited = seen.value("countersign_hashing_wait_seconds_count", &[]).expect("passwords were hashed");
    assert!(waited >= 4.0, "{waited}");
    assert_eq!(seen.value("countersign_hashing_queue_depth", &[]), Some(0.0));
    assert_eq!(seen.value("countersign_hashing_rejected_total", &[]), Some(0.0));
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(seen.value("countersign_build_info", &version), Some(1.0));
}

#[tokio::test]
async fn what_alerts_watch_is_zero_before_it_first_happens() {
    let (_app, prometheus) = start().await;
    let seen = prometheus.read().await;
    let events = seen.value("countersign_account_events_total", &[("event", "refresh_token_replayed")]);
    assert_eq!(events, Some(0.0));
    for outcome in ["succeeded", "wrong_password", "no_such_user"] {
        let labels = [("method", "password"), ("outcome", outcome)];
        assert_eq!(seen.value("countersign_logins_total", &labels), Some(0.0), "{outcome}");
    }
}

#[tokio::test]
async fn logins_links_and_events_are_counted_by_outcome() {
    let (app, prometheus) = start().await;
    app.registered("ann").await;
    let link = app.link().await;
    let mut forged = link.clone();
    forged.signature = "0".repeat(64);
    app.verify(&forged).await.expect(400);
    app.verify(&link).await.expect(200);
    app.verify(&link).await;
    app.registered("bob").await;
    let late = app.link().await;
    app.advance(30 * 86_400);
    app.verify(&late).await.expect(400);
    app.log_in("ann", "wrong").await.expect(400);
    app.log_in("nobody", "wrong").await.expect(400);
    app.log_in("ann", PASSWORD).await.expect(200);

    let seen = prometheus.read().await;
    let links = |outcome| {
        seen.value(
            "countersign_links_followed_total",
            &[("purpose", "verify-registration"), ("system", "countersign"), ("outcome", outcome)],
        )
    };
    assert_eq!((links("verified"), links("invalid"), links("used")), (Some(1.0), Some(1.0), Some(1.0)));
    assert_eq!((links("expired"), links("refused")), (Some(1.0), None));
    let logins = |outcome| seen.value("countersign_logins_total", &[("method", "password"), ("outcome", outcome)]);
    assert_eq!(logins("succeeded"), Some(1.0));
    assert_eq!((logins("wrong_password"), logins("no_such_user")), (Some(1.0), Some(1.0)));
    let events = |event| seen.value("countersign_account_events_total", &[("event", event)]);
    assert_eq!((events("registered"), events("activated"), events("login_failed")), (Some(2.0), Some(1.0), Some(2.0)));
}

#[tokio::test]
async fn mails_and_the_outbox_are_seen() {
    let (app, prometheus) = start().await;
    app.registered("ann").await;
    app.registered("bob").await;
    app.advance(90);
    let seen = prometheus.read().await;
    assert_eq!(seen.value("countersign_outbox_waiting_mails", &[]), Some(2.0));
    assert_eq!(seen.value("countersign_outbox_oldest_due_seconds", &[]), Some(90.0));
    assert_eq!(seen.value("countersign_database_up", &[]), Some(1.0));

    app.execute("UPDATE outbox SET parked_at = 1700000000, last_error = 'x' WHERE user_id IN (SELECT id FROM users WHERE username = 'bob')");
    app.deliver().await;
    let seen = prometheus.read().await;
    assert_eq!(seen.value("countersign_outbox_waiting_mails", &[]), Some(0.0));
    assert_eq!(seen.value("countersign_outbox_parked_mails", &[]), Some(1.0));
    assert_eq!(seen.value("countersign_outbox_oldest_due_seconds", &[]), Some(0.0));
    let sent = [("kind", "verify-registration"), ("outcome", "sent")];
    assert_eq!(seen.value("countersign_mails_total", &sent), Some(1.0));
}

#[tokio::test]
async fn throttled_requests_are_counted_by_endpoint() {
    let app = TestApp::with(|settings| {
        settings.metrics.bind = "127.0.0.1:0".parse().ok();
        settings.throttle.enabled = true;
        settings.throttle.login.burst = std::num::NonZeroU32::MIN;
    })
    .await;
    let prometheus = Prometheus::of(&app);
    app.log_in("ann", "wrong").await.expect(400);
    app.log_in("ann", "wrong").await.expect(429);
    let endpoint = [("contract", "accounts"), ("endpoint", "/api/v1/accounts/login/")];
    assert_eq!(prometheus.read().await.value("countersign_http_requests_throttled_total", &endpoint), Some(1.0));
}

#[tokio::test]
async fn nothing_that_a_client_sends_becomes_a_label() {
    let (app, prometheus) = start().await;
    app.registered("secretive-ann").await;
    app.log_in("secretive-ann", PASSWORD).await;
    let client = reqwest::Client::new();
    let url = prometheus.url.replace("/metrics", "/secretive-path");
    assert_eq!(client.get(url).send().await.expect("it answers").status(), 404);
    app.get("secretive-endpoint/").await.expect(404);
    let odd = reqwest::Method::from_bytes(b"SECRETIVE").expect("a method");
    client.request(odd, app.url("login/")).send().await.expect("it answers");
    let text = app.countersign().metrics_text().await.expect("metrics are on");
    assert!(!text.to_lowercase().contains("secretive") && !text.contains(PASSWORD), "{text}");
    assert!(text.contains("method=\"other\""), "{text}");
}

#[tokio::test]
async fn without_an_address_nothing_is_counted_and_nothing_listens() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    assert_eq!(app.countersign().metrics_text().await, None);
    assert!(listen_for_metrics(app.countersign()).expect("nothing can fail").is_none());
}

#[tokio::test]
async fn localhost_stands_for_both_of_its_addresses() {
    let app = TestApp::with(|settings| settings.metrics.bind = "localhost:0".parse().ok()).await;
    let hosts: &[&str] = if TcpListener::bind("[::1]:0").is_ok() { &["127.0.0.1", "::1"] } else { &["127.0.0.1"] };
    let listens_on_all = || {
        let listening = listen_for_metrics(app.countersign()).expect("there are free ports").expect("metrics are on");
        listening.addresses.iter().map(|address| address.ip().to_string()).eq(hosts.iter().copied())
    };
    // The port that is free at the first address may be taken at the second.
    assert!((0..20).any(|_| listens_on_all()));
}

#[tokio::test]
async fn every_metric_stands_in_the_page_on_metrics_with_its_type() {
    let app = TestApp::with(|settings| {
        settings.metrics.bind = "127.0.0.1:0".parse().ok();
        settings.throttle.enabled = true;
        settings.throttle.login.burst = std::num::NonZeroU32::MIN;
    })
    .await;
    // What has not happened yet is not written.
    app.verified("ann").await;
    app.log_in("ann", PASSWORD).await.expect(200);
    app.log_in("ann", PASSWORD).await.expect(429);
    let prometheus = Prometheus::of(&app);
    let page = include_str!("../docs/metrics.md");
    let dashboard = include_str!("../packaging/grafana/countersign.json");
    let seen = prometheus.read().await;
    assert_eq!(seen.families().len(), page.lines().filter(|line| line.starts_with("| `countersign_")).count());
    for (name, kind) in seen.families() {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}")));
        let row = row.unwrap_or_else(|| panic!("docs/metrics.md has no row for {name}"));
        assert!(row.contains(&format!("| {kind} |")), "{row}: {kind}");
    }
    // And the dashboard asks for nothing that is not there.
    let dashboard: serde_json::Value = serde_json::from_str(dashboard).expect("it is JSON");
    assert_eq!(dashboard["uid"], json!("countersign"));
    let text = dashboard.to_string();
    for asked in text.split("countersign_").skip(1) {
        let asked: String = asked.chars().take_while(|letter| letter.is_ascii_lowercase() || *letter == '_').collect();
        let known = seen.families().iter().any(|(name, _)| format!("countersign_{asked}").starts_with(name.as_str()));
        assert!(known, "the dashboard asks for countersign_{asked}");
    }
}
