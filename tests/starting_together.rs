//! Several processes that start at once on a database without tables: one makes them, and all serve.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use countersign::Settings;
use countersign::internals::{MigrationState, Store};
use countersign::settings::DatabaseUrl;
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use futures_util::future::join_all;
use tempfile::TempDir;

use crate::process::{Home, Program};

const SETTINGS: &str = "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n\
                        [throttle]\nenabled = false\n";
/// How often so many processes start at once.
const ROUNDS: usize = 10;
const PROCESSES: usize = 4;
/// How long migrations stand still before they are taken to wait for a lock.
const STILL: Duration = Duration::from_millis(300);

/// SQL of a migration, and of noting that it was run.
fn migration(engine: &str, number: usize) -> String {
    let all = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let mut migrations: Vec<_> = fs::read_dir(all).expect("it is there").flatten().map(|entry| entry.path()).collect();
    migrations.sort();
    let sql = fs::read_to_string(migrations[number].join("up.sql")).expect("every migration has it");
    let name = migrations[number].file_name().expect("it has a name").to_string_lossy().replace('-', "");
    let version = name.split('_').next().expect("it begins with its version");
    format!("{sql}; INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');")
}

/// The table in which diesel notes migrations.
const NOTES: &str = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL,
                     run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);";

async fn store(url: DatabaseUrl) -> Store {
    let mut settings = Settings::defaults().database;
    settings.url = url;
    Store::open_or_make(settings).await.expect("it can be made")
}

/// Waits until the store has begun, and runs no more statements, as something else holds what it needs.
async fn wait_until_still(store: &Store) {
    let mut seen = 0;
    loop {
        tokio::time::sleep(STILL).await;
        let now = store.statements_run();
        if now > 0 && now == seen {
            return;
        }
        seen = now;
    }
}

/// One process has seen that all migrations are pending; another has run the first by the time it may write, and is
/// about to run the others.
#[tokio::test]
async fn a_process_that_finds_some_migrations_run_meanwhile_runs_the_others() {
    let directory = TempDir::new().expect("a temporary directory");
    let file = directory.path().join("database");
    let store = store(DatabaseUrl::Sqlite(file.clone())).await;
    let mut other = SqliteConnection::establish(&file.to_string_lossy()).expect("it was made");
    other.batch_execute(&format!("{NOTES} BEGIN IMMEDIATE; {}", migration("sqlite", 0))).expect("it is SQL");
    let migrating = tokio::spawn({
        let store = store.clone();
        async move { store.migrate().await }
    });
    wait_until_still(&store).await;
    other.batch_execute("COMMIT").expect("nobody else writes");

    let run = migrating.await.expect("it does not panic").expect("it waits, and looks again");
    assert!(!run.is_empty(), "the others were left");
    assert_eq!(store.migration_state().await.expect("it answers"), MigrationState::Complete);
}

/// Starts processes at once on each home, and sees that all serve and are of one database.
async fn all_serve(homes: &[Home]) {
    let mut programs: Vec<Program> = homes.iter().cycle().take(PROCESSES).map(Home::serve).collect();
    let urls = join_all(programs.iter().map(Program::base_url)).await;
    assert_eq!(urls.len(), PROCESSES);
    for (number, program) in programs.iter().enumerate() {
        program.register(&format!("user{number}")).await;
    }
    for program in &mut programs {
        program.terminate();
    }
    for program in &mut programs {
        assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
    }
    let users = homes[0].run(&["users", "list"]).done();
    assert_eq!(users.lines().count(), PROCESSES, "{users}");
}

#[tokio::test]
async fn processes_that_start_at_once_in_an_empty_directory_all_serve() {
    for _ in 0..ROUNDS {
        all_serve(&[Home::new(SETTINGS)]).await;
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::*;
    use crate::support::postgres_cluster::{OWNER, PostgresCluster};

    /// The key of the lock under which migrations run: "countersign" in a telephone's letters.
    const LOCK: i64 = 26_868_637_744;

    #[tokio::test]
    async fn processes_that_start_at_once_on_an_empty_database_all_serve() {
        let Some(cluster) = PostgresCluster::start() else { return };
        for round in 0..ROUNDS {
            let name = format!("round{round}");
            cluster.execute(OWNER, &format!("CREATE DATABASE {name}"));
            let url = cluster.url();
            let url = format!("{}{name}", url.strip_suffix(OWNER).expect("it ends with the database"));
            let settings = format!(
                "{SETTINGS}[database]\nurl = \"{url}\"\nconnections = 4\n[links]\nsecrets = [\"one for all replicas, of 32 letters\"]\n"
            );
            let homes: Vec<Home> = (0..PROCESSES).map(|_| Home::new(&settings)).collect();
            all_serve(&homes).await;
        }
    }

    #[tokio::test]
    async fn a_process_that_finds_some_migrations_run_meanwhile_runs_the_others() {
        let Some(cluster) = PostgresCluster::start() else { return };
        let url = DatabaseUrl::parse(&cluster.url()).expect("it is one");
        let mut other = diesel::PgConnection::establish(&cluster.url()).expect("it runs");
        other.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})")).expect("nobody has it");
        let stores = [store(url.clone()).await, store(url).await];
        let migrating = stores.clone().map(|store| tokio::spawn(async move { store.migrate().await }));
        for store in &stores {
            wait_until_still(store).await;
        }
        other.batch_execute(&format!("{NOTES} {}", migration("postgres", 0))).expect("they wait");
        other.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})")).expect("it is held");
        let mut run = 0;
        for migrating in migrating {
            run += migrating.await.expect("it does not panic").expect("it waits, and looks again").len();
        }
        assert_eq!(run, fs::read_dir("migrations/postgres").expect("it is there").count() - 1);
    }
}
