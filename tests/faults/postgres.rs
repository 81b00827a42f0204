//! A private PostgreSQL: made for one test, restarted, killed, copied and promoted by it, and gone afterwards.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use countersign::settings::DatabaseUrl;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use rustix::process::{Pid, Signal, getuid, kill_process};
use tempfile::TempDir;

use super::ports;

/// The role that owns everything.
pub const ROLE: &str = "countersign";
/// How long a standby may take to be told what it missed.
const SYNCHRONOUS_WITHIN: Duration = Duration::from_secs(30);
/// The database that is always there.
pub const DATABASE: &str = "postgres";

/// Where PostgreSQL's programs are, and who may run them.
#[derive(Clone)]
pub struct Programs {
    directory: PathBuf,
    /// PostgreSQL does not run as root, so root lends it to the user `postgres`.
    owner: Option<(u32, u32)>,
}

impl Programs {
    /// # Errors
    ///
    /// What is missing.
    pub fn find() -> Result<Self, String> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let mut packaged: Vec<PathBuf> =
            fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        packaged.sort();
        places.extend(packaged.into_iter().rev().map(|version| version.join("bin")));
        let is_complete =
            |place: &PathBuf| ["initdb", "pg_ctl", "pg_basebackup"].iter().all(|name| place.join(name).exists());
        let directory = places.into_iter().find(is_complete).ok_or("PostgreSQL's programs are not installed")?;
        Ok(Self { directory, owner: if getuid().is_root() { Some(owner()?) } else { None } })
    }

    /// Runs one of them to its end.
    fn run(&self, name: &str, arguments: &[&str]) -> Result<(), String> {
        let mut command = Command::new(self.directory.join(name));
        command.args(arguments).current_dir("/").env("LC_ALL", "C").stdin(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        // A server that is started with a log has nothing of this open: its output comes to an end.
        let Output { status, stderr, .. } = command.output().map_err(|error| format!("{name}: {error}"))?;
        let complaint = String::from_utf8_lossy(&stderr);
        if status.success() { Ok(()) } else { Err(format!("{name} {arguments:?}: {status}: {complaint}")) }
    }
}

