//! A PostgreSQL server for one test alone, which may stop it, break it and start it again.
//!
//! Where PostgreSQL's programs are not installed, [`PostgresCluster::start`] gives none, and the test has nothing to
//! show. Root lends the cluster to the user `postgres`, as PostgreSQL does not run as root.

#![allow(dead_code, reason = "two test programs share it, and neither uses all of it")]

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A cluster with a superuser `countersign`, who needs no password, and a database of the same name.
pub struct PostgresCluster {
    directory: TempDir,
    programs: PathBuf,
    port: u16,
}

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Connections are told to go, and what runs on them is rolled back.
    Fast,
    /// As if the machine had lost its power.
    Immediate,
}

impl PostgresCluster {
    /// Makes a cluster and starts it; `None`, with a line that says so, where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("left out: PostgreSQL's programs are not installed");
            return None;
        };
        let directory = tempfile::tempdir().expect("a temporary directory");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        if let Some((user, group)) = owner() {
            std::os::unix::fs::chown(directory.path(), Some(user), Some(group)).expect("root may give it away");
        }
        let cluster = Self { directory, programs, port };
        cluster.run("initdb", &["-A", "trust", "-U", "countersign", "-E", "UTF8", "--no-sync"]);
        cluster.resume();
        cluster.execute("postgres", "CREATE DATABASE countersign");
        Some(cluster)
    }

    /// The URL of the database.
    pub fn url(&self) -> String {
        format!("postgres://countersign@127.0.0.1:{}/countersign", self.port)
    }

    /// Where it listens on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The directory of its files, `pg_hba.conf` and certificates among them.
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Writes a file that the server alone may read into its directory.
    pub fn write(&self, name: &str, content: &str) {
        let path = self.data().join(name);
        fs::write(&path, content).expect("it can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is ours");
        if let Some((user, group)) = owner() {
            std::os::unix::fs::chown(&path, Some(user), Some(group)).expect("root may give it away");
        }
    }

    /// Adds lines to `postgresql.conf`. They count from the next start.
    pub fn configure(&self, lines: &str) {
        let path = self.data().join("postgresql.conf");
        let before = fs::read_to_string(&path).expect("initdb wrote it");
        fs::write(&path, format!("{before}\n{lines}\n")).expect("it can be written");
    }

    /// Starts the server, and returns when it takes connections.
    pub fn resume(&self) {
        let place = self.directory.path().display();
        let options = format!("-p {} -k {place} -c listen_addresses=127.0.0.1 -c fsync=off", self.port);
        let log = self.directory.path().join("log");
        self.run("pg_ctl", &["-w", "-l", &log.to_string_lossy(), "-o", &options, "start"]);
    }

    /// Stops the server, and returns when it has ended.
    pub fn stop(&self, how: Stop) {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        self.run("pg_ctl", &["-w", "-m", mode, "stop"]);
    }

    /// Runs SQL on a connection of its own, and gives back what it prints, one row a line.
    pub fn execute(&self, database: &str, sql: &str) -> String {
        let url = format!("postgres://countersign@127.0.0.1:{}/{database}", self.port);
        let output = Command::new(self.programs.join("psql"))
            // Even where the server is set to take no writes.
            .env("PGOPTIONS", "-c default_transaction_read_only=off")
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, &url])
            .output()
            .expect("psql is beside the server");
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("it is UTF-8").trim_end().to_owned()
    }

    /// The id of the server's first process, to stop or kill it by.
    pub fn server_id(&self) -> i32 {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).expect("the server runs");
        file.lines().next().and_then(|line| line.parse().ok()).expect("its id stands in the first line")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let status = self.try_run(program, arguments).expect("the program can be run");
        assert!(status, "{program} {arguments:?}: {}", self.log());
    }

    fn try_run(&self, program: &str, arguments: &[&str]) -> io::Result<bool> {
        let mut command = Command::new(self.programs.join(program));
        command.arg("-D").arg(self.data()).args(arguments).current_dir(self.directory.path());
        // The server lives on with what it inherits: a pipe would never end.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = owner() {
            command.uid(user).gid(group);
        }
        Ok(command.status()?.success())
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        // It may be stopped already.
        let _ = self.try_run("pg_ctl", &["-w", "-m", "immediate", "stop"]);
    }
}

/// Where PostgreSQL's programs are: on the path, or where Debian and the sources put them; the newest first.
fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    let mut places: Vec<PathBuf> = on_path;
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.flatten().map(|version| version.path().join("bin")).collect();
        versions.sort();
        places.extend(versions.into_iter().rev());
    }
    places.push(PathBuf::from("/usr/local/pgsql/bin"));
    let is_whole = |place: &PathBuf| ["initdb", "pg_ctl", "psql"].iter().all(|program| place.join(program).exists());
    places.into_iter().find(is_whole)
}

/// The user and group that root lends the cluster to.
fn owner() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("every system has it");
    let line = users.lines().find(|line| line.starts_with("postgres:")).expect("PostgreSQL's package makes its user");
    let mut fields = line.split(':').skip(2).map(|id| id.parse().expect("a number"));
    fields.next().zip(fields.next())
}
