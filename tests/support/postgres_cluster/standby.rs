//! A second server that follows the first, and takes its place when that is gone.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{OWNER, PostgresCluster};

/// How long a standby may take to be told what it missed.
const SYNCHRONOUS_WITHIN: Duration = Duration::from_secs(30);

impl PostgresCluster {
    /// Makes a copy of this one and starts it as its standby. From now on a commit is done when it is on both disks.
    pub fn start_synchronous_standby(&self) -> Self {
        let standby = Self::prepare(&self.programs);
        let primary = format!("host=127.0.0.1 port={} user={OWNER} application_name=standby", self.port);
        let data = standby.data().display().to_string();
        let arguments = ["-D", &data, "-d", &primary, "-R", "-X", "stream", "-c", "fast", "--no-sync"];
        self.programs.run("pg_basebackup", &arguments).expect("the primary runs");
        standby.resume();
        self.execute(OWNER, "ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        self.execute(OWNER, "SELECT pg_reload_conf()");
        self.wait_until_synchronous();
        standby
    }

    fn wait_until_synchronous(&self) {
        let deadline = Instant::now() + SYNCHRONOUS_WITHIN;
        while self.execute(OWNER, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "0" {
            assert!(Instant::now() < deadline, "the standby does not follow");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills every process of it, as the machine's end would.
    pub fn kill(&self) {
        let server = self.server().expect("it runs");
        let family = children_of(server);
        for process in std::iter::once(server).chain(family) {
            // A child may have ended by itself meanwhile.
            let _ = kill_process(process, Signal::KILL);
        }
    }

    /// Makes a standby the one that is written to.
    pub fn promote(&self) {
        self.control(&["promote"]).expect("it is a standby");
    }
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