/// The ids of the user `postgres`.
fn owner() -> Result<(u32, u32), String> {
    let users = fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
    let ids = users.lines().find_map(|line| {
        let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    ids.ok_or_else(|| "there is no user `postgres` to run PostgreSQL as".to_owned())
}

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Sessions are ended, and everything is written.
    Fast,
    /// As if it had crashed: the next start recovers.
    Immediate,
}

/// A running server with its data.
pub struct Cluster {
    programs: Programs,
    directory: TempDir,
    port: u16,
}

impl Cluster {
    /// Makes an empty one and starts it.
    pub fn start(programs: &Programs) -> Self {
        let cluster = Self::prepare(programs);
        let arguments = ["-D", &cluster.data(), "-A", "trust", "-U", ROLE, "-E", "UTF8", "--no-sync"];
        programs.run("initdb", &arguments).expect("a directory can be filled");
        cluster.run();
        cluster
    }

    /// Makes a copy of this one and starts it as its standby. From now on a commit is done when it is on both disks.
    pub fn start_synchronous_standby(&self) -> Self {
        let standby = Self::prepare(&self.programs);
        let primary = format!("host=127.0.0.1 port={} user={ROLE} application_name=standby", self.port);
        let arguments = ["-D", &standby.data(), "-d", &primary, "-R", "-X", "stream", "-c", "fast", "--no-sync"];
        self.programs.run("pg_basebackup", &arguments).expect("the primary runs");
        standby.run();
        self.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        self.execute("SELECT pg_reload_conf()");
        self.wait_until_synchronous();
        standby
    }

    fn wait_until_synchronous(&self) {
        let deadline = Instant::now() + SYNCHRONOUS_WITHIN;
        let mut connection = self.connect();
        let synchronous = "SELECT count(*) AS count FROM pg_stat_replication WHERE sync_state = 'sync'";
        while diesel::sql_query(synchronous).get_result::<Standbys>(&mut connection).expect("the server runs").count
            == 0
        {
            assert!(Instant::now() < deadline, "the standby does not follow");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn prepare(programs: &Programs) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        if let Some((user, group)) = programs.owner {
            chown(directory.path(), Some(user), Some(group)).expect("root may");
        }
        Self { programs: programs.clone(), directory, port: ports::free() }
    }

    fn data(&self) -> String {
        self.path("data").display().to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Starts it and waits until it answers.
    pub fn run(&self) {
        self.try_to_run().expect("it starts");
    }

    fn try_to_run(&self) -> Result<(), String> {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=200",
            self.port,
            self.directory.path().display()
        );
        let log = self.path("log").display().to_string();
        let started = self.programs.run("pg_ctl", &["-D", &self.data(), "-w", "-l", &log, "-o", &options, "start"]);
        started.map_err(|error| format!("{error}\n{}", fs::read_to_string(log).unwrap_or_default()))
    }

    pub fn stop(&self, how: Stop) {
        self.try_to_stop(how).expect("it runs");
    }

    fn try_to_stop(&self, how: Stop) -> Result<(), String> {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        self.programs.run("pg_ctl", &["-D", &self.data(), "-w", "-m", mode, "stop"])
    }

    /// Kills every process of it, as the machine's end would.
    pub fn kill(&self) {
        let postmaster = self.postmaster().expect("it runs");
        let family = children_of(postmaster);
        for process in std::iter::once(postmaster).chain(family) {
            // A child may have ended by itself meanwhile.
            let _ = kill_process(process, Signal::KILL);
        }
    }

    /// Makes a standby the one that is written to.
    pub fn promote(&self) {
        self.programs.run("pg_ctl", &["-D", &self.data(), "-w", "promote"]).expect("it is a standby");
    }

    fn postmaster(&self) -> Option<Pid> {
        let file = fs::read_to_string(self.path("data/postmaster.pid")).ok()?;
        file.lines().next()?.parse().ok().and_then(Pid::from_raw)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        Self::url_at(self.port)
    }

    /// The URL as the settings hold it.
    pub fn settings_url(&self) -> DatabaseUrl {
        DatabaseUrl::parse(&self.url()).expect("it is one")
    }

    /// The URL of a server, or of a proxy before it.
    pub fn url_at(port: u16) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{port}/{DATABASE}")
    }

    pub fn connect(&self) -> PgConnection {
        PgConnection::establish(&self.url()).expect("the server runs")
    }

    fn execute(&self, statement: &str) {
        self.connect().batch_execute(statement).expect("the server obeys its owner");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A test that has failed already must not end the whole program here.
        match self.postmaster() {
            Some(process) if is_running(process) => drop(self.try_to_stop(Stop::Immediate)),
            // It was killed: a piece of shared memory is left that only its next start takes away.
            Some(_) => drop(self.try_to_run().and_then(|()| self.try_to_stop(Stop::Immediate))),
            None => {}
        }
    }
}

#[derive(QueryableByName)]
struct Standbys {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn is_running(process: Pid) -> bool {
    Path::new(&format!("/proc/{}", process.as_raw_nonzero())).exists()
}

/// The processes that `parent` has started and that still run.
fn children_of(parent: Pid) -> Vec<Pid> {
    let processes = fs::read_dir("/proc").expect("this is Linux").flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str().and_then(|id| id.parse().ok()));
    ids.filter_map(Pid::from_raw).filter(|process| parent_of(*process) == Some(parent)).collect()
}

fn parent_of(process: Pid) -> Option<Pid> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).ok()?;
    // The name, in parentheses, may hold blanks; the parent is the 2nd field after it.
    let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?;
    parent.parse().ok().and_then(Pid::from_raw)
}
