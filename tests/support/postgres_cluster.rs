//! A PostgreSQL server for one test alone, which may stop it, break it, copy it and start it again.
//!
//! Where PostgreSQL's programs are not installed, [`PostgresCluster::start`] gives none, and the test has nothing to
//! show; with `COUNTERSIGN_TESTS_COMPLETE=true`, as in CI, that is a failure.

#![allow(dead_code, unused_imports, reason = "several test programs share it, and none uses all of it")]

mod programs;
mod server;
mod standby;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::process::Pid;
use tempfile::TempDir;

use super::machine::must_be_complete;
use super::ports;

pub use programs::Programs;
pub use server::Server;

/// The role that owns everything, and the database that is made for it.
pub const OWNER: &str = "countersign";

/// A running server with its data, which go when it is dropped. Its owner needs no password.
pub struct PostgresCluster {
    programs: Programs,
    directory: TempDir,
    port: u16,
}

/// Whether a commit is on the disk when it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As in service.
    On,
    /// Faster, for tests in which no machine ends.
    Off,
}

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Connections are told to go, and what runs on them is rolled back.
    Fast,
    /// As if it had crashed: the next start recovers.
    Immediate,
}

impl PostgresCluster {
    /// Makes a cluster that forgets when its machine ends, and starts it; `None`, with a line that says so, where
    /// PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        match Programs::find() {
            Ok(programs) => Some(Self::make(&programs, Durability::Off)),
            Err(missing) if must_be_complete() => panic!("{missing}, and COUNTERSIGN_TESTS_COMPLETE is set"),
            Err(missing) => {
                eprintln!("left out: {missing}");
                None
            }
        }
    }

    /// Makes a cluster and starts it.
    pub fn make(programs: &Programs, durability: Durability) -> Self {
        let cluster = Self::prepare(programs);
        let data = cluster.data().display().to_string();
        let made = programs.run("initdb", &["-D", &data, "-A", "trust", "-U", OWNER, "-E", "UTF8", "--no-sync"]);
        made.expect("a directory can be filled");
        cluster.configure("max_connections = 400");
        if durability == Durability::Off {
            cluster.configure("fsync = off");
        }
        cluster.resume();
        cluster.execute("postgres", &format!("CREATE DATABASE {OWNER}"));
        cluster
    }

    fn prepare(programs: &Programs) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        programs.give_away(directory.path());
        Self { programs: programs.clone(), directory, port: ports::free() }
    }

    /// The URL of the database.
    pub fn url(&self) -> String {
        Self::url_at(self.port)
    }

    /// The URL of the database at a server, or at a proxy before it.
    pub fn url_at(port: u16) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{port}/{OWNER}")
    }

    /// Where it listens on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The directory of its files, `pg_hba.conf` and certificates among them.
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// One of PostgreSQL's programs, for who speaks to the server by it.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.path(name)
    }

    /// Writes a file that the server alone may read into its directory.
    pub fn write(&self, name: &str, content: &str) {
        let path = self.data().join(name);
        fs::write(&path, content).expect("it can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is ours");
        self.programs.give_away(&path);
    }

    /// Adds lines to `postgresql.conf`. They count from the next start.
    pub fn configure(&self, lines: &str) {
        let path = self.data().join("postgresql.conf");
        let before = fs::read_to_string(&path).expect("initdb wrote it");
        fs::write(&path, format!("{before}\n{lines}\n")).expect("it can be written");
    }

    /// Starts the server, and returns when it takes connections.
    pub fn resume(&self) {
        self.try_to_resume().expect("it starts");
    }

    fn try_to_resume(&self) -> Result<(), String> {
        let place = self.directory.path().display();
        let options = format!("-p {} -k {place} -c listen_addresses=127.0.0.1", self.port);
        let log = self.directory.path().join("log");
        let started = self.control(&["-l", &log.display().to_string(), "-o", &options, "start"]);
        started.map_err(|error| format!("{error}\n{}", fs::read_to_string(log).unwrap_or_default()))
    }

    /// Stops the server, and returns when it has ended.
    pub fn stop(&self, how: Stop) {
        self.try_to_stop(how).expect("it runs");
    }

    fn try_to_stop(&self, how: Stop) -> Result<(), String> {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        self.control(&["-m", mode, "stop"])
    }

    fn control(&self, arguments: &[&str]) -> Result<(), String> {
        let data = self.data().display().to_string();
        self.programs.run("pg_ctl", &[&["-D", &data, "-w"], arguments].concat())
    }

    /// Runs SQL on a connection of its own, and gives back what it prints, one row a line.
    pub fn execute(&self, database: &str, sql: &str) -> String {
        let url = format!("postgres://{OWNER}@127.0.0.1:{}/{database}", self.port);
        self.programs.query(&url, sql).expect("the server obeys its owner")
    }

    /// The id of the server's first process, to stop or kill it by.
    pub fn server_id(&self) -> i32 {
        self.server().expect("the server runs").as_raw_nonzero().get()
    }

    fn server(&self) -> Option<Pid> {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        file.lines().next()?.parse().ok().and_then(Pid::from_raw)
    }
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        // A test that has failed already must not end the whole program here.
        match self.server() {
            Some(process) if is_running(process) => drop(self.try_to_stop(Stop::Immediate)),
            // It was killed: a piece of shared memory is left that only its next start takes away.
            Some(_) => drop(self.try_to_resume().and_then(|()| self.try_to_stop(Stop::Immediate))),
            None => {}
        }
    }
}

fn is_running(process: Pid) -> bool {
    Path::new(&format!("/proc/{}", process.as_raw_nonzero())).exists()
}
