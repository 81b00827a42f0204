//! Who uses a database beside its server: SQLite's own program, and the command line.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use super::contents::Contents;
use crate::faults::ledger::Ledger;
use crate::process::{Finished, Home};
use crate::support::dice::Dice;

/// The longest pause between two looks at the file.
const LONGEST_PAUSE: Duration = Duration::from_millis(60);
/// What everybody has for a password.
const PASSWORD: &str = "Kettle-Harbor-42";

/// What was done beside a server, from its start to its death.
#[derive(Debug, Default)]
pub struct Done {
    pub readings: usize,
    pub backups: usize,
    /// Usernames of those whom the command line disabled, and of those it created.
    pub disabled: Vec<String>,
    pub created: Vec<String>,
}

/// Those who use the database, at work.
pub struct Bystanders {
    enough: Arc<AtomicBool>,
    reader: JoinHandle<usize>,
    operator: tokio::task::JoinHandle<Done>,
}

impl Bystanders {
    pub fn start(home: &Arc<Home>, sqlite3: &Path, file: &Path, ledger: &Ledger, url: String, seed: u64) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let reader = thread::spawn({
            let (sqlite3, file, enough) = (sqlite3.to_owned(), file.to_owned(), Arc::clone(&enough));
            move || read_again_and_again(&sqlite3, &file, Dice::new(seed), &enough)
        });
        let operator = tokio::spawn(operate(Arc::clone(home), ledger.clone(), url, seed));
        Self { enough, reader, operator }
    }

    /// Lets everybody finish what they are at.
    pub async fn finish(self) -> Done {
        let done = self.operator.await.expect("the command line does what it is told");
        self.enough.store(true, Ordering::Release);
        let reader = self.reader;
        let readings = tokio::task::spawn_blocking(|| reader.join()).await.expect("it is waited for");
        Done { readings: readings.expect("the file can be read"), ..done }
    }
}

/// Opens the file, reads it and closes it. Tells how often.
fn read_again_and_again(sqlite3: &Path, file: &Path, mut dice: Dice, enough: &AtomicBool) -> usize {
    let mut readings = 0;
    while !enough.load(Ordering::Acquire) {
        thread::sleep(dice.within(LONGEST_PAUSE));
        let query = ["-cmd", ".timeout 10000", "SELECT count(*) FROM users"];
        let read = Command::new(sqlite3).arg("-batch").args(&query[..2]).arg(file).arg(query[2]).output();
        let read = read.expect("it is installed");
        assert!(read.status.success(), "{read:?}");
        readings += 1;
    }
    readings
}

/// Disables somebody, creates somebody, and backs everything up, one after the other.
async fn operate(home: Arc<Home>, ledger: Ledger, url: String, seed: u64) -> Done {
    let mut done = Done::default();
    let mut dice = Dice::new(seed);
    let mut verified: Vec<String> = ledger.snapshot().verified.into_iter().collect();
    verified.sort();
    if let Some(address) = dice.pick(&verified) {
        let name = address.split('@').next().expect("it is an address").to_owned();
        on_command_line(&home, &["users", "disable", &name], "").await.done();
        // The server sees it at once.
        let login = json!({ "login": name, "password": PASSWORD });
        let answer = reqwest::Client::new().post(format!("{url}login/")).json(&login).send().await;
        assert_eq!(answer.expect("the server answers").status(), 400, "{name} is disabled");
        done.disabled.push(name);
    }
    let name = format!("operator-{seed}");
    let email = format!("{name}@mail.example");
    let create = ["users", "create", "--username", &name, "--email", &email];
    on_command_line(&home, &create, &format!("{PASSWORD}\n")).await.done();
    done.created.push(name);

    let told = ledger.snapshot();
    let directory = TempDir::new().expect("a temporary directory");
    let backup: PathBuf = directory.path().join("backup");
    on_command_line(&home, &["database", "backup", &backup.to_string_lossy()], "").await.done();
    let contents = Contents::of(&backup);
    contents.must_hold(&told, "in a backup");
    contents.must_hold_what_the_command_line_did(&done.disabled, &done.created);
    done.backups += 1;
    done
}

async fn on_command_line(home: &Home, arguments: &[&str], input: &str) -> Finished {
    let mut command = home.command(arguments);
    let input = input.to_owned();
    let running = tokio::task::spawn_blocking(move || {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program can be run");
        // A command that asks for nothing may have ended already.
        let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("it is a child of this process");
        let text = |bytes| String::from_utf8(bytes).expect("the program speaks UTF-8");
        Finished { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    });
    running.await.expect("it ends")
}
