//! The program while its PostgreSQL is stopped, restarted, unreachable, silent or read-only: it answers at once, and
//! serves again by itself.

use std::time::{Duration, Instant};

use reqwest::{Client, Response};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::process::{Home, Program, registration};
use crate::support::postgres_cluster::{PostgresCluster, Stop};

/// Far less than an attempt to connect or a statement may take in these tests.
const AT_ONCE: Duration = Duration::from_secs(2);
/// How long the program may take to notice that all is well: the longest pause between attempts, and some.
const RESUMED_WITHIN: Duration = Duration::from_secs(20);
const BUSY: &str = "The server is busy. Please try again later.";

fn home(url: &str, more: &str) -> Home {
    Home::new(&format!(
        "[server]\nbind = \"127.0.0.1:0\"\n\
         [passwords]\nmemory_kib = 8\npasses = 1\n\
         [throttle]\nenabled = false\n\
         [database]\nurl = \"{url}\"\nconnections = 4\nconnect_timeout_seconds = 60\n{more}"
    ))
}

/// A client of the program, each request on a connection of its own.
struct Caller {
    client: Client,
    base_url: String,
}

impl Caller {
    async fn of(program: &Program) -> Self {
        let client = Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("no TLS is needed");
        Self { client, base_url: program.base_url().await }
    }

    async fn get(&self, path: &str) -> Response {
        let root = self.base_url.split("/api/").next().expect("it is absolute");
        self.client.get(format!("{root}{path}")).send().await.expect("the program answers")
    }

    async fn register(&self, name: &str) -> Response {
        let request = self.client.post(format!("{}register/", self.base_url)).json(&registration(name));
        request.send().await.expect("the program answers")
    }

    async fn log_in(&self, name: &str) -> Response {
        let body = json!({ "login": name, "password": "Kettle-Harbor-42" });
        let request = self.client.post(format!("{}login/", self.base_url)).json(&body);
        request.send().await.expect("the program answers")
    }

    /// Sees that reading and writing are put off, soon; and that the process is alive and not ready.
    async fn expect_away(&self, name: &str) {
        for attempt in 0..3 {
            let begun = Instant::now();
            for answer in [self.register(&format!("{name}{attempt}")).await, self.log_in("nobody").await] {
                assert_eq!(answer.status(), 503);
                assert_eq!(answer.headers()["retry-after"], "1");
                let body: serde_json::Value = answer.json().await.expect("it is JSON");
                assert_eq!(body, json!({ "detail": BUSY }));
            }
            let ready = self.get("/readyz").await;
            assert_eq!(ready.status(), 503);
            assert_eq!(ready.json::<serde_json::Value>().await.expect("it is JSON")["database"], "unavailable");
            assert_eq!(self.get("/healthz").await.status(), 200);
            assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
        }
    }

    /// Waits until the program says that it is ready, and sees that it is.
    async fn expect_back(&self, name: &str) {
        let deadline = Instant::now() + RESUMED_WITHIN;
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        while self.get("/readyz").await.status() != 200 {
            assert!(Instant::now() < deadline, "the program is not ready again");
            tick.tick().await;
        }
        assert_eq!(self.register(name).await.status(), 201);
    }
}

/// How many users the database has, as PostgreSQL counts them.
fn users(cluster: &PostgresCluster) -> String {
    cluster.execute("countersign", "SELECT string_agg(username, ' ' ORDER BY username) FROM users")
}

/// The server's processes that serve the program, once there are as many as the settings say.
fn backends(cluster: &PostgresCluster) -> Vec<i32> {
    // The last thing that is said on a new connection is how long the program waits for locks.
    let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'countersign' AND query <> ''
               AND (query LIKE '%lock_timeout%' OR query NOT ILIKE 'SET %')";
    loop {
        let rows = cluster.execute("countersign", sql);
        let ids: Vec<i32> = rows.lines().map(|pid| pid.parse().expect("a number")).collect();
        if ids.len() == 4 {
            return ids;
        }
    }
}

fn signal(ids: &[i32], signal: Signal) {
    for id in ids {
        let pid = Pid::from_raw(*id).expect("no process is number 0");
        kill_process(pid, signal).expect("it runs");
    }
}

#[tokio::test]
async fn while_the_database_is_stopped_requests_are_put_off_at_once_and_afterwards_served() {
    let Some(cluster) = PostgresCluster::start() else { return };
    // The first host is nobody: libpq goes on to the next.
    let url = cluster.url().replace("127.0.0.1:", "127.0.0.1:1,127.0.0.1:");
    let home = home(&url, "");
    let program = home.serve();
    let caller = Caller::of(&program).await;
    assert_eq!(caller.register("ann").await.status(), 201);
    for stop in [Stop::Fast, Stop::Immediate] {
        cluster.stop(stop);
        caller.expect_away("bob").await;
        cluster.resume();
        caller.expect_back(&format!("cleo{stop:?}")).await;
    }
    assert_eq!(users(&cluster), "ann cleoFast cleoImmediate");
    program.wait_for_log("the database is back").await;
}

