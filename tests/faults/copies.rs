//! The files of SQLite, copied while the program writes them: each copy holds what had been told when it was begun.

use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::form::Form;
use super::moments::{Files, LATEST, Scene};
use super::summary::Figures;
use crate::process::Program;
use crate::support::dice::Dice;

/// How long threads may take to stop: one that waits for the disk stops when it has what it waits for.
const STOPPED_WITHIN: Duration = Duration::from_secs(10);

pub async fn run(form: &Form) -> Figures {
    let mut dice = Dice::new(form.seed.wrapping_add(3_000));
    let mut scene = Scene::start(form.seed, |home, _| home.serve()).await;
    let mut checks = JoinSet::new();
    let (mut kept, mut longest_log) = ((0, 0), 0);
    for number in 0..form.copies {
        scene.ledger.wait_for_turn(number, form.copies, form.copied_users).await;
        tokio::time::sleep(dice.within(LATEST)).await;
        let directory = TempDir::new().expect("a temporary directory");
        let copy = Files::in_directory(directory.path());
        let (moment, ()) = scene.moment(async |program, files| copy_both(program, files, &copy).await).await;
        kept = moment.told();
        longest_log = longest_log.max(fs::metadata(&copy.log).expect("it was copied").len());
        checks.spawn_blocking(move || {
            moment.assert_kept_in(&copy, &format!("copy {number}"));
            drop(directory);
        });
    }
    checks.join_all().await;
    scene.come_to_rest().await;
    Figures {
        injected: format!("database and log copied at {} moments of work", form.copies),
        kept,
        found: vec![("longest log", format!("{} KiB", longest_log / 1_024))],
    }
}

/// Copies both files as they are at one moment, which only a stopped program gives: whichever file went first, the
/// thread that copies the log into the database might be done between the two, and the writer begin the log anew. Then
/// what was in the old log is in neither copy, or old pages of the log's copy cover newer ones of the database's.
async fn copy_both(program: &Program, from: &Files, to: &Files) {
    let process = i32::try_from(program.id()).ok().and_then(Pid::from_raw).expect("it is a process");
    kill_process(process, Signal::STOP).expect("it is a child of this process");
    wait_until_stopped(program.id()).await;
    fs::copy(&from.database, &to.database).expect("it can be copied");
    fs::copy(&from.log, &to.log).expect("the program is at work");
    kill_process(process, Signal::CONT).expect("it is a child of this process");
}

async fn wait_until_stopped(process: u32) {
    let deadline = Instant::now() + STOPPED_WITHIN;
    let mut tick = tokio::time::interval(Duration::from_millis(1));
    while !has_stopped(process) {
        assert!(Instant::now() < deadline, "the program does not stop");
        tick.tick().await;
    }
}

fn has_stopped(process: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{process}/task")).expect("it runs").flatten();
    let mut states = threads.filter_map(|thread| fs::read_to_string(thread.path().join("stat")).ok());
    // The name, in parentheses, may hold blanks; the state is the 1st field after it.
    states.all(|stat| stat.rsplit_once(") ").is_some_and(|(_, fields)| fields.starts_with('T')))
}
