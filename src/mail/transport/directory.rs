//! Mails as files: one `.eml` per mail, for development, for tests, and for programs that fetch them there.
//!
//! One thread writes the mails that wait together, and then waits for the disk once for all names. Several mails share
//! the blocks in which a file system keeps names and sizes, so the more there are, the fewer are written for each.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::clock::Timestamp;
use crate::files;
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
            while let Some(first) = mails.next() {
                thread::sleep(GATHERED_FOR);
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
        let tried = tokio::task::spawn_blocking(move || files::must_be_usable_directory(&path)).await;
        tried.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(|error| delayed(&error))
    }
}

/// Sorts by time: `20231114T221320Z-<id>.eml`.
fn file_name(date: Timestamp, id: &str) -> String {
    let time: String = date.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{time}-{id}.eml")
}

fn delayed(error: &io::Error) -> DeliveryError {
    DeliveryError::delayed(None, &format!("the mail directory: {error}"))
}

/// Writes mails under temporary names and renames them, so that readers never see half a mail. They are synced to the
/// disk before success is reported. A mail that cannot be written does not keep the others from it.
fn write(directory: &Path, batch: Vec<Mail>) {
    let made = files::make_directory(directory);
    let unfinished = |mail: &Mail| directory.join(format!("{}.tmp", mail.name));
    let create = |mail: &Mail| -> io::Result<File> {
        made.as_ref().map_err(again)?;
        let mut file = create_file(&unfinished(mail))?;
        file.write_all(&mail.bytes)?;
        begin_to_write_out(&file);
        Ok(file)
    };
    let finish = |mail: &Mail, file: File| -> io::Result<()> {
        file.sync_all()?;
        fs::rename(unfinished(mail), directory.join(&mail.name))
    };
    // Every mail is begun before the first is finished.
    let begun: Vec<io::Result<File>> = batch.iter().map(create).collect();
    let finished: Vec<io::Result<()>> =
        batch.iter().zip(begun).map(|(mail, file)| file.and_then(|file| finish(mail, file))).collect();
    let synced = File::open(directory).and_then(|directory| directory.sync_all());
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

/// Asks the system to write the file to the disk, and does not wait for it. So the disk receives all mails of a batch
/// at once, and the blocks that several files share are written once.
fn begin_to_write_out(file: &File) {
    #[cfg(target_os = "linux")]
    if let Err(refused) = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed) {
        tracing::debug!(error = %refused, "mails are written out one by one");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::mail::message::{Sender, build};
    use crate::mail::templates::Rendered;

    fn mail() -> OutgoingMail {
        numbered("row-1")
    }

    fn numbered(id: &str) -> OutgoingMail {
        let sender = Sender::parse("no-reply@app.example", None).expect("it is an address");
        let rendered = Rendered { subject: "Hello".into(), text: "there".into(), html: None };
        build(&sender, "ann@mail.example", &rendered, id, Timestamp::from_unix_seconds(1_700_000_000))
            .expect("it can be written")
    }

    #[tokio::test]
    async fn a_mail_becomes_one_file_for_its_owner_only() {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        let path = temporary.path().join("var/mails");
        let directory = Directory::new(path.clone()).expect("a thread starts");
        directory.write_mail(&mail()).await.expect("it is written");
        directory.write_mail(&mail()).await.expect("a second try writes the same file");
        let names: Vec<_> =
            fs::read_dir(&path).expect("it is there").map(|entry| entry.expect("it is").file_name()).collect();
        assert_eq!(names, ["20231114T221320Z-row-1.eml"]);
        assert_eq!(fs::read(path.join(&names[0])).expect("it can be read"), mail().bytes());
        assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(path.join(&names[0])).expect("it is there").permissions().mode() & 0o777, 0o600);
    }

    #[tokio::test]
    async fn mails_are_written_together_and_fail_alone() {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        let directory = Directory::new(temporary.path().into()).expect("a thread starts");
        let mails: Vec<OutgoingMail> =
            (0..3 * LARGEST_BATCH.get()).map(|number| numbered(&format!("row-{number}"))).collect();
        let path = |mail: &OutgoingMail| temporary.path().join(file_name(mail.date(), mail.id()));
        fs::create_dir_all(path(&mails[7]).join("in the way")).expect("it can be made");
        let outcomes = futures_util::future::join_all(mails.iter().map(|mail| directory.write_mail(mail))).await;
        for (number, (mail, outcome)) in mails.iter().zip(outcomes).enumerate() {
            assert_eq!(outcome.is_ok(), number != 7, "{number}: {outcome:?}");
            assert_eq!(fs::read(path(mail)).ok().as_deref(), outcome.is_ok().then(|| mail.bytes()), "{number}");
        }
    }

    #[tokio::test]
    async fn a_directory_that_cannot_be_written_delays_the_mail() {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        let file = temporary.path().join("file");
        fs::write(&file, "in the way").expect("it can be written");
        let directory = Directory::new(file).expect("a thread starts");
        let error = directory.write_mail(&mail()).await.expect_err("a file is in the way");
        assert_eq!(error.fault(), crate::mail::DeliveryFault::Delayed);
        assert!(directory.try_writing().await.is_err());
    }

    #[tokio::test]
    async fn checking_makes_nothing() {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        for path in [temporary.path().into(), temporary.path().join("var/mails")] {
            Directory::new(path).expect("a thread starts").try_writing().await.expect("it can be written");
        }
        assert_eq!(fs::read_dir(temporary.path()).expect("it is there").count(), 0);
    }
}
