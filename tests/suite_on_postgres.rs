//! Runs the suite once more, on PostgreSQL, with a database for each test.
//!
//! The server is the one in `TEST_DATABASE_URL` (`postgres://user@host`, whose user may make databases), else a private
//! one, where PostgreSQL's programs are installed. Where there is neither, each test is reported as ignored; with
//! `COUNTERSIGN_TESTS_COMPLETE=true`, as in CI, that is a failure.
//!
//! `cargo test --test suite_on_postgres races` runs those with `races` in their names.

mod support {
    pub mod machine;
    pub mod ports;
    pub mod postgres_cluster;
}

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

use libtest_mimic::{Arguments, Trial};

use support::postgres_cluster::Server;

fn main() -> ExitCode {
    let suite = suite();
    let Some(server) = Server::find() else {
        let ignored = names(&suite).into_iter().map(|name| Trial::test(name, || Ok(())).with_ignored_flag(true));
        return libtest_mimic::run(&Arguments::from_args(), ignored.collect()).exit_code();
    };
    let mut command = Command::new(suite);
    let ended = command.args(std::env::args().skip(1)).env("TEST_DATABASE_URL", server.url()).status();
    if ended.expect("the suite can be run").success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The suite's program, which cargo builds beside this one: of several, the newest.
fn suite() -> PathBuf {
    let own = std::env::current_exe().expect("this program is a file");
    let built = fs::read_dir(own.parent().expect("in a directory")).expect("it can be read").flatten();
    let is_suite = |path: &Path| {
        path.extension().is_none() && path.file_stem().is_some_and(|name| name.to_string_lossy().starts_with("suite-"))
    };
    let built_at = |path: &PathBuf| path.metadata().and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let newest = built.map(|file| file.path()).filter(|path| is_suite(path)).max_by_key(built_at);
    newest.expect("the suite is built first: cargo test --no-run --test suite")
}

fn names(suite: &Path) -> Vec<String> {
    let listed = Command::new(suite).args(["--list", "--format", "terse"]).output();
    let listed = String::from_utf8(listed.expect("the suite can be run").stdout).expect("names are UTF-8");
    listed.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}