#[tokio::test]
async fn no_request_waits_for_an_attempt_to_connect() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let home = home(&cluster.url(), "");
    let program = home.serve();
    let caller = Caller::of(&program).await;
    assert_eq!(caller.register("ann").await.status(), 201);
    // Connections are taken and never answered, for as long as the settings let them: a minute.
    let (server, open) = ([cluster.server_id()], backends(&cluster));
    signal(&server, Signal::STOP);
    signal(&open, Signal::TERM);
    caller.expect_away("bob").await;
    signal(&server, Signal::CONT);
    caller.expect_back("cleo").await;
    assert_eq!(users(&cluster), "ann cleo");
}

#[tokio::test]
async fn a_database_that_takes_requests_and_is_silent_costs_one_statement_s_time_and_no_more() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let home = home(&cluster.url(), "statement_timeout_seconds = 1\nbusy_timeout_seconds = 1\n");
    let program = home.serve();
    let caller = Caller::of(&program).await;
    assert_eq!(caller.register("ann").await.status(), 201);
    let frozen = backends(&cluster);
    signal(&frozen, Signal::STOP);
    // Each connection is tried, and each answer given up after the time of a statement and 2 s.
    let begun = Instant::now();
    let names = ["bob0", "bob1", "bob2", "bob3", "bob4", "bob5"];
    for answer in futures_util::future::join_all(names.map(|name| caller.register(name))).await {
        assert_eq!(answer.status(), 503);
    }
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    caller.expect_away("dora").await;
    signal(&frozen, Signal::CONT);
    caller.expect_back("cleo").await;
    program.wait_for_log("no answer within 3 s").await;
}

#[tokio::test]
async fn a_silent_database_does_not_keep_the_program_from_ending() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let home = home(&cluster.url(), "statement_timeout_seconds = 1\nbusy_timeout_seconds = 1\n");
    let mut program = home.serve();
    let caller = Caller::of(&program).await;
    assert_eq!(caller.register("ann").await.status(), 201);
    // A mail that is to be settled would be tried again for as long as the end may take.
    while !home.run(&["mail", "queue"]).done().contains("No mail waits") {
        tokio::task::yield_now().await;
    }
    let frozen = backends(&cluster);
    signal(&frozen, Signal::STOP);
    assert_eq!(caller.register("bob").await.status(), 503);
    program.terminate();
    let status = program.ended().await;
    signal(&frozen, Signal::CONT);
    assert_eq!(status.code(), Some(0), "{}", program.log());
}

#[tokio::test]
async fn a_server_that_takes_no_writes_any_more_is_left_for_one_that_does() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let home = home(&cluster.url(), "");
    let program = home.serve();
    let caller = Caller::of(&program).await;
    assert_eq!(caller.register("ann").await.status(), 201);
    // What a server that was the primary says after a failover.
    cluster.execute("postgres", "ALTER SYSTEM SET default_transaction_read_only = on");
    cluster.execute("postgres", "SELECT pg_reload_conf()");
    assert_eq!(caller.register("bob").await.status(), 503);
    program.wait_for_log("session is read-only").await;
    caller.expect_away("bob").await;
    cluster.execute("postgres", "ALTER SYSTEM RESET default_transaction_read_only");
    cluster.execute("postgres", "SELECT pg_reload_conf()");
    caller.expect_back("cleo").await;
    assert_eq!(users(&cluster), "ann cleo");
}

#[tokio::test]
async fn with_fewer_connections_than_asked_for_the_program_serves_all_the_same() {
    let Some(cluster) = PostgresCluster::start() else { return };
    cluster.stop(Stop::Fast);
    // Five for the programs. An attempt that is refused has a place of its own until it is told: enough are kept for the
    // three that remain and for the owner.
    cluster.configure("max_connections = 15\nsuperuser_reserved_connections = 10");
    cluster.resume();
    cluster.execute("postgres", "CREATE ROLE app LOGIN");
    cluster.execute("countersign", "GRANT ALL ON SCHEMA public TO app");
    let home = home(&cluster.url().replace("countersign@", "app@"), "");
    let programs = [home.serve(), home.serve()];
    for (number, program) in programs.iter().enumerate() {
        let caller = Caller::of(program).await;
        assert_eq!(caller.register(&format!("ann{number}")).await.status(), 201);
        assert_eq!(caller.get("/readyz").await.status(), 200);
    }
    let refused = "a connection cannot be made";
    let either = programs.iter().map(|program| Box::pin(program.wait_for_log(refused)));
    futures_util::future::select_all(either).await;
    assert_eq!(users(&cluster), "ann0 ann1");
}
