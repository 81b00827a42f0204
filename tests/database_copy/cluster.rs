//! A PostgreSQL server for the tests that need one beside SQLite: that of `TEST_DATABASE_URL`, else a private one.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};

use super::sample::Line;

/// A database on the server, dropped with this.
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes an empty one. Says so, and gives none, where PostgreSQL is not installed.
    pub fn create() -> Option<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let Some(server) = server() else {
            println!("left out: neither TEST_DATABASE_URL nor PostgreSQL's programs are there");
            return None;
        };
        let name = format!("copy_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let mut connection = connect(&server, "postgres");
        // One that sorts otherwise than SQLite, where the server knows how.
        let sorted = "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'";
        connection
            .batch_execute(&format!("CREATE DATABASE {name} {sorted}"))
            .or_else(|_| connection.batch_execute(&format!("CREATE DATABASE {name}")))
            .expect("its user may make databases");
        Some(Self { server, name })
    }

    pub fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// Runs SQL that begins a transaction, which lasts until what is returned is dropped.
    pub fn hold(&self, sql: &str) -> PgConnection {
        let mut connection = connect(&self.server, &self.name);
        connection.batch_execute(sql).expect("it is SQL");
        connection
    }

    /// What a query tells in its column `line`.
    pub fn lines(&self, sql: &str) -> Vec<String> {
        let lines = diesel::sql_query(sql).load::<Line>(&mut connect(&self.server, &self.name));
        lines.expect("it is SQL").into_iter().map(|line| line.line).collect()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        connect(&self.server, "postgres").batch_execute(&sql).expect("it was made");
    }
}

fn connect(server: &str, database: &str) -> PgConnection {
    PgConnection::establish(&format!("{server}/{database}")).expect("the server answers")
}

fn server() -> Option<String> {
    static SERVER: OnceLock<Option<(String, Option<Child>)>> = OnceLock::new();
    let given = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty());
    let server = SERVER.get_or_init(|| match given {
        Some(url) => Some((url.trim_end_matches('/').to_owned(), None)),
        None => start(),
    });
    server.as_ref().map(|(url, _)| url.clone())
}

/// Starts one that lives until this process ends, however it ends: it waits for the end of its standard input.
fn start() -> Option<(String, Option<Child>)> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/with_postgres");
    let mut child = Command::new(script)
        .args(["sh", "-c", "echo \"$TEST_DATABASE_URL\"; cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut url = String::new();
    BufReader::new(child.stdout.take()?).read_line(&mut url).ok()?;
    let url = url.trim_end().to_owned();
    if url.is_empty() { None } else { Some((url, Some(child))) }
}
