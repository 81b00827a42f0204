//! Mails as files: one `.eml` per mail, for development, for tests, and for programs that fetch them there.
//!
//! One thread writes the mails that wait together, and then waits for the disk once for all names. Several mails share
//! the blocks in which a file system keeps names and sizes, so the more there are, the fewer are written for each.

use std::fs::{self, File};
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::clock::Timestamp;
use crate::files::{self, Draft};
use crate::lane::{Lane, Queue, survive};
use crate::mail::delivery::DeliveryError;
use crate::mail::message::OutgoingMail;
use crate::secret::debug_as_name;

/// The most mails that are written together: bounds the files that are open at once, and how long the first mail waits
/// for the last.
pub(super) const LARGEST_BATCH: NonZeroUsize = NonZeroUsize::new(64).expect("it is not zero");
/// How long the first mail waits for others: mails that are claimed together come one by one, as they are rendered.
const GATHERED_FOR: Duration = Duration::from_millis(5);
/// The most mails that wait, slow ones included; more than the worker of a process ever sends at once.
const MOST_WAITING: NonZeroUsize = NonZeroUsize::new(1024).expect("it is not zero");
/// How long the end of the process waits for a disk that does not answer.
const PARTED_AFTER: Duration = Duration::from_secs(5);
/// How the name of a mail ends.
const ENDING: &str = ".eml";
/// How the name of a file ends while a mail is written to it.
const UNFINISHED: &str = ".tmp";
/// From this age an unfinished file counts as left behind: a process needs moments to write a mail.
const LEFT_AFTER: Duration = Duration::from_secs(3600);

pub(super) struct Directory {
    path: PathBuf,
    writer: Lane<Mail>,
}

debug_as_name!(Directory);

/// A mail that waits to be written.
struct Mail {
    name: String,
    bytes: Vec<u8>,
    answer: oneshot::Sender<io::Result<()>>,
}

impl Directory {
    /// Starts the thread that writes.
    ///
    /// # Errors
    ///
    /// The operating system's, when it refuses a thread.
    pub(super) fn new(path: PathBuf) -> io::Result<Self> {
        let directory = path.clone();
        let writer = move |mails: &Queue<Mail>| {
            let mut is_first_batch = true;
            while let Some(first) = mails.next() {
                thread::sleep(GATHERED_FOR);
                if std::mem::take(&mut is_first_batch) {
                    delete_leftovers(&directory);
                }
                let mut batch = vec![first];
                mails.take(LARGEST_BATCH.get() - 1, &mut batch);
                survive(|| write(&directory, batch));
            }
        };
        Ok(Self { path, writer: Lane::start("mails", MOST_WAITING, vec![writer])?.part_after(PARTED_AFTER) })
    }

    pub(super) async fn write_mail(&self, mail: &OutgoingMail) -> Result<(), DeliveryError> {
        let (answer, answered) = oneshot::channel();
        let name = file_name(mail.date(), mail.id());
        let queued = self.writer.submit(Mail { name, bytes: mail.bytes().to_vec(), answer });
        queued.map_err(|error| delayed(&io::Error::other(error)))?;
        answered.await.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(|error| delayed(&error))
    }

    pub(super) async fn try_writing(&self) -> Result<(), DeliveryError> {
        let path = self.path.clone();
        let tried = tokio::task::spawn_blocking(move || files::must_be_syncable_directory(&path)).await;
        tried.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(|error| delayed(&error))
    }
}

/// Sorts by time: `20231114T221320Z-<id>.eml`.
fn file_name(date: Timestamp, id: &str) -> String {
    let time: String = date.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{time}-{id}{ENDING}")
}

fn delayed(error: &io::Error) -> DeliveryError {
    DeliveryError::delayed(None, &format!("the mail directory: {error}"))
}

/// Writes mails under temporary names, syncs them to the disk and renames them. So readers never see half a mail, also
/// where two processes write the same one. A mail that cannot be written leaves nothing behind.
fn write(directory: &Path, mut batch: Vec<Mail>) {
    // Their tasks are gone, after a shutdown that was cut short: no task would settle them, and they would be sent twice.
    batch.retain(|mail| !mail.answer.is_closed());
    // Opened before any mail is written: without this handle none can be synced, and each would be written again.
    let opened = files::make_directory(directory).and_then(|()| File::open(directory));
    let create = |mail: &Mail| -> io::Result<Draft> {
        opened.as_ref().map_err(again)?;
        let mut draft = Draft::beside(&directory.join(&mail.name), UNFINISHED)?;
        draft.file().write_all(&mail.bytes)?;
        begin_to_write_out(draft.file());
        Ok(draft)
    };
    // Every mail is begun before the first is finished.
    let begun: Vec<io::Result<Draft>> = batch.iter().map(create).collect();
    let finished: Vec<io::Result<()>> = begun.into_iter().map(|draft| draft.and_then(Draft::replace)).collect();
    let synced = opened.and_then(|directory| files::sync_directory(&directory));
    for (mail, finished) in batch.into_iter().zip(finished) {
        let outcome = finished.and_then(|()| synced.as_ref().copied().map_err(again));
        // Nobody receives the answer if the process ends.
        let _ = mail.answer.send(outcome);
    }
}

/// Returns the same error for another mail.
fn again(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}

/// Lets the system begin to write the file to the disk, and does not wait for it. So the disk receives all mails of a
/// batch at once, and the blocks that several files share are written once. It uses
/// `POSIX_FADV_DONTNEED`, which asks the system to drop the file from memory: Linux first begins to write out what is not
/// on the disk yet.
fn begin_to_write_out(file: &File) {
    #[cfg(target_os = "linux")]
    if let Err(refused) = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed) {
        tracing::debug!(error = %refused, "each mail is written to the disk after the one before it");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// Deletes what killed processes have left of mails that they were writing: the links in them may still be good.
fn delete_leftovers(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_unfinished = name.to_str().is_some_and(|name| name.contains(ENDING) && name.ends_with(UNFINISHED));
        // A process that works on such a file has it for moments.
        let age = || entry.metadata().and_then(|file| file.modified()).ok()?.elapsed().ok();
        if is_unfinished && age().is_some_and(|age| age >= LEFT_AFTER) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests;
