//! A server under test: a process of its own, started as an operator would.

use std::fs::{self, File};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::requests::LINK_SECRET;

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN_AFTER: Duration = Duration::from_micros(500);

/// The settings of the program under test: the defaults, but for what names places and for throttles, which exist to
/// keep one client from doing what is done here.
pub fn countersign(directory: &Path, further: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command
        .env_clear()
        .env("COUNTERSIGN__SERVER__BIND", "127.0.0.1:0")
        .env("COUNTERSIGN__DATABASE__URL", format!("sqlite://{}", database_path(directory).display()))
        .env("COUNTERSIGN__LINKS__SECRETS", LINK_SECRET)
        .env("COUNTERSIGN__MAIL__DIRECTORY", directory.join("mailbox"))
        .env("COUNTERSIGN__THROTTLE__ENABLED", "false")
        .envs(further.iter().copied());
    command
}

/// Lets the program under test make its tables.
///
/// # Errors
///
/// What the program printed, when it refuses.
pub fn migrate(directory: &Path, settings: &[(&str, &str)]) -> io::Result<()> {
    let migrated = countersign(directory, settings).arg("migrate").output()?;
    let printed = || String::from_utf8_lossy(&migrated.stderr).into_owned();
    if migrated.status.success() { Ok(()) } else { Err(io::Error::other(printed())) }
}

pub fn database_path(directory: &Path) -> PathBuf {
    directory.join("database.sqlite3")
}

/// The ceiling: this program as a small server, which adds `headers` to each answer.
pub fn bare_handler(headers: &[String]) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--bare-handler").args(headers.iter().flat_map(|header| ["--header", header]));
    Ok(command)
}

/// A running server; dropping it stops it.
pub struct Server {
    process: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts it and waits until it has told where it listens. What it prints goes to a file in `directory`.
    pub fn start(mut command: Command, directory: &Path) -> io::Result<Self> {
        let log = directory.join("log");
        let mut process = command.stdout(Stdio::null()).stderr(File::create(&log)?).spawn()?;
        let started = Instant::now();
        loop {
            if let Some(address) = told_address(&fs::read_to_string(&log)?) {
                return Ok(Self { process, address });
            }
            if let Some(status) = process.try_wait()? {
                return Err(io::Error::other(format!("{status}: {}", fs::read_to_string(&log)?)));
            }
            if started.elapsed() > PATIENCE {
                process.kill()?;
                return Err(io::Error::other("the server does not tell where it listens"));
            }
            thread::sleep(LOOK_AGAIN_AFTER);
        }
    }

    /// Processor time of all its threads since their start.
    pub fn processor_time(&self) -> io::Result<Duration> {
        fs::read_dir(format!("/proc/{}/task", self.process.id()))?
            .map(|thread| processor_time_of(&thread?.path()))
            .sum()
    }

    /// Memory that is resident in RAM, in bytes: a line of `/proc/self/status`.
    pub fn resident_bytes(&self, line: &str) -> io::Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let value = text.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(':'));
        let kibibytes = value.and_then(|value| value.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kibibytes.map(|kibibytes| kibibytes * 1024).ok_or_else(|| io::Error::other(format!("no {line} in {text}")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let id = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw);
        if id.is_none_or(|id| kill_process(id, Signal::TERM).is_err()) {
            // It has ended by itself.
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Processor time of the thread with this directory in `/proc`, since its start. Exact to the nanosecond, where `stat`
/// counts ticks of 10 ms.
pub fn processor_time_of(thread: &Path) -> io::Result<Duration> {
    let text = fs::read_to_string(thread.join("schedstat"))?;
    let spent = text.split(' ').next().and_then(|spent| spent.parse::<u64>().ok());
    spent.map(Duration::from_nanos).ok_or_else(|| io::Error::other(format!("no time in {text}")))
}

fn told_address(log: &str) -> Option<SocketAddr> {
    let (_, rest) = log.split_once("http://")?;
    let (address, _) = rest.split_once('/')?;
    // It may be by name, and the server listens on the IPv4 address of that in any case.
    address.to_socket_addrs().ok()?.find(SocketAddr::is_ipv4)
}
