//! Runs every test of the suite once more, on PostgreSQL: each in a database of its own, several at a time.
//!
//! The server is the one in `TEST_DATABASE_URL` (`postgres://user@host`, whose user may make databases), else a private
//! one, where PostgreSQL's programs are installed. Where there is neither, each test is reported as ignored; with
//! `COUNTERSIGN_TESTS_COMPLETE=true`, as in CI, that is a failure.
//!
//! `cargo test --test suite_on_postgres races` runs those with `races` in their names.

mod support {
    pub mod ports;
    pub mod postgres_cluster;
}

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

use libtest_mimic::{Arguments, Failed, Trial};

use support::postgres_cluster::Server;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite = suite();
    let server = if arguments.list { None } else { Server::find() };
    let url = server.as_ref().map(Server::url);
    let (names, left_out) = (names(&suite, &[]), names(&suite, &["--ignored"]));
    let trials = names.into_iter().map(|name| {
        let is_ignored = left_out.contains(&name) || (url.is_none() && !arguments.list);
        let (suite, url) = (suite.clone(), url.clone().unwrap_or_default());
        Trial::test(name.clone(), move || run(&suite, &name, &url)).with_ignored_flag(is_ignored)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    // A private server ends with the tests, whatever their outcome.
    drop(server);
    conclusion.exit_code()
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

fn names(suite: &Path, options: &[&str]) -> BTreeSet<String> {
    let listed = Command::new(suite).args(["--list", "--format", "terse"]).args(options).output();
    let listed = String::from_utf8(listed.expect("the suite can be run").stdout).expect("names are UTF-8");
    listed.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

fn run(suite: &Path, name: &str, url: &str) -> Result<(), Failed> {
    let output = Command::new(suite).args(["--exact", name]).env("TEST_DATABASE_URL", url).output()?;
    let told = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && told.contains("1 passed") {
        return Ok(());
    }
    Err(format!("{told}{}", String::from_utf8_lossy(&output.stderr)).into())
}
