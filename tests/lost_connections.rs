//! Connections to PostgreSQL that are lost under the application: what can be repeated is, once, and nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::Settings;
use countersign::settings::DatabaseUrl;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::TestApp;
use crate::support::postgres_cluster::{PostgresCluster, Stop};

async fn app_on(cluster: &PostgresCluster) -> TestApp {
    let url = DatabaseUrl::parse(&cluster.url()).expect("a URL");
    TestApp::with(move |settings: &mut Settings| settings.database.url = url).await
}

/// Restarts the server once all of the application's connections are there, so that no attempt to make one fails.
async fn restart(app: &TestApp, cluster: &PostgresCluster, how: Stop) {
    // The last thing that is said on a new connection is how long the application waits for locks.
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'countersign' AND state = 'idle'
               AND query <> '' AND (query LIKE '%lock_timeout%' OR query NOT ILIKE 'SET %')";
    let began = Instant::now();
    while cluster.execute("postgres", sql) != "4" {
        assert!(began.elapsed() < Duration::from_secs(60), "the application does not connect");
        // A connection may have been made before all lost ones were noticed. Those below it are found when they are used.
        join_all((0..8).map(|_| app.get("/readyz"))).await;
    }
    cluster.stop(how);
    cluster.resume();
}

/// Ends whatever connection waits for a lock, as soon as one does.
async fn end_who_waits(cluster: &Arc<PostgresCluster>) {
    let cluster = Arc::clone(cluster);
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    let began = Instant::now();
    let ending = move || {
        while cluster.execute("postgres", sql) != "t" {
            assert!(began.elapsed() < Duration::from_secs(60), "no connection waits for a lock");
        }
    };
    tokio::task::spawn_blocking(ending).await.expect("the server goes on");
}

#[tokio::test]
async fn a_restart_between_two_requests_fails_neither() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let app = app_on(&cluster).await;
    for (number, how) in [Stop::Fast, Stop::Immediate, Stop::Fast].into_iter().enumerate() {
        let ann = app.verified(&format!("ann{number}")).await;
        restart(&app, &cluster, how).await;
        app.token_of(&ann).await;
        restart(&app, &cluster, how).await;
        app.get("/readyz").await.expect(200);
    }
    assert_eq!(app.rows().await, (3, 0));
}

#[tokio::test]
async fn a_transaction_that_loses_its_connection_before_its_end_is_done_once_on_another() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let cluster = Arc::new(cluster);
    let app = app_on(&cluster).await;
    let lock = app.hold_writes();
    let (answer, ()) = tokio::join!(app.register("ann", json!({})), async {
        end_who_waits(&cluster).await;
        drop(lock);
    });
    answer.expect(201);
    assert_eq!(app.rows().await, (1, 1));
}

#[tokio::test]
async fn a_statement_whose_answer_was_lost_is_not_repeated() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let cluster = Arc::new(cluster);
    let app = app_on(&cluster).await;
    let ann = app.registered("ann").await;
    let link = app.link().await;
    let lock = app.hold_writes();
    let (answer, ()) = tokio::join!(app.verify(&link), async {
        end_who_waits(&cluster).await;
        drop(lock);
    });
    // It might have been done: nobody can tell, and so nobody is told that it was.
    answer.expect_detail(503, "The server is busy. Please try again later.");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(app.user(&ann.id).await.verified_at, None);
    app.verify(&link).await.expect(200);
}

#[tokio::test]
async fn connections_to_a_server_that_takes_no_writes_any_more_are_replaced_and_fail_nothing() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let app = app_on(&cluster).await;
    app.registered("ann").await;
    let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'countersign' ORDER BY pid";
    let left_behind = cluster.execute("postgres", sql);
    // What is open finds itself on a server that was the primary; what is opened from now on, on the new one.
    for sql in [
        "ALTER DATABASE countersign SET default_transaction_read_only = off",
        "ALTER SYSTEM SET default_transaction_read_only = on",
        "SELECT pg_reload_conf()",
    ] {
        cluster.execute("postgres", sql);
    }
    // The server's processes hear of it one by one.
    let is_open = |pid: &str| cluster.execute("postgres", sql).lines().any(|open| open == pid);
    let mut users = 1;
    while left_behind.lines().any(is_open) {
        app.registered(&format!("bob{users}")).await;
        users += 1;
    }
    assert_eq!(app.rows().await, (users, users));
}
