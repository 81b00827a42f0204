//! Power fails: of what the program wrote into SQLite's files only what it synced counts, and of all else any part.
//!
//! A copy of the files shows what the kernel would write sooner or later; after a power loss "later" never comes. So
//! every write and sync of the real program is recorded, and the files are made again as a disk may have kept them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::disk::File;
use super::form::Form;
use super::moments::{Files, LATEST, Moment, Scene};
use super::recording::{self, Replay};
use super::summary::Figures;
use crate::process::Program;
use crate::support::dice::Dice;

/// How often the disk's mind is made up anew for one moment.
const DISKS_PER_MOMENT: usize = 3;
/// How long the last lines of the recording may take, once nobody asks for anything.
const QUIET_WITHIN: Duration = Duration::from_secs(20);

pub async fn run(form: &Form, strace: &Path) -> Figures {
    let mut dice = Dice::new(form.seed.wrapping_add(4_000));
    let directory = TempDir::new().expect("a temporary directory");
    let recording = directory.path().join("recording");
    let mut before = Vec::new();
    let mut scene = Scene::start(form.seed, |home, files| {
        before = fs::read(&files.database).expect("the tables are made");
        Program::start(recording::recorded(strace, &home.command(&["serve"]), &recording))
    })
    .await;
    let mut moments: Vec<(Moment, u64)> = Vec::new();
    for number in 0..form.power_losses {
        scene.ledger.wait_for_turn(number, form.power_losses, form.power_loss_users).await;
        tokio::time::sleep(dice.within(LATEST)).await;
        moments.push(scene.moment(async |_, _| length(&recording)).await);
    }
    let scene = scene.come_to_rest().await;
    assert_complete(&scene.files, &recording, &before).await;
    let (mut lost, mut most_lost) = (0, 0);
    let replay = replay(&scene.files, &recording, &before, &moments, |moment, replay| {
        let unsynced = replay.file(&scene.files.database).unsynced() + replay.file(&scene.files.log).unsynced();
        (lost, most_lost) = (lost + unsynced, most_lost.max(unsynced));
        for _ in 0..DISKS_PER_MOMENT {
            assert_survives(&scene.files, moment, replay, &mut dice);
        }
    });
    assert!(lost > 0, "no moment had anything to lose: the recording shows nothing");
    let kept = moments.last().expect("there are moments").0.told();
    Figures {
        injected: format!("power lost at {} moments, {DISKS_PER_MOMENT} disks each", form.power_losses),
        kept,
        found: vec![
            ("recorded", format!("{} syncs, {} MiB", replay.syncs, length(&recording) / 1_048_576)),
            ("writes at stake", format!("{} on average, {most_lost} at most", lost / form.power_losses)),
        ],
    }
}

/// What a disk may have kept holds all that had been told.
fn assert_survives(files: &Files, moment: &Moment, replay: &Replay, dice: &mut Dice) {
    let directory = TempDir::new().expect("a temporary directory");
    let found = Files::in_directory(directory.path());
    for (path, found) in [(&files.database, &found.database), (&files.log, &found.log)] {
        fs::write(found, replay.file(path).after_power_loss(dice)).expect("it can be written");
    }
    let (registered, verified) = moment.told();
    moment.assert_kept_in(&found, &format!("power lost after {registered} registrations, {verified} verifications"));
}

/// Reads the recording, and stops at each moment.
fn replay(
    files: &Files,
    recording: &Path,
    before: &[u8],
    moments: &[(Moment, u64)],
    mut stop: impl FnMut(&Moment, &Replay),
) -> Replay {
    let mut replay = beginning(files, before);
    let mut reader = BufReader::new(fs::File::open(recording).expect("it was recorded"));
    let mut read = 0;
    let mut lines = std::iter::from_fn(|| {
        let mut line = String::new();
        read += reader.read_line(&mut line).expect("strace writes ASCII") as u64;
        Some((read, line)).filter(|(_, line)| !line.is_empty())
    })
    .peekable();
    for (moment, end) in moments {
        // A line that the moment cuts off was not done then; the next moment has it.
        while let Some((_, line)) = lines.next_if(|(read, _)| read <= end) {
            replay.take(&line);
        }
        stop(moment, &replay);
    }
    replay
}

fn beginning(files: &Files, before: &[u8]) -> Replay {
    let database = File::with_content(before.to_vec());
    Replay::new([(files.database.clone(), database), (files.log.clone(), File::default())])
}

/// All that was written is in the recording: the files it leads to are the real ones.
async fn assert_complete(files: &Files, recording: &Path, before: &[u8]) {
    let deadline = Instant::now() + QUIET_WITHIN;
    let mut tick = tokio::time::interval(Duration::from_millis(500));
    loop {
        tick.tick().await;
        let mut replay = beginning(files, before);
        let text = fs::read_to_string(recording).expect("strace writes ASCII");
        // strace may be about to write the rest of a line.
        let whole_lines = text.rsplit_once('\n').map_or("", |(lines, _)| lines);
        whole_lines.lines().for_each(|line| replay.take(line));
        let is_same = |path: &Path| replay.file(path).now() == fs::read(path).expect("it can be read");
        if is_same(&files.database) && is_same(&files.log) {
            return;
        }
        assert!(Instant::now() < deadline, "the recording does not lead to the files as they are");
    }
}

fn length(recording: &Path) -> u64 {
    fs::metadata(recording).expect("strace writes it").len()
}
