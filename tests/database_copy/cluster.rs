//! A database on PostgreSQL for the tests that need one beside SQLite.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};

use super::sample::Line;
use crate::support::postgres_cluster::Server;

/// A database on the server, dropped with this.
pub struct Database {
    server: Server,
    name: String,
}

impl Database {
    /// Makes an empty one. Says so, and gives none, where PostgreSQL is not installed.
    pub fn create() -> Option<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let server = Server::find()?;
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
        format!("{}/{}", self.server.url(), self.name)
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

fn connect(server: &Server, database: &str) -> PgConnection {
    PgConnection::establish(&format!("{}/{database}", server.url())).expect("the server answers")
}
