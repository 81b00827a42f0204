//! Where PostgreSQL's programs are, and who may run them.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::geteuid;

/// Those that every test can count on.
const NEEDED: [&str; 4] = ["initdb", "pg_basebackup", "pg_ctl", "psql"];

/// PostgreSQL's programs.
#[derive(Clone)]
pub struct Programs {
    directory: PathBuf,
    /// PostgreSQL does not run as root, so root lends it to the user `postgres`.
    owner: Option<(u32, u32)>,
}

impl Programs {
    /// Finds them on the path, or where Debian and the sources put them; the newest first.
    ///
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
        places.push(PathBuf::from("/usr/local/pgsql/bin"));
        let is_complete = |place: &PathBuf| NEEDED.iter().all(|name| place.join(name).exists());
        let directory = places.into_iter().find(is_complete).ok_or("PostgreSQL's programs are not installed")?;
        Ok(Self { directory, owner: if geteuid().is_root() { Some(owner()?) } else { None } })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Makes a file or directory theirs.
    pub fn give_away(&self, path: &Path) {
        if let Some((user, group)) = self.owner {
            chown(path, Some(user), Some(group)).expect("root may give it away");
        }
    }

    /// Runs one of them to its end.
    ///
    /// # Errors
    ///
    /// Its complaint.
    pub fn run(&self, name: &str, arguments: &[&str]) -> Result<(), String> {
        let mut command = Command::new(self.path(name));
        command.args(arguments).current_dir("/").env("LC_ALL", "C").stdin(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        // A server that is started with a log has nothing of this open: its output comes to an end.
        told(name, &mut command).map(|_| ())
    }

    /// Runs SQL, and gives back what it prints, one row a line.
    ///
    /// # Errors
    ///
    /// The server's complaint.
    pub fn query(&self, url: &str, sql: &str) -> Result<String, String> {
        let mut command = Command::new(self.path("psql"));
        // Even where the server is set to take no writes.
        command.env("PGOPTIONS", "-c default_transaction_read_only=off");
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url]);
        told("psql", &mut command).map(|told| told.trim_end().to_owned())
    }
}

fn told(name: &str, command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(|error| format!("{name}: {error}"));
    }
    Err(format!("{name}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr)))
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
